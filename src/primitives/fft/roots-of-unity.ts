/** Two lists of numbers, the real and the imaginary parts. */
export interface ComplexNumbers {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * cos and sin of 2π·k/n for whole 0 <= k < n. The angle is brought into the first eighth of the circle by whole
 * numbers, so that both are within 2 units in the last place however large n is, and exact on the axes.
 */
export const unitCircle = (k: number, n: number): readonly [cos: number, sin: number] => {
  // Eighths of n: mirrored about the horizontal, the vertical and the diagonal, in this order.
  let eighths = 8 * k;
  const isBelow = eighths > 4 * n;
  if (isBelow) eighths = 8 * n - eighths;
  const isLeft = eighths > 2 * n;
  if (isLeft) eighths = 4 * n - eighths;
  const isSteep = eighths > n;
  if (isSteep) eighths = 2 * n - eighths;
  const angle = (Math.PI / 4) * (eighths / n);
  const [cos, sin] = isSteep ? [Math.sin(angle), Math.cos(angle)] : [Math.cos(angle), Math.sin(angle)];
  return [isLeft ? -cos : cos, isBelow ? -sin : sin];
};

/** exp(−2πi·k/n) for k = 0, 1, …, n − 1. */
export const rootsOfUnity = (n: number): ComplexNumbers => {
  const roots = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let k = 0; k < n; k++) {
    const [cos, sin] = unitCircle(k, n);
    roots.re[k] = cos;
    roots.im[k] = 0 - sin;
  }
  return roots;
};
