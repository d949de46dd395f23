/** The nearest whole number; of two equally near ones the even one. Keeps the sign of zero. */
export const roundToEven = (x: number): number => {
  const magnitude = Math.abs(x);
  // From 2^52 on every double is whole; below, adding 2^52 makes the hardware round to units.
  if (!(magnitude < 2 ** 52)) return x;
  const rounded = magnitude + 2 ** 52 - 2 ** 52;
  return x < 0 || Object.is(x, -0) ? -rounded : rounded;
};

/** The nearest whole number; of two equally near ones the one further from zero. Keeps the sign of zero. */
export const roundAwayFromZero = (x: number): number => {
  const magnitude = Math.abs(x);
  const floor = Math.floor(magnitude);
  // Comparing the fraction, because adding a half would round 0.49999999999999994 up to 1.
  const rounded = magnitude - floor >= 0.5 ? floor + 1 : floor;
  if (!Number.isFinite(x)) return x;
  return x < 0 || Object.is(x, -0) ? -rounded : rounded;
};
