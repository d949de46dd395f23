import { type NDArray, sizeOf } from "../../array/index.ts";
import { type Aval, aval, bind, definePrimitive, NO_PARAMS, type Primitive } from "../../core/index.ts";
import { add } from "../elementwise/add.ts";
import { div, mul, sub } from "../elementwise/arithmetic.ts";
import { NOT_LINEAR, range } from "../rules.ts";
import {
  asColumns,
  asRows,
  batchMatrices,
  checkMatrices,
  cubicWork,
  diagonalPart,
  diagonals,
  drawStack,
  eachMatrix,
  identities,
  inverseDifferences,
  matrixShape,
  multiplied,
  stackShape,
  transposed,
} from "./matrices.ts";
import { signOf } from "./signs.ts";
import { buildSvd } from "./svd-nest.ts";

const dot = (x: readonly number[], y: readonly number[]): number =>
  x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);

/** A unit vector orthogonal to all of `others`. */
const orthogonalTo = (others: readonly (readonly number[])[], length: number): number[] => {
  const candidates = range(length).map((axis) => {
    let x: number[] = range(length).map((i) => (i === axis ? 1 : 0));
    for (const y of [...others, ...others]) {
      const along = dot(x, y);
      x = x.map((value, i) => value - along * (y[i] as number));
    }
    return x;
  });
  const longest = candidates.reduce((best, x) => (dot(x, x) > dot(best, best) ? x : best));
  const norm = Math.sqrt(dot(longest, longest));
  return longest.map((value) => value / norm);
};

/** Jacobi's method from one side: columns are rotated two by two until all are orthogonal. */
const decompose = (
  a: Float64Array,
  rows: number,
  columns: number,
): readonly [u: number[], s: number[], vt: number[]] => {
  const isWide = rows < columns;
  const [m, n] = isWide ? [columns, rows] : [rows, columns];
  const size = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  // Squares must neither overflow nor vanish.
  const scale = size > 0 && (size < 1e-130 || size > 1e130) ? size : 1;
  const x = range(n).map((j) =>
    range(m).map((i) => (a[isWide ? j * columns + i : i * columns + j] as number) / scale),
  );
  const v = range(n).map((j) => range(n).map((i) => (i === j ? 1 : 0)));
  const rotate = (z: number[][], p: number, q: number, c: number, s: number): void => {
    const [one, other] = [z[p] as number[], z[q] as number[]];
    z[p] = one.map((value, i) => c * value - s * (other[i] as number));
    z[q] = other.map((value, i) => c * value + s * (one[i] as number));
  };
  // Columns that are no more than rounding errors have no direction.
  const nothing = 2 ** -52 * Math.hypot(...x.flat());
  let isOrthogonal = false;
  for (let sweep = 0; sweep < 60 && !isOrthogonal; sweep++) {
    isOrthogonal = true;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const [xp, xq] = [x[p] as number[], x[q] as number[]];
        const [pp, qq, pq] = [dot(xp, xp), dot(xq, xq), dot(xp, xq)];
        if (Math.abs(pq) <= (m + 4) * 2 ** -52 * Math.sqrt(pp * qq) || Math.min(pp, qq) <= nothing ** 2)
          continue;
        isOrthogonal = false;
        const theta = (qq - pp) / (2 * pq);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        rotate(x, p, q, c, t * c);
        rotate(v, p, q, c, t * c);
      }
    }
  }
  const norms = x.map((column) => (isOrthogonal ? Math.hypot(...column) : Number.NaN));
  const order = range(n).sort((i, j) => (norms[j] as number) - (norms[i] as number));
  const left: number[][] = [];
  for (const k of order) {
    const norm = norms[k] as number;
    const isNothing = norm <= nothing;
    left.push(isNothing ? orthogonalTo(left, m) : (x[k] as number[]).map((value) => value / norm));
  }
  const right = order.map((k) => v[k] as number[]);
  const [us, vs] = isWide ? [right, left] : [left, right];
  const signs = vs.map((row, k) => (Number.isNaN(norms[order[k] as number]) ? Number.NaN : signOf(row)));
  const signed = (vectors: readonly number[][]): number[][] =>
    vectors.map((row, k) => row.map((value) => value * (signs[k] as number)));
  const uRows = signed(us);
  return [
    range(rows).flatMap((i) => uRows.map((row) => row[i] as number)),
    order.map((k) => (norms[k] as number) * scale),
    signed(vs).flat(),
  ];
};

