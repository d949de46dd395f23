/**
 * cotangent beside its peers. Each workload runs in a process per implementation, one after another, in turns, several
 * rounds; what counts is the ratio of the medians.
 *
 *     npm run build && cd test/bench && npm install && npm run bench
 *     npm run bench -- --only W4,W5 --rounds 5 --seconds 2
 *     npm run bench -- --mnist
 *     npm run bench -- --fastest
 */
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { programs, weigh } from "./bundles.mjs";
import { difference } from "./compare.mjs";
import { importTime } from "./import-time.mjs";
import { index } from "./load.mjs";
import { median } from "./median.mjs";
import { workloads } from "./workloads.mjs";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "1" },
    json: { type: "string" },
    mnist: { type: "boolean", default: false },
    // Of the fastest samples instead of medians: for a machine that others are using.
    fastest: { type: "boolean", default: false },
  },
});
const rounds = Number(options.rounds);
const only = options.only?.split(",");
const columns = ["jax-js", "tfjs-wasm", "tfjs-js"];

const worker = fileURLToPath(new URL("worker.mjs", import.meta.url));

const measure = (implementation, { name }) => {
  const output = execFileSync(process.execPath, [worker, implementation, name, options.seconds], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Libraries print notices of their own; the result is the last line.
  return JSON.parse(output.trim().split("\n").at(-1));
};

const overall = options.fastest ? (times) => Math.min(...times) : median;

/** The medians of all implementations of one workload; throws if they disagree about the numbers. */
const race = (workload) => {
  const times = Object.fromEntries(workload.by.map((implementation) => [implementation, []]));
  // A first call is one sample a process, so it takes more processes.
  const turns = workload.cold ? 3 * rounds : rounds;
  for (let round = 0; round < turns; round++) {
    let expected;
    for (const implementation of workload.by) {
      const { ms, fastest, numbers } = measure(implementation, workload);
      expected ??= numbers;
      const wrong = difference(expected, numbers);
      if (wrong !== undefined)
        throw new Error(`${workload.name}: ${implementation} disagrees with ours: ${wrong}`);
      times[implementation].push(options.fastest ? fastest : ms);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, overall(ms)]));
};

const time = (ms) => {
  if (ms === undefined) return "";
  return ms < 0.1 ? `${(1000 * ms).toPrecision(3)} µs` : `${ms.toPrecision(3)} ms`;
};

const row = ({ name, title, target, against = columns }, medians) => {
  const peers = against.filter((peer) => medians[peer] !== undefined);
  const best = peers.reduce((a, b) => (medians[a] <= medians[b] ? a : b), peers[0]);
  const ratio = medians[best] / medians.ours;
  const verdict = target === undefined ? "" : ratio >= target ? "met" : "missed";
  const cells = [
    name,
    title,
    ...columns.map((peer) => (peer === best ? `**${time(medians[peer])}**` : time(medians[peer]))),
    time(medians.ours),
    best === undefined ? "" : ratio.toPrecision(3),
    target ?? "",
    verdict,
  ];
  return `| ${cells.join(" | ")} |`;
};

/** `npm run mnist`: the main job, from start to finish. */
const mainJob = () => {
  const start = performance.now();
  const { stdout, status, stderr } = spawnSync("npm", ["run", "--silent", "mnist", "--", "--epochs", "10"], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`npm run mnist: ${stderr}`);
  const accuracy = /test accuracy: (\S+ %)/.exec(stdout)?.[1];
  return `${((performance.now() - start) / 1000).toFixed(1)} s, test accuracy ${accuracy}`;
};

if (index === undefined) {
  throw new Error("The package is not built: run `npm run build` in the root of the project first.");
}
const load = () => os.loadavg()[0].toFixed(1);
console.log(
  `Node ${process.versions.node}, ${os.cpus().length} cores, ${os.cpus()[0]?.model}; load ${load()}\n`,
);
console.log(`| | workload | ${columns.join(" | ")} | ours | ratio | target | |`);
console.log("|---|---|---|---|---|---|---|---|---|");
const results = {};
for (const workload of workloads) {
  if (only !== undefined && !only.includes(workload.name.split(" ")[0]) && !only.includes(workload.name))
    continue;
  results[workload.name] = race(workload);
  console.log(row(workload, results[workload.name]));
}
if (only === undefined) {
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  console.log();
  for (const { name, text } of programs) {
    const { gzipped, minified } = await weigh(text);
    console.log(`Bundle, ${name}: ${kilobytes(gzipped)} gzipped, ${kilobytes(minified)} minified`);
  }
  console.log(`Import: ${importTime().toFixed(0)} ms (target: 60 ms)`);
}
if (options.mnist) console.log(`npm run mnist: ${mainJob()} (target: 40 s, 97.5 %)`);
console.log(`Load at the end: ${load()}`);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
