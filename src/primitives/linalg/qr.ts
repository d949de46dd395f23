import { type NDArray, sizeOf } from "../../array/index.ts";
import {
  type Aval,
  aval,
  bind,
  DifferentiationError,
  definePrimitive,
  describeAval,
  type Primitive,
} from "../../core/index.ts";
import { concatenate } from "../concatenate.ts";
import { add } from "../elementwise/add.ts";
import { sub } from "../elementwise/arithmetic.ts";
import { NOT_LINEAR, range } from "../rules.ts";
import {
  batchMatrices,
  checkMatrices,
  cubicWork,
  drawStack,
  eachMatrix,
  lowerTriangle,
  matrixShape,
  multiplied,
  part,
  stackShape,
  transposed,
} from "./matrices.ts";
import { buildQr } from "./qr-nest.ts";
import { triangularSolve } from "./triangular-solve.ts";

/** Parameters of `qr`. */
export interface QrParams {
  /** Whether Q is [..., m, m] and R [..., m, n]; else [..., m, k] and [..., k, n] with k = min(m, n). */
  readonly fullMatrices: boolean;
}

/** Householder's reflections, one after another, applied to A and to the identity. */
const factor = (
  a: Float64Array,
  m: number,
  n: number,
  k: number,
): readonly [q: Float64Array, r: Float64Array] => {
  const full = new Float64Array(m * m);
  for (let i = 0; i < m; i++) full[i * m + i] = 1;
  for (let j = 0; j < Math.min(m, n); j++) {
    const x = range(m).map((i) => (i < j ? 0 : (a[i * n + j] as number)));
    if (x.slice(j + 1).every((value) => value === 0)) continue;
    const alpha = x[j] as number;
    const beta = (alpha < 0 || Object.is(alpha, -0) ? 1 : -1) * Math.hypot(...x);
    x[j] = alpha - beta;
    const half = -beta * (x[j] as number);
    for (let c = 0; c < n; c++) {
      const dot = x.reduce((sum, value, i) => sum + value * (a[i * n + c] as number), 0) / half;
      for (let i = 0; i < m; i++) a[i * n + c] = (a[i * n + c] as number) - dot * (x[i] as number);
    }
    for (let row = 0; row < m; row++) {
      const dot = x.reduce((sum, value, i) => sum + value * (full[row * m + i] as number), 0) / half;
      for (let i = 0; i < m; i++) full[row * m + i] = (full[row * m + i] as number) - dot * (x[i] as number);
    }
  }
  const q = new Float64Array(m * k).map((_, at) => full[Math.floor(at / k) * m + (at % k)] as number);
  const r = new Float64Array(k * n).map((_, at) => (at % n < Math.floor(at / n) ? 0 : (a[at] as number)));
  return [q, r];
};

/** X·R⁻¹ for upper triangular R. */
const timesInverse = (x: NDArray, r: NDArray): NDArray =>
  transposed(triangularSolve(transposed(r), transposed(x), { lower: true }));

/**
 * A = Q·R of matrices of any shape [..., m, n], with orthonormal columns of Q and upper triangular R. Signs are LAPACK's:
 * those of its reflections.
 *
 * The derivative, with F = Ȧ R⁻¹, M = Qᵀ F and Ω = tril(M, −1) − tril(M, −1)ᵀ, is Q̇ = Q(Ω − M) + F, Ṙ = (M − Ω) R (Walter &
 * Lehmann 2010). Of a wide A = [A₁ A₂] that is so for A₁ = Q·R₁; R₂ = Qᵀ A₂ follows (Roberts & Roberts 2020, "QR and LQ
 * decomposition matrix backpropagation algorithms for square, wide, and deep matrices"). Where R₁ is singular it is NaN
 * or infinite. A full Q of a tall A has columns that are not determined by A, and no derivative.
 */
export const qrPrimitive: Primitive<QrParams> = definePrimitive<QrParams>({
  name: "qr",
  abstractEval: ([x], { fullMatrices }) => {
    const a = x as Aval;
    checkMatrices("qr", a);
    const [m, n] = matrixShape(a);
    const stack = stackShape(a);
    const k = fullMatrices ? m : Math.min(m, n);
    return [aval([...stack, m, k], a.dtype), aval([...stack, k, n], a.dtype)];
  },
  evaluate: (inputs, _params, outputs) => {
    const [m, k] = matrixShape(outputs[0] as Aval);
    const [, n] = matrixShape(outputs[1] as Aval);
    return eachMatrix(inputs, outputs, (a) => factor(a as Float64Array, m, n, k));
  },
  jvp: ([x], [t], params) => {
    const [a, dot] = [x as NDArray, t as NDArray];
    const [m, n] = matrixShape(a);
    if (params.fullMatrices && m > n) {
      throw new DifferentiationError(
        `qr: a complete Q of matrices with more rows than columns, here ${describeAval(a)}, is not determined by them, so it ` +
          'has no derivative. Use mode "reduced".',
      );
    }
    const [q, r] = bind(qrPrimitive, [a], params) as unknown as readonly [NDArray, NDArray];
    const columns = Math.min(m, n);
    const r1 = part(r, [0, columns], [0, columns]);
    const f = timesInverse(part(dot, [0, m], [0, columns]), r1);
    const mixed = multiplied(transposed(q), f);
    const lower = lowerTriangle(mixed, -1);
    const omega = sub(lower, transposed(lower));
    const qDot = add(multiplied(q, sub(omega, mixed)), f);
    const r1Dot = multiplied(sub(mixed, omega), r1);
    if (columns === n) return { outputs: [q, r], tangents: [qDot, r1Dot] };
    const r2 = part(r, [0, m], [columns, n]);
    const r2Dot = multiplied(transposed(q), sub(part(dot, [0, m], [columns, n]), multiplied(qDot, r2)));
    return { outputs: [q, r], tangents: [qDot, concatenate([r1Dot, r2Dot], a.shape.length - 1)] };
  },
  transpose: { missing: NOT_LINEAR },
  batch: batchMatrices(() => qrPrimitive),
  lowering: {
    kind: "nest",
    build: (nest, _params, [a], [q]) =>
      buildQr(nest, sizeOf(stackShape(a as Aval)), ...matrixShape(a as Aval), matrixShape(q as Aval)[1]),
    work: ([a]) => 2 * cubicWork(a as Aval),
  },
  args: {
    example: (choose) => {
      const fullMatrices = choose.bool();
      const n = choose.int(0, 4);
      const m = fullMatrices ? choose.int(0, n) : choose.int(0, 4);
      return {
        inputs: [
          {
            shape: [...drawStack(choose), m, n],
            dtype: choose.floatDType(),
            elements: { min: -1, max: 1 },
            diagonal: { min: 4, max: 6 },
          },
        ],
        params: { fullMatrices },
      };
    },
  },
});

/** A = Q·R: Q [..., m, k] and R [..., k, n], where k is m with `fullMatrices`, else min(m, n). */
export const qr = (a: NDArray, fullMatrices: boolean): readonly [q: NDArray, r: NDArray] =>
  bind(qrPrimitive, [a], { fullMatrices }) as unknown as readonly [NDArray, NDArray];
