import { describe, expect, test } from "vitest";
import { type NDArray, scalarArray } from "../../../src/array/index.ts";
import { eliminateDeadCode } from "../../../src/compile/passes/eliminate-dead-code.ts";
import { simplify } from "../../../src/compile/passes/simplify.ts";
import type { Aval } from "../../../src/core/index.ts";
import { reduceSum } from "../../../src/primitives/broadcast.ts";
import { selectN } from "../../../src/primitives/elementwise/select.ts";
import { sin } from "../../../src/primitives/elementwise/trigonometric.ts";
import { overlapAdd } from "../../../src/primitives/windows.ts";
import { body, bool, evaluate, type Fun, f32, i32, ordinary, requireEqual, trace } from "./support.ts";

const rewritten = (fun: Fun, ...inputs: Aval[]): string[] => {
  const closed = trace(fun, ...inputs);
  const simple = eliminateDeadCode(simplify(closed));
  const values = inputs.map((input, i) => ordinary(input, i));
  requireEqual(evaluate(simple, values), evaluate(closed, values));
  return body(simple);
};
const c = (value: number): NDArray => scalarArray(value, "float32", true);

/** Windows of two, side by side or one element apart. */
const together = (windows: NDArray, stride = 2): NDArray =>
  overlapAdd(sin(windows), [stride * 2 + 2], [stride], [1]);

describe("elements kept of windows that share nothing", () => {
  const kept = (cases: string): string[] => [
    "c:f32[3,2] = sin b",
    "d:bool[3,2] = windows[dilation=(1,) strides=(2,) windowShape=(2,)] a",
    `e:f32[3,2] = selectN d ${cases}`,
    "f:f32[6] = overlapAdd[dilation=(1,) shape=(6,) strides=(2,)] e",
    "in (f,)",
  ];

  test("are kept before the windows are put together", () => {
    expect(rewritten((p, w) => selectN(p, c(0), together(w)), bool(6), f32(3, 2))).toEqual(
      kept("0.0:f32[] c"),
    );
    expect(rewritten((p, w) => selectN(p, together(w), c(0)), bool(6), f32(3, 2))).toEqual(
      kept("c 0.0:f32[]"),
    );
  });

  test.each<[string, Fun, Aval[]]>([
    ["one choice is made for all", (p, w) => selectN(p, c(0), together(w)), [bool(), f32(3, 2)]],
    ["there are three cases", (p, w) => selectN(p, c(0), c(0), together(w)), [i32(6), f32(3, 2)]],
    ["the others are not 0", (p, w) => selectN(p, c(1), together(w)), [bool(6), f32(3, 2)]],
    ["the others are -0", (p, w) => selectN(p, c(-0), together(w)), [bool(6), f32(3, 2)]],
    ["the others are not known", (p, w) => selectN(p, sin(together(w)), together(w)), [bool(6), f32(3, 2)]],
    ["the windows overlap", (p, w) => selectN(p, c(0), together(w, 1)), [bool(4), f32(3, 2)]],
    [
      "all are needed otherwise",
      (p, w) => {
        const all = together(w);
        return [selectN(p, c(0), all), all];
      },
      [bool(6), f32(3, 2)],
    ],
  ])("not if %s", (_, fun, inputs) => {
    expect(rewritten(fun, ...inputs).some((line) => line.includes("= windows["))).toBe(false);
  });
});

describe("a sum over windows that share nothing", () => {
  test("is one over the windows", () => {
    expect(rewritten((w) => reduceSum(together(w), [0]), f32(3, 2))).toEqual([
      "b:f32[3,2] = sin a",
      "c:f32[] = reduceSum[axes=(0, 1)] b",
      "in (c,)",
    ]);
    expect(rewritten((w) => reduceSum(together(w), [0, 1]), f32(5, 3, 2))).toEqual([
      "b:f32[5,3,2] = sin a",
      "c:f32[] = reduceSum[axes=(0, 1, 2)] b",
      "in (c,)",
    ]);
    expect(rewritten((w) => reduceSum(together(w), [1]), f32(5, 3, 2))).toEqual([
      "b:f32[5,3,2] = sin a",
      "c:f32[5] = reduceSum[axes=(1, 2)] b",
      "in (c,)",
    ]);
  });

  test("not if they overlap, or are not what is summed over", () => {
    expect(rewritten((w) => reduceSum(together(w, 1), [0]), f32(3, 2))[1]).toContain("overlapAdd");
    expect(rewritten((w) => reduceSum(together(w), [0]), f32(5, 3, 2))[1]).toContain("overlapAdd");
  });
});
