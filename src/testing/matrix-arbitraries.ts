import type { Arbitrary } from "fast-check";
import {
  allocate,
  ConcreteArray,
  type DType,
  denseData,
  type NDArray,
  type Shape,
  sizeOf,
} from "../array/index.ts";
import { chooserFrom } from "./chooser.ts";
import { drawArray } from "./elements.ts";
import { drawn, type Source } from "./tape.ts";

/** Which square matrices are drawn. */
export interface MatrixOptions {
  /** How many rows and columns, if that is not drawn. */
  readonly size?: number;
  /** Fewest rows; default 1. */
  readonly minSize?: number;
  /** Most rows; default 4. */
  readonly maxSize?: number;
  /** Axes in front, for a stack of matrices; default none. */
  readonly batch?: Shape;
  /** Default float64. */
  readonly dtype?: DType & ("float32" | "float64");
}

/** Rows of a matrix in double precision. */
type Matrix = Float64Array[];

const identity = (n: number): Matrix =>
  Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (__, j) => (i === j ? 1 : 0)));

const numbers = (source: Source, count: number, min: number, max: number): Float64Array =>
  Float64Array.from(
    denseData(drawArray(source, { shape: [count], dtype: "float64", elements: { min, max } })),
  );

/** A stack of matrices, each drawn on its own. */
const matrices = (
  { size, minSize = 1, maxSize = 4, batch = [], dtype = "float64" }: MatrixOptions,
  draw: (source: Source, n: number) => Matrix,
): Arbitrary<NDArray> =>
  drawn((source) => {
    const n = size ?? chooserFrom(source).int(minSize, maxSize);
    const count = sizeOf(batch);
    const out = allocate(dtype, count * n * n);
    for (let k = 0; k < count; k++) {
      source
        .span(() => draw(source, n))
        .forEach((row, i) => {
          out.set(row, (k * n + i) * n);
        });
    }
    return new ConcreteArray(out, [...batch, n, n], dtype);
  });

/** `m` after the reflection along `v`: I − 2vvᵀ/vᵀv; `m` itself for `v` = 0. */
const reflected = (m: Matrix, v: Float64Array): Matrix => {
  const square = v.reduce((sum, x) => sum + x * x, 0);
  if (square === 0) return m;
  return m.map((row) => {
    const along = row.reduce((sum, x, j) => sum + x * (v[j] as number), 0);
    return row.map((x, j) => x - ((2 * along) / square) * (v[j] as number));
  });
};

/** As many reflections as one likes; none is the identity. */
const drawOrthogonal = (source: Source, n: number): Matrix => {
  let m = identity(n);
  for (let more = chooserFrom(source).int(0, n); more > 0; more--) {
    m = reflected(
      m,
      source.span(() => numbers(source, n, -1, 1)),
    );
  }
  return m;
};

/**
 * An arbitrary of symmetric positive definite matrices [...batch, n, n]: B·Bᵀ + I, whose least eigenvalue is 1 or more. It
 * shrinks towards the identity of one row.
 *
 * @example
 * fc.property(positiveDefinite(), (a) => allClose(l.matmul(l.T), a)); // with l = linalg.cholesky(a)
 */
export const positiveDefinite = (options: MatrixOptions = {}): Arbitrary<NDArray> =>
  matrices(options, (source, n) => {
    const b = Array.from({ length: n }, () => numbers(source, n, -1.5, 1.5));
    return b.map((row, i) =>
      Float64Array.from(b, (other, j) =>
        row.reduce((sum, x, k) => sum + x * (other[k] as number), i === j ? 1 : 0),
      ),
    );
  });

/**
 * An arbitrary of orthogonal matrices [...batch, n, n], products of reflections. It shrinks towards the identity of one
 * row.
 *
 * @example
 * fc.property(orthogonal({ size: 3 }), (q) => allClose(q.matmul(q.T), np.eye(3)));
 */
export const orthogonal = (options: MatrixOptions = {}): Arbitrary<NDArray> =>
  matrices(options, drawOrthogonal);

/** Which well-conditioned matrices are drawn. */
export interface WellConditionedOptions extends MatrixOptions {
  /** The greatest ratio of singular values; default 10. */
  readonly condition?: number;
}

/**
 * An arbitrary of invertible matrices [...batch, n, n] whose singular values lie between 1 and `condition`. It shrinks
 * towards the identity of one row.
 *
 * @throws RangeError for a condition below 1.
 * @example
 * fc.property(wellConditioned(), (a) => allClose(np.linalg.inv(a).matmul(a), np.eye(a.shape[0]), { atol: 1e-9 }));
 */
export const wellConditioned = ({
  condition = 10,
  ...options
}: WellConditionedOptions = {}): Arbitrary<NDArray> => {
  if (!(condition >= 1))
    throw new RangeError(`wellConditioned: condition must be at least 1; got ${condition}.`);
  return matrices(options, (source, n) => {
    const [u, v] = [drawOrthogonal(source, n), drawOrthogonal(source, n)];
    const s = numbers(source, n, 1, condition);
    return u.map((row) =>
      Float64Array.from(v, (column) =>
        row.reduce((sum, x, k) => sum + x * (s[k] as number) * (column[k] as number), 0),
      ),
    );
  });
};
