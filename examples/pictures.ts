/**
 * The pictures of docs/inspect.md, each by a call or two of `cotangent/inspect`, and an event file for TensorBoard:
 *
 *     npm run pictures
 *     tensorboard --logdir runs
 *
 * A network with two hidden layers learns to tell points of three spirals apart, and is watched.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { grad, jit, lax, makeJaxpr, type NDArray, nn, numpy as np, random, valueAndGrad } from "cotangent";
import {
  circuit,
  cost,
  drawConfusion,
  drawCost,
  drawCurves,
  drawGradientFlow,
  drawGraph,
  drawLandscape,
  encodeEvents,
  type FlowHistory,
  gradientFlow,
  gradientFlowEvents,
  graph,
  graphToDot,
  lossLandscape,
} from "cotangent/inspect";
import { adam, applyUpdates } from "cotangent/optim";
import { dataLoss as loss, model, type Params } from "./backprop/spiral-classifier.ts";
import { armCount, spirals } from "./backprop/spirals.ts";

const [seen, unseen] = [spirals(random.key(1), 100, 0.3), spirals(random.key(2), 100, 0.3)];

/** What was seen of a run. */
export interface Run {
  readonly params: Params;
  readonly history: FlowHistory;
  /** The loss before each step, of the points that it learns from and of others. */
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** Some steps of Adam; the gradients are measured inside of the compiled step. */
export const learn = (steps: number): Run => {
  const [optimizer, flow] = [adam(0.01), gradientFlow()];
  let params: Params = model.init(random.key(0), [1, 2]);
  let state = optimizer.init(params);
  const step = jit((p: Params, s: typeof state) => {
    const [train, grads] = valueAndGrad(loss)(p, seen);
    const [updates, next] = optimizer.update(grads, s, p);
    const sample = flow.measure(p, grads, updates);
    return { params: applyUpdates(p, updates), state: next, train, test: loss(p, unseen), sample };
  });
  let history = flow.init(params);
  const losses: { train: number; test: number }[] = [];
  for (let i = 0; i < steps; i++) {
    const after = step(params, state);
    params = after.params as Params;
    state = after.state as typeof state;
    history = flow.record(history, after.sample as Parameters<typeof flow.record>[1]);
    losses.push({ train: Number(after.train), test: Number(after.test) });
  }
  return { params, history, train: losses.map((l) => l.train), test: losses.map((l) => l.test) };
};

/** 16 equal layers: more gates than are drawn. */
const deep = (weights: readonly NDArray[], x: NDArray): NDArray =>
  weights.reduce((h, w) => np.tanh(np.matmul(h, w)), x).sum();

const recurrent = (w: NDArray, xs: NDArray): NDArray =>
  lax.scan((h: NDArray, x: NDArray) => [np.tanh(h.mul(w).add(x)), null] as const, np.array(0), xs)[0];

/** The pictures that depend on no run. */
export const drawings = (): Readonly<Record<string, string>> => {
  const key = random.key(0);
  const weights = Array.from({ length: 16 }, (_, i) => random.normal(random.foldIn(key, i), [8, 8]).mul(0.4));
  return {
    "deep.svg": drawGraph(circuit(deep, { argnums: 0, maxGates: 10 })(weights, np.ones([4, 8]))),
    "loop.svg": drawGraph(circuit(recurrent)(0.5, np.array([1, -1, 2]))),
    "derived.svg": drawGraph(graph(makeJaxpr(grad((x: NDArray) => np.sin(x.square())))(1))),
    "loop.dot": graphToDot(circuit(recurrent)(0.5, np.array([1, -1, 2]))),
  };
};

/** The pictures of a run, by file. */
export const drawingsOf = ({ params, history, train, test }: Run): Readonly<Record<string, string>> => {
  const predicted = np.argmax(model.apply(params, unseen.x), -1);
  return {
    "flow.svg": drawGradientFlow(history),
    "loss.svg": drawCurves({ "seen points": train, "unseen points": test }),
    "landscape.svg": drawLandscape(lossLandscape((p: Params) => loss(p, seen), params, { points: 41 })),
    "confusion.svg": drawConfusion(nn.metrics.confusionMatrix(predicted, unseen.y, armCount)),
    "cost.svg": drawCost(cost(grad(loss))(params, seen)),
  };
};

if (argv[1] === fileURLToPath(import.meta.url)) {
  const run = learn(300);
  const folder = fileURLToPath(new URL("../docs/inspect/", import.meta.url));
  await mkdir(folder, { recursive: true });
  for (const [file, drawing] of Object.entries({ ...drawings(), ...drawingsOf(run) }))
    if (file.endsWith(".svg")) await writeFile(`${folder}${file}`, drawing);
  const losses = run.train.map((train, step) => ({ step, scalars: { loss: train } }));
  await mkdir("runs/spirals", { recursive: true });
  await writeFile(
    "runs/spirals/events.out.tfevents.0",
    encodeEvents([...gradientFlowEvents(run.history), ...losses]),
  );
  console.log(
    `${Object.keys(drawingsOf(run)).length + 3} pictures are in docs/inspect, an event file is in runs/spirals.`,
  );
}
