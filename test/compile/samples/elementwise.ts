import { numpy as np } from "../../../src/index.ts";
import { type Sample, sample, withPullback } from "./sample.ts";

/** What is computed element by element, and what the rewriting rules make shorter. */
export const elementwise: readonly Sample[] = [
  ...withPullback(sample("chain", "f32[19,7] f32[7] f32[]", (x, y, z) => [np.tanh(x.mul(y).add(z))])),
  sample("several-results", "f32[5,9]", (x) => {
    const e = np.exp(x);
    return [e, e.T, e.sum(), e.add(1).sum(0)];
  }),
  sample("doubles", "f64[33] f64[33]", (x, y) => [np.sin(x).mul(np.sqrt(np.abs(y)))]),
  sample("integers", "i32[13] u32[13]", (x, y) => [
    np.floorDivide(x, 3).add(np.remainder(x, 5)),
    np.bitwiseXor(y, np.leftShift(y, 7)).mul(3),
    np.equal(x, 2),
  ]),
  sample("choices", "bool[11] f32[11] f32[1]", (p, x, y) => [
    np.where(p, x, y),
    np.logicalAnd(p, np.greater(x, y)),
  ]),
  sample("powers", "f32[9] f64[9]", (x, y) => [
    np.power(x, 3).add(np.power(x, -1)),
    np.power(np.abs(y), 0.5).add(np.square(y)),
  ]),
  // The last that are multiplied out, and the first that are not.
  sample("whole-powers", "f32[9]", (x) => [8, 9, -4, -5].map((n) => np.power(x, n))),
  sample("half-types", "f16[37] bf16[37]", (x, y) => [
    np.exp(x.mul(2)),
    y.add(1).sum(),
    x.astype("float32").add(y.astype("float32")),
  ]),
  sample("small-integers", "i8[21]", (x) => [x.add(x), x.T.max()]),
  sample("simplifications", "f32[4,6]", (x) => {
    const y = x.add(0).mul(1);
    return [np.negative(np.negative(y)).T.T.reshape([24]).reshape([4, 6]), y.sub(y.mul(2).div(2)), y.mul(0)];
  }),
  sample("same-twice", "f32[8]", (x) => {
    const [a, b] = [np.exp(x.add(1)), np.exp(x.add(1))];
    return [a.mul(b), np.log(a)];
  }),
  sample("folded", "f32[6]", (x) => [x.add(np.exp(np.arange(6))), np.dot(x, np.ones([6]))]),
  sample("mixed-widths", "f32[13] f64[13] i32[13] u32[13]", (x, y, n, m) => [
    np.where(np.greater(x, 0), y, 0),
    np.where(np.greater(y, 0), x, 1),
    np.where(np.greater(n, 0), y, np.negative(y)),
    y.astype("int32").add(n),
    y.astype("uint32").add(m),
  ]),
  sample("conversions", "f32[13] f64[13] i32[13] u32[13]", (x, y, n, m) => [
    n.astype("float64").add(y),
    m.astype("float64").mul(y),
    x.astype("float64").sub(y),
    y.astype("float32").sub(x),
    np.greater(y, 0).astype("float64").add(np.greater(x, 0).astype("float64")),
    y.astype("bool"),
    m.astype("float32").add(n.astype("float32")),
  ]),
  sample("doubles-in-singles", "f32[13] f64[13] f32[13]", (x, y, z) => [
    np.exp(y).add(np.sin(y)).astype("float32").mul(x),
    np.log(np.abs(z.astype("float64"))).add(y),
    np.remainder(y, 3).astype("float32").sub(z),
  ]),
];
