import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { aval, type ClosedJaxpr, checkJaxpr, evalJaxpr, UndefinedPrimal } from "../../src/core/index.ts";
import { backwardPass } from "../../src/interpreters/backward-pass.ts";
import {
  batchJaxpr,
  jvpJaxpr,
  partialEvalJaxpr,
  transposeJaxpr,
} from "../../src/interpreters/jaxpr-transforms.ts";
import { reduceSum } from "../../src/primitives/broadcast.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { cos, sin } from "../../src/primitives/elementwise/trigonometric.ts";
import { expectClose, f64, operations, traced } from "../transforms/support.ts";

const run = (closed: ClosedJaxpr, ...args: NDArray[]): NDArray[] => {
  checkJaxpr(closed);
  return evalJaxpr(closed.jaxpr, closed.consts, args);
};
const c = f64([10, 20]);
/** Of x and y: x sin(y) + c, and sin(y) alone. */
const program = traced((x: NDArray, y: NDArray) => [add(mul(x, sin(y)), c), sin(y)])(
  f64([1, 2]),
  f64([3, 4]),
);

describe("jvpJaxpr", () => {
  test("takes and gives the tangents that are not zero", () => {
    const { closed, outNonzero } = jvpJaxpr(program, [true, false]);
    expect(outNonzero).toEqual([true, false]);
    expect([closed.jaxpr.inputs.length, closed.jaxpr.outputs.length]).toEqual([3, 3]);
    const [out, same, tangent] = run(closed, f64([1, 2]), f64([3, 4]), f64([5, 6]));
    expectClose(
      [out, same, tangent],
      [
        [Math.sin(3) + 10, 2 * Math.sin(4) + 20],
        [Math.sin(3), Math.sin(4)],
        [5 * Math.sin(3), 6 * Math.sin(4)],
      ],
    );
    expect(jvpJaxpr(program, [false, true]).outNonzero).toEqual([true, true]);
  });

  test("is remembered for each combination", () => {
    const first = jvpJaxpr(program, [true, false]);
    expect(jvpJaxpr(program, [true, false]) === first).toBe(true);
    expect(jvpJaxpr(program, [true, true]) === first).toBe(false);
  });
});

describe("batchJaxpr", () => {
  const spec = { size: 3, axisName: undefined };

  test("tells where the outputs have their batch", () => {
    const { closed, outAxes } = batchJaxpr(program, [1, null], spec);
    expect(closed.inAvals.map((a) => a.shape)).toEqual([[2, 3], [2]]);
    expect(outAxes[1]).toBeNull();
    expect(closed.outAvals[0]?.shape).toEqual(outAxes[0] === 0 ? [3, 2] : [2, 3]);
    run(
      closed,
      f64([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      f64([0, 0]),
    );
  });

  test("is remembered for each place, size and name", () => {
    const first = batchJaxpr(program, [0, null], spec);
    expect(batchJaxpr(program, [0, null], spec) === first).toBe(true);
    expect(batchJaxpr(program, [null, 0], spec) === first).toBe(false);
    expect(batchJaxpr(program, [0, null], { ...spec, size: 4 }) === first).toBe(false);
    expect(batchJaxpr(program, [0, null], { ...spec, axisName: "i" }) === first).toBe(false);
  });
});

describe("transposeJaxpr", () => {
  const linear = traced((a: NDArray, x: NDArray, y: NDArray) => [mul(sin(a), x), add(x, y)])(
    f64(1),
    f64(1),
    f64(1),
  );

  test("goes from known inputs and the cotangents that are not zero to those of the linear inputs", () => {
    const { closed, inNonzero } = transposeJaxpr(linear, [false, true, true], [true, true]);
    expect(inNonzero).toEqual([false, true, true]);
    expectClose(run(closed, f64(2), f64(3), f64(5)), [3 * Math.sin(2) + 5, 5]);
    const first = transposeJaxpr(linear, [false, true, true], [true, false]);
    expect(first.inNonzero).toEqual([false, true, false]);
    expectClose(run(first.closed, f64(2), f64(3)), [3 * Math.sin(2)]);
  });
});

describe("partialEvalJaxpr", () => {
  const split = traced((a: NDArray, b: NDArray, x: NDArray) => [
    mul(mul(sin(a), cos(b)), x),
    sin(sin(a)),
    mul(b, x),
    b,
  ])(f64(1), f64(1), f64(1));

  test("splits into what can run now and the rest, joined by residuals and by inputs as they came", () => {
    const { known, unknown, outUnknown, needed, numResiduals } = partialEvalJaxpr(split, [
      false,
      false,
      true,
    ]);
    expect(outUnknown).toEqual([true, false, true, false]);
    expect(numResiduals).toBe(1);
    expect(needed).toEqual([1]);
    expect(operations(known)).not.toContain("x");
    expect(operations(unknown)).toEqual(["mul", "mul"]);
    const [a, b, x] = [f64(2), f64(3), f64(5)];
    const [sine, same, residual] = run(known, a, b);
    const [first, third] = run(unknown, residual as NDArray, b, x);
    expectClose([first, sine, third, same], [Math.sin(2) * Math.cos(3) * 5, Math.sin(Math.sin(2)), 15, 3]);
  });

  test("leaves nothing to do where all is known, and everything where nothing is", () => {
    const all = partialEvalJaxpr(split, [false, false, false]);
    expect([all.outUnknown.includes(true), all.unknown.jaxpr.equations.length]).toEqual([false, 0]);
    const none = partialEvalJaxpr(split, [true, true, true]);
    expect([none.outUnknown, none.known.jaxpr.equations.length, none.numResiduals]).toEqual([
      [true, true, true, false].map((u, i) => u || i === 3),
      0,
      0,
    ]);
    expect(operations(none.unknown)).toEqual(operations(split));
  });
});

describe("backwardPass", () => {
  const linear = (x: NDArray, y: NDArray) => [add(mul(x, c), y), reduceSum(x, [0]), x];
  const { jaxpr, consts } = traced(linear)(f64([0, 0]), f64([0, 0]));
  const place = new UndefinedPrimal(aval([2], "float64"));

  test("adds up cotangents; null stands for zero, in and out", () => {
    const pull = (...cts: (NDArray | null)[]) => backwardPass(jaxpr, consts, [place, place], cts);
    expectClose(pull(f64([1, 2]), f64(100), f64([1000, 2000])), [
      [10 + 100 + 1000, 40 + 100 + 2000],
      [1, 2],
    ]);
    const [x, y] = pull(null, f64(3), null);
    expectClose([x], [[3, 3]]);
    expect(y).toBeNull();
    expect(pull(null, null, null)).toEqual([null, null]);
  });

  test("gives nothing to inputs that are known", () => {
    const [x, y] = backwardPass(jaxpr, consts, [f64([1, 1]), place], [f64([1, 2]), f64(5), f64([7, 7])]);
    expect(x).toBeNull();
    expectClose([y], [[1, 2]]);
  });
});
