/**
 * A research experiment made of transforms: fit a curve with the Gauss-Newton method of Levenberg and Marquardt, which
 * needs products with the Jacobian and its transpose but never the Jacobian; compare its matrix with the Hessian; and
 * ask what the fit would be without one of its examples, without fitting again.
 *
 *     npx tsx examples/gauss-newton.ts
 */
import { fileURLToPath } from "node:url";
import { grad, hvp, jacobian, jit, jvp, type NDArray, numpy as np, random, vjp, vmap } from "cotangent";
import { flow } from "fp-ts/lib/function.js";

type Vector = NDArray;
type LinearMap = (v: Vector) => Vector;

/** The curve: a exp(-b t) + c, of parameters float64[3]. */
const curve = (params: Vector, t: NDArray): NDArray => {
  const [a, b, c] = [0, 1, 2].map((i) => params.at(i).get()) as [NDArray, NDArray, NDArray];
  return b.mul(t).neg().exp().mul(a).add(c);
};

export const truth: Vector = np.array([2, 1.3, 0.5], "float64");
const times = np.linspace(0, 4, 40).astype("float64");
const noise = random.normal(random.key(1), [40], { dtype: "float64" }).mul(0.05);
const measured = curve(truth, times).add(noise);

/** What is left to explain of each example. `keep` is 1 for examples that count and 0 for others. */
export const residuals = (params: Vector, keep: NDArray): NDArray =>
  curve(params, times).sub(measured).mul(keep);

export const everything: NDArray = np.onesLike(measured);

export const loss = (params: Vector, keep: NDArray): NDArray => residuals(params, keep).square().sum().div(2);

/** Solves A x = b, where A is symmetric, positive definite, and known by its products with vectors. */
export function conjugateGradient(product: LinearMap, b: Vector, steps = 2 * b.size): Vector {
  let x = np.zerosLike(b);
  let rest = b;
  let direction = b;
  let square = rest.dot(rest);
  for (let i = 0; i < steps && Number(square) > 1e-30; i++) {
    const image = product(direction);
    const length = square.div(direction.dot(image));
    x = x.add(direction.mul(length));
    rest = rest.sub(image.mul(length));
    const nextSquare = rest.dot(rest);
    direction = rest.add(direction.mul(nextSquare.div(square)));
    square = nextSquare;
  }
  return x;
}

/** The step of Levenberg and Marquardt: solves (JᵀJ + damping) step = -Jᵀ r. */
const dampedStep = (f: (params: Vector) => NDArray, params: Vector, damping: number): Vector => {
  const [r, pullback] = vjp(f, [params]);
  const push: LinearMap = (v) => jvp(f, [params], [v])[1];
  const pull: LinearMap = (u) => pullback(u)[0];
  const product = flow(push, pull);
  return conjugateGradient((v) => product(v).add(v.mul(damping)), pull(r).neg());
};

/** The parameters of least squares. The damping falls while steps help, and rises when one does not. */
export function fitCurve(start: Vector, keep: NDArray = everything, steps = 50): Vector {
  const value = jit(loss);
  let params = start;
  let damping = 1e-2;
  for (let i = 0; i < steps; i++) {
    const next = params.add(dampedStep((p) => residuals(p, keep), params, damping));
    const isBetter = Number(value(next, keep)) < Number(value(params, keep));
    if (isBetter) params = next;
    damping *= isBetter ? 0.2 : 5;
  }
  return params;
}

/** The Gauss-Newton matrix JᵀJ, and the Hessian, which also has the curvature of the residuals. */
export function curvatures(params: Vector): { readonly gaussNewton: NDArray; readonly hessian: NDArray } {
  const j = jacobian((p: Vector) => residuals(p, everything))(params);
  const product: LinearMap = (v) => hvp((p: Vector) => loss(p, everything), [params], [v]);
  return { gaussNewton: j.T.matmul(j), hessian: vmap(product)(np.eye(params.size, null, 0, "float64")) };
}

/**
 * How leaving one example out would change the fit, to first order: H⁻¹ times the gradient of that example's loss.
 * (P. W. Koh and P. Liang, "Understanding black-box predictions via influence functions", 2017.)
 */
export function influence(fitted: Vector, example: number): Vector {
  const only = np.zerosLike(everything).at(example).set(1);
  const ofExample = grad(loss)(fitted, only);
  const product = jit((v: Vector) => hvp((p: Vector) => loss(p, everything), [fitted], [v]));
  return conjugateGradient(product, ofExample);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const fitted = fitCurve(np.array([1, 0.5, 0], "float64"));
  console.log("truth: ", String(truth));
  console.log("fitted:", String(fitted));
  const { gaussNewton, hessian } = curvatures(fitted);
  console.log(`Gauss-Newton matrix:\n${gaussNewton}\nHessian:\n${hessian}`);
  const example = 3;
  const without = fitCurve(fitted, everything.at(example).set(0));
  console.log(`without example ${example}, by influence:`, String(influence(fitted, example)));
  console.log(`without example ${example}, fitted again:`, String(without.sub(fitted)));
}
