import "../../src/index.ts";
import { type ConcreteArray, isFloat, type NDArray } from "../../src/array/index.ts";
import { compile } from "../../src/compile/compile.ts";
import {
  type ClosedJaxpr,
  evalJaxpr,
  type FlatFunction,
  setAccelerator,
  traceToJaxpr,
} from "../../src/core/index.ts";
import { scan } from "../../src/lax/scan.ts";
import * as np from "../../src/numpy/index.ts";
import { arrayMismatch } from "../../src/testing/closeness.ts";
import { drawArray, drawDirection } from "../../src/testing/elements.ts";
import { fixedSource } from "../../src/testing/fixed-source.ts";
import { drawProgram } from "../../src/testing/programs/index.ts";
import { vjpFlat } from "../../src/transforms/vjp.ts";

/*
 * Runs inside a build with faults planted (compiler.ts): programs and their gradients, small and random or long enough for
 * vectors, blocks and tails, are compiled and compared with the reference, which the faults do not touch. Its arguments
 * are the first fault and the last; it prints one line a fault, by which a hang is seen, too.
 */

const state = globalThis as unknown as { awake: number; reached: Set<number> | undefined };

interface Check {
  readonly closed: ClosedJaxpr;
  readonly inputs: readonly ConcreteArray[];
  readonly expected: readonly NDArray[];
  /** How near results have to be: what goes through float32 is no better for ending in float64. */
  readonly precision: number;
}

const checkOf = (fun: FlatFunction, inputs: readonly ConcreteArray[]): Check => {
  const closed = traceToJaxpr(fun, inputs, "makeJaxpr");
  const expected = evalJaxpr(closed.jaxpr, closed.consts, inputs);
  return { closed, inputs, expected, precision: String(closed).includes("f32") ? 1e-3 : 1e-9 };
};

const withGradient = (fun: FlatFunction, inputs: readonly ConcreteArray[], seed: number): Check[] => {
  const value = checkOf(fun, inputs);
  const source = fixedSource(seed);
  const cts = value.expected.map((y) => (isFloat(y.dtype) ? drawDirection(source, y) : null));
  const pull: FlatFunction = (...xs) =>
    vjpFlat(fun, xs)
      .pullback(cts)
      .flatMap((x) => (x === null ? [] : [x]));
  return [value, checkOf(pull, inputs)];
};

const long = (dtype: "float32" | "float64", shape: readonly number[], seed: number): ConcreteArray =>
  drawArray(fixedSource(seed), { shape, dtype });

/** Programs that are large enough for what small ones never reach. */
const large = (): Check[] =>
  (["float32", "float64"] as const).flatMap((dtype) => {
    const [a, b, v] = [long(dtype, [37, 41], 1), long(dtype, [41, 35], 2), long(dtype, [41], 3)];
    const programs: readonly (readonly [FlatFunction, readonly ConcreteArray[]])[] = [
      [(x, y) => [np.matmul(x as NDArray, y as NDArray)], [a, b]],
      [(x, y) => [np.matmul(x as NDArray, y as NDArray)], [a, v]],
      [(x) => [np.sum(np.exp(x as NDArray), 1), np.max(x as NDArray, 0), np.tanh(x as NDArray).T], [a]],
      [
        (x, y) => [
          np
            .sin(x as NDArray)
            .mul(y as NDArray)
            .sum(0),
          np.cumsum(x as NDArray, 1),
        ],
        [a, v],
      ],
      [(x) => [np.sort(x as NDArray, 1), np.concatenate([x as NDArray, x as NDArray], 1)], [a]],
      [
        (x, y) =>
          scan(
            (c: NDArray, e: NDArray): readonly [NDArray, NDArray] => [np.tanh(c.add(e)), c.mul(e)],
            y as NDArray,
            x as NDArray,
          ) as readonly NDArray[],
        [a, v],
      ],
      [(x) => [np.linalg.cholesky(np.matmul(x as NDArray, (x as NDArray).T).add(np.eye(37).mul(400)))], [a]],
    ];
    return programs.flatMap(([fun, inputs], i) => withGradient(fun, inputs, i));
  });

/** Compile and run; whether something is wrong. */
const isBroken = ({ closed, inputs, expected, precision }: Check): boolean => {
  try {
    const results = compile(closed)?.(inputs);
    if (results === undefined) return true;
    return expected.some((y, i) => {
      const x = results[i] as ConcreteArray;
      if (x.shape.join() !== y.shape.join() || x.dtype !== y.dtype) return true;
      const rtol = isFloat(y.dtype) ? precision : 0;
      let largest = 1;
      for (const e of y.toTypedArray()) if (Number.isFinite(e)) largest = Math.max(largest, Math.abs(e));
      return arrayMismatch(x, y, { rtol, atol: rtol * largest }) !== undefined;
    });
  } catch {
    return true;
  }
};

const COUNT = Number(process.argv[4] ?? 60);
state.awake = -1;
setAccelerator(undefined);
const checks = [
  ...Array.from({ length: COUNT }, (_, seed) => {
    const source = fixedSource(seed + 1);
    const program = drawProgram(source, { reverseOnly: true, maxSteps: 16 });
    return withGradient(
      program.flat,
      program.inputs.map((spec) => drawArray(source, spec)),
      seed,
    );
  }).flat(),
  ...large(),
];
/** Which checks come by which fault. */
const visits = new Map<number, number[]>();
checks.forEach((check, k) => {
  state.reached = new Set();
  if (isBroken(check)) throw new Error(`a check fails without any fault:\n${check.closed}`);
  for (const id of state.reached) visits.set(id, [...(visits.get(id) ?? []), k]);
});
state.reached = undefined;

const ids = (process.argv[2] ?? "").split(",").filter(Boolean).map(Number);
for (const id of ids) {
  console.log(`start ${id}`);
  const visiting = visits.get(id) ?? [];
  state.awake = id;
  const caught = visiting.some((k) => isBroken(checks[k] as Check));
  state.awake = -1;
  console.log(`${visiting.length === 0 ? "unreached" : caught ? "caught" : "missed"} ${id}`);
  // A fault may leave shared memory in disorder: the next one starts afresh then.
  if (caught && visiting.some((k) => isBroken(checks[k] as Check))) process.exit(0);
}
