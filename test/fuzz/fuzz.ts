import { parseArgs } from "node:util";
import "cotangent";
import { check, type RunDetails, stringify } from "fast-check";
import { ClosedJaxpr, type Jaxpr } from "../../src/core/index.ts";
import type { ProgramCase, ProgramLaw } from "../../src/testing/laws/program-law.ts";
import { PROGRAM_LAWS } from "../../src/testing/laws/program-laws.ts";
import { compiledLaw } from "./compiled-law.ts";

/*
 * Random programs, with loops and branches, through jvp, vjp, vmap, jit, second order and the compiler, for as long as one
 * likes. Every round checks each law on some programs drawn from a seed of its own, so that a run is gone on with, or a
 * round of it repeated, by its seed. A failure is shrunk and printed as the minimal program; the run goes on with the next
 * round, and its exit code says that there was one.
 *
 *     npm run fuzz -- [--minutes 60] [--seed 1] [--rounds 1] [--programs 10] [--law jit]
 */

const { values } = parseArgs({
  options: {
    /** How long; default: until it is stopped. */
    minutes: { type: "string", default: "Infinity" },
    /** The seed of the first round; default: the time. */
    seed: { type: "string", default: String(Math.floor(Date.now() / 1000) % 2 ** 31) },
    /** How many rounds; default: no limit. */
    rounds: { type: "string", default: "Infinity" },
    /** How many programs each law is checked on in a round. */
    programs: { type: "string", default: "10" },
    /** Only laws whose name contains this. */
    law: { type: "string", default: "" },
  },
});

const [minutes, firstSeed, rounds, programsPerRound] = [
  values.minutes,
  values.seed,
  values.rounds,
  values.programs,
].map(Number) as [number, number, number, number];
if (![minutes, firstSeed, rounds, programsPerRound].every((x) => x >= 0)) {
  console.error("fuzz: --minutes, --seed, --rounds and --programs take numbers of at least 0.");
  process.exit(2);
}
const laws: readonly ProgramLaw[] = [...PROGRAM_LAWS, compiledLaw].filter((law) =>
  law.name.includes(values.law),
);
if (laws.length === 0) {
  console.error(
    `fuzz: no law has "${values.law}" in its name:\n${PROGRAM_LAWS.map((l) => `  ${l.name}`).join("\n")}`,
  );
  process.exit(2);
}

/** How many equations a program has, those of the programs that it calls included. */
const equationsOf = (jaxpr: Jaxpr): number =>
  jaxpr.equations.reduce((count, { params }) => {
    const carried = Object.values(params).flat();
    return carried.reduce<number>(
      (sum, value) => sum + (value instanceof ClosedJaxpr ? equationsOf(value.jaxpr) : 0),
      count + 1,
    );
  }, 0);

const started = performance.now();
let [programs, equations, failures] = [0, 0, 0];
const count = ({ program }: ProgramCase): void => {
  programs++;
  equations += equationsOf(program.jaxpr.jaxpr);
};

const elapsed = (): number => (performance.now() - started) / 60_000;
const summary = (): string =>
  `${programs} programs, ${equations} equations, ${elapsed().toFixed(1)} minutes, ${failures} failures`;

const report = (law: ProgramLaw, seed: number, result: RunDetails<[ProgramCase]>): void => {
  failures++;
  console.log(`\nFAILURE: ${law.name}`);
  console.log(`repeat it: npm run fuzz -- --seed ${seed} --rounds 1 --law "${law.name}"`);
  console.log(`minimal program, after ${result.numShrinks} simplifications:`);
  console.log(stringify(result.counterexample?.[0]));
  console.log(
    String((result.errorInstance as Error | undefined)?.stack ?? result.errorInstance).slice(0, 3000),
  );
};

let seed = firstSeed;
let reported = 0;
for (let round = 0; round < rounds && elapsed() < minutes; round++, seed++) {
  for (const law of laws) {
    const result = check(law.property(count), { seed, numRuns: programsPerRound });
    if (result.failed) report(law, seed, result);
  }
  if (elapsed() - reported >= 0.5) {
    reported = elapsed();
    console.log(`${summary()}, seed ${seed}`);
  }
}
console.log(`${summary()}, seeds ${firstSeed} to ${seed - 1}; go on with --seed ${seed}`);
process.exitCode = failures > 0 ? 1 : 0;
