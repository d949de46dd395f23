/**
 * Runs chapters of the notes on backpropagation, all of them or those whose numbers are given:
 *
 *     npm run backprop -- 3
 */
import { argv, exit } from "node:process";

interface Chapter {
  main(): void | Promise<void>;
}

const chapters: readonly (readonly [title: string, load: () => Promise<Chapter>])[] = [
  ["The computational graph", () => import("./1-computational-graph.ts")],
  ["Gradients of a matrix product", () => import("./2-matrix-gradients.ts")],
  ["Functions of vectors and their Jacobians", () => import("./3-jacobians.ts")],
  ["A flat circuit", () => import("./4-flat-circuit.ts")],
  ["Modular layers", () => import("./5-modular-layers.ts")],
  ["Optimizers and regularisation", () => import("./6-optimizers.ts")],
  ["Practice", () => import("./7-practice.ts")],
];

const asked = argv.slice(2).map(Number);
const numbers = asked.length === 0 ? chapters.map((_, i) => i + 1) : asked;
for (const n of numbers) {
  const chapter = chapters[n - 1];
  if (chapter === undefined) {
    console.error(
      `backprop: chapters are numbered from 1 to ${chapters.length}; got "${argv.slice(2).join(" ")}".`,
    );
    exit(1);
  }
  const [title, load] = chapter;
  console.log(`\n═══ ${n} ${title} ═══`);
  await (await load()).main();
}
