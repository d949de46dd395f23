import { readFileSync } from "node:fs";
import { configureGlobal } from "fast-check";
import { setAccelerator } from "../../src/core/index.ts";
import { allChecks, type IsBroken } from "./compiler-checks.ts";

/*
 * Runs inside a build with faults planted (compiler.ts). As `survey PROGRAMS PART -1 PARTS` it runs every check of a part,
 * without a fault, and prints which faults each comes by, and which were met while modules loaded; as `try PROGRAMS SURVEY -1
 * IDS PATIENCE` it wakes one fault after another and runs the checks that come by it, one line a fault, by which a hang is
 * seen, too; as `load PROGRAMS SURVEY ID - PATIENCE`, with the fault awake from the beginning, it runs them all.
 */

/** What takes more of the processor than this, without any fault, is left to the tests themselves. */
const LONGEST_MS = 1500;
const usedMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const state = globalThis as unknown as {
  awake: number;
  reached: Set<number> | undefined;
  readonly atLoad: Set<number>;
};
const atLoad = [...state.atLoad];
setAccelerator(undefined);
configureGlobal({ endOnFailure: true, seed: 1 });

const [mode, programs, surveyed, loading, list, patience] = process.argv.slice(2);
const checks = allChecks(Number(programs));

const fails = async (isBroken: IsBroken): Promise<boolean> => {
  try {
    return await isBroken();
  } catch {
    return true;
  }
};

/** What a check takes of the processor, and the numbers of the faults that it comes by. */
interface Visit {
  readonly ms: number;
  readonly faults: readonly number[];
}

/** One for each check, by its number; `null` where it cannot be had in this way. */
type Visits = readonly (readonly [check: number, visit: Visit | null])[];

export interface Survey {
  readonly visits: Visits;
  /** The faults that are met while modules load. */
  readonly atLoad: readonly number[];
}

const lookAround = async (part: number, parts: number): Promise<Visits> => {
  const visits: [number, Visit | null][] = [];
  for (const [k, { name, prepare }] of checks.entries()) {
    if (k % parts !== part) continue;
    const isBroken = prepare();
    state.reached = new Set();
    const start = usedMs();
    const isWrong = await fails(isBroken);
    const ms = usedMs() - start;
    const isSlow = ms > LONGEST_MS;
    // Some tests look at what only vitest shows them: names of files, compiled kernels outside of jit.
    if (isWrong || isSlow) console.error(`left out, since it ${isWrong ? "fails here" : "is slow"}: ${name}`);
    visits.push([k, isWrong || isSlow ? null : { ms, faults: [...state.reached] }]);
    state.reached = undefined;
  }
  return visits;
};

const prepared = new Map<number, IsBroken>();
const checkOf = (k: number): IsBroken => {
  const isBroken = prepared.get(k) ?? (checks[k] as (typeof checks)[number]).prepare();
  prepared.set(k, isBroken);
  return isBroken;
};

/** The first check that fails with a fault awake. */
const caughtBy = async (id: number, visiting: readonly number[]): Promise<number | undefined> => {
  const start = usedMs();
  for (const k of visiting) {
    if (usedMs() - start > 1000 * Number(patience)) return undefined;
    const isBroken = checkOf(k);
    state.awake = id;
    const isWrong = await fails(isBroken);
    state.awake = -1;
    if (isWrong) return k;
  }
  return undefined;
};

/** The checks that can be had, quickest first. */
const quickestFirst = (): readonly (readonly [check: number, visit: Visit])[] => {
  const { visits }: Survey = JSON.parse(readFileSync(surveyed as string, "utf8"));
  return visits
    .flatMap(([k, visit]) => (visit === null ? [] : [[k, visit] as const]))
    .sort(([, a], [, b]) => a.ms - b.ms);
};

/** Whether some check fails with the fault that was awake while everything here was loaded. */
const isCaughtAtLoad = async (): Promise<boolean> => {
  const start = usedMs();
  for (const [k] of quickestFirst()) {
    if (usedMs() - start > 1000 * Number(patience)) return false;
    console.log(`start ${loading}`);
    if (await fails(() => (checks[k] as (typeof checks)[number]).prepare()())) return true;
  }
  return false;
};

if (mode === "survey") {
  const visits = await lookAround(Number(surveyed), Number(list));
  console.log(JSON.stringify({ visits, atLoad } satisfies Survey));
} else if (mode === "load") {
  console.log(`${(await isCaughtAtLoad()) ? "caught" : "missed"} ${loading}`);
} else {
  const quickest = quickestFirst();
  for (const id of (list as string).split(",").map(Number)) {
    console.log(`start ${id}`);
    const visiting = quickest.flatMap(([k, { faults }]) => (faults.includes(id) ? [k] : []));
    const by = await caughtBy(id, visiting);
    console.log(`${visiting.length === 0 ? "unreached" : by === undefined ? "missed" : "caught"} ${id}`);
    // A fault may leave shared memory in disorder: the next one starts afresh then.
    if (by !== undefined && (await fails(checkOf(by)))) process.exit(0);
  }
}
