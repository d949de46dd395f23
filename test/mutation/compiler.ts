import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { changesNothing } from "./changes-nothing.ts";
import type { Survey } from "./compiler-worker.ts";
import { plant, type Site } from "./sites.ts";

/*
 * How much the tests of the compiler notice: faults are planted in the passes, the scheduler and the kernels (operators
 * exchanged, bounds moved by one, conditions turned round), woken one after another, and the checks run that come by
 * them. Prints each fault that is not caught as soon as that is known, and at the end how many were, by folder and kind.
 *
 *     npm run mutation:compiler -- [--every 10] [--offset 0] [--only passes] [--again earlier.log]
 */

const { values } = parseArgs({
  options: {
    /** One fault in so many is tried. */
    every: { type: "string", default: "10" },
    /** Which one of them, or several: `1,2` tries those of 1, then those of 2. */
    offset: { type: "string", default: "0" },
    /** Only files whose path contains this. */
    only: { type: "string", default: "" },
    /** Only the faults that this text, an earlier run's, says were not caught, whichever they are of how many. */
    again: { type: "string" },
    /** How many random programs are compiled. */
    programs: { type: "string", default: "60" },
    /** Seconds of the processor after which a fault that no check has noticed counts as missed. */
    patience: { type: "string", default: "600" },
    /** How many processes try faults. */
    workers: { type: "string", default: "1" },
  },
});
const every = Number(values.every);
const offsets = values.offset.split(",").map(Number);
const workers = Array.from({ length: Number(values.workers) }, (_, worker) => worker);
/** Every how manyth of a list, for one of the workers. */
const share = <T>(list: readonly T[], worker: number): T[] =>
  list.filter((_, i) => i % workers.length === worker);

const root = fileURLToPath(new URL("../..", import.meta.url));
/** What is planted with faults. What only says how long something takes, or prints it, can't be wrong about results. */
const ROOMS = ["src/compile", "src/kernel"];
const HARMLESS = /(analyze-cost|print-program|print|count|evaluate|run-nest|memory|axis-order)\.ts$/;
const files = ROOMS.flatMap((room) =>
  (readdirSync(join(root, room), { recursive: true }) as string[]).map((file) => `${room}/${file}`),
)
  .filter((file) => file.endsWith(".ts") && !HARMLESS.test(file))
  .sort();

/** A fault by its code, which stays where lines move. */
const nameOf = (at: { readonly file: string; readonly original: string; readonly mutated: string }): string =>
  `${at.file}: ${at.original}  →  ${at.mutated}`;
const show = (site: Site): string => nameOf({ ...site, file: `${site.file}:${site.line}` });

const wanted =
  values.again === undefined
    ? undefined
    : readFileSync(values.again, "utf8")
        .split("\n")
        .map((line) => line.replace(/^ *(missed|unreached) /, "").replace(/\.ts:\d+: /, ".ts: "));
const listed = new Set(changesNothing.map(nameOf));

const all: Site[] = [];
const sites: Site[] = [];
const planted = new Map<string, string>();
for (const file of files) {
  const text = readFileSync(join(root, file), "utf8");
  const first = all.length;
  const there = plant(text, file, () => false, first).sites;
  all.push(...there);
  if (!file.includes(values.only)) continue;
  const chosen = there.filter((site) =>
    wanted === undefined ? offsets.includes(site.id % every) : wanted.includes(nameOf(site)),
  );
  const ids = new Set(chosen.map(({ id }) => id));
  planted.set(join(root, file), plant(text, file, (id) => ids.has(id), first).text);
  sites.push(...chosen);
}
const turnOf = (site: Site): number => wanted?.indexOf(nameOf(site)) ?? offsets.indexOf(site.id % every);
sites.sort((a, b) => turnOf(a) - turnOf(b) || a.id - b.id);
const byId = new Map(sites.map((site) => [site.id, site]));

const collector = join(root, "test/mutation/collected-tests.ts");
const folder = mkdtempSync(join(root, "node_modules", ".faults-"));
const bundle = join(folder, "worker.mjs");
// The texts on file are those of these sources, whatever becomes of either while this runs.
const texts = join(folder, "texts/");
cpSync(join(root, "test/compile/texts"), texts, { recursive: true });
await build({
  entryPoints: [join(root, "test/mutation/compiler-worker.ts")],
  outfile: bundle,
  bundle: true,
  format: "esm",
  platform: "node",
  packages: "external",
  define: { TEXTS: JSON.stringify(pathToFileURL(texts).href) },
  // The package says that its files have no side effects; those of tests have.
  ignoreAnnotations: true,
  banner: {
    js: `
      globalThis.awake = Number(process.argv[5] ?? -1);
      globalThis.atLoad = new Set();
      const __fault = (id) => {
        (globalThis.reached ?? globalThis.atLoad).add(id);
        return globalThis.awake === id;
      };`,
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

const started = performance.now();
const minutes = (): string => ((performance.now() - started) / 60_000).toFixed(1);

/** What a worker finds out about its share of the checks, none of the faults awake. */
const lookAround = (worker: number): Promise<Survey> =>
  new Promise((resolve, reject) => {
    const part = [bundle, "survey", values.programs, String(worker), "-1", String(workers.length)];
    const child = spawn(process.execPath, part, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (piece) => (text += piece));
    child.on("close", (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error("The checks don't run.")),
    );
  });
const parts = await Promise.all(workers.map(lookAround));
const atLoad = new Set(parts.flatMap((part) => part.atLoad));
const survey = join(folder, "survey.json");
writeFileSync(survey, JSON.stringify({ visits: parts.flatMap(({ visits }) => visits), atLoad: [...atLoad] }));
console.log(`${sites.length} of ${all.length} faults; the checks took ${minutes()} minutes without any.`);

type Verdict = "caught" | "missed" | "unreached";
const verdicts = new Map<number, Verdict>();
const settle = (id: number, verdict: Verdict): void => {
  verdicts.set(id, verdict);
  const site = byId.get(id) as Site;
  if (verdict !== "caught" && !listed.has(nameOf(site))) console.log(`  ${verdict} ${show(site)}`);
  if (verdicts.size % 50 === 0) {
    const found = [...verdicts.values()].filter((v) => v === "caught").length;
    console.log(`  … ${found} of ${verdicts.size} caught in ${minutes()} minutes`);
  }
};

/** What a process of its own says, until it hangs; the number is that of the fault it hung, or broke, with. */
const listen = (
  args: readonly string[],
  told: (word: string, id: number) => void,
): Promise<number | undefined> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [bundle, ...args], { stdio: ["ignore", "pipe", "ignore"] });
    let current: number | undefined;
    let timer: NodeJS.Timeout | undefined;
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [word = "", id] = line.split(" ");
      clearTimeout(timer);
      current = word === "start" ? Number(id) : undefined;
      if (word === "start") timer = setTimeout(() => child.kill("SIGKILL"), HANG_MS);
      else told(word, Number(id));
    });
    child.on("close", () => {
      clearTimeout(timer);
      resolve(current);
    });
  });

