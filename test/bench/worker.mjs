/**
 * One workload of one implementation in a process of its own: `node worker.mjs ours W4 [seconds]`. Prints JSON: the
 * median time of a call in milliseconds, how many times it was taken, and some of the numbers computed.
 */
import { median } from "./median.mjs";
import { workloads } from "./workloads.mjs";

const modules = {
  ours: "./ours.mjs",
  "jax-js": "./jax-js.mjs",
  "tfjs-wasm": "./tfjs.mjs",
  "tfjs-js": "./tfjs.mjs",
};

/** Of each array: its size, its sum of squares, and some elements. */
const digest = (arrays) =>
  arrays.map((x) => {
    let squares = 0;
    for (const value of x) squares += value * value;
    const stride = Math.max(1, Math.floor(x.length / 61));
    return {
      size: x.length,
      norm: Math.sqrt(squares),
      some: Array.from(x).filter((_, i) => i % stride === 0),
    };
  });

const timed = (run, calls) => {
  const start = performance.now();
  for (let i = 0; i < calls; i++) run();
  return (performance.now() - start) / calls;
};

/** Milliseconds from which on a call is taken once. */
const SLOW = 2000;

/** Calls until the engine has compiled what runs, then times until `seconds` are over, at least 5 times; slow calls once. */
const steady = (run, seconds) => {
  const warmUntil = performance.now() + 800;
  let fastest = timed(run, 1);
  const least = fastest < SLOW ? 5 : 1;
  for (let i = 1; i < Math.min(3, least) || performance.now() < warmUntil; i++)
    fastest = Math.min(fastest, timed(run, 1));
  // A sample takes about a millisecond, well above the resolution of the clock.
  const calls = Math.max(1, Math.round(1 / fastest));
  const end = performance.now() + 1000 * seconds;
  const samples = [];
  while (samples.length < least || performance.now() < end) samples.push(timed(run, calls));
  return { ms: median(samples), fastest: Math.min(...samples), samples: samples.length };
};

const main = async (implementation, name, seconds) => {
  const workload = workloads.find((w) => w.name === name);
  if (workload === undefined) throw new Error(`No workload is called ${name}.`);
  if (implementation === "tfjs-js") process.env.BENCH_TFJS_BACKEND = "cpu";
  const { prepare } = await import(modules[implementation]);
  const { run, check } = prepare(name);
  const first = timed(run, 1);
  const numbers = digest(check());
  const time = workload.cold ? { ms: first, fastest: first, samples: 1 } : steady(run, seconds);
  process.stdout.write(`${JSON.stringify({ ...time, first, numbers })}\n`);
};

const [implementation, name, seconds = "1"] = process.argv.slice(2);
await main(implementation, name, Number(seconds));
