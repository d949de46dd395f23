/**
 * Chapter 1, the computational graph: a linear classifier f = Wx, the multiclass SVM loss of its scores, an L2 penalty,
 * and the gradient of all of it: derived by hand, and by `grad`.
 *
 *     npx tsx examples/backprop/1-computational-graph.ts
 *
 * docs/backprop/1-computational-graph.md is the page to it, and shows the picture that this program draws.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { grad, makeJaxpr, type NDArray, nn, numpy as np } from "cotangent";
import { circuit, drawGraph } from "cotangent/inspect";
import { distance, heading, isProgram, show, table } from "./report.ts";

/** A data set and how strongly weights are kept small. */
export interface Problem {
  /** float64[examples, features] */
  readonly x: NDArray;
  /** int32[examples], the right classes */
  readonly y: NDArray;
  readonly lambda: number;
}

/** Scores of each class: f = Wx for each example x, a row. W is [classes, features]. */
export const scores = (w: NDArray, x: NDArray): NDArray => np.matmul(x, w.T);

/** The mean of L_i = Σ_{j ≠ y_i} max(0, s_j − s_{y_i} + 1). */
export const dataLoss = (w: NDArray, { x, y }: Problem): NDArray =>
  np.mean(nn.losses.multiclassSvm(scores(w, x), y));

/** R(W) = λ/2 · ‖W‖². */
export const penalty = (w: NDArray, { lambda }: Problem): NDArray => nn.regularizers.l2(w, lambda);

/** L = the mean of L_i + R(W), the root of the graph. */
export const totalLoss = (w: NDArray, problem: Problem): NDArray =>
  np.add(dataLoss(w, problem), penalty(w, problem));

/**
 * ∂L/∂W without a transform, going back through the graph node by node. A class whose margin is broken gets 1 from its
 * example, and the right class −1 for each of these; matrix multiplication and the penalty do the rest.
 */
export const gradientByHand = (w: NDArray, { x, y, lambda }: Problem): NDArray => {
  const [examples, classes] = [x.shape[0] as number, w.shape[0] as number];
  const s = scores(w, x);
  const right = nn.oneHot(y, classes, { dtype: s.dtype });
  const rightScore = np.sum(np.multiply(s, right), 1, { keepdims: true });
  const margins = np.add(np.subtract(s, rightScore), 1);
  const broken = np.multiply(np.greater(margins, 0), np.subtract(1, right)); // ∂L_i/∂s_j, j ≠ y_i
  const ofRight = np.multiply(right, np.sum(broken, 1, { keepdims: true })); // −∂L_i/∂s_{y_i}
  const ofScores = np.divide(np.subtract(broken, ofRight), examples); // the mean over examples
  return np.add(np.matmul(ofScores.T, x), np.multiply(w, lambda));
};

/** Three classes, three features, two examples. The numbers are sums of powers of two, so that all arithmetic is exact. */
export const small: Problem & { readonly w: NDArray } = {
  w: np.array(
    [
      [1, -0.5, 0.25],
      [0.5, 1.5, -1],
      [-0.25, 0.5, 2],
    ],
    "float64",
  ),
  x: np.array(
    [
      [1, 2, 0.5],
      [-1, 0.5, 1],
    ],
    "float64",
  ),
  y: np.array([0, 2], "int32"),
  lambda: 0.25,
};

/** The loss after each of some steps of gradient descent, that before the first included. */
export const descend = (start: NDArray, problem: Problem, rate: number, steps: number): number[] => {
  const losses: number[] = [];
  let w = start;
  for (let i = 0; i <= steps; i++) {
    losses.push(Number(totalLoss(w, problem)));
    w = w.sub(grad(totalLoss)(w, problem).mul(rate));
  }
  return losses;
};

/** The graph with its values and gradients; calls of functions are one node each. */
export const drawing = (): string =>
  drawGraph(circuit(totalLoss, { argnums: 0, maxGates: 3 })(small.w, small));

const pictureFile = fileURLToPath(new URL("../../docs/backprop/1-computational-graph.svg", import.meta.url));

export function main(): void {
  const { w } = small;
  heading("Forward, node by node");
  const s = scores(w, small.x);
  console.log(`s = x Wᵀ =\n${s}`);
  table(
    ["node", "value"],
    [
      ["L_1", show(nn.losses.multiclassSvm(s, small.y).at(0).get())],
      ["L_2", show(nn.losses.multiclassSvm(s, small.y).at(1).get())],
      ["their mean", show(dataLoss(w, small))],
      ["R(W)", show(penalty(w, small))],
      ["L", show(totalLoss(w, small))],
    ],
  );

  heading("The graph, as it was recorded");
  console.log(String(makeJaxpr(totalLoss)(w, small)));
  writeFileSync(pictureFile, drawing());
  console.log("The picture is docs/backprop/1-computational-graph.svg.");

  heading("Backward");
  const [byHand, byGrad] = [gradientByHand(w, small), grad(totalLoss)(w, small)];
  console.log(`∂L/∂W by hand =\n${byHand}\n∂L/∂W by grad =\n${byGrad}`);
  console.log(`greatest difference: ${distance(byHand, byGrad)}`);

  heading("Downhill");
  console.log(
    `L at 5 steps against the gradient: ${descend(w, small, 0.1, 5)
      .map((x) => show(x))
      .join(" → ")}`,
  );
}

if (isProgram(import.meta.url)) main();
