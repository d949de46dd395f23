import { constant, convert, div, type Expr, isFloat, mul } from "../expr.ts";
import { pow } from "./power.ts";

/** The powers of floats that are multiplied out: every product is rounded, and so is the reciprocal. */
const LEAST = -4;
const GREATEST = 8;

/** x^n for a whole n, of integers n >= 0: by repeated squaring; high powers of floats as `pow` has them. */
export function integerPower(x: Expr, n: number): Expr {
  if (isFloat(x.type)) {
    // In double precision, which holds every n.
    if (n < LEAST || n > GREATEST) return convert(pow(convert(x, "f64"), constant("f64", n)), x.type);
    // The reciprocal first: x^-n can be too large where x^n is not too small.
    if (n < 0) return integerPower(div(constant(x.type, 1), x), -n);
  }
  let product: Expr | undefined;
  let rest = n;
  for (let square = x; ; square = mul(square, square)) {
    if (rest % 2 === 1) product = product === undefined ? square : mul(product, square);
    rest = Math.floor(rest / 2);
    if (rest === 0) break;
  }
  return product ?? constant(x.type, 1);
}
