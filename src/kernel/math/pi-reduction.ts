import {
  add,
  and,
  bitcast,
  constant,
  convert,
  type Expr,
  lookup,
  max,
  mul,
  nearest,
  shl,
  shr,
  sub,
  type Table,
} from "../expr.ts";
import { type Double, fastTwoSum, split, twoProduct, twoSum } from "./compensated.ts";

// 1 / pi in binary, 24 bits a chunk.
const digits =
  "517cc1b727220a94fe13abe8fa9a6ee06db14acc9e21c820ff28b1d5ef5de2b0db92371d2126e9700324977504e8c90e" +
  "7f0ef58e5894d39f74411afa975da24274ce38135a2fbf209cc8eb1cc1a99cfa4e422fc5defc941d8ffc4bffef02cc07" +
  "f79788c5ad05368fb69b3f6793e584dba7a31fb34f2ff516ba93dd63f5f2f8bd9e839cfbc529497535fdafd88fc6ae84" +
  "2b0198237e3db5d5f867de104d7a1b0ed4f1c8b0af730d8432ccc2af8a50342046ffec4026b9939883030aab6539d464";

const inversePi: Table = {
  type: "f64",
  values: Array.from({ length: 64 }, (_, i) => Number.parseInt(digits.slice(i * 6, i * 6 + 6), 16)),
};

const chunks = 9;

/**
 * x / pi modulo 2 for any finite f64 x, as a sum of two floats of which the first is in [-1, 1]: Payne and Hanek's
 * method. Chunks of 1 / pi whose product with x is a multiple of 2 are left out; the products of halves of x with
 * the next nine chunks are exact, and so are their remainders.
 */
function turns(x: Expr): Double {
  const exponent = and(convert(shr(bitcast(x, "u64"), 52), "i32"), 0x7ff);
  const surplus = max(sub(exponent, 1023 + 53), 0);
  const first = shr(mul(surplus, 2731), 16); // surplus / 24
  const power = shl(sub(constant("i64", 1023n), convert(mul(first, 24), "i64")), 52);
  const scaled = mul(x, bitcast(power, "f64"));
  const halves = split(scaled);

  let [high, middle, low] = [constant("f64", 0), constant("f64", 0), constant("f64", 0)];
  for (let i = 0; i < chunks; i++) {
    const chunk = mul(lookup(inversePi, add(first, i)), 2 ** (-24 * (i + 1)));
    for (const half of halves) {
      const product = mul(half, chunk);
      const term = i < 4 ? sub(product, mul(nearest(mul(product, 0.5)), 2)) : product;
      const [sum, lost] = twoSum(high, term);
      const [sumLost, lostAgain] = twoSum(middle, lost);
      high = sum;
      middle = sumLost;
      low = add(low, lostAgain);
    }
  }
  const rest = sub(high, mul(nearest(mul(high, 0.5)), 2));
  const [a, b] = twoSum(rest, middle);
  return fastTwoSum(a, add(b, low));
}

/** x = whole * pi / 2 + r for any finite f64 x, `whole` known modulo 4. */
export function quarterTurns(x: Expr): { readonly whole: Expr; readonly r: Double } {
  const [high, low] = turns(x);
  const whole = nearest(mul(high, 2));
  const [a, b] = twoSum(sub(mul(high, 2), whole), mul(low, 2));
  const [p, lost] = twoProduct(a, constant("f64", Math.PI / 2));
  const tail = add(add(mul(a, 6.123233995736766e-17), mul(b, Math.PI / 2)), lost);
  return { whole, r: fastTwoSum(p, tail) };
}
