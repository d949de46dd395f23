"""Writes less_used.json: what JAX gives for functions that are asked for seldom. Run: python -P less_used.py (JAX 0.10.2, CPU)

A case is [function, arguments, results, gradients]. Arrays are [dtype, shape, values], with "nan", "inf", "-inf" and "-0" as
text; options are {"$": {...}}. The gradients are those of the sum of the result times 1, 2, 3, … with respect to each argument;
null where JAX has none.
"""

import json
import os
import pathlib

# Compiling takes most of the time of this script, and speed none.
os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"

import jax
import jax.numpy as jnp
import jax.scipy.special as sp
import numpy as np
from jax import nn

inf, nan = np.inf, np.nan
cases = []
NAMES = {"int64": "int32"}


def number(v):
    v = float(v)
    if v == 0 and np.signbit(v):
        return "-0"
    return str(v) if not np.isfinite(v) else int(v) if v == int(v) and abs(v) < 1e15 else v


def encode(x):
    if isinstance(x, (int, float, str, bool)) or x is None:
        return x
    if isinstance(x, dict):
        return {"$": {k: encode(v) for k, v in x.items()}}
    a = np.asarray(x)
    return [NAMES.get(a.dtype.name, a.dtype.name), list(a.shape), [number(v) for v in a.astype(float).ravel()]]


def case(name, f, *args, ours=None):
    result = f(*args)
    many = isinstance(result, tuple)
    cases.append([name, [encode(a) for a in (args if ours is None else ours)], [encode(r) for r in (result if many else [result])], None])


def elementwise(name, f, *args, differentiable=True):
    for dtype in ["float32", "float64"]:
        with jax.enable_x64(dtype == "float64"):
            live = [jnp.asarray(a, dtype) for a in args]
            case(name, f, *live)
            if not differentiable:
                continue
            weights = jnp.arange(1, live[0].size + 1, dtype=dtype)
            loss = lambda *xs: jnp.sum(f(*xs) * weights)
            cases[-1][3] = [encode(g) for g in jax.grad(loss, tuple(range(len(live))))(*live)]


small = [1e-10, 0.1, 0.5, 0.69, 0.7, 2.5, 5.0, 50.0, 90.0]
elementwise("nn.log1mexp", nn.log1mexp, small)
elementwise("nn.log1mexp", nn.log1mexp, [0.0, -1.0, inf, nan, -inf], differentiable=False)
for name, f in [("nn.sparsePlus", nn.sparse_plus), ("nn.sparseSigmoid", nn.sparse_sigmoid)]:
    elementwise(name, f, [-30.0, -2.0, -1.0, -0.5, 0.0, 0.25, 1.0, 2.0, 1000.0])
    elementwise(name, f, [nan, inf, -inf], differentiable=False)

x = [0.3, 2.0, 3.0, 1.0, 0.5, 7.5, 0.01, 40.0]
power = [0.0, 0.0, 0.5, 7.0, -1.0, 2.0, 0.3, -0.5]
edge = [0.0, 0.0, 0.0, -1.0, inf, nan, 2.0, inf], [2.0, -2.0, 0.0, 1.5, 0.5, 0.0, nan, -1.0]
elementwise("special.boxcox", sp.boxcox, x, power)
elementwise("special.boxcox1p", sp.boxcox1p, x + [1e-10], power + [0.5])
elementwise("special.boxcox", sp.boxcox, *edge, differentiable=False)
elementwise("special.boxcox1p", sp.boxcox1p, [-1.0, *edge[0][1:]], edge[1], differentiable=False)
elementwise("special.factorial", sp.factorial, [0.0, 0.5, 1.0, 2.5, 3.0, 5.0, 12.0, 20.0])
elementwise("special.factorial", sp.factorial, [-1.0, -0.5, 200.0, inf, nan, -inf], differentiable=False)
elementwise("special.poch", sp.poch, [2.0, -1.5, 0.5, 3.0, 2.0, 7.5, -0.3, -2.7], [3.0, 2.0, 0.0, -1.0, 0.5, 4.0, 1.5, -1.0])
elementwise("special.poch", sp.poch, [0.0, -1.0, -2.0, 1.0, nan], [2.0, 2.0, 1.0, nan, 1.0], differentiable=False)
elementwise("special.gammasgn", sp.gammasgn, [-0.5, -1.5, 2.0, -1.0, 0.0, -0.0, inf, -inf, nan, -2.0, -2.2])
elementwise("special.gamma", sp.gamma, [0.0, -0.0, inf, -inf, nan, -3.0], differentiable=False)

wild = [1.0, -1.0, 0.0, -0.0, 1e10, 0.1, -8.0, inf, -inf, nan]
elementwise("np.spacing", jnp.spacing, wild, differentiable=False)
for dtype in ["float16", "bfloat16"]:
    case("np.spacing", jnp.spacing, jnp.asarray([1, -8, 0, -0.0, 0.1, 3.0, 60000, inf, nan], dtype))
case("np.spacing", jnp.spacing, jnp.asarray([1, 100], "int32"))

table = jnp.asarray([[3, 1, 3], [2, 1, 1]], "int32")
floats = jnp.asarray([[0.5, nan, -1], [nan, 0.5, 2]], "float32")
for a in [table, floats, jnp.zeros((0,), "float32")]:
    for name, f in [("uniqueAll", jnp.unique_all), ("uniqueCounts", jnp.unique_counts), ("uniqueInverse", jnp.unique_inverse), ("uniqueValues", jnp.unique_values)]:
        for options in [{}, {"size": 2}, {"size": 5}, {"size": 5, "fillValue": 9}]:
            # JAX's counts of an empty array are empty whatever the size.
            if a.size == 0 and ("fillValue" not in options or name in ["uniqueAll", "uniqueCounts"]):
                continue
            theirs = {"fill_value" if k == "fillValue" else k: v for k, v in options.items()}
            got = f(a, **theirs)
            case(f"np.{name}", lambda a: tuple(got) if isinstance(got, tuple) else got, a, ours=(a, options))
for k in [-1, 0, 2]:
    for name, f in [("trilIndicesFrom", jnp.tril_indices_from), ("triuIndicesFrom", jnp.triu_indices_from)]:
        case(f"np.{name}", lambda a: f(a, k), table, ours=(table, k))
sparse = jnp.asarray([[0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0]], "float32")
for a in [jnp.asarray([0, 0, 1, 0, 2, 0], "int32"), jnp.asarray([0, nan, 0], "float32"), jnp.zeros(3), sparse, jnp.zeros((2, 3))]:
    for trim in ["f", "b", "fb"]:
        case("np.trimZeros", lambda a: jnp.trim_zeros(a, trim), a, ours=(a, trim))
for axis in [0, -1]:
    case("np.trimZeros", lambda a: jnp.trim_zeros(a, axis=axis), sparse, ours=(sparse, "fb", axis))

body = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
pathlib.Path(__file__).with_suffix(".json").write_text(f'{{"jax":"{jax.__version__}","cases":[\n{body}\n]}}\n')
print(len(cases))
