"""Writes distributions.json: what jax.random's distributions with parameters give. Run: python -P distributions.py

(JAX 0.10, CPU.) A case is a call in our own notation: the function, the seed of its key, the arguments after the key, the
options, the result, and the gradients of the result times `cotangent` with respect to the arguments that are arrays of
floats, null where JAX has none. Arrays are [dtype, shape, values], with "nan", "inf" and "-inf" as text.
"""

import json
import os
import pathlib

# Compiling takes most of the time of this script.
os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"

import jax  # noqa: E402
import numpy as np  # noqa: E402
from jax import random  # noqa: E402

cases = []
inf, nan = np.inf, np.nan


def number(x, dtype):
    if not np.isfinite(x):
        return str(x)
    x = float(f"{x:.9g}") if dtype == "float32" else float(x)
    return int(x) if x == int(x) and abs(x) < 1e15 else x


def encode(x):
    if not hasattr(x, "dtype"):
        return x
    x = np.asarray(x)
    return [x.dtype.name, list(x.shape), [number(v, x.dtype.name) for v in x.ravel()]]


def write():
    rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in cases)
    text = f'{{"jax":"{jax.__version__}","cases":[\n{rows}\n]}}\n'
    pathlib.Path(__file__).with_name("distributions.json").write_text(text)


def cotangent(x):
    return np.asarray([((7 * i) % 11 - 5) / 4 for i in range(x.size)], x.dtype).reshape(x.shape)


def snake(name):
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


def case(name, seed, args, options, *, differentiate=False, **keywords):
    """`args` are the parameters and the shape; `keywords` what JAX gets beside them, `options` what we get."""
    f = getattr(random, snake(name))
    floats = [i for i, x in enumerate(args) if isinstance(x, np.ndarray)]

    def sample(*xs):
        filled = [xs[floats.index(i)] if i in floats else tuple(x) if isinstance(x, list) else x for i, x in enumerate(args)]
        return f(random.key(seed), *filled, **keywords)

    grads = None
    if differentiate:
        value, pull = jax.vjp(sample, *[args[i] for i in floats])
        grads = [encode(g) for g in pull(cotangent(value))]
    else:
        value = sample(*[args[i] for i in floats])
    cases.append([name, seed, [encode(x) for x in args], options, encode(value), grads])
    write()


GAMMA = "gamma loggamma beta dirichlet t".split()
SMOOTH = "rayleigh weibullMin pareto lognormal triangular wald doubleSidedMaxwell".split()

for dtype in ["float32", "float64"]:
    with jax.enable_x64(dtype == "float64"):
        own = {"dtype": dtype}
        row = lambda *xs: np.array(xs, dtype)
        for seed, name, args in [
            (60, "gamma", [row(0.01, 0.3, 1.0, 20.0, 1000.0), [6, 5]]),
            (61, "gamma", [row(0.3, 0.5, 1.5, 2.5, 3.0), None]),
            (62, "loggamma", [row(0.001, 0.5, 1.0, 5.0, 300.0), [6, 5]]),
            (63, "beta", [row(0.001, 0.5, 3.0, 2.0, 1.0), row(0.01, 2.0, 40.0, 5.0, 1.0), [6, 5]]),
            (64, "dirichlet", [row(0.01, 0.5, 1.0, 4.0, 9.0), [6]]),
            (65, "chisquare", [row(0.5, 1.0, 3.0, 9.0, 30.0), [6, 5]]),
            (66, "t", [row(0.7, 1.0, 2.0, 4.0, 100.0), [6, 5]]),
            (67, "f", [row(1.0, 2.0, 3.0, 5.0, 9.0), row(4.0, 3.0, 2.0, 9.0, 20.0), None]),
            (70, "rayleigh", [row(0.1, 1.0, 2.0, 3.0, 9.0), [6, 5]]),
            (71, "weibullMin", [row(1.0, 2.0, 3.0, 4.0, 5.0), row(0.5, 1.0, 1.5, 2.0, 4.0), [6, 5]]),
            (72, "pareto", [row(0.5, 1.0, 2.0, 3.0, 9.0), [6, 5]]),
            (73, "lognormal", [row(0.1, 0.5, 1.0, 1.5, 2.0), [6, 5]]),
            (74, "triangular", [row(0.0, 1.0, 1.0, 2.0, -3.0), row(0.5, 1.0, 3.0, 3.0, 0.0), row(*[4.0] * 5), [6, 5]]),
            (75, "wald", [row(0.5, 1.0, 2.0, 4.0, 8.0), [6, 5]]),
            (76, "doubleSidedMaxwell", [row(0.0, 5.0), row(1.0, 3.0), [3]]),
            (77, "doubleSidedMaxwell", [row(0.0, 5.0), row(1.0, 3.0), []]),
            (80, "generalizedNormal", [1.5, [6, 5]]),
            (81, "generalizedNormal", [4.0, [6, 5]]),
            (82, "binomial", [row(1.0, 7.0, 60.0, 500.0, 33.0), row(0.0, 0.02, 0.5, 0.9, 1.0), [6, 5]]),
            (83, "binomial", [row(10.0, 12.0, 15.0, 18.0, 5.0), row(0.3, 0.5, 0.6, 0.7, 0.9), [6, 5]]),
            (84, "binomial", [row(200.0, 1000.0, 50.0, 70.0, 40.0), row(0.3, 0.5, 0.6, 0.7, 0.8), [6, 5]]),
            (85, "binomial", [row(3.0, -1.0, 5.0, inf, nan), row(-0.1, 0.5, 1.5, 0.5, 0.5), [6, 5]]),
        ]:
            # Their derivatives, of one formula in both dtypes, take a minute each to compile.
            smooth = SMOOTH if dtype == "float64" else [*GAMMA, *SMOOTH]
            case(name, seed, args, own, differentiate=name in smooth, dtype=dtype)
        case("maxwell", 90, [[6, 5]], own, dtype=dtype)
        for seed, d, p in [(91, 3, 2), (92, 3, 1.5), (93, 3, 1)]:
            case("ball", seed, [d, p, [10]], own, dtype=dtype)
        for seed, n, p, shape in [
            (94, 100.0, row(0.2, 0.3, 0.5), None),
            (95, row(5.0, 1000.0), np.array([[1, 2, 0, 4], [0.25, 0.25, 0.25, 0.25]], dtype), None),
            (96, 12.0, row(0.5, 0.5), (6, 2)),
        ]:
            options = own if shape is None else {**own, "shape": list(shape)}
            case("multinomial", seed, [n, p], options, shape=shape, dtype=dtype)
        for seed, p in [(97, row(0.01, 0.1, 0.5, 0.9, 1.0))]:
            case("geometric", seed, [p, [6, 5]], {}, dtype="int32")
        for seed, lam in [
            (98, row(0.0, 1e-3, 0.5, 3.0, 9.9)),
            (99, row(10.0, 12.0, 30.0, 100.0, 300.0)),
        ]:
            case("poisson", seed, [lam, [6, 5]], {}, dtype="int32")
case("rademacher", 101, [[6, 5]], {}, dtype="int32")
