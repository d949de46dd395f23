import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { DifferentiationError, ShapeError, TreeError } from "../../src/core/index.ts";
import { broadcastTo, reduceSum } from "../../src/primitives/broadcast.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { div, mul, neg, sub } from "../../src/primitives/elementwise/arithmetic.ts";
import { sin } from "../../src/primitives/elementwise/trigonometric.ts";
import { transpose } from "../../src/primitives/shape.ts";
import { grad, jit, linearTranspose, makeJaxpr, vmap } from "../../src/transforms/index.ts";
import { expectClose, f32, f64 } from "./support.ts";

const c = f64([2, 3]);

describe("linearTranspose", () => {
  test("pulls a cotangent back through a linear function of trees", () => {
    const f = ({ x, s }: { x: NDArray; s: NDArray }) => [
      mul(x, c),
      add(x, broadcastTo(s, [2])),
      reduceSum(x, [0]),
    ];
    const primals = { x: f64([0, 0]), s: f64(0) };
    expectClose(linearTranspose(f, primals)([f64([1, 10]), f64([100, 1000]), f64(7)]), [
      { s: 1100, x: [2 + 100 + 7, 30 + 1000 + 7] },
    ]);
  });

  test("looks at the shapes of its arguments only", () => {
    const f = (x: NDArray) => mul(c, x);
    expectClose(linearTranspose(f, f64([1, 2]))(f64([1, 1])), [[2, 3]]);
    expectClose(linearTranspose(f, f64([100, 200]))(f64([1, 1])), [[2, 3]]);
  });

  test("satisfies ⟨ct, f(x)⟩ = ⟨fᵀ(ct), x⟩", () => {
    const f = (x: NDArray) =>
      reduceSum(
        mul(
          neg(transpose(x, [1, 0])),
          f64([
            [1, 2],
            [3, 4],
            [5, 6],
          ]),
        ),
        [1],
      );
    const x = f64([
      [1, -1, 2],
      [0.5, 3, -2],
    ]);
    const ct = f64([3, -1, 2]);
    const left = reduceSum(mul(ct, f(x)), [0]);
    const right = reduceSum(mul(linearTranspose(f, x)(ct)[0], x), [0, 1]);
    expectClose(left, right.item());
  });

  test("gives zeros for an argument that is not used, and for a constant output", () => {
    expectClose(linearTranspose((x: NDArray, _: NDArray) => x, f64(1), f64([1, 2]))(f64(5)), [5, [0, 0]]);
    expectClose(linearTranspose((x: NDArray) => [x, f64(0)], f64(1))([f64(5), f64(1)]), [5]);
  });

  test("works on compiled functions, batches, and inside other transforms", () => {
    const f = jit((x: NDArray) => sub(mul(x, c), x));
    expectClose(linearTranspose(f, c)(f64([1, 1])), [[1, 2]]);
    expectClose(linearTranspose(vmap(f), f64([[1, 2]]))(f64([[1, 1]])), [[[1, 2]]]);
    const pulled = (x: NDArray) =>
      reduceSum(linearTranspose((y: NDArray) => mul(y, x), c)(mul(x, c))[0], [0]);
    expectClose(grad(pulled)(f64([5, 7])), [2 * 5 * 2, 2 * 7 * 3]);
    expect(String(makeJaxpr((ct: NDArray) => linearTranspose(f, c)(ct))(c))).toContain("jit[");
  });

  test("refuses functions that are not linear", () => {
    const refused: [string, (x: NDArray) => unknown][] = [
      ["sin", sin],
      ["a square", (x) => mul(x, x)],
      ["a quotient", (x) => div(f64(1), x)],
      ["in a compiled function", jit((x: NDArray) => mul(x, jit(neg)(x)))],
      ["in one of several outputs", (x) => [x, { y: mul(x, x) }]],
    ];
    for (const [name, f] of refused) {
      expect(() => linearTranspose(f, f64(1)), name).toThrow(DifferentiationError);
      expect(() => linearTranspose(f, f64(1)), name).toThrow(
        "linearTranspose: the function is not linear in its arguments: its derivative depends on them.",
      );
    }
    expect(() => linearTranspose(mul, f64(1), f64(1))).toThrow(DifferentiationError);
    expect(() =>
      grad((w: NDArray) => linearTranspose((x: NDArray) => mul(mul(x, x), w), w)(w)[0])(f64(1)),
    ).toThrow(/not linear/);
  });

  test("refuses cotangents that do not match", () => {
    const fT = linearTranspose((x: NDArray) => [x], f64(1));
    expect(() => fT([f64([1])])).toThrow(ShapeError);
    expect(() => fT([f32(1)])).toThrow(
      /cotangent of an output must have its shape and dtype: expected float64\[\], got float32/,
    );
    expect(() => fT(f64(1) as never)).toThrow(TreeError);
  });
});
