import { readFileSync } from "node:fs";
import type { DType, NDArray } from "../../src/array/index.ts";
import * as np from "../../src/numpy/index.ts";
import { grad } from "../../src/transforms/grad.ts";
import { DIFFERENCES } from "./differences.ts";
import { EXPRESSIONS } from "./expressions.ts";

/*
 * The table of edges, docs/edges.md: what JAX gives (test/golden/edges.json), what we give, and why where they differ.
 */

type Numbers = number | string | readonly Numbers[];

/** One expression at one point, by JAX. */
export type EdgeCase = readonly [
  expression: string,
  dtype: DType,
  args: readonly Numbers[],
  value: Numbers,
  gradients: readonly Numbers[],
];

const golden = JSON.parse(readFileSync(new URL("../golden/edges.json", import.meta.url), "utf8")) as {
  readonly jax: string;
  readonly cases: readonly EdgeCase[];
};

export const CASES = golden.cases;

/** JSON has no names for these. */
const decoded = (x: Numbers): number | number[] =>
  Array.isArray(x) ? x.map((y) => Number(y)) : Number(x as number | string);

/** Our value and gradients, as JAX's are written. */
export const ours = ([expression, dtype, args]: EdgeCase): readonly [Numbers, readonly Numbers[]] => {
  const f = EXPRESSIONS[expression];
  if (f === undefined) throw new Error(`expressions.ts has no ${expression}.`);
  const inputs = args.map((x) => np.array(decoded(x), { dtype }));
  const first = (...xs: NDArray[]): NDArray =>
    np
      .ravel(f(...xs))
      .at(0)
      .get();
  const gradients = grad(first, { argnums: inputs.map((_, i) => i) })(...inputs) as readonly NDArray[];
  return [numbersOf(f(...inputs)), gradients.map(numbersOf)];
};

const numbersOf = (x: NDArray): Numbers => {
  const numbers = Array.from(x.toTypedArray(), (y) => (Number.isFinite(y) ? y : String(y)));
  return x.ndim === 0 ? (numbers[0] as Numbers) : numbers;
};

/** Whether two are equal up to rounding; NaN equals NaN, and zeros of both signs are one. */
export const isSame = (x: Numbers, y: Numbers, dtype: DType): boolean => {
  if (Array.isArray(x) || Array.isArray(y)) {
    return (
      Array.isArray(x) &&
      Array.isArray(y) &&
      x.length === y.length &&
      x.every((a, i) => isSame(a, y[i], dtype))
    );
  }
  if (x === y) return true;
  const [a, b] = [Number(x), Number(y)];
  if (!(Number.isFinite(a) && Number.isFinite(b))) return false;
  // JAX's logNdtr and gammaln of float32 are that coarse; what counts at an edge is what is finite.
  const [relative, absolute] = dtype === "float32" ? [5e-4, 1e-6] : [1e-12, 0];
  return Math.abs(a - b) <= absolute + relative * Math.abs(b);
};

/** Why ours differ from JAX's at a point, if they do. */
export const reasonFor = ([expression, , args]: EdgeCase): string | undefined =>
  DIFFERENCES.find(({ at }) =>
    at[expression]?.some((point) => JSON.stringify(point) === JSON.stringify(args)),
  )?.why;

const shown = (x: Numbers): string => {
  if (Array.isArray(x)) return `[${x.map(shown).join(", ")}]`;
  if (typeof x === "string") return x.replace("-Infinity", "−∞").replace("Infinity", "∞");
  return String(Number((x as number).toPrecision(7)) || 0).replaceAll("-", "−");
};

const listed = (xs: readonly Numbers[]): string => xs.map(shown).join(", ");

/** The page. */
export const makeTable = (): string => {
  const notes: string[] = [];
  const noteOf = (why: string): string => {
    if (!notes.includes(why)) notes.push(why);
    return `[${notes.indexOf(why) + 1}]`;
  };
  const rows = CASES.filter(([, dtype]) => dtype === "float64").map((edge) => {
    const [expression, dtype, args, value, gradients] = edge;
    const [own, ownGradients] = ours(edge);
    const isEqual = isSame(own, value, dtype) && isSame(ownGradients, gradients, dtype);
    const note = isEqual ? "" : noteOf(reasonFor(edge) ?? "not explained");
    const beside = (x: string, y: string): string => (x === y ? x : `${x}; JAX ${y}`);
    const valueCell = isSame(own, value, dtype) ? shown(own) : beside(shown(own), shown(value));
    const gradientCell = isSame(ownGradients, gradients, dtype)
      ? listed(ownGradients)
      : beside(listed(ownGradients), listed(gradients));
    return `| \`${expression}\` | ${listed(args)} | ${valueCell} | ${gradientCell} | ${note} |`;
  });
  return [
    "# Edges of functions",
    "",
    "Where numbers are large, infinite, missing or at a kink: the value, and the gradient of it (of its first element) by each",
    `argument, in float64. They are JAX ${golden.jax}'s too, unless a row says what JAX gives; the numbers in brackets say why it`,
    "differs. float32 is alike, up to where it overflows. `npm run edges` writes this page from `test/golden/edges.json`; the",
    "tests hold both dtypes to it.",
    "",
    "| expression | at | value | gradients | |",
    "|---|---|---|---|---|",
    ...rows,
    "",
    ...notes.map((why, i) => `${i + 1}. ${why}`),
    "",
  ].join("\n");
};

/** Where the page stands. */
export const TABLE_FILE = new URL("../../docs/edges.md", import.meta.url);
