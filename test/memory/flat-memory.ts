import v8 from "node:v8";
import vm from "node:vm";
import { grad, jit, type NDArray, numpy as np, tree, valueAndGrad } from "cotangent";

/*
 * A synchronous loop of small training steps, nothing disposed of: the heap and the resident memory must stay flat.
 * Finalizers do not run inside such a loop, so this shows that nothing depends on them.
 *
 *     npx tsx test/memory/flat-memory.ts
 *
 * It exits with 1 if either grows by more than its margin after warm-up. The collector runs before each reading, so
 * that a line shows what is held, not what has not been collected yet.
 */

const STEPS = 20_000;
/** The share of the steps until the engine has compiled what runs and grown its heap to what it works with. */
const WARM_UP = 0.2;
/** What may come on top of that, in MB. */
const MARGIN = { heap: 4, rss: 64 };

v8.setFlagsFromString("--expose-gc");
const collectGarbage = vm.runInNewContext("gc") as () => void;

interface Layer {
  readonly w: NDArray;
  readonly b: NDArray;
}
interface Params {
  readonly hidden: Layer;
  readonly output: Layer;
}

/** The same numbers on every run, between -1 and 1. */
const wave = (...shape: number[]): NDArray => {
  const size = shape.reduce((product, n) => product * n, 1);
  return np.array(Float32Array.from({ length: size }, (_, i) => Math.sin(1 + 7 * i))).reshape(shape);
};

const initial: Params = {
  hidden: { w: wave(8, 16), b: np.zeros([16]) },
  output: { w: wave(16, 1), b: np.zeros([1]) },
};

const predict = ({ hidden, output }: Params, x: NDArray): NDArray =>
  np.tanh(x.matmul(hidden.w).add(hidden.b)).matmul(output.w).add(output.b);

const loss = (params: Params, x: NDArray, y: NDArray): NDArray => predict(params, x).sub(y).square().mean();

const sgd = (params: Params, gradient: Params): Params =>
  tree.map((p, g) => p.sub(g.mul(0.01)), params, gradient);

const eagerStep = (params: Params, x: NDArray, y: NDArray): readonly [Params, NDArray] => {
  const [value, gradient] = valueAndGrad(loss)(params, x, y);
  return [sgd(params, gradient), value];
};

interface Reading {
  readonly step: number;
  readonly heap: number;
  readonly rss: number;
}

const read = (step: number): Reading => {
  collectGarbage();
  const { heapUsed, rss } = process.memoryUsage();
  return { step, heap: heapUsed / 2 ** 20, rss: rss / 2 ** 20 };
};

const growth = (readings: readonly Reading[], what: "heap" | "rss"): number => {
  const after = readings.slice(WARM_UP * readings.length - 1).map((reading) => reading[what]);
  return Math.max(...after.slice(1)) - (after[0] as number);
};

/** Train, print a line now and then, and tell whether memory stayed flat. */
const run = (name: string, step: typeof eagerStep, steps = STEPS): boolean => {
  const x = wave(4, 8);
  const y = wave(4, 1);
  const readings: Reading[] = [];
  let params = initial;
  let value = np.array(0);
  for (let i = 1; i <= steps; i++) {
    [params, value] = step(params, x, y);
    if (i % (steps / 10) === 0) {
      const reading = read(i);
      readings.push(reading);
      console.log(
        `${name.padEnd(9)} step ${String(i).padStart(6)}  heapUsed ${reading.heap.toFixed(1).padStart(6)} MB  ` +
          `rss ${reading.rss.toFixed(1).padStart(6)} MB  loss ${Number(value.item()).toExponential(2)}`,
      );
    }
  }
  const [heap, rss] = [growth(readings, "heap"), growth(readings, "rss")];
  const flat = heap <= MARGIN.heap && rss <= MARGIN.rss;
  console.log(
    `${name.padEnd(9)} ${flat ? "flat" : "GROWS"}: heapUsed ${heap.toFixed(1)} MB (margin ${MARGIN.heap}), ` +
      `rss ${rss.toFixed(1)} MB (margin ${MARGIN.rss}) after step ${WARM_UP * steps}\n`,
  );
  return flat;
};

/** Compiled anew in every step, because the compiled function closes over a tracer. */
const retracedStep: typeof eagerStep = (params, x, y) => {
  const gradient = grad((p: Params) => jit((v: NDArray) => loss(p, v, y))(x))(params);
  return [sgd(params, gradient), loss(params, x, y)];
};

/** Compiled anew in every step, with 2 MB of constants of its own. */
const constantsStep: typeof eagerStep = (params, x) => {
  const table = np.ones([2 ** 19]).mul(0.5);
  return [params, jit((v: NDArray) => table.mul(v).sum())(x.at(0, 0).get())];
};

const results = [
  run("eager", eagerStep),
  run("jit", jit(eagerStep)),
  run("retraced", retracedStep, STEPS / 10),
  run("constants", constantsStep, STEPS / 25),
];
process.exitCode = results.every(Boolean) ? 0 : 1;
