import * as np from "../../numpy/index.ts";
import { rsqrt } from "../../primitives/index.ts";
import { standardize } from "../standardize.ts";
import { lastAxis } from "./dense.ts";
import type { Layer } from "./layer.ts";
import { type AffineOptions, type AffineParams, applyAffine, initAffine } from "./normalize.ts";

/** Options of `layerNorm`. */
export interface LayerNormOptions extends AffineOptions {
  /** What is added to the variance; default 1e-6. */
  readonly epsilon?: number;
}

/**
 * Layer normalisation: each example's features (the last axis) get mean 0 and variance 1, then a learned scale and bias.
 * (J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer normalization", 2016.)
 *
 * @example
 * nn.layerNorm(); // [..., n] → [..., n]
 */
export const layerNorm = ({ epsilon = 1e-6, ...affine }: LayerNormOptions = {}): Layer<AffineParams> => ({
  kind: "layerNorm",
  init: (key, inputShape) => initAffine(key, lastAxis("layerNorm", inputShape), affine),
  outputShape: (inputShape) => {
    lastAxis("layerNorm", inputShape);
    return inputShape;
  },
  apply: (params, x) => {
    lastAxis("layerNorm", x.shape);
    return applyAffine(params, standardize(x, -1, { epsilon }));
  },
});

/** Options of `rmsNorm`. */
export interface RmsNormOptions extends Pick<AffineOptions, "useScale" | "scaleInit"> {
  /** What is added to the mean square; default 1e-6. */
  readonly epsilon?: number;
}

/**
 * Each example's features divided by the root of their mean square, times a learned scale. (B. Zhang and R. Sennrich,
 * "Root mean square layer normalization", 2019.)
 *
 * @example
 * const layer = nn.rmsNorm();
 * layer.apply(layer.init(key, [1, 2]), np.array([[3, 3]])); // [[1.00000, 1.00000]]
 */
export const rmsNorm = ({ epsilon = 1e-6, ...affine }: RmsNormOptions = {}): Layer<AffineParams> => ({
  kind: "rmsNorm",
  init: (key, inputShape) => initAffine(key, lastAxis("rmsNorm", inputShape), { ...affine, useBias: false }),
  outputShape: (inputShape) => {
    lastAxis("rmsNorm", inputShape);
    return inputShape;
  },
  apply: (params, x) => {
    lastAxis("rmsNorm", x.shape);
    const meanSquare = np.mean(np.square(x), -1, { keepdims: true });
    return applyAffine(params, np.multiply(x, rsqrt(np.add(meanSquare, epsilon))));
  },
});
