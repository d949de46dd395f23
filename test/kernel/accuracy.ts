import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { input } from "../../src/kernel/expr.ts";
import { functions } from "./functions.ts";
import { mapKernel } from "./harness.ts";
import { ulpError32, ulpError64 } from "./ulp.ts";

// The greatest errors of the elementary functions, in units in the last place. Run: npx tsx test/kernel/accuracy.ts

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

/** Special values, every `step`-th f32 there is, and random ones in the dense interval. */
export function worst32(name: string, step: number, dense: number): Worst {
  const { arity, build, reference, dense: range } = functions[name] as (typeof functions)[string];
  const kernel = mapKernel(
    build(input(0, "f32"), input(1, "f32")),
    arity === 1 ? ["f32"] : ["f32", "f32"],
    capacity,
  );
  const [x, y] = kernel.inputs as [Float32Array, Float32Array | undefined];
  let worst: Worst = { error: 0, at: [], got: 0, want: 0 };
  let filled = 0;
  const flush = (): void => {
    kernel.run(filled);
    for (let i = 0; i < filled; i++) {
      const at = y === undefined ? [x[i] as number] : [x[i] as number, y[i] as number];
      const want = reference(at[0] as number, at[1] ?? 0);
      const got = kernel.output[i] as number;
      const error = ulpError32(got, want);
      if (error > worst.error) worst = { error, at, got, want };
    }
    filled = 0;
  };
  const put = (a: number, b = 0): void => {
    x[filled] = a;
    if (y !== undefined) y[filled] = b;
    if (++filled === capacity) flush();
  };
  const signed = [...specials, ...specials.map((v) => -v), Number.NaN];
  if (arity === 1) for (const v of signed) put(v);
  else for (const v of signed) for (const w of signed) put(v, w);
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  for (let b = 0; b < 2 ** 32; b += step) {
    bits[0] = b;
    const a = float[0] as number;
    bits[0] = Math.imul(b, 2654435761);
    put(a, float[0]);
  }
  const [low, high] = range;
  const next = stream();
  const random = (): number => low + (high - low) * next();
  for (let i = 0; i < dense; i++) put(random(), arity === 1 ? 0 : next() < 0.5 ? random() : random() * 20);
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
  const { arity, build } = functions[name] as (typeof functions)[string];
  let offset = 0;
  for (const [other, list] of Object.entries(intervals)) {
    if (other === name) break;
    offset += list.length * perInterval * 9;
  }
  const own = intervals[name] ?? [];
  const n = own.length * perInterval;
  const kernel = mapKernel(
    build(input(0, "f64"), input(1, "f64")),
    arity === 1 ? ["f64"] : ["f64", "f64"],
    n,
  );
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const only = process.argv.slice(2);
  console.log("| function | f32 | at | f64 | at |\n|---|---|---|---|---|");
  for (const name of only.length > 0 ? only : Object.keys(functions)) {
    const single = worst32(name, 1999, 400_000);
    const double = worst64(name);
    const cell = ({ error, at }: Worst): string => `${error.toFixed(2)} | ${at.join(", ")}`;
    console.log(`| ${name} | ${cell(single)} | ${cell(double)} |`);
  }
}
