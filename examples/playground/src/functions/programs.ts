/**
 * Programs that are ready to open, after the chapters of docs/backprop.
 */
import batchNorm from "./programs/batch-norm.ts?raw";
import gateRules from "./programs/gate-rules.ts?raw";
import graph from "./programs/graph.ts?raw";
import jacobian from "./programs/jacobian.ts?raw";
import loop from "./programs/loop.ts?raw";
import matmul from "./programs/matmul.ts?raw";
import network from "./programs/network.ts?raw";
import secondDerivative from "./programs/second-derivative.ts?raw";
import sigmoidCircuit from "./programs/sigmoid-circuit.ts?raw";
import softmax from "./programs/softmax.ts?raw";
import svm from "./programs/svm-l2.ts?raw";
import vanishing from "./programs/vanishing.ts?raw";

export interface ExampleProgram {
  readonly title: string;
  readonly code: string;
}

export const programs: readonly ExampleProgram[] = [
  { title: "(x + y) · z, a graph", code: graph },
  { title: "σ(w·x + b), a circuit", code: sigmoidCircuit },
  { title: "The rules of gates", code: gateRules },
  { title: "A product of matrices", code: matmul },
  { title: "SVM loss and L2 penalty", code: svm },
  { title: "Softmax and cross-entropy", code: softmax },
  { title: "Batch normalisation", code: batchNorm },
  { title: "Two layers with ReLU", code: network },
  { title: "A gradient that vanishes", code: vanishing },
  { title: "A Jacobian", code: jacobian },
  { title: "A second derivative", code: secondDerivative },
  { title: "A loop", code: loop },
];
