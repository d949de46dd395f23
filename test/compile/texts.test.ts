import { beforeAll, describe, expect, test } from "vitest";
import { compile, lowerJaxpr } from "../../src/compile/compile.ts";
import { setAccelerator } from "../../src/core/index.ts";
import { programOf, SAMPLE_BOUND, samples } from "./samples/index.ts";
import { many } from "./samples/many.ts";
import { evaluate, requireNear } from "./support.ts";
import { textOf } from "./text-of.ts";

/*
 * What the compiler makes of programs as people write them, to the last buffer: a rule that no longer applies, a loop that
 * is no longer fused or memory that is no longer shared changes a text without changing a result. After a change that is
 * meant, `npx vitest run test/compile/texts.test.ts -u` writes them anew, and the difference is for reading.
 */

beforeAll(() => setAccelerator(undefined));

test("names are told apart", () => {
  expect(new Set(samples.map((sample) => sample.name)).size).toBe(samples.length);
});

describe.each(samples.map((sample) => [sample.name, sample] as const))("%s", (name, sample) => {
  test("is compiled to the text that is on file", async () => {
    await expect(textOf(lowerJaxpr(programOf(sample)))).toMatchFileSnapshot(`texts/${name}.txt`);
  });

  test("computes what the reference computes", () => {
    const closed = programOf(sample);
    const results = compile(closed)?.(sample.inputs) ?? [];
    requireNear(results, evaluate(closed, sample.inputs), SAMPLE_BOUND);
  });
});

describe("many small programs are compiled as is on file", () => {
  test.each(many)("%s", async (name, lines) => {
    const text = lines().map((line) => `${line()}\n`);
    await expect(text.join("")).toMatchFileSnapshot(`texts/many/${name.replaceAll(" ", "-")}.txt`);
  });
});
