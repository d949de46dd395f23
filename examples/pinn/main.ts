/**
 * Solves the heat equation by a network that is told nothing but the equation, and compares it with the solution:
 *
 *     npm run pinn
 */
import { random } from "cotangent";
import { relativeError, solve } from "./heat.ts";

const start = performance.now();
const params = solve(
  random.key(0),
  { steps: 5000, points: 128, learningRate: 5e-3, stepsPerCall: 500 },
  (step, loss) => console.log(`step ${step}: mean square of the residual ${loss.toExponential(2)}`),
);
const seconds = ((performance.now() - start) / 1000).toFixed(1);
console.log(
  `error relative to the exact solution: ${relativeError(params).toExponential(2)} after ${seconds} s`,
);
