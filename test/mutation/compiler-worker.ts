import { readFileSync } from "node:fs";
import { configureGlobal } from "fast-check";
import { setAccelerator } from "../../src/core/index.ts";
import { allChecks, type IsBroken } from "./compiler-checks.ts";

/*
 * Runs inside a build with faults planted (compiler.ts). As `survey PROGRAMS` it runs every check without a fault and prints
 * which faults each comes by; as `try PROGRAMS SURVEY IDS` it wakes one fault after another and runs the checks that come by
 * it, one line a fault, by which a hang is seen, too.
 */

/** What takes longer than this, without any fault, is left to the tests themselves. */
const LONGEST_MS = 1500;

const state = globalThis as unknown as { awake: number; reached: Set<number> | undefined };
state.awake = -1;
setAccelerator(undefined);
configureGlobal({ endOnFailure: true, seed: 1 });

const [mode, programs, survey, list] = process.argv.slice(2);
const checks = allChecks(Number(programs));

const fails = async (isBroken: IsBroken): Promise<boolean> => {
  try {
    return await isBroken();
  } catch {
    return true;
  }
};

/** The numbers of the faults that each check comes by; of those that cannot be had in this way, none. */
const lookAround = async (): Promise<readonly (readonly number[])[]> => {
  const visits: (readonly number[])[] = [];
  for (const { name, prepare } of checks) {
    const isBroken = prepare();
    state.reached = new Set();
    const start = performance.now();
    const isWrong = await fails(isBroken);
    const isSlow = performance.now() - start > LONGEST_MS;
    // Some tests look at what only vitest shows them: names of files, compiled kernels outside of jit.
    if (isWrong || isSlow) console.error(`left out, since it ${isWrong ? "fails here" : "is slow"}: ${name}`);
    visits.push(isWrong || isSlow ? [] : [...state.reached]);
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
  for (const k of visiting) {
    const isBroken = checkOf(k);
    state.awake = id;
    const isWrong = await fails(isBroken);
    state.awake = -1;
    if (isWrong) return k;
  }
  return undefined;
};

if (mode === "survey") {
  console.log(JSON.stringify(await lookAround()));
} else {
  const visits: readonly (readonly number[])[] = JSON.parse(readFileSync(survey as string, "utf8"));
  for (const id of (list as string).split(",").map(Number)) {
    console.log(`start ${id}`);
    const visiting = visits.flatMap((faults, k) => (faults.includes(id) ? [k] : []));
    const by = await caughtBy(id, visiting);
    console.log(`${visiting.length === 0 ? "unreached" : by === undefined ? "missed" : "caught"} ${id}`);
    // A fault may leave shared memory in disorder: the next one starts afresh then.
    if (by !== undefined && (await fails(checkOf(by)))) process.exit(0);
  }
}
