const view = new DataView(new ArrayBuffer(8));

/** The distance between neighbouring f32 at the size of x. */
export function ulp32(x: number): number {
  view.setFloat32(0, Math.fround(x));
  const exponent = (view.getUint32(0) >>> 23) & 0xff;
  return 2 ** (Math.max(Math.min(exponent, 254), 1) - 150);
}

/** The distance between neighbouring f64 at the size of x. */
export function ulp64(x: number): number {
  view.setFloat64(0, x);
  const exponent = (view.getUint32(0) >>> 20) & 0x7ff;
  return 2 ** (Math.max(Math.min(exponent, 2046), 1) - 1075);
}

/** How far a computed f32 is from the exact value (given as a double), in units in the last place. */
export function ulpError32(computed: number, exact: number): number {
  if (Number.isNaN(exact)) return Number.isNaN(computed) ? 0 : Infinity;
  const rounded = Math.fround(exact);
  if (Object.is(rounded, computed))
    return rounded === 0 || !Number.isFinite(rounded) ? 0 : distance32(computed, exact);
  if (exact === 0) return Infinity; // a zero of the wrong sign, or no zero
  if (!Number.isFinite(exact)) return Infinity;
  const top = 3.4028234663852886e38;
  if (!Number.isFinite(computed)) {
    return Math.sign(computed) === Math.sign(exact) && Math.abs(exact) > top ? 1 : Infinity;
  }
  return distance32(computed, exact);
}

const distance32 = (computed: number, exact: number): number => Math.abs(computed - exact) / ulp32(exact);

/** The same for f64: the exact value is `value` and `rest` units in its last place. */
export function ulpError64(computed: number, value: number, rest: number): number {
  if (Number.isNaN(value)) return Number.isNaN(computed) ? 0 : Infinity;
  if (Object.is(computed, value)) return Math.abs(rest);
  if (!Number.isFinite(value)) return Math.abs(computed) === Number.MAX_VALUE ? 1 : Infinity;
  if (!Number.isFinite(computed)) {
    return Math.sign(computed) === Math.sign(value) && Math.abs(value) === Number.MAX_VALUE ? 1 : Infinity;
  }
  return Math.abs((computed - value) / ulp64(value) - rest);
}
