import { grad, lax, type NDArray, nn, numpy as np, random } from "cotangent";
import { fromOnnx } from "cotangent/onnx";
import { expect, test } from "vitest";
import { drawArray } from "../../src/testing/elements.ts";
import { fixedSource } from "../../src/testing/fixed-source.ts";
import { drawProgram } from "../../src/testing/programs/index.ts";
import { requireNear } from "./closeness.ts";
import { again, exported, type Program, read, tripsUntilFixed } from "./trips.ts";

/*
 * Export, import, export: the same file, or, where the import works out what the first file left to the runtime, a file
 * that comes back the same from then on.
 */

const key = random.key(0);
const x = random.normal(key, [4, 8]);
const images = random.normal(key, [2, 6, 6, 1]);
const words = random.normal(key, [2, 5, 2, 4]);
const first = np.zeros([8]);
const rows = random.normal(key, [5, 8]);

const network = <P>(model: nn.Layer<P>, example: NDArray): Program => {
  const params = model.init(key, example.shape);
  return (y) => model.apply(params, y as NDArray);
};

const mlp = network(nn.sequential(nn.dense(5), nn.pointwise(nn.relu), nn.dense(3)), x);
const normalized = nn.sequential(nn.dense(16), nn.pointwise(nn.gelu), nn.layerNorm(), nn.dense(3));
const classifier = nn.sequential(nn.dense(5), nn.pointwise(nn.relu), nn.dense(4), nn.pointwise(nn.softmax));
const smooth = nn.sequential(nn.dense(5), nn.pointwise(nn.sigmoid), nn.dense(4), nn.pointwise(nn.tanh));
const cnn = network(
  nn.sequential(nn.conv(4, [3, 3]), nn.pointwise(nn.relu), nn.maxPool([2, 2]), nn.flatten(), nn.dense(3)),
  images,
);
const gradientOf = (f: Program): Program =>
  grad((y: NDArray): NDArray => np.mean(np.square(f(y) as NDArray))) as Program;

const running = (first: NDArray, xs: NDArray) =>
  lax.scan(
    (carry: NDArray, row: NDArray): [NDArray, NDArray] => {
      const next = np.tanh(carry.add(row));
      return [next, next.mul(2)];
    },
    first,
    xs,
  );
const runningGradient = grad((c: NDArray, xs: NDArray): NDArray => np.sum(running(c, xs)[1]), {
  argnums: [0, 1],
});
const decay = (y: NDArray): NDArray =>
  lax.whileLoop(
    (v: NDArray) => np.max(np.abs(v)).greater(0.01),
    (v: NDArray) => v.mul(0.5),
    y,
  );
const counted = (y: NDArray): NDArray =>
  lax.foriLoop(0, 5, (i: NDArray, v: NDArray) => v.mul(0.5).add(i.astype("float32")), y);
const double = (v: NDArray): NDArray => v.mul(2);
const sine = (v: NDArray): NDArray => np.sin(v);
const positive = (y: NDArray): NDArray => lax.cond(np.sum(y).greater(0), sine, double, y);
const oneOfThree = (i: NDArray, y: NDArray): NDArray =>
  lax.switch(i, [sine, double, (v: NDArray) => np.exp(v)], y);

const BYTE_FOR_BYTE: readonly (readonly [string, Program, readonly NDArray[]])[] = [
  ["dense layers and a layer norm", network(normalized, x), [x]],
  ["dense layers and softmax", network(classifier, x), [x]],
  ["dense layers, sigmoid and tanh", network(smooth, x), [x]],
  ["the gradient of dense layers", gradientOf(mlp), [x]],
  ["pooling of maxima", network(nn.maxPool([2, 2]), images), [images]],
  ["convolution, pooling and a dense layer", cnn, [images]],
  ["log-softmax", (y) => nn.logSoftmax(y as NDArray), [x]],
  ["attention", (q) => nn.dotProductAttention(q as NDArray, q as NDArray, q as NDArray), [words]],
  ["a scan", (c, xs) => running(c as NDArray, xs as NDArray), [first, rows]],
  ["the gradient of a scan", (c, xs) => runningGradient(c as NDArray, xs as NDArray), [first, rows]],
  ["a loop while a condition holds", (y) => decay(y as NDArray), [x]],
  ["a loop that counts", (y) => counted(y as NDArray), [x]],
  ["one of two branches", (y) => positive(y as NDArray), [x]],
  ["floats as int32, which end at the ends", (y) => (y as NDArray).mul(1e10).astype("int32"), [x]],
  ["floats as uint32, which end at the ends", (y) => (y as NDArray).mul(1e10).astype("uint32"), [x]],
  ["the bits of float16", (y) => lax.bitcastConvertType((y as NDArray).astype("float16"), "int16"), [x]],
  ["one of three branches", (i, y) => oneOfThree(i as NDArray, y as NDArray), [np.array(1, "int32"), x]],
];
test.each(BYTE_FOR_BYTE)("byte for byte: %s", (_name, f, inputs) => {
  expect(tripsUntilFixed(exported(f, inputs), inputs, 3)).toBe(0);
  const { params, apply } = fromOnnx(exported(f, inputs));
  requireNear(apply(params, ...inputs), [f(...inputs)].flat(), 10);
});

const causal = (q: NDArray): NDArray => nn.dotProductAttention(q, q, q, { isCausal: true });
const averaged = network(nn.sequential(nn.conv(4, [3, 3]), nn.avgPool([2, 2])), images);
const overlapping = network(nn.maxPool([3, 3], { strides: [2, 2], padding: "SAME" }), images);

const AFTER_ONE_TRIP: typeof BYTE_FOR_BYTE = [
  ["attention with a mask, which is worked out", (q) => causal(q as NDArray), [words]],
  ["pooling of means", averaged, [images]],
  ["pooling with edges", overlapping, [images]],
  ["the gradient of convolution and pooling", gradientOf(cnn), [images]],
  ["sums of int8, which wrap", (y) => np.add(y as NDArray, y as NDArray), [x.mul(60).astype("int8")]],
  ["floats as uint8", (y) => (y as NDArray).mul(200).astype("uint8"), [x]],
  ["the bits of floats as int16", (y) => lax.bitcastConvertType(y as NDArray, "int32").astype("int16"), [x]],
];
test.each(AFTER_ONE_TRIP)("the second file comes back: %s", (_name, f, inputs) => {
  expect(tripsUntilFixed(exported(f, inputs), inputs, 3)).toBeLessThanOrEqual(1);
  const { params, apply } = fromOnnx(again(exported(f, inputs), inputs));
  requireNear(apply(params, ...inputs), [f(...inputs)].flat(), 10);
});

test("random programs: the second or the third file comes back, and computes the same", () => {
  const trips = [0, 0, 0];
  for (let i = 0; i < 80; i++) {
    const source = fixedSource(15485863 * (i + 1));
    const program = drawProgram(source, {});
    const inputs = program.inputs.map((spec) => drawArray(source, spec));
    const f: Program = (...xs) => program.flat(...xs);
    const first = exported(f, inputs);
    const count = tripsUntilFixed(first, inputs, 2);
    expect(count, String(program)).toBeLessThanOrEqual(2);
    trips[count] = (trips[count] as number) + 1;
    const expected = program.flat(...inputs);
    for (const bytes of [first, again(again(first, inputs), inputs)])
      requireNear([read(bytes)(...inputs)].flat(), expected, 200, String(program));
  }
  expect(trips[0]).toBeGreaterThan(20);
});
