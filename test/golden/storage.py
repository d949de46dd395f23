"""Golden results of JAX for arrays of int8, uint8, int16, uint16, float16 and bfloat16: test/numpy/storage.test.ts.

    python -m venv env && env/bin/pip install jax && env/bin/python -P test/golden/storage.py

writes storage.json beside this file. A case is [room, function, arguments, result]; rooms are np, lax and random, and
grad:np for the gradient of the sum with respect to the first argument.
Arrays are [dtype, shape, values]; values are numbers that the dtype holds exactly, with "nan", "inf", "-inf" and "-0" as
text. Options are {"$": {...}}.
"""

import json
import os
import pathlib

os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

INTS = ["int8", "uint8", "int16", "uint16"]
HALVES = ["float16", "bfloat16"]
STORAGE = INTS + HALVES
inf, nan = np.inf, np.nan
cases = []


def number(v):
    if isinstance(v, (bool, np.bool_)):
        return bool(v)
    v = float(v)
    if np.isnan(v):
        return "nan"
    if np.isinf(v):
        return "inf" if v > 0 else "-inf"
    if v == 0 and np.signbit(v):
        return "-0"
    return int(v) if v == int(v) and abs(v) < 2**53 else v


def encode(x):
    if x is None or isinstance(x, (bool, str)):
        return x
    if isinstance(x, (int, float)):
        return number(x)
    if isinstance(x, dict):
        return {"$": {k: encode(v) for k, v in x.items()}}
    if isinstance(x, (list, tuple)):
        return {"list": [encode(y) for y in x]}
    a = np.asarray(x)
    kept = a if a.dtype == bool else a.astype(np.float64)
    return [a.dtype.name, list(a.shape), [number(v) for v in kept.ravel()]]


def case(room, name, fn, *args, ours=None):
    cases.append([room, name, [encode(a) for a in (args if ours is None else ours)], encode(fn(*args))])


def grad(room, name, fn, *args, ours=None):
    f = lambda *xs: jnp.sum(fn(*xs))
    cases.append([f"grad:{room}", name, [encode(a) for a in (args if ours is None else ours)], encode(jax.grad(f)(*args))])


def array(values, dtype):
    return jnp.asarray(np.asarray(values, np.float64).astype(dtype))


rng = np.random.default_rng(0)


def ends(dtype):
    info = jnp.iinfo(dtype)
    return [info.min, info.min + 1, -3, -1, 0, 1, 2, 7, info.max - 1, info.max]


def ints(dtype):
    return array([v for v in ends(dtype) if v >= jnp.iinfo(dtype).min], dtype)


def halves(dtype):
    tiny = float(jnp.finfo(dtype).smallest_subnormal)
    large = float(jnp.finfo(dtype).max)
    return array([-inf, -large, -2.5, -1.0, -0.1, -tiny, -0.0, 0.0, tiny, 3 * tiny, 0.3, 1.0, 2.5, 40.0, large, inf, nan], dtype)