/** Whether what a fault would change is made while modules load, or, as elementary functions are, once and kept. */
const isMadeOnce = (id: number): boolean =>
  atLoad.has(id) || (byId.get(id) as Site).file.startsWith("src/kernel/math/");

/** Try such a fault in a process that has it from the beginning. */
const tryLoading = async (id: number, verdict: Verdict): Promise<void> => {
  let found: string | undefined;
  await listen(["load", values.programs, survey, String(id), "", values.patience], (word) => (found = word));
  // One that says nothing broke while loading.
  settle(id, found === "missed" ? (verdict === "unreached" ? "missed" : verdict) : "caught");
};

/** Try faults in a process of its own, until one hangs; returns those that are left. */
const tryFaults = async (ids: readonly number[]): Promise<readonly number[]> => {
  const loading: [number, Verdict][] = [];
  const done = new Set<number>();
  const hung = await listen(
    ["try", values.programs, survey, "-1", ids.join(), values.patience],
    (word, id) => {
      done.add(id);
      const verdict = word as Verdict;
      if (verdict !== "caught" && isMadeOnce(id)) loading.push([id, verdict]);
      else settle(id, verdict);
    },
  );
  if (hung !== undefined) {
    done.add(hung);
    settle(hung, "caught");
  }
  for (const [id, verdict] of loading) await tryLoading(id, verdict);
  // One that ends before its first fault has something else wrong with it.
  if (done.size === 0) throw new Error("The checks don't run.");
  return ids.filter((id) => !done.has(id));
};

const tryAll = async (ids: readonly number[]): Promise<void> => {
  for (let left = ids; left.length > 0; ) left = await tryFaults(left);
};
const ids = sites.map(({ id }) => id);
await Promise.all(workers.map((worker) => tryAll(share(ids, worker))));
rmSync(folder, { recursive: true });

interface Tally {
  readonly caught: number;
  readonly missed: number;
  readonly listed: number;
  readonly unreached: number;
}
const tallyOf = (some: readonly Site[]): Tally => {
  const count = (verdict: Verdict, isListed: boolean): number =>
    some.filter((site) => verdicts.get(site.id) === verdict && listed.has(nameOf(site)) === isListed).length;
  return {
    caught: count("caught", false) + count("caught", true),
    missed: count("missed", false),
    listed: count("missed", true),
    unreached: count("unreached", false) + count("unreached", true),
  };
};

const roomOf = ({ file }: Site): string => file.split("/").slice(1, -1).join("/");
for (const group of [...new Set(sites.map((site) => `${roomOf(site)}: ${site.kind}`))].sort()) {
  const some = sites.filter((site) => `${roomOf(site)}: ${site.kind}` === group);
  const { caught, missed, listed: nothing, unreached } = tallyOf(some);
  console.log(
    `${group.padEnd(28)} ${caught} caught, ${missed} missed, ${nothing} change nothing, ${unreached} not reached`,
  );
}

const complaints = [
  ...changesNothing
    .filter((fault) => !all.some((site) => nameOf(site) === nameOf(fault)))
    .map((fault) => `is not in the sources: ${nameOf(fault)}`),
  ...changesNothing
    .filter((fault) => all.filter((site) => nameOf(site) === nameOf(fault)).length > 1)
    .map((fault) => `is more than one fault: ${nameOf(fault)}`),
  ...sites
    .filter((site) => listed.has(nameOf(site)) && verdicts.get(site.id) !== "missed")
    .map((site) => `is ${verdicts.get(site.id)}: ${show(site)}`),
];
if (complaints.length > 0) {
  console.log(`What test/mutation/changes-nothing.ts says is wrong:\n  ${complaints.join("\n  ")}`);
  process.exitCode = 1;
}

const { caught, missed, listed: nothing, unreached } = tallyOf(sites);
const percent = (of: number): string => `${((100 * caught) / of).toFixed(1)} %`;
console.log(
  `${caught} of ${caught + missed} faults caught (${percent(caught + missed)}); ${nothing} more change nothing, listed in ` +
    `test/mutation/changes-nothing.ts (${percent(caught + missed + nothing)} of all that were reached); ${unreached} not ` +
    `reached, of ${all.length} in src/{compile,kernel}; ${minutes()} minutes.`,
);
