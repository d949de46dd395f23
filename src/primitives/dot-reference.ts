/*
 * The reference products of row-major matrices. All floats are multiplied in float64, so that one loop, always seeing
 * the same kind of typed array, serves every floating-point dtype; integers go through `Math.imul` likewise.
 */

/** The lengths of a batch of products: `[batch, rows, inner]` times `[batch, inner, columns]`. */
export interface ProductSize {
  readonly batch: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/**
 * The products of floating-point matrices, written into `out` (which rounds if it is float32). Each row of the result
 * is accumulated in float64 from scaled rows of the right operand, four at a time.
 */
export const multiplyFloats = (
  lhs: Float64Array,
  rhs: Float64Array,
  { batch, rows, inner, columns }: ProductSize,
  out: Float32Array | Float64Array,
): void => {
  const row = new Float64Array(columns);
  const unrolled = inner - (inner % 4);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < rows; i++) {
      const start = b * rows + i;
      let at = start * inner;
      let below = b * inner * columns;
      row.fill(0);
      let k = 0;
      for (; k < unrolled; k += 4) {
        const x0 = lhs[at++] as number;
        const x1 = lhs[at++] as number;
        const x2 = lhs[at++] as number;
        const x3 = lhs[at++] as number;
        const r1 = below + columns;
        const r2 = r1 + columns;
        const r3 = r2 + columns;
        for (let j = 0; j < columns; j++) {
          row[j] =
            (row[j] as number) +
            x0 * (rhs[below + j] as number) +
            x1 * (rhs[r1 + j] as number) +
            x2 * (rhs[r2 + j] as number) +
            x3 * (rhs[r3 + j] as number);
        }
        below = r3 + columns;
      }
      for (; k < inner; k++) {
        const x = lhs[at++] as number;
        for (let j = 0; j < columns; j++) row[j] = (row[j] as number) + x * (rhs[below + j] as number);
        below += columns;
      }
      out.set(row, start * columns);
    }
  }
};

/** The products of integer matrices modulo 2³². Signed and unsigned integers multiply alike. */
export const multiplyIntegers = (
  lhs: Int32Array,
  rhs: Int32Array,
  { batch, rows, inner, columns }: ProductSize,
  out: Int32Array,
): void => {
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < rows; i++) {
      const start = (b * rows + i) * columns;
      let at = (b * rows + i) * inner;
      let below = b * inner * columns;
      for (let k = 0; k < inner; k++) {
        const x = lhs[at++] as number;
        for (let j = 0; j < columns; j++) {
          out[start + j] = ((out[start + j] as number) + Math.imul(x, rhs[below + j] as number)) | 0;
        }
        below += columns;
      }
    }
  }
};
