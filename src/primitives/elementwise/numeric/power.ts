/**
 * `x` to the power `y` as C and XLA define it. JavaScript's operator differs: it makes NaN of 1 to the power NaN and
 * of ±1 to an infinite power, which are 1 here.
 */
export const power = (x: number, y: number): number => {
  if (x === 1 || (x === -1 && (y === Number.POSITIVE_INFINITY || y === Number.NEGATIVE_INFINITY))) return 1;
  return x ** y;
};

/** The low 32 bits of `x` to the power `n`, a whole number of at least 0, by repeated squaring. */
export const wrappedPower = (x: number, n: number): number => {
  let product = 1;
  for (let square = x, rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) product = Math.imul(product, square);
    square = Math.imul(square, square);
  }
  return product;
};
