import type { NDArray } from "../../array/index.ts";
import { sizeOf } from "../../array/index.ts";
import { type Aval, aval, bind1, definePrimitive, NO_PARAMS, type Primitive } from "../../core/index.ts";
import { sub } from "../elementwise/arithmetic.ts";
import { NOT_LINEAR } from "../rules.ts";
import { buildCholesky } from "./cholesky-nest.ts";
import {
  batchMatrices,
  checkSquare,
  cubicWork,
  diagonalPart,
  drawStack,
  eachMatrix,
  lowerTriangle,
  matrixShape,
  multiplied,
  scaled,
  stackShape,
  symmetricFromLower,
  transposed,
} from "./matrices.ts";
import { triangularSolve } from "./triangular-solve.ts";

/** The lower triangle with half of the diagonal: what a lower L̇ is of a symmetric L̇ + L̇ᵀ. */
const halved = (x: NDArray): NDArray => sub(lowerTriangle(x), scaled(diagonalPart(x), 0.5));

/** Column by column; a matrix that is not positive definite gives NaN. */
const factor = (a: Float64Array, n: number): Float64Array => {
  const l = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j] as number;
      for (let k = 0; k < j; k++) sum -= (l[i * n + k] as number) * (l[j * n + k] as number);
      l[i * n + j] = i === j ? (sum > 0 ? Math.sqrt(sum) : Number.NaN) : sum / (l[j * n + j] as number);
    }
  }
  const isPositive = l.every((x) => !Number.isNaN(x));
  return isPositive ? l : l.map((_, at) => (at % n <= Math.floor(at / n) ? Number.NaN : 0));
};

/**
 * The lower triangular L with L·Lᵀ = A, of symmetric positive definite matrices given by their lower triangles. Where a
 * matrix is not positive definite, all of its L is NaN.
 *
 * The derivative is L̇ = L Φ(L⁻¹ Ȧ L⁻ᵀ), where Φ takes the lower triangle and half of the diagonal (Murray 2016,
 * "Differentiation of the Cholesky decomposition", equation 8).
 */
export const choleskyPrimitive: Primitive = definePrimitive({
  name: "cholesky",
  abstractEval: ([a]) => {
    const { shape, dtype } = a as Aval;
    checkSquare("cholesky", a as Aval);
    return [aval(shape, dtype)];
  },
  evaluate: (inputs, _params, outputs) =>
    eachMatrix(inputs, outputs, (a) => [factor(a, Math.round(Math.sqrt(a.length)))]),
  jvp: ([a], [t]) => {
    const l = cholesky(a as NDArray);
    const half = triangularSolve(l, symmetricFromLower(t as NDArray), { lower: true });
    const whole = triangularSolve(l, transposed(half), { lower: true });
    return { outputs: [l], tangents: [multiplied(l, halved(whole))] };
  },
  transpose: { missing: NOT_LINEAR },
  batch: batchMatrices(() => choleskyPrimitive),
  lowering: {
    kind: "nest",
    build: (nest, _params, [a]) =>
      buildCholesky(nest, sizeOf(stackShape(a as Aval)), matrixShape(a as Aval)[0]),
    work: ([a]) => cubicWork(a as Aval) / 4,
  },
  args: {
    example: (choose) => {
      const n = choose.int(0, 4);
      return {
        inputs: [
          {
            shape: [...drawStack(choose), n, n],
            dtype: choose.floatDType(),
            elements: { min: -1, max: 1 },
            diagonal: { min: 4, max: 6 },
          },
        ],
        params: NO_PARAMS,
      };
    },
  },
});

/** The lower Cholesky factors of symmetric positive definite matrices, of which the lower triangles are read. */
export const cholesky = (a: NDArray): NDArray => bind1(choleskyPrimitive, [a], NO_PARAMS);
