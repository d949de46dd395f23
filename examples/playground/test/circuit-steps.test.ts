import { jit, type NDArray, nn, numpy as np } from "cotangent";
import { circuit } from "cotangent/inspect";
import { describe, expect, test } from "vitest";
import { circuitSteps, edgeEnds } from "../src/functions/circuit-steps.ts";
import type { CircuitStep } from "../src/functions/evaluation.ts";
import { gateDerivatives } from "../src/functions/gate-derivatives.ts";

type F = (...args: NDArray[]) => NDArray;

const stepsOf = (f: F, args: readonly (number | NDArray)[]): readonly CircuitStep[] =>
  circuitSteps(
    circuit(f, { maxGates: Number.POSITIVE_INFINITY })(...(args as NDArray[])),
    gateDerivatives(f as never, args),
  );

/** A step in short. */
const short = ({ phase, label, upstream, operands, result }: CircuitStep) =>
  phase === "backward"
    ? `${label} ← ${upstream}: ${operands.map(({ name, local, gradient }) => `${name} ${local} → ${gradient}`).join(", ")}`
    : `${phase} ${label} = ${result}`;

describe("steps through a circuit", () => {
  test("of (x + y)·z", () => {
    const f: F = (x, y, z) => (x as NDArray).add(y as NDArray).mul(z as NDArray);
    expect(stepsOf(f, [-2, 5, -4]).map(short)).toEqual([
      "forward + = 3",
      "forward × = −12",
      "turn output = −12",
      "× ← 1: + gate −4 → −4, z 3 → 3",
      "+ ← −4: x 1 → −4, y 1 → −4",
    ]);
  });

  test("a value that is used twice gets the sum of both gradients", () => {
    const f: F = (x) => {
      const y = np.exp(x as NDArray);
      return y.mul(y);
    };
    const back = stepsOf(f, [0]).filter(({ phase }) => phase === "backward");
    expect(back.map(short)).toEqual(["× ← 1: exp gate 1 → 1, exp gate 1 → 1", "exp ← 2: x 1 → 2"]);
  });

  test("local derivatives of a sigmoid, a maximum and a constant", () => {
    const f: F = (x, y) => nn.sigmoid(np.maximum(x as NDArray, y as NDArray).mul(2));
    const back = stepsOf(f, [0, -1]).filter(({ phase }) => phase === "backward");
    expect(back.map(short)).toEqual([
      "σ ← 1: × gate 0.25 → 0.25",
      "× ← 0.25: max gate 2 → 0.5, 2 0 → undefined",
      "max ← 0.5: x 1 → 0.5, y 0 → 0",
    ]);
  });

  test("functions that were compiled are written out, and their gates keep their derivatives", () => {
    const inner = jit((x: NDArray) => np.sin(x).mul(3));
    const f: F = (x) => inner(x as NDArray).add(1);
    const back = stepsOf(f, [0]).filter(({ phase }) => phase === "backward");
    expect(back.map(({ label, operands }) => [label, operands[0]?.local])).toEqual([
      ["+", "1"],
      ["×", "3"],
      ["sin", "1"],
    ]);
  });

  test("gates between arrays have elementwise derivatives, or none", () => {
    const f: F = (x, w) => np.square((x as NDArray).matmul(w as NDArray)).sum();
    const back = stepsOf(f, [np.array([1, 2]), np.array([3, -1])]).filter(
      ({ phase }) => phase === "backward",
    );
    // A scalar from vectors is a product of matrices: there is no one number for each operand.
    expect(back.map(({ label, operands }) => [label, operands[0]?.local, operands[0]?.gradient])).toEqual([
      ["x²", "2", "2"],
      ["·", undefined, "[ 6. -2.]"],
    ]);
  });

  test("each gate is passed once forward and once back, and gradients are those of the circuit", () => {
    const f: F = (x) =>
      nn
        .logSoftmax(x as NDArray)
        .mul(np.array([0, 1, 0]))
        .sum();
    const steps = stepsOf(f, [np.array([2, 1, 0.1])]);
    const forward = steps.filter(({ phase }) => phase === "forward").map(({ node }) => node);
    expect(new Set(forward).size).toBe(forward.length);
    const back = steps.filter(({ phase }) => phase === "backward").map(({ node }) => node);
    expect(back).toEqual(forward.toReversed().filter((node) => back.includes(node)));
  });

  test("what does not depend on the arguments has no way back", () => {
    const f: F = () => np.array(2).mul(3);
    const steps = circuitSteps(circuit(f, { gradients: false })(), []);
    expect(steps.every(({ phase }) => phase !== "backward")).toBe(true);
  });

  test("edgeEnds names the edges behind gates and those of the result", () => {
    const f: F = (x, y) => (x as NDArray).add(y as NDArray).mul(2);
    const graph = circuit(f)(1 as never, 2 as never);
    const { sources, outputEdges } = edgeEnds(graph);
    const gates = sources.map(([edge, gate]) => [graph.edges[edge]?.from === gate, graph.nodes[gate]?.label]);
    expect(gates).toEqual([
      [true, "+"],
      [true, "×"],
    ]);
    expect(outputEdges.map((edge) => graph.nodes[graph.edges[edge]?.to ?? -1]?.label)).toEqual(["output"]);
  });
});
