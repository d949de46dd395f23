import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { arrayFrom, type NDArray } from "../../src/array/index.ts";
import { bind, NO_PARAMS, type Primitive } from "../../src/core/index.ts";
import { input } from "../../src/kernel/expr.ts";
import { jit } from "../../src/transforms/index.ts";
import { type FunctionCase, functions, type StepsCase, stepFunctions } from "./functions.ts";
import { type MapKernel, mapKernel } from "./harness.ts";
import { ulpError32, ulpError64 } from "./ulp.ts";

/** Where an elementary function is farthest from the true value, and how far: in units in the last place. */
export interface Worst {
  readonly error: number;
  readonly at: readonly number[];
  readonly got: number;
  readonly want: number;
}

const capacity = 1 << 14;

/** A repeatable stream of numbers between 0 and 1. */
const stream = (): (() => number) => {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
};

const specials = [
  0,
  1,
  2,
  3,
  0.5,
  2.5,
  10,
  100,
  2 ** -149,
  2 ** -126,
  2 ** -140,
  3.4028234663852886e38,
  Infinity,
];

/** All functions by name. */
export const cases: Readonly<Record<string, FunctionCase | StepsCase>> = { ...functions, ...stepFunctions };
const caseOf = (name: string): FunctionCase | StepsCase => {
  const found = cases[name];
  if (found === undefined) throw new Error(`No function is called ${name}.`);
  return found;
};

/** A compiled primitive on arrays of `capacity` elements, of which those behind the first `n` are whatever they were. */
function primitiveKernel(
  primitive: Primitive,
  type: "f32" | "f64",
  arity: number,
  n: number,
): Pick<MapKernel, "inputs" | "output" | "run"> {
  const make = (): Float32Array | Float64Array =>
    type === "f32" ? new Float32Array(n) : new Float64Array(n);
  const compiled = jit((...xs: NDArray[]) => bind(primitive, xs, NO_PARAMS)[0] as NDArray);
  const inputs = Array.from({ length: arity }, make);
  const output = make();
  const run = (): void => {
    output.set(compiled(...inputs.map((x) => arrayFrom(x))).toTypedArray() as Float64Array);
  };
  return { inputs, output, run };
}

/** A function over arrays of up to `n` elements. */
const kernelOf = (
  definition: FunctionCase | StepsCase,
  type: "f32" | "f64",
  n: number,
): Pick<MapKernel, "inputs" | "output" | "run"> => {
  const { arity } = definition;
  if ("primitive" in definition) return primitiveKernel(definition.primitive, type, arity, n);
  return mapKernel(
    definition.build(input(0, type), input(1, type)),
    new Array<typeof type>(arity).fill(type),
    n,
  );
};

/** All ways to choose `count` values. */
const tuples = (values: readonly number[], count: number): number[][] =>
  count === 0 ? [[]] : values.flatMap((v) => tuples(values, count - 1).map((rest) => [v, ...rest]));

/** For one expression special values and every `step`-th f32 there is; for all, random numbers in the dense intervals. */
export function worst32(name: string, step: number, dense: number): Worst {
  const definition = caseOf(name);
  const { arity, reference, dense: ranges } = definition;
  const kernel = kernelOf(definition, "f32", capacity);
  const inputs = kernel.inputs as readonly Float32Array[];
  let worst: Worst = { error: 0, at: [], got: 0, want: 0 };
  let filled = 0;
  const flush = (): void => {
    kernel.run(filled);
    for (let i = 0; i < filled; i++) {
      const at = inputs.map((x) => x[i] as number);
      const want = reference(at[0] as number, at[1] ?? 0, at[2] ?? 0);
      const got = kernel.output[i] as number;
      const error = ulpError32(got, want);
      if (error > worst.error) worst = { error, at, got, want };
    }
    filled = 0;
  };
  const put = (...values: readonly number[]): void => {
    inputs.forEach((x, k) => {
      x[filled] = values[k] ?? 0;
    });
    if (++filled === capacity) flush();
  };
  const next = stream();
  const within = ([low, high]: readonly [number, number]): number => low + (high - low) * next();
  if ("build" in definition) {
    const signed = [...specials, ...specials.map((v) => -v), Number.NaN];
    for (const values of tuples(signed, arity)) put(...values);
    const bits = new Uint32Array(2);
    const floats = new Float32Array(bits.buffer);
    for (let b = 0; b < 2 ** 32; b += step) {
      bits[0] = b;
      bits[1] = Math.imul(b, 2654435761);
      put(floats[0] as number, floats[1] as number);
    }
  }
  const [first, second] = ranges as readonly (readonly [number, number])[];
  const isSpread = arity === 2 && first === second;
  for (let i = 0; i < dense; i++) {
    const values = ranges.map(within);
    // Powers take exponents beyond the interval of the base.
    if (isSpread && next() >= 0.5) values[1] = (values[1] as number) * 20;
    put(...values);
  }
  flush();
  return worst;
}

type Interval = readonly [kind: string, low: number, high: number];

/** The generator of math.py. */
function points(): (spec: Interval) => number {
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
  return ([kind, low, high]) => {
    const first = next();
    const u = (first * 2 ** 21 + (next() >>> 11)) / 2 ** 53;
    if (kind === "lin") return low + (high - low) * u;
    const exponent = low + ((next() >>> 8) % (high - low + 1));
    const sign = kind === "log" && next() >>> 31 ? -1 : 1;
    return sign * (1 + u) * 2 ** Math.min(exponent, 1023);
  };
}

const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const intervals: Record<string, Interval[][]> = JSON.parse(
  readFileSync(beside("../golden/math.json"), "utf8"),
);
const golden = readFileSync(beside("../golden/math.bin"));
const perInterval = 240;

/** The f64 functions at the points of math.bin. */
export function worst64(name: string): Worst {
  let offset = 0;
  for (const [other, list] of Object.entries(intervals)) {
    if (other === name) break;
    offset += list.length * perInterval * 9;
  }
  const own = intervals[name] ?? [];
  const n = own.length * perInterval;
  const kernel = kernelOf(caseOf(name), "f64", n);
  const point = points();
  own
    .flatMap((interval) => Array.from({ length: perInterval }, () => interval.map(point)))
    .forEach((args, i) => {
      args.forEach((value, k) => {
        (kernel.inputs[k] as Float64Array)[i] = value;
      });
    });
  kernel.run(n);
  let worst: Worst = { error: 0, at: [], got: 0, want: 0 };
  for (let i = 0; i < n; i++) {
    const want = golden.readDoubleLE(offset + i * 9);
    const rest = golden.readInt8(offset + i * 9 + 8) / 200;
    const got = kernel.output[i] as number;
    const error = ulpError64(got, want, rest);
    if (error > worst.error) worst = { error, at: kernel.inputs.map((a) => Number(a[i])), got, want };
  }
  return worst;
}
