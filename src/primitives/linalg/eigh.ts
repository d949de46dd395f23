import { type NDArray, sizeOf } from "../../array/index.ts";
import { type Aval, aval, bind, definePrimitive, NO_PARAMS, type Primitive } from "../../core/index.ts";
import { mul } from "../elementwise/arithmetic.ts";
import { NOT_LINEAR, range } from "../rules.ts";
import { buildEigh } from "./eigh-nest.ts";
import {
  batchMatrices,
  checkSquare,
  cubicWork,
  diagonals,
  drawSeparated,
  eachMatrix,
  inverseDifferences,
  matrixShape,
  multiplied,
  stackShape,
  symmetricFromLower,
  transposed,
} from "./matrices.ts";
import { signOf } from "./signs.ts";

/** Jacobi's method: rotations of two rows and columns at a time, each making one element vanish. */
const diagonalize = (lower: Float64Array, n: number): readonly [values: number[], vectors: Float64Array] => {
  const a = lower.map(
    (_, at) =>
      lower[Math.max(at % n, Math.floor(at / n)) * n + Math.min(at % n, Math.floor(at / n))] as number,
  );
  const v = a.map((_, at) => (at % (n + 1) === 0 ? 1 : 0));
  const rotate = (x: Float64Array, i: number, k: number, c: number, s: number): void => {
    const [p, q] = [x[i] as number, x[k] as number];
    x[i] = c * p - s * q;
    x[k] = s * p + c * q;
  };
  const size = Math.hypot(...a);
  let isDiagonal = n < 2;
  for (let sweep = 0; sweep < 60 && !isDiagonal; sweep++) {
    isDiagonal = true;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const off = a[p * n + q] as number;
        if (Math.abs(off) <= 2 ** -56 * size) continue;
        isDiagonal = false;
        const theta = ((a[q * n + q] as number) - (a[p * n + p] as number)) / (2 * off);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        for (let i = 0; i < n; i++) rotate(a, i * n + p, i * n + q, c, t * c);
        for (let i = 0; i < n; i++) rotate(a, p * n + i, q * n + i, c, t * c);
        for (let i = 0; i < n; i++) rotate(v, i * n + p, i * n + q, c, t * c);
      }
    }
  }
  const value = (k: number): number =>
    isDiagonal && Number.isFinite(size) ? (a[k * (n + 1)] as number) : Number.NaN;
  const order = range(n).sort((i, j) => value(i) - value(j));
  const columns = order.map((k) => {
    const column = range(n).map((i) => v[i * n + k] as number);
    const sign = Number.isNaN(value(k)) ? Number.NaN : signOf(column);
    return column.map((x) => x * sign);
  });
  return [order.map(value), v.map((_, at) => columns[at % n]?.[Math.floor(at / n)] as number)];
};

/**
 * Eigenvalues in increasing order, [..., n], and orthonormal eigenvectors, the columns of [..., n, n], of symmetric matrices
 * given by their lower triangles. In each vector the first element that is not small beside the others is positive.
 * Elements that are not finite give NaN.
 *
 * The derivative, with M = Vᵀ Ȧ V, is ẇ = diag(M) and V̇ = V(F ∘ M), F[i, j] = 1/(w[j] − w[i]) and 0 on the diagonal (Giles
 * 2008, section 3.1). Where eigenvalues are equal, their vectors have no derivative: it is NaN or infinite there, while that
 * of a function of the values alone is right, if it treats equal ones alike.
 */
export const eighPrimitive: Primitive = definePrimitive({
  name: "eigh",
  abstractEval: ([x]) => {
    const a = x as Aval;
    checkSquare("eigh", a);
    return [aval(a.shape.slice(0, -1), a.dtype), aval(a.shape, a.dtype)];
  },
  evaluate: (inputs, _params, outputs) => {
    const [n] = matrixShape(outputs[1] as Aval);
    return eachMatrix(inputs, outputs, (a) => diagonalize(a as Float64Array, n));
  },
  jvp: ([a], [t]) => {
    const [w, v] = eigh(a as NDArray);
    const mixed = multiplied(transposed(v), multiplied(symmetricFromLower(t as NDArray), v));
    return {
      outputs: [w, v],
      tangents: [diagonals(mixed), multiplied(v, mul(inverseDifferences(w), mixed))],
    };
  },
  transpose: { missing: NOT_LINEAR },
  batch: batchMatrices(() => eighPrimitive),
  lowering: {
    kind: "nest",
    build: (nest, _params, [a]) => buildEigh(nest, sizeOf(stackShape(a as Aval)), matrixShape(a as Aval)[0]),
    work: ([a]) => 16 * cubicWork(a as Aval),
  },
  args: {
    example: (choose) => {
      return { inputs: [drawSeparated(choose)], params: NO_PARAMS };
    },
  },
});

/** Eigenvalues in increasing order and orthonormal eigenvectors of symmetric matrices, of which lower triangles are read. */
export const eigh = (a: NDArray): readonly [eigenvalues: NDArray, eigenvectors: NDArray] =>
  bind(eighPrimitive, [a], NO_PARAMS) as unknown as readonly [NDArray, NDArray];
