import { type NDArray, sizeOf } from "../../array/index.ts";
import { type Aval, aval, bind, definePrimitive, NO_PARAMS, type Primitive } from "../../core/index.ts";
import { concatenate } from "../concatenate.ts";
import { add } from "../elementwise/add.ts";
import { pad } from "../padding.ts";
import { NOT_LINEAR, range, scalarLike } from "../rules.ts";
import { buildLu } from "./lu-nest.ts";
import {
  batchMatrices,
  checkMatrices,
  cubicWork,
  drawStack,
  eachMatrix,
  identities,
  lowerTriangle,
  matrixShape,
  multiplied,
  part,
  rowsAt,
  stackShape,
  transposed,
  upperTriangle,
} from "./matrices.ts";
import { triangularSolve } from "./triangular-solve.ts";

/** Gaussian elimination with partial pivoting, row by row. */
const eliminate = (
  a: Float64Array,
  rows: number,
  columns: number,
): readonly [lu: Float64Array, pivots: number[], permutation: number[]] => {
  const at = (i: number, j: number): number => a[i * columns + j] as number;
  const permutation = range(rows);
  const pivots = range(Math.min(rows, columns)).map((k) => {
    let pivot = k;
    for (let i = k + 1; i < rows; i++) if (Math.abs(at(i, k)) > Math.abs(at(pivot, k))) pivot = i;
    [permutation[k], permutation[pivot]] = [permutation[pivot] as number, permutation[k] as number];
    for (let j = 0; j < columns; j++) {
      [a[k * columns + j], a[pivot * columns + j]] = [at(pivot, j), at(k, j)];
    }
    for (let i = k + 1; i < rows && at(k, k) !== 0; i++) {
      const factor = at(i, k) / at(k, k);
      a[i * columns + k] = factor;
      for (let j = k + 1; j < columns; j++) a[i * columns + j] = at(i, j) - factor * at(k, j);
    }
    return pivot;
  });
  return [a, pivots, permutation];
};

/** `x` with zero rows and columns added behind its own. */
const padded = (x: NDArray, rows: number, columns: number): NDArray => {
  const [m, n] = matrixShape(x);
  return pad(x, scalarLike(x, 0), [
    ...stackShape(x).map(() => [0, 0, 0] as const),
    [0, rows - m, 0],
    [0, columns - n, 0],
  ]);
};

/**
 * P·A = L·U with row exchanges, of matrices of any shape [..., m, n]. Outputs: L without its diagonal of ones below U,
 * [..., m, n]; `pivots`, int32 [..., min(m, n)]: row k was exchanged with row pivots[k]; and the rows of A in the order
 * of P·A, int32 [..., m]. A column without a pivot is left as it is, and U has a 0 on its diagonal.
 *
 * The derivative, with F = L⁻¹ P Ȧ U⁻¹, is L̇ = L tril(F, −1), U̇ = triu(F) U; L and U that are not square are completed
 * with columns and rows of the identity (Walter & Lehmann 2010, "Algorithmic differentiation of linear algebra functions
 * with application in optimum experimental design"; de Hoog, Anderssen & Lukas 2011).
 */
export const luPrimitive: Primitive = definePrimitive({
  name: "lu",
  abstractEval: ([x]) => {
    const a = x as Aval;
    checkMatrices("lu", a);
    const [m, n] = matrixShape(a);
    const stack = stackShape(a);
    return [aval(a.shape, a.dtype), aval([...stack, Math.min(m, n)], "int32"), aval([...stack, m], "int32")];
  },
  evaluate: (inputs, _params, outputs) => {
    const [m, n] = matrixShape(outputs[0] as Aval);
    return eachMatrix(inputs, outputs, (a) => eliminate(a as Float64Array, m, n));
  },
  jvp: ([a], [t]) => {
    const [lu, pivots, permutation] = luFactors(a as NDArray);
    const [m, n] = matrixShape(lu);
    const rank = Math.min(m, n);
    const unit = add(
      padded(lowerTriangle(part(lu, [0, m], [0, rank]), -1), m, m),
      identities([...stackShape(lu), m, m], lu.dtype),
    );
    const upper = completed(upperTriangle(part(lu, [0, rank], [0, n])), n);
    const half = triangularSolve(unit, rowsAt(t as NDArray, permutation), {
      lower: true,
      unitDiagonal: true,
    });
    // F = X U⁻¹ is the transpose of the solution of Uᵀ Fᵀ = Xᵀ.
    const f = transposed(triangularSolve(transposed(upper), transposed(half), { lower: true }));
    const tangent = add(multiplied(unit, lowerTriangle(f, -1)), multiplied(upperTriangle(f), upper));
    return { outputs: [lu, pivots, permutation], tangents: [tangent, null, null] };
  },
  transpose: { missing: NOT_LINEAR },
  batch: batchMatrices(() => luPrimitive),
  lowering: {
    kind: "nest",
    build: (nest, _params, [a]) => buildLu(nest, sizeOf(stackShape(a as Aval)), ...matrixShape(a as Aval)),
    work: ([a]) => cubicWork(a as Aval) / 2,
  },
  args: {
    example: (choose) => ({
      inputs: [
        {
          shape: [...drawStack(choose), choose.int(0, 4), choose.int(0, 4)],
          dtype: choose.floatDType(),
          elements: { min: -1, max: 1 },
          // Exchanges happen all the same where rows are permuted, but a nudge does not change which.
          diagonal: { min: 4, max: 6 },
        },
      ],
      params: NO_PARAMS,
    }),
  },
});

/** Upper factors [..., min(m, n), n] with rows of the identity below, as many as make them square. */
const completed = (upper: NDArray, n: number): NDArray => {
  const [rows] = matrixShape(upper);
  if (rows === n) return upper;
  const stack = stackShape(upper);
  const below = part(identities([...stack, n, n], upper.dtype), [rows, n], [0, n]);
  return concatenate([upper, below], stack.length);
};

/** P·A = L·U: L and U in one array, the row exchanges, and the rows of A in the order of P·A. */
export const luFactors = (a: NDArray): readonly [lu: NDArray, pivots: NDArray, permutation: NDArray] =>
  bind(luPrimitive, [a], NO_PARAMS) as unknown as readonly [NDArray, NDArray, NDArray];
