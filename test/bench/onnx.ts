/**
 * Our compiled closures beside ONNX Runtime's, with one and two threads, on the same programs and arguments:
 *
 *     npx tsx test/bench/onnx.ts
 *
 * Rounds go through all of them in turn, so that what else the machine does meets them alike; the fastest of all rounds
 * is shown. Times are those of whole calls from JavaScript, arguments in and results out.
 */
import { jit, type NDArray, nn, numpy as np, random, valueAndGrad } from "cotangent";
import { onnxJit } from "cotangent/onnx";
import { adam, applyUpdates } from "cotangent/optim";

const ROUNDS = 40;

interface Program {
  readonly name: string;
  readonly f: (...args: never[]) => unknown;
  readonly args: readonly unknown[];
}

const key = random.key(0);

const matmul = (n: number): Program => ({
  name: `matrix product, ${n} × ${n}`,
  f: (a: NDArray, b: NDArray) => np.matmul(a, b),
  args: [random.normal(key, [n, n]), random.normal(random.key(1), [n, n])],
});

/** One step of training a model by Adam. */
const step = (name: string, model: nn.Layer<unknown>, shape: readonly number[], classes: number): Program => {
  const x = random.normal(key, shape);
  const y = random.randint(key, [shape[0] as number], 0, classes);
  const params = model.init(key, shape);
  const optimizer = adam(1e-3);
  const update = (p: unknown, state: unknown, images: NDArray, labels: NDArray): unknown => {
    const [value, gradient] = valueAndGrad((q: unknown) =>
      nn.losses.softmaxCrossEntropyWithIntegerLabels(model.apply(q, images), labels).mean(),
    )(p as never);
    const [updates, next] = optimizer.update(gradient as never, state as never, p as never);
    return [applyUpdates(p as never, updates as never), next, value];
  };
  return { name, f: update, args: [params, optimizer.init(params as never), x, y] };
};

const relu = nn.pointwise(nn.relu);
const programs: readonly Program[] = [
  matmul(512),
  matmul(1024),
  step(
    "MLP 784-256-256-10, batch 128: a step of Adam",
    nn.sequential(nn.dense(256), relu, nn.dense(256), relu, nn.dense(10)) as never,
    [128, 784],
    10,
  ),
  step(
    "CNN of 28 × 28, batch 32: a step of Adam",
    nn.sequential(
      nn.conv(16, [3, 3], { padding: "VALID" }),
      nn.maxPool([2, 2]),
      relu,
      nn.conv(32, [3, 3], { padding: "VALID" }),
      nn.maxPool([2, 2]),
      relu,
      nn.flatten(),
      nn.dense(10),
    ) as never,
    [32, 28, 28, 1],
    10,
  ),
];

const best = async (calls: readonly (() => unknown)[]): Promise<number[]> => {
  const times = calls.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, call] of calls.entries()) {
      const begun = performance.now();
      await call();
      times[i] = Math.min(times[i] as number, performance.now() - begun);
    }
  }
  return times;
};

console.log("| program | cotangent | ONNX Runtime, 1 thread | 2 threads |\n|---|---:|---:|---:|");
for (const { name, f, args } of programs) {
  const ours = jit(f as (...xs: unknown[]) => unknown);
  const [one, two] = await Promise.all(
    [1, 2].map((intraOpNumThreads) =>
      onnxJit(f as (...xs: unknown[]) => unknown, { intraOpNumThreads })(...args),
    ),
  );
  const times = await best([() => ours(...args), () => one?.(...args), () => two?.(...args)]);
  console.log(`| ${name} | ${times.map((ms) => `${ms.toFixed(1)} ms`).join(" | ")} |`);
  await one?.release();
  await two?.release();
}
