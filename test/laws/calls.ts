import type { NDArray } from "../../src/array/index.ts";
import * as np from "../../src/numpy/index.ts";

/*
 * One call of each function that the golden data of numpy, lax, fft and scipy does not call (those of the data are
 * called by functions.test.ts), and the functions that take no arrays of floats.
 */

/** `n` numbers that lie about 0, all different in size. */
const numbers = (shape: readonly number[], first = 0): NDArray => {
  const size = shape.reduce((x, y) => x * y, 1);
  return np.array(
    Float64Array.from({ length: size }, (_, i) => 1.5 * Math.sin(1.7 * (i + first) + 0.3) + 0.01 * i),
    { shape, dtype: "float64" },
  );
};

const x = numbers([2, 3]);
const v = numbers([3], 7);
const identity = np.array(
  [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  "float64",
);
const square = np.add(numbers([3, 3]), np.multiply(3, identity));
const positive = np.add(np.matmul(square, np.matrixTranspose(square)), identity);
const unit = np.array([0.2, -0.4, 0.7], "float64");
const above1 = np.array([1.2, 2.5, 3.1], "float64");
const image = numbers([1, 2, 6, 6]);
const kernel = numbers([3, 2, 3, 3]);
const attention = [0, 5, 9].map((first) => numbers([1, 3, 2, 4], first));

/** The arguments of a call; arrays of floats are what it is differentiated by. */
type Arguments = readonly unknown[];

/** Arguments by the name of the function. */
export const CALLS: { readonly [name: string]: Arguments } = {
  "np.applyAlongAxis": [(row: NDArray) => np.cumsum(row), 1, x],
  "np.applyOverAxes": [np.sum, x, [0, 1]],
  "np.argpartition": [v, 1],
  "np.array": [v],
  "np.asarray": [v],
  "np.astype": [v, "float32"],
  "np.atan2": [v, above1],
  "np.broadcastArrays": [x, v],
  "np.copy": [v],
  "np.cummax": [x, 1],
  "np.cummin": [x, 1],
  "np.cumulativeProd": [x, { axis: 1 }],
  "np.emptyLike": [x],
  "np.nanpercentile": [x, 30, 1],
  "np.i0": [v],
  "np.ndim": [x],
  "np.partition": [v, 1],
  "np.permuteDims": [x, [1, 0]],
  "np.piecewise": [v, [np.greater(v, 0)], [(y: NDArray) => np.exp(y), (y: NDArray) => np.sin(y)]],
  "np.acosh": [above1],
  "np.acos": [unit],
  "np.atanh": [unit],
  "np.polyfit": [above1, v, 1],
  "np.shape": [x],
  "np.size": [x],
  "np.spacing": [v],
  "np.vectorize": [(y: NDArray) => np.sin(y)],

  "linalg.cholesky": [positive],
  "linalg.cond": [square],
  "linalg.cross": [v, above1],
  "linalg.det": [square],
  "linalg.diagonal": [square],
  "linalg.eigh": [positive],
  "linalg.eigvalsh": [positive],
  "linalg.expm": [square],
  "linalg.inv": [square],
  "linalg.lstsq": [numbers([4, 2]), numbers([4], 9)],
  "linalg.lu": [square],
  "linalg.matmul": [x, square],
  "linalg.matrixPower": [square, -2],
  "linalg.matrixRank": [square],
  "linalg.matrixTranspose": [x],
  "linalg.multiDot": [[x, square, v]],
  "linalg.outer": [v, unit],
  "linalg.pinv": [x],
  "linalg.qr": [square],
  "linalg.slogdet": [square],
  "linalg.solve": [square, v],
  "linalg.svd": [x, { fullMatrices: false }],
  "linalg.svdvals": [x],
  "linalg.tensordot": [x, square, 1],
  "linalg.tensorinv": [np.reshape(square, [3, 3]), 1],
  "linalg.tensorsolve": [square, v],
  "linalg.trace": [square],
  "linalg.triangularSolve": [square, np.reshape(v, [3, 1]), { leftSide: true, lower: true }],
  "linalg.vecdot": [v, unit],

  "lax.linalg.cholesky": [positive],
  "lax.linalg.eigh": [positive],
  "lax.linalg.lu": [square],
  "lax.linalg.qr": [square, { fullMatrices: false }],
  "lax.linalg.triangularSolve": [square, np.reshape(v, [3, 1]), { leftSide: true, lower: true }],

  "lax.besselI0e": [v],
  "lax.besselI1e": [v],
  "lax.betainc": [1.5, 2.5, np.array([0.2, 0.4, 0.7], "float64")],
  "lax.cond": [true, (y: NDArray) => np.sin(y), (y: NDArray) => np.cos(y), v],
  "lax.conv": [image, kernel, [1, 1], "SAME"],
  "lax.convGeneralDilated": [
    image,
    kernel,
    [2, 1],
    [
      [1, 0],
      [0, 1],
    ],
  ],
  "lax.convTranspose": [numbers([1, 3, 3, 2]), numbers([2, 2, 2, 2]), [2, 2], "VALID"],
  "lax.convWithGeneralPadding": [
    image,
    kernel,
    [1, 1],
    [
      [1, 0],
      [0, 1],
    ],
    null,
    null,
  ],
  "lax.foriLoop": [0, 3, (_: unknown, y: NDArray) => np.sin(y), v],
  "lax.fullLike": [v, 2],
  "lax.igammaGradA": [1.5, above1],
  "lax.igamma": [1.5, above1],
  "lax.igammac": [1.5, above1],
  "lax.map": [(y: NDArray) => np.multiply(y, np.sin(y)), v],
  "lax.randomGammaGrad": [1.5, above1],
  "lax.reduceWindow": [x, 0, "add", [1, 2], [1, 1], "VALID"],
  "lax.reduceWindowMax": [x, [1, 2], [1, 1], "VALID"],
  "lax.reduceWindowMin": [x, [1, 2], [1, 1], "VALID"],
  "lax.reduceWindowProd": [x, [1, 2], [1, 1], "VALID"],
  "lax.reduceWindowSum": [x, [1, 2], [1, 1], "VALID"],
  "lax.scan": [(c: NDArray, y: NDArray) => [np.add(np.sin(c), y), np.multiply(c, y)], numbers([]), v],
  "lax.scatterSub": [
    v,
    np.array([[2], [0]], "int32"),
    np.array([0.2, -0.4], "float64"),
    {
      updateWindowDims: [],
      insertedWindowDims: [0],
      scatterDimsToOperandDims: [0],
      operandBatchingDims: [],
      scatterIndicesBatchingDims: [],
    },
  ],
  "lax.stopGradient": [v],
  "lax.switch": [1, [(y: NDArray) => np.sin(y), (y: NDArray) => np.cos(y)], v],

  "nn.celu": [v, 0.7],
  "nn.dotProductAttention": [...attention, { isCausal: true }],
  "nn.elu": [v],
  "nn.gelu": [v],
  "nn.glu": [numbers([2, 4])],
  "nn.hardSigmoid": [v],
  "nn.hardSilu": [v],
  "nn.hardSwish": [v],
  "nn.hardTanh": [v],
  "nn.identity": [v],
  "nn.leakyRelu": [v],
  "nn.logSigmoid": [v],
  "nn.logSoftmax": [x],
  "nn.log1mexp": [above1],
  "nn.logmeanexp": [x, 1],
  "nn.logsumexp": [x, 1],
  "nn.mish": [v],
  "nn.oneHot": [np.array([2, 0]), 3],
  "nn.relu": [v],
  "nn.relu6": [v],
  "nn.selu": [v],
  "nn.sigmoid": [v],
  "nn.silu": [v],
  "nn.softSign": [v],
  "nn.softmax": [x],
  "nn.softplus": [v],
  "nn.sparsePlus": [v],
  "nn.sparseSigmoid": [v],
  "nn.squareplus": [v],
  "nn.standardize": [x],
  "nn.swish": [v],
  "nn.tanh": [v],

  "scipy.special.logSoftmax": [x],
  "scipy.special.logsumexp": [x],
  "scipy.special.boxcox": [above1, 0.5],
  "scipy.special.boxcox1p": [above1, 0.5],
  "scipy.special.factorial": [above1],
  "scipy.special.gammasgn": [v],
  "scipy.special.multigammaln": [above1, 2],
  "scipy.special.poch": [above1, 2],
  "scipy.special.softmax": [x],
};

/** Functions that this leaves to other tests. */
export const NO_CALLS: { readonly [why: string]: string } = {
  "their arguments are dtypes, shapes, strings or positions": `np.broadcastShapes np.canCast np.finfo np.iinfo
    np.isdtype np.isscalar np.issubdtype np.promoteTypes np.resultType np.einsumPath np.diagIndicesFrom np.maskIndices np.trilIndicesFrom np.triuIndicesFrom
    np.slice np.fromfunction np.empty lax.broadcastShapes nn.sinusoidalPositions`,
  "reverse mode is refused (lax/while-loop.test.ts)": "lax.whileLoop",
  "pairs of real arrays in an order of their own (linalg/eig.test.ts)":
    "np.roots linalg.eig linalg.eigvals lax.linalg.eig",
  "takes functions besides arrays (lax/implicit.test.ts, lax/reduce.test.ts)":
    "lax.associativeScan lax.customLinearSolve lax.customRoot lax.reduce",
  "linalg.svd by its name in lax, and integers (linalg/eig.test.ts)":
    "lax.linalg.svd lax.linalg.luPivotsToPermutation",
  "they make layers (nn/layers.test.ts)": `nn.multiHeadAttention nn.batchNorm nn.parallel nn.residual nn.conv
    nn.convTranspose nn.dense nn.dropout nn.embedding nn.groupNorm nn.instanceNorm nn.layerNorm nn.rmsNorm nn.flatten
    nn.pointwise nn.adaptiveAvgPool nn.adaptiveMaxPool nn.avgPool nn.maxPool nn.learnedPositions nn.sinusoidalEncoding
    nn.gru nn.lstm nn.rnn nn.sequential nn.summary nn.summaryRows`,
};

/** Functions of `CALLS` without derivatives: results of integers, or derivatives themselves. */
export const STEPS: ReadonlySet<string> = new Set([
  "lax.igammaGradA",
  "lax.randomGammaGrad",
  "linalg.matrixRank",
  "np.argpartition",
  "np.spacing",
  "scipy.special.gammasgn",
]);

/**
 * Functions whose results have shapes that depend on values, unless a size is given: jit refuses them. Their arguments,
 * all of which jit traces.
 */
export const VALUE_SHAPED: { readonly [name: string]: Arguments } = {
  "np.argwhere": [v],
  "np.extract": [v, v],
  "np.flatnonzero": [v],
  "np.intersect1d": [v, unit],
  "np.nonzero": [v],
  "np.setdiff1d": [v, unit],
  "np.setxor1d": [v, unit],
  "np.union1d": [v, unit],
  "np.trimZeros": [v],
  "np.unique": [v],
  "np.uniqueAll": [v],
  "np.uniqueCounts": [v],
  "np.uniqueInverse": [v],
  "np.uniqueValues": [v],
};
