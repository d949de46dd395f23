/**
 * Times programs compiled here, and writes them for XLA to be timed on by xla.py:
 *
 *     npx tsx test/bench/xla.ts cases.jsonl 10 && env/bin/python test/bench/xla.py cases.jsonl 10
 *
 * The number is how many seconds each is run for; the fastest run counts.
 */
import { writeFileSync } from "node:fs";
import { argv } from "node:process";
import { jit, lax, type NDArray, nn, numpy as np, random, tree, valueAndGrad } from "cotangent";
import { toStableHLO } from "cotangent/export";
import { adam, applyUpdates } from "cotangent/optim";
import { model as cnn, loss as cnnLoss } from "../../examples/cnn/model.ts";
import { plain } from "../golden/plain-array.ts";

const [, , file = "cases.jsonl", seconds = "10"] = argv;
const key = random.key(0);
const optimizer = adam(1e-3);

/** A step of Adam: from (parameters, state of the optimizer, batch) to new ones. */
const stepOf =
  <P, B>(loss: (params: P, batch: B) => NDArray) =>
  (params: P, state: never, batch: B) => {
    const [value, gradient] = valueAndGrad(loss as (params: never, batch: B) => NDArray)(
      params as never,
      batch as never,
    );
    const [updates, next] = optimizer.update(gradient, state, params as never);
    return { params: applyUpdates(params as never, updates), state: next, value };
  };

const mlp = nn.sequential(
  nn.dense(512),
  nn.pointwise(nn.relu),
  nn.dense(512),
  nn.pointwise(nn.relu),
  nn.dense(10),
);
type MlpParams = nn.ParamsOf<typeof mlp>;
interface Batch {
  readonly images: NDArray;
  readonly labels: NDArray;
}
const mlpLoss = (params: MlpParams, { images, labels }: Batch): NDArray =>
  nn.losses.softmaxCrossEntropyWithIntegerLabels(mlp.apply(params, images), labels).mean();

const batch = (shape: readonly number[]): Batch => ({
  images: random.uniform(key, shape),
  labels: random.randint(key, [shape[0] as number], 0, 10),
});

const matrix = random.normal(key, [512, 512]);
const small = random.normal(key, [256, 256]);
const mlpParams = mlp.init(key, [128, 784]);
const cnnParams = cnn.init(key, [64, 28, 28, 1]);

interface Timed {
  readonly name: string;
  readonly fun: (...args: never[]) => unknown;
  readonly args: readonly unknown[];
}

const timed: readonly Timed[] = [
  { name: "product of 512 × 512", fun: (a: NDArray, b: NDArray) => np.matmul(a, b), args: [matrix, matrix] },
  { name: "LU of 256 × 256", fun: (a: NDArray) => lax.linalg.lu(a), args: [small] },
  { name: "QR of 256 × 256", fun: (a: NDArray) => lax.linalg.qr(a), args: [small] },
  {
    name: "256 unknowns",
    fun: (a: NDArray, b: NDArray) => np.linalg.solve(a, b),
    args: [small, small.at(0).get()],
  },
  {
    name: "step of a perceptron, batch of 128",
    fun: stepOf(mlpLoss),
    args: [mlpParams, optimizer.init(mlpParams as never), batch([128, 784])],
  },
  {
    name: "step of the convolutional network, batch of 64",
    fun: stepOf((params: typeof cnnParams, examples: Batch) => cnnLoss(params, examples, key)),
    args: [cnnParams, optimizer.init(cnnParams as never), batch([64, 28, 28, 1])],
  },
];

const lines = timed.map(({ name, fun, args }) => {
  const f = jit(fun as (...args: unknown[]) => unknown) as unknown as (
    ...args: readonly unknown[]
  ) => unknown;
  f(...args);
  let best = Number.POSITIVE_INFINITY;
  for (const end = performance.now() + 1000 * Number(seconds); performance.now() < end; ) {
    const start = performance.now();
    f(...args);
    best = Math.min(best, performance.now() - start);
  }
  console.log(`${name}: ${best.toFixed(2)} ms here`);
  const module = toStableHLO(fun)(...(args as never[]));
  return `${JSON.stringify({ subject: name, module, inputs: tree.leaves(args).map((x) => plain(x as never)) })}\n`;
});
writeFileSync(file, lines.join(""));
