import { grad, jit, lax, type NDArray, nn, numpy as np, random, valueAndGrad, vmap } from "cotangent";
import { adam, applyUpdates } from "cotangent/optim";
import { expect, test } from "vitest";
import { onnxJit } from "../../src/onnx/index.ts";
import { leaves } from "../../src/tree/index.ts";
import { requireNear } from "./closeness.ts";
import { requireSameResult } from "./run.ts";

const key = random.key(0);

test("an MLP trained by Adam for thirty steps ends where our own closure ends", async () => {
  const mlp = nn.sequential(nn.dense(16), nn.pointwise(nn.gelu), nn.layerNorm(), nn.dense(3));
  const x = random.normal(key, [32, 8]);
  const labels = np.argmax(lax.slice(x, [0, 0], [32, 3]), 1);
  const optimizer = adam(1e-2);
  const loss = (params: nn.ParamsOf<typeof mlp>, inputs: NDArray, targets: NDArray): NDArray =>
    nn.losses.softmaxCrossEntropyWithIntegerLabels(mlp.apply(params, inputs), targets).mean();
  const params = mlp.init(key, [32, 8]);
  const start = { params, state: optimizer.init(params), loss: np.array(0) };
  const step = (at: typeof start, inputs: NDArray, targets: NDArray): typeof start => {
    const [value, gradient] = valueAndGrad(loss)(at.params, inputs, targets);
    const [updates, state] = optimizer.update(gradient, at.state, at.params);
    return { params: applyUpdates(at.params, updates), state, loss: value };
  };

  const ours = jit(step);
  const theirs = await onnxJit(step)(start, x, labels);
  let [a, b] = [start, start];
  for (let i = 0; i < 30; i++) {
    a = ours(a, x, labels);
    b = await theirs(b, x, labels);
  }
  await theirs.release();
  requireNear(leaves(b) as NDArray[], leaves(a) as NDArray[], 100);
  expect(b.loss.item()).toBeLessThan(0.5);
});

test("a convolutional network: its gradient, with strides, pooling, dropout and batches of keys", async () => {
  const cnn = nn.sequential(
    nn.conv(4, [3, 3], { padding: "SAME", strides: [2, 2] }),
    nn.pointwise(nn.relu),
    nn.maxPool([2, 2]),
    nn.conv(6, [2, 2], { padding: "VALID" }),
    nn.avgPool([2, 2]),
    nn.flatten(),
    nn.dropout(0.3),
    nn.dense(5),
  );
  const images = random.normal(key, [4, 14, 14, 2]);
  const params = cnn.init(key, [4, 14, 14, 2]);
  const loss = (p: nn.ParamsOf<typeof cnn>, x: NDArray, dropKey: NDArray): NDArray =>
    np.mean(np.square(cnn.apply(p, x, { training: true, key: dropKey })));
  await requireSameResult(valueAndGrad(loss), [params, images, key], 10);
});

test("attention, with a causal mask, and its gradient", async () => {
  const [q, k, v] = random.split(key, 3);
  const inputs = [q, k, v].map((each) => random.normal(each as NDArray, [2, 5, 2, 4])) as [
    NDArray,
    NDArray,
    NDArray,
  ];
  const f = (a: NDArray, b: NDArray, c: NDArray): NDArray =>
    np.sum(np.square(nn.dotProductAttention(a, b, c, { isCausal: true })));
  await requireSameResult(grad(f, { argnums: [0, 1, 2] }), inputs, 10);
});

test("gradients for each example of a batch", async () => {
  const f = (w: NDArray, x: NDArray): NDArray => np.sum(np.tanh(w.matmul(x)));
  const each = vmap(grad(f), [null, 0]);
  await requireSameResult(each, [random.normal(key, [3, 4]), random.normal(key, [6, 4])]);
});

test("random bits are the same bits", async () => {
  await requireSameResult((k: NDArray) => random.bits(k, [7]), [key]);
  await requireSameResult((k: NDArray) => random.uniform(k, [3, 5]), [key]);
  await requireSameResult((k: NDArray) => random.permutation(k, 9), [key]);
  await requireSameResult((k: NDArray) => random.normal(k, [50]), [key]);
});
