import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { plant, type Site } from "./sites.ts";

/*
 * How much the comparison of compiled programs with the reference notices: faults are planted in the passes, the scheduler
 * and the kernels (operators exchanged, bounds moved by one, conditions turned round), woken one after another, and some
 * programs compiled. Prints how many were caught, by folder and kind, and those that were not.
 *
 *     npm run mutation:compiler -- [--every 10] [--offset 0] [--only passes]
 */

const { values } = parseArgs({
  options: {
    /** One fault in so many is tried. */
    every: { type: "string", default: "10" },
    /** Which one of them. */
    offset: { type: "string", default: "0" },
    /** Only files whose path contains this. */
    only: { type: "string", default: "" },
    /** How many random programs are compiled. */
    programs: { type: "string", default: "60" },
  },
});
const [every, offset] = [Number(values.every), Number(values.offset)];

const root = fileURLToPath(new URL("../..", import.meta.url));
/** What is planted with faults. What only says how long something takes, or prints it, can't be wrong about results. */
const ROOMS = ["src/compile", "src/kernel"];
const HARMLESS = /(analyze-cost|print-program|print|count|evaluate|run-nest|memory|axis-order)\.ts$/;
const files = ROOMS.flatMap((room) =>
  (readdirSync(join(root, room), { recursive: true }) as string[]).map((file) => `${room}/${file}`),
)
  .filter((file) => file.endsWith(".ts") && !HARMLESS.test(file) && file.includes(values.only))
  .sort();

const sites: Site[] = [];
const planted = new Map<string, string>();
let next = 0;
for (const file of files) {
  const result = plant(readFileSync(join(root, file), "utf8"), file, (id) => id % every === offset, next);
  next = result.next;
  sites.push(...result.sites);
  planted.set(join(root, file), result.text);
}

const collector = join(root, "test/mutation/collected-tests.ts");
const folder = mkdtempSync(join(root, "node_modules", ".faults-"));
const bundle = join(folder, "worker.mjs");
await build({
  entryPoints: [join(root, "test/mutation/compiler-worker.ts")],
  outfile: bundle,
  bundle: true,
  format: "esm",
  platform: "node",
  packages: "external",
  // The package says that its files have no side effects; those of tests have.
  ignoreAnnotations: true,
  banner: {
    js: "const __fault = (id) => { globalThis.reached?.add(id); return globalThis.awake === id; };",
  },
  logLevel: "error",
  plugins: [
    {
      name: "faults",
      setup: ({ onLoad, onResolve }) => {
        // Tests are collected, not run, when they are imported.
        onResolve({ filter: /^(@fast-check\/)?vitest$/ }, ({ importer }) =>
          importer.endsWith(".test.ts") ? { path: collector } : undefined,
        );
        onLoad({ filter: /\.ts$/ }, ({ path }) => {
          const text = planted.get(path) ?? readFileSync(path, "utf8");
          // Files that lie beside a module are looked for beside it, not beside the bundle.
          const here = JSON.stringify(pathToFileURL(path).href);
          return { contents: text.replaceAll("import.meta.url", here), loader: "ts" };
        });
      },
    },
  ],
});

/** A fault that makes the compiler run on and on is caught by that. */
const HANG_MS = 60_000;

const verdicts = new Map<number, string>();

const surveyed = join(folder, "survey.json");
const survey = spawnSync(process.execPath, [bundle, "survey", values.programs], {
  stdio: ["ignore", "pipe", "inherit"],
  maxBuffer: 2 ** 28,
});
if (survey.status !== 0) throw new Error("The checks don't run.");
writeFileSync(surveyed, survey.stdout);

/** Try faults in a process of its own, until one hangs; returns those that are left. */
const tryFaults = (ids: readonly number[]): Promise<readonly number[]> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [bundle, "try", values.programs, surveyed, ids.join()], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let current: number | undefined;
    let timer: NodeJS.Timeout | undefined;
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [word = "", id] = line.split(" ");
      clearTimeout(timer);
      if (word !== "start") {
        verdicts.set(Number(id), word);
        current = undefined;
        return;
      }
      current = Number(id);
      timer = setTimeout(() => child.kill("SIGKILL"), HANG_MS);
    });
    child.on("close", () => {
      clearTimeout(timer);
      if (current !== undefined) verdicts.set(current, "caught");
      const left = ids.filter((id) => !verdicts.has(id));
      // One that ends before its first fault has something else wrong with it.
      if (left.length === ids.length) throw new Error("The checks don't run.");
      resolve(left);
    });
  });

const started = performance.now();
let left: readonly number[] = sites.map(({ id }) => id);
while (left.length > 0) left = await tryFaults(left);
rmSync(folder, { recursive: true });

const tally = new Map<string, { caught: number; total: number; unreached: number }>();
for (const { id, place, kind } of sites) {
  const key = `${place.includes("/passes/") ? "passes" : (place.split("/")[1] ?? "")}: ${kind}`;
  const count = tally.get(key) ?? { caught: 0, total: 0, unreached: 0 };
  const verdict = verdicts.get(id);
  tally.set(key, {
    caught: count.caught + Number(verdict === "caught"),
    unreached: count.unreached + Number(verdict === "unreached"),
    total: count.total + 1,
  });
}
for (const [key, { caught, total, unreached }] of [...tally].sort(([a], [b]) => (a < b ? -1 : 1))) {
  console.log(`${key.padEnd(24)} ${caught}/${total - unreached}, ${unreached} not reached`);
}
const show = (verdict: string): void => {
  const some = sites.filter(({ id }) => verdicts.get(id) === verdict);
  if (some.length > 0) console.log(`${verdict}:`);
  for (const { place, original, mutated } of some) console.log(`  ${place}: ${original}  →  ${mutated}`);
};
show("missed");
show("unreached");
const count = (verdict: string): number => [...verdicts.values()].filter((v) => v === verdict).length;
const reached = sites.length - count("unreached");
console.log(
  `${count("caught")} of ${reached} faults caught (${((100 * count("caught")) / reached).toFixed(1)} %), ` +
    `${count("unreached")} not reached, of ${next} in ${relative(root, join(root, "src"))}/{compile,kernel}; ` +
    `${((performance.now() - started) / 60_000).toFixed(1)} minutes.`,
);