for d in STORAGE:
    low, high = (0, 40) if d[0] == "u" else (-20, 20)
    m = array(rng.integers(low, high, (3, 4)) if d in INTS else rng.normal(size=(3, 4)), d)
    n = array(rng.integers(low, high, (4, 2)) if d in INTS else rng.normal(size=(4, 2)), d)
    long = array(rng.integers(low, high, 300) if d in INTS else rng.uniform(0, 2, 300), d)
    for name in ["sum", "prod", "max", "min", "mean", "var", "std", "argmax", "argmin", "any", "all", "cumsum", "cumprod", "ptp", "median"]:
        f = getattr(jnp, name)
        case("np", name, lambda x: f(x, 0), m, ours=(m, 0))
        case("np", name, f, m)
    case("np", "sum", jnp.sum, long)
    case("np", "mean", jnp.mean, long)
    case("np", "sort", jnp.sort, m)
    case("np", "argsort", jnp.argsort, m)
    case("np", "countNonzero", jnp.count_nonzero, m)
    case("np", "matmul", jnp.matmul, m, n)
    case("np", "dot", jnp.dot, long[:200], long[100:])
    case("np", "outer", jnp.outer, m[0], n[0])
    case("np", "convolve", jnp.convolve, long[:9], m[0])
    case("np", "einsum", lambda a, b: jnp.einsum("ij,jk->k", a, b), m, n, ours=("ij,jk->k", m, n))
    image = jnp.reshape(long[:36], (1, 1, 6, 6))
    kernel = jnp.reshape(long[40:49], (1, 1, 3, 3))
    case("lax", "conv", lambda a, b: lax.conv(a, b, (1, 1), "SAME"), image, kernel, ours=(image, kernel, (1, 1), "SAME"))
    index = jnp.asarray([3, 0, 7, -1, 299, 300, 12])
    case("np", "take", jnp.take, long, index)
    case("np", "concatenate", lambda a, b: jnp.concatenate([a, b], 1), m, m[:, :1], ours=([m, m[:, :1]], 1))
    case("np", "pad", lambda a: jnp.pad(a, 1), m, ours=(m, 1))
    case("np", "roll", lambda a: jnp.roll(a, 1, 1), m, ours=(m, 1, 1))
    case("np", "diff", jnp.diff, m)
    case("np", "tril", jnp.tril, m)
    case("np", "transpose", jnp.transpose, m)
    case("np", "repeat", lambda a: jnp.repeat(a, 2, 0), m, ours=(m, 2, 0))
    case("np", "searchsorted", jnp.searchsorted, jnp.sort(long[:20]), m)
    case("np", "unique", lambda a: jnp.unique(a, size=6, fill_value=0), m[0], ours=(m[0], {"size": 6, "fillValue": 0}))
    case("np", "arange", lambda: jnp.arange(0, 9, 2, dtype=d), ours=(0, 9, 2, d))
    case("np", "linspace", lambda: jnp.linspace(0, 10, 5, dtype=d), ours=(0, 10, 5, True, {"dtype": d}))
    case("np", "eye", lambda: jnp.eye(3, dtype=d), ours=(3, None, 0, d))
    case("np", "full", lambda: jnp.full((2, 3), 7, d), ours=((2, 3), 7, d))
    case("lax", "iota", lambda: lax.iota(d, 5), ours=(d, 5))
    if d in HALVES:
        grad("np", "matmul", jnp.matmul, m, n)
        for name in ["sum", "max", "mean", "std", "cumsum", "prod"]:
            grad("np", name, getattr(jnp, name), m)
        grad("np", "take", jnp.take, long, jnp.asarray([3, 0, 3, -1]))
        case("lax", "topK", lambda a: lax.top_k(a, 2)[0], m, ours=(m, 2))
for a in ["int8", "uint8"]:
    for b in ["int8", "uint8"]:
        case("lax", "bitcastConvertType", lambda x: lax.bitcast_convert_type(x, b), ints(a), ours=(ints(a), b))
SIXTEEN = ["int16", "uint16", "float16", "bfloat16"]
for a in SIXTEEN:
    x = ints(a) if a in INTS else halves(a)[:-1]
    for b in SIXTEEN:
        case("lax", "bitcastConvertType", lambda x: lax.bitcast_convert_type(x, b), x, ours=(x, b))

# Random numbers.
key = jax.random.key(7)
words = jax.random.key_data(key)
for d in ["uint8", "uint16", "uint32"]:
    case("random", "bits", lambda: jax.random.bits(key, (9,), d), ours=(words, (9,), {"dtype": d}))
for d in HALVES:
    for name, f in {
        "uniform": jax.random.uniform, "normal": jax.random.normal, "exponential": jax.random.exponential,
        "gumbel": jax.random.gumbel, "laplace": jax.random.laplace, "cauchy": jax.random.cauchy, "logistic": jax.random.logistic,
    }.items():
        case("random", name, lambda: f(key, (16,), d), ours=(words, (16,), {"dtype": d}))
    case("random", "uniform", lambda: jax.random.uniform(key, (9,), d, -3, 5), ours=(words, (9,), {"dtype": d, "minval": -3, "maxval": 5}))
for d in INTS:
    for low, high in [(0, 100), (3, 4), (0, 2**31 - 1), (5, 5)]:
        case("random", "randint", lambda: jax.random.randint(key, (9,), low, high, d), ours=(words, (9,), low, high, {"dtype": d}))

text = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
pathlib.Path(__file__).with_suffix(".json").write_text(f'{{"jax":"{jax.__version__}","cases":[\n{text}\n]}}\n')
print(len(cases))
