import { type NDArray, sameShape, sizeOf } from "../../array/index.ts";
import {
  type Aval,
  aval,
  bind1,
  DTypeError,
  definePrimitive,
  describeAval,
  isLinearInput,
  type Primitive,
  ShapeError,
} from "../../core/index.ts";
import { addTangents } from "../elementwise/add.ts";
import { neg } from "../elementwise/arithmetic.ts";
import { moveAxis, reshape } from "../shape.ts";
import {
  batchMatrices,
  checkMatrices,
  checkSquare,
  drawStack,
  eachMatrix,
  lowerTriangle,
  matrixShape,
  multiplied,
  stackShape,
  transposed,
  upperTriangle,
} from "./matrices.ts";
import { buildTriangularSolve } from "./triangular-solve-nest.ts";

/** Parameters of `triangularSolve`. */
export interface TriangularSolveParams {
  /** Whether the lower triangle of the matrices is read, or the upper one; the other is ignored. */
  readonly lower: boolean;
  /** Whether diagonals are taken to be ones, and not read. */
  readonly unitDiagonal: boolean;
}

/** What a triangular matrix is read as; without `unitDiagonal`, diagonals are read. */
export interface TriangularSolveOptions {
  readonly lower: boolean;
  readonly unitDiagonal?: boolean;
}

/** By substitution, unknown by unknown. */
const substitute = (
  a: Float64Array,
  b: Float64Array,
  n: number,
  { lower, unitDiagonal }: TriangularSolveParams,
): Float64Array => {
  const columns = n === 0 ? 0 : b.length / n;
  const x = b.slice();
  for (let step = 0; step < n; step++) {
    const i = lower ? step : n - 1 - step;
    for (let j = 0; j < columns; j++) {
      let sum = x[i * columns + j] as number;
      for (let k = lower ? 0 : i + 1; k < (lower ? i : n); k++)
        sum -= (a[i * n + k] as number) * (x[k * columns + j] as number);
      x[i * columns + j] = unitDiagonal ? sum : sum / (a[i * n + i] as number);
    }
  }
  return x;
};

/** The part of a tangent of the matrices that is read. */
const readPart = (t: NDArray, { lower, unitDiagonal }: TriangularSolveParams): NDArray =>
  lower ? lowerTriangle(t, unitDiagonal ? -1 : 0) : upperTriangle(t, unitDiagonal ? 1 : 0);

/**
 * The solutions X of A·X = B for triangular matrices A: of shape [..., n, n] and [..., n, m]. A zero on a diagonal gives
 * infinities and NaN, as division by it does.
 *
 * The derivative is Ẋ = A⁻¹(Ḃ − Ȧ X) (Giles 2008, "Collected matrix derivative results for forward and reverse mode
 * algorithmic differentiation", section 2.3.1); B's cotangent solves with Aᵀ.
 */
export const triangularSolvePrimitive: Primitive<TriangularSolveParams> =
  definePrimitive<TriangularSolveParams>({
    name: "triangularSolve",
    abstractEval: ([x, y]) => {
      const [a, b] = [x as Aval, y as Aval];
      checkSquare("triangularSolve", a);
      checkMatrices("triangularSolve", b);
      if (a.dtype !== b.dtype) {
        throw new DTypeError(
          `triangularSolve: operands must have one dtype; got ${describeAval(a)} and ${describeAval(b)}. Convert with astype.`,
        );
      }
      if (!sameShape(stackShape(a), stackShape(b)) || matrixShape(a)[0] !== matrixShape(b)[0]) {
        throw new ShapeError(
          "triangularSolve: takes matrices [..., n, n] and right-hand sides [..., n, m] with the same leading axes; got " +
            `${describeAval(a)} and ${describeAval(b)}.`,
        );
      }
      return [aval(b.shape, b.dtype)];
    },
    evaluate: (inputs, params, outputs) =>
      eachMatrix(inputs, outputs, (a, b) => [
        substitute(a as Float64Array, b as Float64Array, Math.round(Math.sqrt(a?.length ?? 0)), params),
      ]),
    jvp: ([a, b], [ta, tb], params) => {
      const matrix = a as NDArray;
      const x = triangularSolve(matrix, b as NDArray, params);
      const moved = ta ? neg(multiplied(readPart(ta, params), x)) : null;
      const rhs = addTangents(tb ?? null, moved);
      return { outputs: [x], tangents: [rhs && triangularSolve(matrix, rhs, params)] };
    },
    transpose: ([ct], [a, b], { lower, unitDiagonal }) => {
      if (!ct || !a || !b || isLinearInput(a) || !isLinearInput(b)) return [null, null];
      return [null, triangularSolve(transposed(a), ct, { lower: !lower, unitDiagonal })];
    },
    batch: (inputs, axes, size, params) => {
      const [a, b] = inputs as [NDArray, NDArray];
      const at = axes[1] ?? null;
      if (axes[0] !== null || at === null)
        return batchMatrices(() => triangularSolvePrimitive)(inputs, axes, size, params);
      // Right-hand sides of one matrix are more columns.
      const rank = b.shape.length - 1;
      const moved = moveAxis(b, at, rank - 1);
      const columns = moved.shape[rank] as number;
      const flat = reshape(moved, [...moved.shape.slice(0, rank - 1), size * columns]);
      return { outputs: [reshape(triangularSolve(a, flat, params), moved.shape)], axes: [rank - 1] };
    },
    lowering: {
      kind: "nest",
      build: (nest, params, [a, b]) =>
        buildTriangularSolve(nest, {
          count: sizeOf(stackShape(a as Aval)),
          n: matrixShape(a as Aval)[0],
          columns: matrixShape(b as Aval)[1],
          ...params,
        }),
    },
    args: {
      example: (choose) => {
        const n = choose.int(0, 4);
        const stack = drawStack(choose);
        const dtype = choose.floatDType();
        return {
          inputs: [
            {
              shape: [...stack, n, n],
              dtype,
              elements: { min: -1, max: 1 },
              diagonal: { min: -3, max: 3, avoid: [0], margin: 1 },
            },
            { shape: [...stack, n, choose.int(0, 3)], dtype },
          ],
          params: { lower: choose.bool(), unitDiagonal: choose.bool() },
        };
      },
    },
  });

/** The solutions of A·X = B for triangular matrices A [..., n, n] and right-hand sides B [..., n, m]. */
export const triangularSolve = (
  a: NDArray,
  b: NDArray,
  { lower, unitDiagonal = false }: TriangularSolveOptions,
): NDArray => bind1(triangularSolvePrimitive, [a, b], { lower, unitDiagonal });
