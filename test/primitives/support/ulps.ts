import type { DType } from "../../../src/array/index.ts";

const view = new DataView(new ArrayBuffer(8));

/** The place of a float among all floats of its dtype in order, ±0 being one. */
const ordinal = (x: number, dtype: DType): bigint => {
  if (dtype === "float32") view.setFloat32(0, x);
  else view.setFloat64(0, x);
  const bits = dtype === "float32" ? BigInt(view.getInt32(0)) : view.getBigInt64(0);
  const least = dtype === "float32" ? -(2n ** 31n) : -(2n ** 63n);
  return bits < 0n ? least - bits : bits;
};

/** How many floats lie between two; the same NaN, infinity and signed zero are 0 apart, others infinitely many. */
export const ulpsApart = (x: number, y: number, dtype: DType): number => {
  if (Object.is(x, y)) return 0;
  if (Number.isNaN(x) || Number.isNaN(y) || (x === 0 && y === 0)) return Number.POSITIVE_INFINITY;
  const distance = ordinal(x, dtype) - ordinal(y, dtype);
  return Number(distance < 0n ? -distance : distance);
};
