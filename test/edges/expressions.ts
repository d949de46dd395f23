import type { NDArray } from "../../src/array/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as np from "../../src/numpy/index.ts";
import * as scipy from "../../src/scipy/index.ts";

/*
 * The functions of the table of edges, by the expressions that golden/edges.py has for JAX.
 */

type Function = (...xs: NDArray[]) => NDArray;

const { special } = scipy;
const { linalg } = np;

const isPositive = (x: NDArray): NDArray => np.greater(x, 0);

/** By the expression that the table shows. */
export const EXPRESSIONS: { readonly [expression: string]: Function } = {
  "logsumexp(x)": (x) => nn.logsumexp(x),
  "logaddexp(x, y)": np.logaddexp,
  "logaddexp2(x, y)": np.logaddexp2,
  "softmax(x)": (x) => nn.softmax(x),
  "logSoftmax(x)": (x) => nn.logSoftmax(x),
  "softplus(x)": nn.softplus,
  "sigmoid(x)": nn.sigmoid,
  "logSigmoid(x)": nn.logSigmoid,
  "tanh(x)": np.tanh,
  "silu(x)": nn.silu,
  "gelu(x)": (x) => nn.gelu(x),
  "mish(x)": nn.mish,
  "relu(x)": nn.relu,
  "relu6(x)": nn.relu6,
  "elu(x)": (x) => nn.elu(x),
  "selu(x)": nn.selu,
  "abs(x)": np.abs,
  "sign(x)": np.sign,
  "maximum(x, y)": np.maximum,
  "max(x)": (x) => np.max(x),
  "clip(x, 0, 1)": (x) => np.clip(x, 0, 1),
  "norm(x)": (x) => linalg.norm(x),
  "norm(x, 1)": (x) => linalg.norm(x, 1),
  "sqrt(x)": np.sqrt,
  "cbrt(x)": np.cbrt,
  "hypot(x, y)": np.hypot,
  "arctan2(y, x)": np.arctan2,
  "power(x, y)": np.power,
  "x ** 2": (x) => np.power(x, 2),
  "x ** 0": (x) => np.power(x, 0),
  "x ** -1": (x) => np.power(x, -1),
  "log(x)": np.log,
  "log1p(x)": np.log1p,
  "exp(x)": np.exp,
  "expm1(x)": np.expm1,
  "reciprocal(x)": np.reciprocal,
  "divide(x, y)": np.divide,
  "remainder(x, y)": np.remainder,
  "xlogy(x, y)": special.xlogy,
  "xlog1py(x, y)": special.xlog1py,
  "entr(x)": special.entr,
  "relEntr(x, y)": special.relEntr,
  "klDiv(x, y)": special.klDiv,
  "logit(x)": special.logit,
  "sinc(x)": np.sinc,
  "arcsin(x)": np.arcsin,
  "arccos(x)": np.arccos,
  "arccosh(x)": np.arccosh,
  "arctanh(x)": np.arctanh,
  "erfinv(x)": special.erfinv,
  "ndtri(x)": special.ndtri,
  "logNdtr(x)": special.logNdtr,
  "gammaln(x)": special.gammaln,
  "digamma(x)": special.digamma,
  "where(x > 0, log(x), 0)": (x) => np.where(isPositive(x), np.log(x), 0),
  "where(x > 0, log(where(x > 0, x, 1)), 0)": (x) =>
    np.where(isPositive(x), np.log(np.where(isPositive(x), x, 1)), 0),
  "where(x > 0, sqrt(x), 0)": (x) => np.where(isPositive(x), np.sqrt(x), 0),
  "prod(x)": (x) => np.prod(x),
  "cumprod(x)": (x) => np.cumprod(x),
  "mean(x)": (x) => np.mean(x),
  "std(x)": (x) => np.std(x),
  "var(x)": (x) => np.var(x),
  "median(x)": (x) => np.median(x),
  "sort(x)": (x) => np.sort(x),
  "nanmean(x)": (x) => np.nanmean(x),
};
