import { describe, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { broadcastTo } from "../../src/primitives/broadcast.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { exp } from "../../src/primitives/elementwise/exponential.ts";
import { cos, sin } from "../../src/primitives/elementwise/trigonometric.ts";
import { sliceInDim } from "../../src/primitives/padding.ts";
import { scalarLike } from "../../src/primitives/rules.ts";
import { reshape } from "../../src/primitives/shape.ts";
import { checkpoint, customJvp, customVjp, grad, jit, jvp, vjp, vmap } from "../../src/transforms/index.ts";
import { expectClose, f64, traced } from "./support.ts";

/*
 * Functions of one scalar whose derivatives are known in closed form, under every sequence of three transforms.
 */

type Unary = (x: NDArray) => NDArray;

/** A transform of functions of a scalar, and how many derivatives it takes. */
interface Layer {
  readonly apply: (f: Unary) => Unary;
  readonly order: 0 | 1;
}

const layers: Record<string, Layer> = {
  jit: { apply: (f) => jit(f) as Unary, order: 0 },
  // The second of two examples.
  vmap: {
    apply: (f) => (x) => {
      const batch = add(broadcastTo(x, [2]), f64([1, 0]));
      return reshape(sliceInDim(vmap(f)(batch), 1, 2, 0), []);
    },
    order: 0,
  },
  grad: { apply: (f) => grad(f) as Unary, order: 1 },
  jvp: { apply: (f) => (x) => jvp(f, [x], [scalarLike(x, 1)])[1], order: 1 },
  vjp: { apply: (f) => (x) => vjp(f, [x])[1](scalarLike(x, 1))[0], order: 1 },
  checkpoint: { apply: (f) => checkpoint(f) as Unary, order: 0 },
};
const names = Object.keys(layers);
const sequences = names.flatMap((a) => names.flatMap((b) => names.map((c) => [a, b, c])));

interface Example {
  readonly f: Unary;
  /** The function and its first three derivatives. */
  readonly derivatives: (x: number) => readonly [number, number, number, number];
  readonly reverseOnly?: boolean;
}

const sines = (x: number) => [Math.sin(x), Math.cos(x), -Math.sin(x), -Math.cos(x)] as const;
const withJvp = customJvp((x: NDArray) => sin(x)).defjvp(([x]: [NDArray], [t]: [NDArray]) => [
  withJvp(x),
  mul(t, cos(x)),
]);
const withVjp = customVjp((x: NDArray) => sin(x)).defvjp(
  (x) => [sin(x), cos(x)],
  (c: NDArray, ct: NDArray) => [mul(ct, c)],
);

const examples: Record<string, Example> = {
  "x sin x": {
    f: (x) => mul(x, sin(x)),
    derivatives: (x) => [
      x * Math.sin(x),
      Math.sin(x) + x * Math.cos(x),
      2 * Math.cos(x) - x * Math.sin(x),
      -3 * Math.sin(x) - x * Math.cos(x),
    ],
  },
  "exp 2x, compiled in parts": {
    f: (x) => exp(jit((y: NDArray) => mul(y, f64(2)))(x)),
    derivatives: (x) =>
      [0, 1, 2, 3].map((n) => 2 ** n * Math.exp(2 * x)) as unknown as [number, number, number, number],
  },
  "sin with a JVP rule": { f: withJvp, derivatives: sines },
  "sin with a VJP rule": { f: withVjp, derivatives: sines, reverseOnly: true },
};

const AT = 0.7;

/** Forward mode can go over reverse mode, but not come first where there is a rule for reverse mode only. */
const isRefused = (sequence: readonly string[]): boolean =>
  sequence.findLast((name) => layers[name]?.order === 1) === "jvp";

describe.each(Object.entries(examples))("%s", (_, { f, derivatives, reverseOnly = false }) => {
  const expected = derivatives(AT);
  test.each(sequences.filter((sequence) => !reverseOnly || !isRefused(sequence)))(
    "%s of %s of %s",
    (...sequence) => {
      const chosen = sequence.map((name) => layers[name] as Layer);
      const composed = chosen.reduceRight<Unary>((g, layer) => layer.apply(g), f);
      const order = chosen.reduce((sum, layer) => sum + layer.order, 0);
      expectClose(composed(f64(AT)), expected[order] as number);
      traced(composed)(f64(AT));
    },
  );
});
