/**
 * Steps in one compiled loop beside as many calls of a compiled step: descent, and a recurrent network with its
 * gradient. The time of a step either way, in turns, the fastest of several rounds.
 *
 *     npm run build && node test/bench/scan.mjs
 */
import { normal, oneHot } from "./data.mjs";
import { loadOurs } from "./load.mjs";

const { grad, jit, lax, nn, numpy: np, vjp } = await loadOurs();

const ROUNDS = 7;
const array = ({ data, shape }) => np.array(data).reshape(shape);
const scalar = (value) => np.array(value, { dtype: "float32" });

const points = np.linspace(0, 1, 16);
const line = points.mul(2).add(1);
const images = array(normal(4, [32, 784]));
const labels = array(oneHot(5, 32, 10));

/** Descent of a loss from some parameters, by calls and by a scan. */
const descent = ({ title, steps, params, loss }) => {
  const step = (ps) => {
    const gradient = grad(loss)(ps);
    return ps.map((p, i) => p.sub(gradient[i].mul(0.05)));
  };
  const once = jit(step);
  const all = jit((ps) => lax.scan((carry) => [step(carry), null], ps, null, { length: steps })[0]);
  const byCalls = () => {
    let ps = params;
    for (let i = 0; i < steps; i++) ps = once(ps);
    return ps;
  };
  return { title, steps, byCalls, byScan: () => all(params), cost: all.lower(params).costAnalysis() };
};

/** The gradient of a recurrent network's loss in its weights: by calls, forth and back through the states. */
const recurrent = (steps, batch, size) => {
  const weights = array(normal(6, [size, size], 1 / Math.sqrt(size)));
  const start = np.zeros([batch, size]);
  const xs = array(normal(7, [steps, batch, size]));
  const rows = np.split(xs, steps).map((row) => row.reshape(batch, size));
  const cell = (w, h, x) => np.tanh(h.matmul(w).add(x));
  const loss = (w) => {
    const [, states] = lax.scan((h, x) => [cell(w, h, x), cell(w, h, x)], start, xs);
    return states.square().sum();
  };
  const all = jit(grad(loss));
  const forth = jit(cell);
  const back = jit((w, h, x, ct, sum) => {
    const [next, pull] = vjp((v, g) => cell(v, g, x), [w, h]);
    const [ofWeights, ofState] = pull(ct.add(next.mul(2)));
    return [ofState, sum.add(ofWeights)];
  });
  const byCalls = () => {
    const states = [start];
    for (const x of rows) states.push(forth(weights, states.at(-1), x));
    let ct = np.zeros([batch, size]);
    let sum = np.zeros([size, size]);
    for (let i = steps - 1; i >= 0; i--) [ct, sum] = back(weights, states[i], rows[i], ct, sum);
    return [sum];
  };
  return {
    title: `a recurrent network of ${size}, batch ${batch}, gradient`,
    steps,
    byCalls,
    byScan: () => [all(weights)],
    cost: all.lower(weights).costAnalysis(),
  };
};

const descents = [
  {
    title: "one number",
    steps: 10_000,
    params: [scalar(0)],
    loss: ([w]) => w.mul(2).sub(3).square(),
  },
  {
    title: "a line through 16 points",
    steps: 10_000,
    params: [scalar(0), scalar(0)],
    loss: ([a, b]) => points.mul(a).add(b).sub(line).square().mean(),
  },
  {
    title: "MLP 784–256–10, batch 32",
    steps: 100,
    params: [
      array(normal(1, [784, 256], Math.sqrt(2 / 784))),
      np.zeros([256]),
      array(normal(2, [256, 10], Math.sqrt(2 / 256))),
      np.zeros([10]),
    ],
    loss: ([w1, b1, w2, b2]) => {
      const logits = nn.relu(images.matmul(w1).add(b1)).matmul(w2).add(b2);
      return nn.logSoftmax(logits).mul(labels).sum(-1).mean().neg();
    },
  },
];

const cases = [...descents.map(descent), recurrent(1000, 16, 64)];

const timed = (run) => {
  const start = performance.now();
  const result = run();
  return { ms: performance.now() - start, result };
};

console.log("| steps of | number | a call each, µs | one scan, µs | ratio | scratch bytes |");
console.log("|---|---|---|---|---|---|");
for (const { title, steps, byCalls, byScan, cost } of cases) {
  const best = { calls: Number.POSITIVE_INFINITY, scan: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    const calls = timed(byCalls);
    const scan = timed(byScan);
    best.calls = Math.min(best.calls, calls.ms);
    best.scan = Math.min(best.scan, scan.ms);
    const size = np.abs(calls.result[0]).max().item();
    const apart = np.abs(calls.result[0].sub(scan.result[0])).max().item();
    if (!(apart <= 1e-3 * Math.max(1, size))) throw new Error(`${title}: the two ways differ by ${apart}.`);
  }
  const micros = (ms) => ((1000 * ms) / steps).toPrecision(3);
  const ratio = (best.calls / best.scan).toPrecision(3);
  console.log(
    `| ${title} | ${steps} | ${micros(best.calls)} | ${micros(best.scan)} | ${ratio} | ${cost.peakBytes} |`,
  );
}
