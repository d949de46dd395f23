import { PassThrough } from "node:stream";
import { describe, expect, test, vi } from "vitest";
import { parseOptions } from "../../examples/mnist/options.ts";
import { createProgress } from "../../examples/mnist/progress.ts";

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

describe("createProgress", () => {
  const run = (isTTY: boolean): string => {
    const output = Object.assign(new PassThrough(), { isTTY, columns: 120, isRaw: false });
    const progress = createProgress(2, 2, output);
    for (const epoch of [1, 2]) {
      progress.step(0.5);
      progress.step(0.25);
      progress.endEpoch(`epoch ${epoch} done`);
    }
    return String(output.read() ?? "");
  };

  test("writes only the line of each epoch where there is no terminal", () => {
    expect(run(false)).toBe("epoch 1 done\nepoch 2 done\n");
  });

  test("draws a bar on a terminal", () => {
    const text = run(true);
    expect(text).toContain("epoch 2/2");
    expect(text).toContain("loss 0.2500");
    expect(text).toContain("epoch 2 done\n");
  });
});
