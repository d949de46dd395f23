import type { ArrayLike, NDArray } from "../array/index.ts";
import { inNameOf } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import { operand, toInexact } from "../numpy/operands.ts";

/*
 * Activations that are pieced together. Each piece is harmless outside its range, so that gradients stay finite; NaN
 * stays NaN, since every comparison picks the piece that keeps it.
 */

/**
 * The rectifier: max(x, 0). Its derivative at 0 is 0.
 *
 * @example
 * nn.relu(np.array([-1, 0, 2])); // [0, 0, 2]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.nn.relu.html
 */
export const relu = (x: ArrayLike): NDArray => inNameOf("relu", () => np.where(np.lessEqual(x, 0), 0, x));

/**
 * The rectifier cut off at 6: min(max(x, 0), 6). Its derivative at 0 and 6 is 0.
 * (A. Krizhevsky, "Convolutional deep belief networks on CIFAR-10", 2010.)
 *
 * @example
 * nn.relu6(np.array([-1, 3, 9])); // [0, 3, 6]
 */
export const relu6 = (x: ArrayLike): NDArray =>
  inNameOf("relu6", () => np.where(np.greaterEqual(x, 6), 6, relu(x)));

/**
 * x where it is positive or 0, `negativeSlope` x elsewhere.
 * (A. Maas et al., "Rectifier nonlinearities improve neural network acoustic models", 2013.)
 *
 * @example
 * nn.leakyRelu(np.array([-1, 1])); // [-0.01, 1]
 */
export const leakyRelu = (x: ArrayLike, negativeSlope: ArrayLike = 0.01): NDArray =>
  inNameOf("leakyRelu", () => np.where(np.greaterEqual(x, 0), x, np.multiply(negativeSlope, x)));

/**
 * x where it is positive, alpha (exp(x) − 1) elsewhere.
 * (D.-A. Clevert et al., "Fast and accurate deep network learning by exponential linear units", 2015.)
 *
 * @example
 * nn.elu(np.array([-1, 1])); // [-0.632121, 1]
 */
export const elu = (x: ArrayLike, alpha: ArrayLike = 1): NDArray =>
  inNameOf("elu", () => {
    const isPositive = np.greater(x, 0);
    // Without the inner choice exp would overflow where it is not chosen, and its derivative would be NaN.
    return np.where(isPositive, x, np.multiply(alpha, np.expm1(np.where(isPositive, 0, x))));
  });

/**
 * `elu` made continuously differentiable for every alpha: max(x, 0) + alpha (exp(min(x, 0) / alpha) − 1).
 * (J. T. Barron, "Continuously differentiable exponential linear units", 2017.)
 *
 * @example
 * nn.celu(np.array([-1, 1])); // [-0.632121, 1]
 */
export const celu = (x: ArrayLike, alpha: ArrayLike = 1): NDArray =>
  inNameOf("celu", () =>
    np.add(np.maximum(x, 0), np.multiply(alpha, np.expm1(np.divide(np.minimum(x, 0), alpha)))),
  );

/**
 * `elu` with the scale and alpha under which layers keep mean 0 and variance 1.
 * (G. Klambauer et al., "Self-normalizing neural networks", 2017.)
 *
 * @example
 * nn.selu(np.array([-1, 1])); // [-1.11133, 1.0507]
 */
export const selu = (x: ArrayLike): NDArray =>
  inNameOf("selu", () => np.multiply(1.0507009873554805, elu(x, 1.6732632423543772)));

/**
 * 0 up to −1, x from 1 on, (x + 1)² / 4 between: a smooth rectifier that is exactly 0.
 *
 * @example
 * nn.sparsePlus(np.array([-2, 0, 2])); // [0, 0.25, 2]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.nn.sparse_plus.html
 */
export const sparsePlus = (x: ArrayLike): NDArray => {
  const a = operand(x, "sparsePlus", toInexact);
  const middle = np.multiply(np.square(np.add(a, 1)), 0.25);
  return np.where(np.lessEqual(a, -1), 0, np.where(np.greaterEqual(a, 1), a, middle));
};

/**
 * The derivative of `sparsePlus`: 0 up to −1, 1 from 1 on, (x + 1) / 2 between.
 *
 * @example
 * nn.sparseSigmoid(np.array([-2, 0, 2])); // [0, 0.5, 1]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.nn.sparse_sigmoid.html
 */
export const sparseSigmoid = (x: ArrayLike): NDArray => {
  const a = operand(x, "sparseSigmoid", toInexact);
  return np.multiply(np.clip(np.add(a, 1), 0, 2), 0.5);
};

/**
 * tanh in straight lines: x held within −1 and 1.
 *
 * @example
 * nn.hardTanh(np.array([-4, 0, 4])); // [-1, 0, 1]
 */
export const hardTanh = (x: ArrayLike): NDArray =>
  inNameOf("hardTanh", () => np.where(np.greater(x, 1), 1, np.where(np.less(x, -1), -1, x)));

/**
 * The sigmoid in straight lines: relu6(x + 3) / 6.
 *
 * @example
 * nn.hardSigmoid(np.array([-4, 0, 4])); // [0, 0.5, 1]
 */
export const hardSigmoid = (x: ArrayLike): NDArray =>
  inNameOf("hardSigmoid", () => np.divide(relu6(np.add(x, 3)), 6));

/**
 * `silu` with the sigmoid in straight lines: x hardSigmoid(x). Also known as hardSwish.
 * (A. Howard et al., "Searching for MobileNetV3", 2019.)
 *
 * @example
 * nn.hardSilu(np.array([-4, 0, 4])); // [-0, 0, 4]
 */
export const hardSilu = (x: ArrayLike): NDArray => inNameOf("hardSilu", () => np.multiply(x, hardSigmoid(x)));

/** `hardSilu` by its other name. */
export const hardSwish = hardSilu;
