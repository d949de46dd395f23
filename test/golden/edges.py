"""Writes edges.json: values and gradients of JAX at the edges of functions, in float32 and float64. Run: python -P edges.py

JAX 0.10 for CPU is all it needs: python -m venv venv; venv/bin/pip install jax. A case is [expression, dtype, arguments,
value, gradients]: the expression as test/edges/expressions.ts has it, the gradients those of the value, or of its first
element, by each argument. Infinities and NaN are strings.
"""

import json
import math
import pathlib

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import jax.scipy.special as special
import numpy as np

INF = math.inf
NAN = math.nan

EXPRESSIONS = {
    "logsumexp(x)": (jax.nn.logsumexp, [[[1000, 1000]], [[-1000, -1000]], [[-INF, -INF]], [[-INF, 0]], [[INF, 0]], [[NAN, 0]], [[]]]),
    "logaddexp(x, y)": (jnp.logaddexp, [[1000, 1000], [0, -INF], [-INF, -INF], [INF, INF], [INF, -INF], [NAN, 0]]),
    "logaddexp2(x, y)": (jnp.logaddexp2, [[2000, 2000], [-INF, -INF], [INF, INF]]),
    "softmax(x)": (jax.nn.softmax, [[[1000, 0]], [[-1000, 0]], [[-INF, 0]], [[-INF, -INF]], [[INF, 0]]]),
    "logSoftmax(x)": (jax.nn.log_softmax, [[[1000, 0]], [[-1000, 0]], [[-INF, 0]], [[-INF, -INF]], [[INF, 0]]]),
    "softplus(x)": (jax.nn.softplus, [[0], [1000], [-1000], [INF], [-INF]]),
    "sigmoid(x)": (jax.nn.sigmoid, [[0], [1000], [-1000], [INF], [-INF]]),
    "logSigmoid(x)": (jax.nn.log_sigmoid, [[1000], [-1000], [INF], [-INF]]),
    "tanh(x)": (jnp.tanh, [[0], [1000], [-1000], [INF]]),
    "silu(x)": (jax.nn.silu, [[1000], [-1000], [INF], [-INF]]),
    "gelu(x)": (jax.nn.gelu, [[100], [-100], [INF], [-INF]]),
    "mish(x)": (jax.nn.mish, [[1000], [-1000]]),
    "relu(x)": (jax.nn.relu, [[0], [-1], [INF], [NAN]]),
    "relu6(x)": (jax.nn.relu6, [[0], [6]]),
    "elu(x)": (jax.nn.elu, [[0], [1000], [-1000]]),
    "selu(x)": (jax.nn.selu, [[0], [1000]]),
    "abs(x)": (jnp.abs, [[0], [-2]]),
    "sign(x)": (jnp.sign, [[0], [NAN]]),
    "maximum(x, y)": (jnp.maximum, [[1, 1], [1, NAN]]),
    "max(x)": (jnp.max, [[[1, 1, 0]], [[NAN, 1]]]),
    "clip(x, 0, 1)": (lambda x: jnp.clip(x, 0, 1), [[0], [1], [2], [-1], [NAN]]),
    "norm(x)": (jnp.linalg.norm, [[[3, 4]], [[0, 0]], [[INF, 0]]]),
    "norm(x, 1)": (lambda x: jnp.linalg.norm(x, 1), [[[0, 1]]]),
    "sqrt(x)": (jnp.sqrt, [[0], [-1], [INF]]),
    "cbrt(x)": (jnp.cbrt, [[0], [-8]]),
    "hypot(x, y)": (jnp.hypot, [[0, 0], [3, 0], [INF, NAN]]),
    "arctan2(y, x)": (jnp.arctan2, [[0, 0], [0, -1], [1, 0]]),
    "power(x, y)": (
        jnp.power,
        [[0, 0], [0, 1], [0, 2], [0, 0.5], [0, -1], [1, INF], [-1, 2], [-1, 0.5], [-8, 1], [INF, 0], [NAN, 0]],
    ),
    "x ** 2": (lambda x: x**2, [[0], [-3]]),
    "x ** 0": (lambda x: x**0, [[0]]),
    "x ** -1": (lambda x: x**-1, [[0], [-2]]),
    "log(x)": (jnp.log, [[0], [-1], [INF]]),
    "log1p(x)": (jnp.log1p, [[-1], [1e-20], [-2]]),
    "exp(x)": (jnp.exp, [[-INF], [1000]]),
    "expm1(x)": (jnp.expm1, [[1e-20], [-INF]]),
    "reciprocal(x)": (jnp.reciprocal, [[0], [INF]]),
    "divide(x, y)": (jnp.divide, [[0, 0], [1, 0], [1, INF]]),
    "remainder(x, y)": (jnp.remainder, [[5, 0], [-1, 3], [5, INF]]),
    "xlogy(x, y)": (special.xlogy, [[0, 0], [0, 2], [1, 0], [2, 3], [0, NAN]]),
    "xlog1py(x, y)": (special.xlog1py, [[0, -1], [0, 2], [1, -1]]),
    "entr(x)": (special.entr, [[0], [1], [-1]]),
    "relEntr(x, y)": (special.rel_entr, [[0, 0], [0, 1], [1, 0]]),
    "klDiv(x, y)": (special.kl_div, [[0, 0], [0, 1], [1, 0]]),
    "logit(x)": (special.logit, [[0], [1], [0.5]]),
    "sinc(x)": (jnp.sinc, [[0], [1e-10], [1]]),
    "arcsin(x)": (jnp.arcsin, [[1], [2]]),
    "arccos(x)": (jnp.arccos, [[1]]),
    "arccosh(x)": (jnp.arccosh, [[1], [1e200]]),
    "arctanh(x)": (jnp.arctanh, [[1]]),
    "erfinv(x)": (special.erfinv, [[1], [0], [-1]]),
    "ndtri(x)": (special.ndtri, [[0], [1], [0.5]]),
    "logNdtr(x)": (special.log_ndtr, [[-100], [INF]]),
    "gammaln(x)": (special.gammaln, [[0], [1], [INF]]),
    "digamma(x)": (special.digamma, [[1], [-1]]),
    "where(x > 0, log(x), 0)": (lambda x: jnp.where(x > 0, jnp.log(x), 0), [[1], [0], [-1]]),
    "where(x > 0, log(where(x > 0, x, 1)), 0)": (
        lambda x: jnp.where(x > 0, jnp.log(jnp.where(x > 0, x, 1)), 0),
        [[1], [0], [-1]],
    ),
    "where(x > 0, sqrt(x), 0)": (lambda x: jnp.where(x > 0, jnp.sqrt(x), 0), [[4], [0]]),
    "prod(x)": (jnp.prod, [[[0, 2, 3]], [[0, 0, 3]], [[]]]),
    "cumprod(x)": (jnp.cumprod, [[[0, 2]]]),
    "mean(x)": (jnp.mean, [[[]], [[INF, 1]]]),
    "std(x)": (jnp.std, [[[1, 1]], [[1, 3]]]),
    "var(x)": (jnp.var, [[[1, 1]], [[]]]),
    "median(x)": (jnp.median, [[[1, 1, 2]], [[NAN, 1]]]),
    "sort(x)": (jnp.sort, [[[1, 1]], [[NAN, 1]]]),
    "nanmean(x)": (jnp.nanmean, [[[NAN, 1]], [[NAN, NAN]]]),
}


def encoded(x):
    """Numbers, or lists of them, as JSON has them."""
    x = np.asarray(x)
    if x.ndim:
        return [encoded(v) for v in x]
    v = float(x)
    if math.isnan(v):
        return "NaN"
    if math.isinf(v):
        return "Infinity" if v > 0 else "-Infinity"
    # The shortest decimal number that stands for it.
    return float(str(np.float32(v))) if x.dtype == np.float32 else v


def first(y):
    return jnp.ravel(y)[0] if jnp.ndim(y) else y


cases = []
for expression, (f, points) in EXPRESSIONS.items():
    for point in points:
        for dtype in ["float64", "float32"]:
            args = [jnp.asarray(v, dtype) for v in point]
            value = f(*args)
            gradients = jax.grad(lambda *xs: first(f(*xs)), tuple(range(len(args))))(*args)
            cases.append([expression, dtype, [encoded(x) for x in args], encoded(value), [encoded(g) for g in gradients]])

lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
pathlib.Path(__file__).with_name("edges.json").write_text(f'{{"jax":"{jax.__version__}","cases":[\n{lines}\n]}}\n')
print(len(cases), "cases")
