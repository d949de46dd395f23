import { describe, expect, test } from "vitest";
import { arrayFrom, type NDArray } from "../../src/array/index.ts";
import { compileAroundEffects } from "../../src/compile/split-effects.ts";
import {
  type Aval,
  bind,
  bind1,
  type ClosedJaxpr,
  definePrimitive,
  NO_PARAMS,
} from "../../src/core/index.ts";
import { reduceSum } from "../../src/primitives/broadcast.ts";
import { add, mul, neg } from "../../src/primitives/elementwise/index.ts";
import { f32, trace } from "./passes/support.ts";

const NONE = { missing: "for these tests only" };
const rules = { jvp: NONE, transpose: NONE, batch: NONE, args: NONE };
let seen: (number | boolean)[] = [];

/** Remembers a scalar. */
const note = definePrimitive({
  name: "noteInSplitTest",
  abstractEval: () => [],
  evaluate: ([x]) => {
    seen.push((x as NDArray).item());
    return [];
  },
  effectful: true,
  ...rules,
});
/** Cannot be compiled, without effects. */
const opaque = definePrimitive({
  name: "opaqueInSplitTest",
  abstractEval: ([x]) => [x as Aval],
  evaluate: (inputs) => inputs,
  ...rules,
});

const noted = (x: NDArray): void => void bind(note, [reduceSum(x, [0])], NO_PARAMS);
const run = (closed: ClosedJaxpr, ...inputs: readonly number[][]): unknown =>
  compileAroundEffects(closed)?.(inputs.map((x) => arrayFrom(x)))?.map((y) => y.toArray());

describe("a program with effects", () => {
  test("is compiled in stretches around them, in its order", () => {
    seen = [];
    const closed = trace(
      (x, y) => {
        const sum = add(x, y);
        noted(sum);
        const twice = mul(sum, arrayFrom([2, 2]));
        noted(twice);
        noted(neg(x));
        return [add(twice, x), sum, y];
      },
      f32(2),
      f32(2),
    );
    expect(run(closed, [1, 2], [3, 4])).toEqual([
      [9, 14],
      [4, 6],
      [3, 4],
    ]);
    expect(seen).toEqual([10, 20, -3]);
  });

  test("may begin and end with one", () => {
    seen = [];
    const closed = trace((x) => {
      bind(note, [x], NO_PARAMS);
      const y = neg(x);
      bind(note, [y], NO_PARAMS);
      return y;
    }, f32());
    expect(compileAroundEffects(closed)?.([arrayFrom(5)])[0]?.item()).toBe(-5);
    expect(seen).toEqual([5, -5]);
  });

  test("is left alone if there is nothing to compile, or something that cannot be", () => {
    const nothing = trace((x) => {
      bind(note, [x], NO_PARAMS);
      return x;
    }, f32());
    expect(compileAroundEffects(nothing)).toBe(undefined);
    const other = trace((x) => {
      bind(note, [x], NO_PARAMS);
      return bind1(opaque, [neg(x)], NO_PARAMS);
    }, f32());
    expect(compileAroundEffects(other)).toBe(undefined);
  });
});
