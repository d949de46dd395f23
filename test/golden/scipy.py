"""Writes scipy.json: what jax.scipy.special and jax.scipy.stats give.

    python -m venv env && env/bin/pip install jax && env/bin/python -P test/golden/scipy.py

(made with JAX 0.10.2 on CPU). A case is [function, arguments, result, gradients]: the gradients of the sum of all finite
results times 1, 2, 3, … with respect to each argument, `null` for arguments that JAX has no derivative for, and for
float32. Arrays are [dtype, shape, values], with "nan", "inf" and "-inf" as text.
"""

import json
import pathlib

import jax
import jax.numpy as jnp
import jax.scipy.special as sp
import jax.scipy.stats as st
import numpy as np

inf, nan = np.inf, np.nan
cases = []


def number(x, dtype):
    if np.isnan(x):
        return "nan"
    if np.isinf(x):
        return "inf" if x > 0 else "-inf"
    return float(f"{x:.9g}") if dtype == "float32" else float(x)


def array(x):
    x = np.asarray(x)
    return [x.dtype.name, list(x.shape), [number(v, x.dtype.name) for v in x.ravel()]]


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(w.capitalize() for w in rest)


def case(name, f, *args, without=()):
    for dtype in ["float64", "float32"]:
        with jax.enable_x64(dtype == "float64"):
            live = [jnp.asarray(a, dtype) for a in args]
            result = jax.jit(f)(*live)
            gradients = None
            if dtype == "float64":
                weights = jnp.arange(1, result.size + 1, dtype=dtype).reshape(result.shape)
                taken = [i for i in range(len(live)) if i not in without]

                def loss(*given):
                    full = list(live)
                    for i, g in zip(taken, given):
                        full[i] = g
                    return jnp.sum(jnp.where(jnp.isfinite(result), f(*full) * weights, 0))

                found = jax.jit(jax.grad(loss, tuple(range(len(taken)))))(*[live[i] for i in taken]) if taken else []
                gradients = [None] * len(live)
                for i, g in zip(taken, found):
                    gradients[i] = array(g)
            cases.append([name, [array(a) for a in live], array(result), gradients])


def special():
    line = [-30.0, -6.0, -2.5, -1.0, -0.3, 0.2, 0.7, 1.0, 2.2, 5.0, 12.0, 40.0]
    positive = [0.01, 0.2, 0.5, 1.0, 1.7, 3.0, 8.0, 25.0, 110.0]
    unit = [0.01, 0.1, 0.3, 0.5, 0.8, 0.97]
    for name in "erf erfc expit ndtr log_ndtr i0 i0e i1 i1e".split():
        case(f"special.{camel(name)}", getattr(sp, name), line)
    for name in "gammaln digamma entr".split():
        case(f"special.{camel(name)}", getattr(sp, name), positive)
    case("special.gamma", sp.gamma, [-2.5, -0.5, 0.1, 0.5, 1.0, 2.5, 6.0, 20.0, 33.0])
    case("special.erfinv", sp.erfinv, [-0.99, -0.5, 0.1, 0.4, 0.9, 0.999])
    case("special.logit", sp.logit, unit)
    case("special.ndtri", sp.ndtri, unit + [1e-10, 1e-30])
    case("special.polygamma", lambda n, x: sp.polygamma(n.astype(int), x), [0.0, 1.0, 2.0, 3.0], [0.7, 1.5, 2.5, 9.0], without=(0,))
    case("special.zeta", sp.zeta, [1.5, 2.0, 3.5, 9.0], [0.7, 1.5, 2.5, 9.0], without=(0,))
    a = [0.1, 0.5, 1.0, 2.5, 7.0, 20.0, 80.0, 3.0]
    b = [0.4, 3.0, 1.0, 0.6, 9.0, 2.0, 60.0, 0.01]
    case("special.beta", sp.beta, a, b)
    case("special.betaln", sp.betaln, a, b)
    case("special.betainc", sp.betainc, a, b, [0.3, 0.2, 0.6, 0.9, 0.4, 0.95, 0.5, 0.05], without=(0, 1))
    for name in ["gammainc", "gammaincc"]:
        case(f"special.{name}", getattr(sp, name), a, [0.2, 1.5, 0.3, 2.5, 9.0, 14.0, 90.0, 12.0])
    for name in ["xlogy", "xlog1py", "kl_div", "rel_entr"]:
        case(f"special.{camel(name)}", getattr(sp, name), [0.3, 1.0, 2.5, 7.0], [0.4, 2.0, 0.6, 9.0])


def edges():
    wild = [0.0, -0.0, inf, -inf, nan, 1.0, -1.0, 2.0]
    for name in "erf erfc expit ndtr log_ndtr i0e i1e gammaln digamma entr erfinv logit ndtri".split():
        f = getattr(sp, name)
        case(f"special.{camel(name)}", f, wild, without=(0,))
    pairs = np.array([(x, y) for x in [0.0, 1.0, -1.0, 2.5, nan] for y in [0.0, 1.0, -1.0, 3.0, nan]]).T
    for name in ["xlogy", "xlog1py", "kl_div", "rel_entr", "gammainc", "gammaincc"]:
        case(f"special.{camel(name)}", getattr(sp, name), *pairs, without=(0, 1))
    triples = [(0.0, 1.0, 0.5), (1.0, 0.0, 0.5), (2.0, 3.0, 0.0), (2.0, 3.0, 1.0), (2.0, 3.0, -0.1), (2.0, 3.0, 1.1), (-1.0, 2.0, 0.5), (nan, 1.0, 0.5)]
    case("special.betainc", sp.betainc, *np.array(triples).T, without=(0, 1, 2))


