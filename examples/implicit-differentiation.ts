/**
 * Implicit differentiation: the derivative of a solution with respect to what the problem depends on, from the equation
 * that it solves and not from the steps of the solver.
 *
 * A ridge regression is fitted by gradient descent, in as many steps as it takes. `lax.customRoot` says that the
 * gradient is zero at the end, and that is all that the outer derivative needs: how the error on held-out data changes
 * with the strength of the penalty, by which the penalty is tuned.
 *
 *     npx tsx examples/implicit-differentiation.ts
 */
import { fileURLToPath } from "node:url";
import { grad, hvp, jit, lax, type NDArray, numpy as np, random, valueAndGrad } from "cotangent";

/** Inputs, one a row, and what to predict. */
export interface Data {
  readonly inputs: NDArray;
  readonly targets: NDArray;
}

/** Few noisy examples of a linear function of many numbers, of which only three matter. */
export const draw = (seed: number, count: number): Data => {
  const [keyInputs, keyNoise] = random.split(random.key(seed));
  const inputs = random.normal(keyInputs as NDArray, [count, 12], { dtype: "float64" });
  const noise = random.normal(keyNoise as NDArray, [count], { dtype: "float64" });
  const truth = np.array([2, -1, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0], "float64");
  return { inputs, targets: np.matmul(inputs, truth).add(noise) };
};

const meanSquare = ({ inputs, targets }: Data, weights: NDArray): NDArray => {
  const error = np.matmul(inputs, weights).sub(targets);
  return np.mean(error.mul(error));
};

/** What training minimizes: the mean square error and a penalty, whose strength is given by its logarithm. */
export const objective = (data: Data, penalty: NDArray, weights: NDArray): NDArray =>
  meanSquare(data, weights).add(np.exp(penalty).mul(weights.mul(weights).sum()));

/** Conjugate gradients: solves A x = b for a symmetric, positive definite A that is only known by its products. */
export const conjugateGradients = (product: (x: NDArray) => NDArray, b: NDArray): NDArray => {
  const start = { x: np.zerosLike(b), r: b, p: b, rr: np.dot(b, b), turns: np.array(0, "int32") };
  return lax.whileLoop(
    ({ rr, turns }) => np.logicalAnd(rr.greater(1e-24), turns.less(100)),
    ({ x, r, p, rr, turns }) => {
      const ap = product(p);
      const alpha = rr.div(np.dot(p, ap));
      const residual = r.sub(ap.mul(alpha));
      const next = np.dot(residual, residual);
      return {
        x: x.add(p.mul(alpha)),
        r: residual,
        p: residual.add(p.mul(next.div(rr))),
        rr: next,
        turns: turns.add(1),
      };
    },
    start,
  ).x;
};

/** The weights at which the gradient of the objective is zero. Differentiable, though the loop that finds them is not. */
export const train = (data: Data, penalty: NDArray): NDArray => {
  const slope = (weights: NDArray): NDArray => grad((w: NDArray) => objective(data, penalty, w))(weights);
  const descend = (f: (w: NDArray) => NDArray, first: NDArray): NDArray =>
    lax.whileLoop(
      (w) => np.max(np.abs(f(w))).greater(1e-10),
      (w) => w.sub(f(w).mul(0.05)),
      first,
    );
  return lax.customRoot(slope, np.zeros([12], "float64"), descend, (hessian, y) =>
    lax.customLinearSolve(hessian, y, conjugateGradients, { symmetric: true }),
  );
};

/** The error on held-out data of what was trained with a penalty. */
export const heldOutError =
  (training: Data, heldOut: Data) =>
  (penalty: NDArray): NDArray =>
    meanSquare(heldOut, train(training, penalty));

/** Gradient descent on the penalty. */
export const tune = (error: (penalty: NDArray) => NDArray, steps: number): NDArray => {
  const step = jit(valueAndGrad(error));
  let penalty: NDArray = np.array(-4, "float64");
  for (let i = 0; i < steps; i++) {
    const [value, slope] = step(penalty);
    if (i % 2 === 0)
      console.log(`log penalty ${Number(penalty).toFixed(3)}: error ${Number(value).toFixed(5)}`);
    penalty = penalty.sub(slope.mul(2));
  }
  return penalty;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const error = heldOutError(draw(0, 20), draw(1, 200));
  const tuned = tune(error, 12);
  console.log(`tuned: ${Number(tuned).toFixed(3)}, error ${Number(error(tuned)).toFixed(5)}`);
  console.log(`curvature there: ${Number(hvp(error, [tuned], [1])).toFixed(5)}`);
}