/** What a tangent of A has outside the space of the columns of `u`, for each column, divided by its singular value. */
const outside = (u: NDArray, image: NDArray, s: NDArray): NDArray =>
  div(sub(image, multiplied(u, multiplied(transposed(u), image))), asRows(s, image.shape));

/**
 * A = U·diag(s)·Vᵀ of matrices of any shape [..., m, n]: with k = min(m, n), orthonormal columns of U [..., m, k], singular
 * values [..., k] in decreasing order, and orthonormal rows of Vᵀ [..., k, n]. In each row of Vᵀ the first element that is not
 * small beside the others is positive. Elements that are not finite give NaN.
 *
 * The derivative, with P = Uᵀ Ȧ V and F[i, j] = 1/(s[j]² − s[i]²), 0 on the diagonal: ṡ = diag(P),
 * U̇ = U(F ∘ (P S + S Pᵀ)) + (1 − U Uᵀ) Ȧ V S⁻¹ and V̇ = V(F ∘ (S P + Pᵀ S)) + (1 − V Vᵀ) Ȧᵀ U S⁻¹ (Townsend 2016,
 * "Differentiating the singular value decomposition"; Giles 2008, section 3.2). Where singular values are equal or 0,
 * their vectors have no derivative: it is NaN or infinite there, while that of a function of the values alone is right,
 * if it treats equal ones alike and none is 0.
 */
export const svdPrimitive: Primitive = definePrimitive({
  name: "svd",
  abstractEval: ([x]) => {
    const a = x as Aval;
    checkMatrices("svd", a);
    const [m, n] = matrixShape(a);
    const k = Math.min(m, n);
    const stack = stackShape(a);
    return [aval([...stack, m, k], a.dtype), aval([...stack, k], a.dtype), aval([...stack, k, n], a.dtype)];
  },
  evaluate: (inputs, _params, outputs) => {
    const [m] = matrixShape(outputs[0] as Aval);
    const [, n] = matrixShape(outputs[2] as Aval);
    return eachMatrix(inputs, outputs, (a) => decompose(a as Float64Array, m, n));
  },
  jvp: ([x], [t]) => {
    const dotA = t as NDArray;
    const [u, s, vt] = svd(x as NDArray);
    const [m, n] = matrixShape(x as NDArray);
    const v = transposed(vt);
    const image = multiplied(dotA, v);
    const p = multiplied(transposed(u), image);
    const pt = transposed(p);
    const square = p.shape;
    const [columns, rows] = [asRows(s, square), asColumns(s, square)];
    // s[j]² − s[i]² = (s[j] − s[i])(s[j] + s[i]), and on the diagonal 1 in the place of a sum that may be 0.
    const sums = sub(add(columns, rows), diagonalPart(add(columns, rows)));
    const f = div(inverseDifferences(s), add(sums, identities(square, s.dtype)));
    const inU = multiplied(u, mul(f, add(mul(p, columns), mul(rows, pt))));
    const inV = multiplied(v, mul(f, add(mul(rows, p), mul(pt, columns))));
    const uDot = m > n ? add(inU, outside(u, image, s)) : inU;
    const vDot = n > m ? add(inV, outside(v, multiplied(transposed(dotA), u), s)) : inV;
    return { outputs: [u, s, vt], tangents: [uDot, diagonals(p), transposed(vDot)] };
  },
  transpose: { missing: NOT_LINEAR },
  batch: batchMatrices(() => svdPrimitive),
  lowering: {
    kind: "nest",
    build: (nest, _params, [a]) => buildSvd(nest, sizeOf(stackShape(a as Aval)), ...matrixShape(a as Aval)),
    work: ([a]) => 16 * cubicWork(a as Aval),
  },
  args: {
    example: (choose) => ({
      inputs: [
        {
          shape: [...drawStack(choose), choose.int(0, 4), choose.int(0, 4)],
          dtype: choose.floatDType(),
          elements: { min: -0.125, max: 0.125 },
          // Far enough apart for singular values to differ.
          diagonal: { min: 1, max: 10, distinct: true, margin: 1 },
        },
      ],
      params: NO_PARAMS,
    }),
  },
});

/** A = U·diag(s)·Vᵀ of matrices [..., m, n]: U [..., m, k], s [..., k], Vᵀ [..., k, n] with k = min(m, n). */
export const svd = (a: NDArray): readonly [u: NDArray, s: NDArray, vt: NDArray] =>
  bind(svdPrimitive, [a], NO_PARAMS) as unknown as readonly [NDArray, NDArray, NDArray];
