/**
 * Chapter 4, a flat circuit: σ(w0·x0 + w1·x1 + w2), forward and backward line by line in plain numbers, beside the program
 * that cotangent derives; and the table of gates, each rule checked against what the library does.
 *
 *     npx tsx examples/backprop/4-flat-circuit.ts
 *
 * docs/backprop/4-flat-circuit.md is the page to it, and shows the picture that this program draws.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { grad, makeJaxpr, type NDArray, nn, numpy as np, random, vjp } from "cotangent";
import { drawGraph, circuit as graphOf } from "cotangent/inspect";
import { distance, heading, isProgram, show, table } from "./report.ts";

/** The five inputs. `T` is a number for code by hand, an array for what is derived. */
export interface Inputs<T> {
  readonly w0: T;
  readonly x0: T;
  readonly w1: T;
  readonly x1: T;
  readonly w2: T;
}

export const inputs: Inputs<number> = { w0: 2, x0: -1, w1: -3, x1: -2, w2: -3 };

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Forward, keeping what the way back needs; then backward, the same lines in reverse order. */
export const byHand = ({ w0, x0, w1, x1, w2 }: Inputs<number>): { loss: number; grads: Inputs<number> } => {
  const s0 = w0 * x0;
  const s1 = w1 * x1;
  const s2 = s0 + s1;
  const s3 = s2 + w2;
  const loss = sigmoid(s3);

  const ofLoss = 1;
  const ofS3 = ofLoss * loss * (1 - loss); // sigmoid: its own output is all that it needs
  const [ofS2, ofW2] = [ofS3, ofS3]; // add: hands on what it gets
  const [ofS0, ofS1] = [ofS2, ofS2];
  const [ofW1, ofX1] = [ofS1 * x1, ofS1 * w1]; // multiply: times the other input
  const [ofW0, ofX0] = [ofS0 * x0, ofS0 * w0];
  return { loss, grads: { w0: ofW0, x0: ofX0, w1: ofW1, x1: ofX1, w2: ofW2 } };
};

/** The forward half alone. The other half is `grad(circuit)`. */
export const circuit = ({ w0, x0, w1, x1, w2 }: Inputs<NDArray>): NDArray =>
  nn.sigmoid(w0.mul(x0).add(w1.mul(x1)).add(w2));

export const asArrays = ({ w0, x0, w1, x1, w2 }: Inputs<number>): Inputs<NDArray> => {
  const scalar = (x: number): NDArray => np.array(x, "float64");
  return { w0: scalar(w0), x0: scalar(x0), w1: scalar(w1), x1: scalar(x1), w2: scalar(w2) };
};

/** A gate of two inputs (the second is not used by some): what goes forward, and the rule for what comes back. */
export interface Gate {
  readonly name: string;
  readonly rule: string;
  readonly forward: (x: NDArray, y: NDArray) => NDArray;
  /** ∂L/∂x and ∂L/∂y, given g = ∂L/∂z. */
  readonly backward: (g: NDArray, x: NDArray, y: NDArray) => readonly [NDArray, NDArray];
}

const zero = (x: NDArray): NDArray => np.zerosLike(x);

export const gates: readonly Gate[] = [
  { name: "add", rule: "g, g", forward: (x, y) => np.add(x, y), backward: (g) => [g, g] },
  {
    name: "multiply",
    rule: "g·y, g·x",
    forward: (x, y) => np.multiply(x, y),
    backward: (g, x, y) => [g.mul(y), g.mul(x)],
  },
  {
    name: "max",
    rule: "g·[x>y], g·[y>x]",
    forward: (x, y) => np.maximum(x, y),
    backward: (g, x, y) => [np.where(np.greater(x, y), g, 0), np.where(np.greater(y, x), g, 0)],
  },
  {
    name: "ReLU",
    rule: "g·[x>0]",
    forward: (x) => nn.relu(x),
    backward: (g, x, y) => [np.where(np.greater(x, 0), g, 0), zero(y)],
  },
  {
    name: "sigmoid",
    rule: "g·z·(1−z)",
    forward: (x) => nn.sigmoid(x),
    backward: (g, x, y) => {
      const z = np.divide(1, np.add(1, np.exp(x.neg())));
      return [g.mul(z).mul(np.subtract(1, z)), zero(y)];
    },
  },
  {
    name: "matmul",
    rule: "g·yᵀ, xᵀ·g",
    forward: (x, y) => np.matmul(x, y),
    backward: (g, x, y) => [np.matmul(g, y.T), np.matmul(x.T, g)],
  },
];

/** How far a gate's rule is from what `vjp` gives, for random square matrices. */
export const discrepancy = ({ forward, backward }: Gate, seed: number, n = 4): number => {
  const draw = (i: number): NDArray =>
    random.normal(random.foldIn(random.key(seed), i), [n, n], { dtype: "float64" });
  const [x, y, g] = [draw(0), draw(1), draw(2)];
  const [, pullback] = vjp(forward, [x, y]);
  const derived = pullback(g);
  const rule = backward(g, x, y);
  return Math.max(distance(derived[0], rule[0]), distance(derived[1], rule[1]));
};

/** Where max and ReLU have a kink there is no derivative, and a choice: what `grad` gives there. */
export const atKinks = (): { readonly max: readonly [number, number]; readonly relu: number } => {
  const [one, nothing] = [np.array(1, "float64"), np.array(0, "float64")];
  const [first, second] = grad((x: NDArray, y: NDArray) => np.maximum(x, y), { argnums: [0, 1] })(one, one);
  return { max: [Number(first), Number(second)], relu: Number(grad((x: NDArray) => nn.relu(x))(nothing)) };
};

/** The circuit with the value and the gradient of every wire. */
export const drawing = (): string => drawGraph(graphOf(circuit)(asArrays(inputs)));

const pictureFile = fileURLToPath(new URL("../../docs/backprop/4-flat-circuit.svg", import.meta.url));

export function main(): void {
  heading("Forward and backward by hand, and by grad");
  const hand = byHand(inputs);
  const arrays = asArrays(inputs);
  const derived = grad(circuit)(arrays);
  console.log(`L = ${hand.loss} by hand, ${circuit(arrays)} as arrays`);
  table(
    ["input", "value", "by hand", "by grad"],
    (Object.keys(inputs) as (keyof Inputs<number>)[]).map((name) => [
      name,
      String(inputs[name]),
      show(hand.grads[name], 8),
      show(derived[name], 8),
    ]),
  );
  writeFileSync(pictureFile, drawing());
  console.log("The picture with all values and gradients is docs/backprop/4-flat-circuit.svg.");

  heading("Forward as it is recorded");
  console.log(String(makeJaxpr(circuit)(arrays)));
  heading("Forward and backward as grad derives them");
  console.log(String(makeJaxpr(grad(circuit))(arrays)));
  heading("The gates, rule by rule");
  table(
    ["gate", "back to x, y", "greatest difference from vjp"],
    gates.map((gate) => [gate.name, gate.rule, show(discrepancy(gate, 0), 2)]),
  );
  const kinks = atKinks();
  console.log(
    `At a tie, max hands ${kinks.max.join(" and ")} of the gradient to its inputs; ReLU at 0 hands on ${kinks.relu}.`,
  );
}

if (isProgram(import.meta.url)) main();
