import { describe, expect, test, vi } from "vitest";
import { parseOptions } from "../../examples/mnist/options.ts";

const defaults = { epochs: 5, batch: 128, seed: 0 };
const parse = (...args: readonly string[]) => parseOptions(["node", "mnist", ...args], defaults);

describe("parseOptions", () => {
  test("keeps the defaults that nobody changes", () => {
    expect(parse()).toEqual(defaults);
    expect(parse("--epochs", "2")).toEqual({ ...defaults, epochs: 2 });
  });

  test("reads every option, long and short", () => {
    expect(parse("--epochs", "1", "--batch", "32", "--seed", "7")).toEqual({ epochs: 1, batch: 32, seed: 7 });
    expect(parse("-e", "1", "-b", "32", "-s", "7")).toEqual({ epochs: 1, batch: 32, seed: 7 });
  });

  test.each([
    [["--epochs", "0"]],
    [["--batch", "1.5"]],
    [["--seed", "-1"]],
    [["--seed", "x"]],
    [["--unknown"]],
    [["surplus"]],
  ])("refuses %j", (args) => {
    const exit = vi.spyOn(process, "exit").mockImplementation((code) => {
      throw new Error(`exit ${code}`);
    });
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    expect(() => parse(...args)).toThrow("exit 1");
    expect(stderr.mock.calls.join("")).toMatch(/error:/);
    exit.mockRestore();
    stderr.mockRestore();
  });
});