def stats():
    line = [-4.0, -1.2, 0.1, 0.5, 2.0, 7.0]
    positive = [0.05, 0.4, 1.0, 2.5, 9.0, -1.0]
    unit = [0.02, 0.3, 0.5, 0.8, 0.99, 1.5]
    probability = [0.01, 0.2, 0.5, 0.6, 0.9, 0.999]
    loc, scale = [0.3, -0.5, 0.0, 0.1, 1.0, -2.0], [1.0, 2.0, 0.5, 1.5, 3.0, 0.7]

    def methods(dist, inputs, extra=(), names="logpdf pdf cdf logcdf sf logsf".split(), without=()):
        d = getattr(st, dist)
        for m in names:
            if hasattr(d, m):
                case(f"stats.{camel(dist)}.{m}", getattr(d, m), inputs, *extra, without=without)
        for m in ["ppf", "isf"]:
            if hasattr(d, m):
                case(f"stats.{camel(dist)}.{m}", getattr(d, m), probability, *extra)

    for dist in ["norm", "laplace", "logistic", "cauchy"]:
        methods(dist, line, (loc, scale) if dist != "logistic" else (loc, scale))
    methods("uniform", [0.1, 0.9, 2.0, -1.0, 0.5, 3.0], ([0.0, 0.5, 1.0, 0.0, 0.2, 1.0], [1.0, 1.0, 2.0, 3.0, 0.5, 1.0]))
    methods("expon", positive, (0.0, [1.0, 2.0, 0.5, 1.5, 3.0, 0.7]))
    methods("gamma", positive, ([0.5, 1.0, 2.5, 3.0, 9.0, 2.0], 0.0, [1.0, 2.0, 0.5, 1.5, 3.0, 0.7]))
    methods("beta", unit, ([0.5, 1.0, 2.5, 3.0, 9.0, 2.0], [1.5, 2.0, 0.7, 4.0, 3.0, 2.0]), names=["logpdf", "pdf"])
    methods("beta", unit, ([0.5, 1.0, 2.5, 3.0, 9.0, 2.0], [1.5, 2.0, 0.7, 4.0, 3.0, 2.0]), names="cdf logcdf sf logsf".split(), without=(1, 2))
    methods("t", line, ([0.5, 1.0, 2.5, 3.0, 9.0, 30.0], loc, scale))
    case("stats.bernoulli.logpmf", st.bernoulli.logpmf, [0.0, 1.0, 1.0, 2.0, 0.0], [0.2, 0.2, 0.7, 0.5, 0.9], without=(0,))
    case("stats.bernoulli.pmf", st.bernoulli.pmf, [0.0, 1.0, 1.0, 2.0, 0.0], [0.2, 0.2, 0.7, 0.5, 0.9], without=(0,))
    case("stats.bernoulli.cdf", st.bernoulli.cdf, [0.0, 1.0, 0.5, 2.0, -1.0], [0.2, 0.2, 0.7, 0.5, 0.9], without=(0,))
    for m in ["logpmf", "pmf"]:
        case(f"stats.poisson.{m}", getattr(st.poisson, m), [0.0, 1.0, 4.0, 20.0, -1.0], [0.2, 3.0, 4.5, 15.0, 2.0], without=(0,))
    case("stats.poisson.cdf", st.poisson.cdf, [0.0, 1.0, 4.3, 20.0, -1.0], [0.2, 3.0, 4.5, 15.0, 2.0], without=(0,))
    for m in ["logpdf", "pdf"]:
        case(f"stats.dirichlet.{m}", getattr(st.dirichlet, m), [0.2, 0.3, 0.5], [1.5, 0.7, 3.0], without=(0,))
        case(f"stats.dirichlet.{m}", getattr(st.dirichlet, m), [[0.2, 0.6], [0.3, 0.1], [0.5, 0.3]], [1.5, 0.7, 3.0], without=(0,))
        f = getattr(st.multivariate_normal, m)
        mean, cov = [0.3, -0.2], [[2.0, 0.3], [0.3, 0.7]]
        case(f"stats.multivariateNormal.{m}", f, [0.5, 1.0], mean, cov, without=(2,))
        case(f"stats.multivariateNormal.{m}", f, [[0.5, 1.0], [-1.0, 0.2], [0.0, 3.0]], mean, cov, without=(2,))
        case(f"stats.multivariateNormal.{m}", f, [0.5, 1.0, 2.0], 0.5, 2.0, without=(2,))


special()
edges()
stats()
body = ",\n".join(json.dumps(c) for c in cases)
pathlib.Path(__file__).with_name("scipy.json").write_text(f'{{"jax": "{jax.__version__}", "cases": [\n{body}\n]}}\n')
print(len(cases))
