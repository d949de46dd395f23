"""Golden results of jax.numpy and jax.lax for test/numpy/golden.test.ts and test/lax/golden.test.ts.

    python -m venv env && env/bin/pip install jax && env/bin/python test/golden/numpy.py

writes numpy.json and lax.json beside this file. A case is [function, arguments, result, gradients]. Arrays are [dtype,
shape, values], with "nan", "inf" and "-inf" as text; an options object is {"$": {...}}; several results are
{"many": [...]}. The gradients are those of the results times the cotangents of `cotangent`, one for each array of floats
among the arguments (null for one that JAX was not asked about); there are none where JAX has none, where nothing that is
floating-point comes out, and where an argument is not finite.
JAX has 64-bit integers where float64 is on; ours has not, so they are written as 32-bit ones.
"""

import json
import os
import pathlib
import sys

# Compiling takes most of the time of this script, and speed none.
os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"

# This file is called numpy.py, which must not stand in the way of the real one.
sys.path = [p for p in sys.path if pathlib.Path(p or ".").resolve() != pathlib.Path(__file__).resolve().parent]

import jax  # noqa: E402
import jax.extend  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

NAMES = {"int64": "int32", "uint64": "uint32"}
rng = np.random.default_rng(0)
cases = []
pending = []  # Gradients that are traced and not yet evaluated.
inf, nan = np.inf, np.nan


def number(x, dtype):
    if dtype == "bool":
        return bool(x)
    if dtype.startswith(("int", "uint")):
        return int(x)
    if np.isnan(x):
        return "nan"
    if np.isinf(x):
        return "inf" if x > 0 else "-inf"
    x = float(f"{x:.9g}") if dtype == "float32" else float(x)
    return int(x) if x == int(x) and abs(x) < 1e15 and not (x == 0 and np.signbit(x)) else x


def encode(x):
    if isinstance(x, (bool, str)) or x is None:
        return x
    if isinstance(x, (int, float)):
        return number(x, "float64")
    if isinstance(x, tuple):
        return {"many": [encode(y) for y in x]}
    if isinstance(x, list):
        return {"list": [encode(y) for y in x]}
    if isinstance(x, dict):
        return {"$": {k: encode(v) for k, v in x.items()}}
    if isinstance(x, slice):
        return {"slice": [x.start, x.stop, x.step]}
    if x is Ellipsis:
        return "..."
    array = np.asarray(x)
    dtype = array.dtype.name
    values = [number(v, dtype) for v in array.ravel()]
    return [NAMES.get(dtype, dtype), list(array.shape), values]


def case(name, fn, *args, ours=None, **kwargs):
    """One case: `fn(*args, **kwargs)` is what our function `name` must give for `ours` (default: the same arguments)."""
    sixty_four = any(getattr(a, "dtype", None) == np.float64 for a in flat(args))
    with jax.enable_x64(sixty_four):
        live = [convert(a) for a in args]
        result = fn(*live, **kwargs)
        if isinstance(result, list):
            result = tuple(result)
        given = args if ours is None else ours
        row = [name, [encode(a) for a in given], encode(result)]
        cases.append(row)
        grads = gradients(lambda *xs: fn(*xs, **kwargs), args, given)
        if grads is not None:
            pending.append((sixty_four, row, grads))


def is_float(x):
    return getattr(x, "dtype", None) in (np.float32, np.float64)


def float_leaves(x):
    """The arrays of floats among arguments, in their order."""
    if isinstance(x, (list, tuple)):
        return [leaf for y in x for leaf in float_leaves(y)]
    if isinstance(x, dict):
        return float_leaves(list(x.values()))
    return [x] if is_float(x) else []


def cotangent(x, k):
    """What the k-th result is multiplied by: the numbers of numpy/golden.ts."""
    return jnp.asarray([((7 * i + 3 * k) % 11 - 5) / 4 for i in range(x.size)], x.dtype).reshape(x.shape)


def gradients(fn, args, given):
    asked = float_leaves(list(args))
    leaves = float_leaves(list(given))
    # One array in two places would have two gradients.
    twice = any(len({id(x) for x in xs}) < len(xs) for xs in (asked, leaves))
    if not asked or twice or not all(np.isfinite(x).all() and x.size for x in asked):
        return None

    live = [convert(x) for x in args]

    def results(leaves):
        rest = iter(leaves)
        fill = lambda x: [fill(y) for y in x] if isinstance(x, list) else next(rest) if is_float(x) else x
        out = fn(*[fill(x) for x in live])
        return [x for x in (out if isinstance(out, (list, tuple)) else [out]) if is_float(x)]

    def pulled(*leaves):
        out, pull = jax.vjp(results, list(leaves))
        return pull([cotangent(x, k) for k, x in enumerate(out)])[0] if out else None

    wanted = [next((i for i, y in enumerate(asked) if y is x), None) for x in leaves]
    if all(i is None for i in wanted):
        return None
    try:
        program, shape = jax.make_jaxpr(pulled, return_shape=True)(*asked)
    except (jax.errors.JAXTypeError, jax.errors.JAXIndexError, NotImplementedError, TypeError, ValueError):
        return None
    return None if shape is None else (jax.extend.core.jaxpr_as_fun(program), asked, wanted)


def evaluate(pending):
    """Put the gradients in their rows: many traced cases in one compilation, which takes most of the time of this script."""
    for sixty_four in (False, True):
        mine = [(row, grads) for x64, row, grads in pending if x64 == sixty_four]
        with jax.enable_x64(sixty_four):
            for at in range(0, len(mine), 40):
                some = mine[at : at + 40]
                programs = [program for _, (program, _, _) in some]
                every = jax.jit(lambda groups: [f(*xs) for f, xs in zip(programs, groups)])
                for (row, (_, _, wanted)), found in zip(some, every([asked for _, (_, asked, _) in some])):
                    row.append([None if i is None else encode(found[i]) for i in wanted])
    pending.clear()


def flat(args):
    for a in args:
        if isinstance(a, (list, tuple)):
            yield from flat(a)
        else:
            yield a


def convert(a):
    if isinstance(a, np.ndarray):
        return jnp.asarray(a)
    if isinstance(a, list):
        return [convert(b) for b in a]
    return a


def f32(*shape):
    return np.round(rng.normal(size=shape) * 2, 2).astype(np.float32)


def f64(*shape):
    return np.round(rng.normal(size=shape) * 2, 3)


def i32(*shape, low=-9, high=9):
    return rng.integers(low, high, size=shape, endpoint=True).astype(np.int32)


def u32(*shape, low=0, high=12):
    return rng.integers(low, high, size=shape, endpoint=True).astype(np.uint32)


def bools(*shape):
    return rng.random(shape) < 0.5


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(w.capitalize() for w in rest)


EDGES = np.array([0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 1.5, inf, -inf, nan, 1e-30, 3e38], np.float32)


def elementwise():
    unary = """abs negative positive reciprocal sign signbit sqrt cbrt square exp exp2 expm1 log log2 log10 log1p sin cos tan
        arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh sinc deg2rad rad2deg ceil floor trunc rint round fabs
        isfinite isinf isnan isneginf isposinf logical_not nan_to_num modf"""
    for name in unary.split():
        fn = getattr(jnp, name)
        small = EDGES[:-1] if name in ("sin", "cos", "tan", "sinc") else EDGES
        case(camel(name), fn, small)
        case(camel(name), fn, f64(2, 2) / 4)
        case(camel(name), fn, i32(3, low=0, high=3) if name not in ("negative", "sign") else i32(3))
    for name in "exp sqrt logical_not isnan abs".split():
        case(camel(name), getattr(jnp, name), bools(3))
        case(camel(name), getattr(jnp, name), u32(3))
        case(camel(name), getattr(jnp, name), 2.0)
    for name in "bitwise_not invert bitwise_count".split():
        for x in (i32(4), u32(3)):
            case(camel(name), getattr(jnp, name), x)
    case("bitwiseNot", jnp.bitwise_not, bools(3))

    binary = """add subtract multiply divide floor_divide remainder fmod power float_power maximum minimum fmax fmin arctan2
        hypot logaddexp logaddexp2 copysign heaviside equal not_equal less less_equal greater greater_equal logical_and
        logical_or logical_xor nextafter"""
    grid = EDGES[[0, 1, 5, 6, 7, 8, 9]]
    for name in binary.split():
        fn = getattr(jnp, name)
        ours = camel(name)
        case(ours, fn, grid[:, None], grid[None, :])
        case(ours, fn, f32(2, 3), f32(3))
        case(ours, fn, f64(2, 1), f64(3))
        case(ours, fn, i32(2, 3), f32(3))
        case(ours, fn, f32(3), 2)
        case(ours, fn, 1.5, f32(2))
        case(ours, fn, i32(4), i32(4, low=1))
        case(ours, fn, u32(4), u32(4, low=1))
        case(ours, fn, i32(3, low=0), 2.5)
        if name not in ("subtract", "fmod"):
            case(ours, fn, bools(4), bools(4))
        case(ours, fn, bools(4), i32(4, low=1))
        case(ours, fn, f32(0, 3), f32(3))
    for name in "floor_divide remainder fmod".split():
        case(camel(name), getattr(jnp, name), np.array([5, -5, 0, 7], np.int32), np.array([0, 0, 0, -2], np.int32))
        case(camel(name), getattr(jnp, name), np.array([5, 7], np.uint32), np.array([0, 2], np.uint32))
    case("divmod", jnp.divmod, f32(4), np.array([1.5, -0.5, 2.0, -1.0], np.float32))
    case("divmod", jnp.divmod, i32(4), np.array([2, -3, 4, -5], np.int32))
    case("power", jnp.power, f32(3), i32(3, low=-2, high=3))
    case("power", jnp.power, i32(3), i32(3, low=0, high=5))
    case("power", jnp.power, f32(3), 3)
    case("power", jnp.power, f32(3), -2)
    case("power", jnp.power, np.abs(f32(3)), 0.5)
    case("power", jnp.power, 2.0, f32(3))
    case("power", jnp.power, i32(3), 3)
    for name in "bitwise_and bitwise_or bitwise_xor".split():
        case(camel(name), getattr(jnp, name), i32(4), i32(4))
        case(camel(name), getattr(jnp, name), u32(2, 1), u32(3))
        case(camel(name), getattr(jnp, name), bools(3), bools(3))
        case(camel(name), getattr(jnp, name), i32(3), 5)
    for name in "left_shift right_shift".split():
        case(camel(name), getattr(jnp, name), i32(4), i32(4, low=0, high=5))
        case(camel(name), getattr(jnp, name), u32(4), u32(4, low=0, high=5))
    x, y = f32(2, 3), f32(3)
    case("clip", jnp.clip, x, -1, 1)
    case("clip", jnp.clip, x, None, y)
    case("clip", jnp.clip, i32(4), -2, 2)
    case("clip", jnp.clip, EDGES, -1, 2)
    case("where", jnp.where, bools(2, 1), x, y)
    case("where", jnp.where, i32(3, low=0, high=1), 1.5, y)
    case("where", jnp.where, bools(3), i32(3), u32(3))
    case("select", jnp.select, [bools(3), bools(3)], [f32(3), i32(3)], 7)
    case("round", jnp.round, f32(4) * 10, 1)
    case("round", jnp.round, f32(4) * 100, -1)
    case("isclose", jnp.isclose, np.array([1, 1.00001, inf, nan, 2], np.float32), np.array([1, 1, inf, nan, 3], np.float32))
    case("allclose", jnp.allclose, np.array([1, 2], np.float32), np.array([1, 2.00001], np.float32))
    case("arrayEqual", jnp.array_equal, i32(3), f32(3))
    case("arrayEqual", jnp.array_equal, i32(3), i32(4))
    case("arrayEquiv", jnp.array_equiv, np.array([1, 1], np.int32), np.array([[1.0], [1.0]], np.float32))
    case("gcd", jnp.gcd, i32(6), i32(6))
    case("lcm", jnp.lcm, i32(6), i32(6))
    case("ldexp", jnp.ldexp, f32(4), i32(4))
    case("frexp", jnp.frexp, np.array([0, 1, -3.5, 1e-30, 1e30, inf, nan], np.float32))
    case("unwrap", jnp.unwrap, np.array([0, 3, 6.5, 1, -4, -9.0], np.float32))


def reductions():
    axes = (None, 0, -1, (0, 2))
    for name in "sum prod mean std var max min any all nansum nanprod nanmean nanstd nanvar nanmax nanmin".split():
        fn = getattr(jnp, name)
        for axis in axes:
            x = f32(2, 3, 2)
            if name.startswith("nan"):
                x[0, 1, 0] = nan
            ours = axis if not isinstance(axis, tuple) else list(axis)
            case(camel(name), lambda x: fn(x, axis=axis), x, ours=[x, ours])
        x = f32(2, 3)
        case(camel(name), lambda x: fn(x, axis=1, keepdims=True), x, ours=[x, 1, {"keepdims": True}])
        case(camel(name), fn, i32(3, 2), ours=None)
        case(camel(name), fn, f64(4))
        case(camel(name), fn, bools(5))
        case(camel(name), fn, np.array([1, inf, nan], np.float32))
        mask = np.array([True, False, True])
        if name not in ("max", "min", "nanmax", "nanmin"):
            case(camel(name), lambda x: fn(x, axis=1, where=mask), x, ours=[x, 1, {"where": mask}])
            case(camel(name), fn, f32(0))
    for name in "max min".split():
        fn = getattr(jnp, name)
        x, mask = f32(2, 3), np.array([True, False, True])
        case(name, lambda x: fn(x, axis=1, where=mask, initial=0.5), x, ours=[x, 1, {"where": mask, "initial": 0.5}])
    x = f32(3, 2)
    case("var", lambda x: jnp.var(x, axis=0, ddof=1), x, ours=[x, 0, {"ddof": 1}])
    case("sum", lambda x: jnp.sum(x, axis=0, dtype=jnp.int32), x, ours=[x, 0, {"dtype": "int32"}])
    for name in "argmax argmin nanargmax nanargmin".split():
        fn = getattr(jnp, name)
        x = f32(3, 4)
        case(camel(name), fn, x)
        case(camel(name), lambda x: fn(x, axis=1), x, ours=[x, 1])
        case(camel(name), lambda x: fn(x, axis=0, keepdims=True), x, ours=[x, 0, {"keepdims": True}])
        case(camel(name), fn, np.array([1, nan, 3, 3], np.float32))
        case(camel(name), fn, i32(5))
    for name in "cumsum cumprod nancumsum nancumprod".split():
        fn = getattr(jnp, name)
        x = f32(2, 3)
        case(camel(name), fn, x)
        case(camel(name), lambda x: fn(x, axis=1), x, ours=[x, 1])
        case(camel(name), fn, bools(4))
        case(camel(name), fn, i32(4))
    x = f32(3, 4)
    case("ptp", lambda x: jnp.ptp(x, axis=0), x, ours=[x, 0])
    z = i32(3, 4, low=0, high=1)
    case("countNonzero", lambda z: jnp.count_nonzero(z, axis=1), z, ours=[z, 1])
    w = np.abs(f32(4))
    case("average", lambda x, w: jnp.average(x, axis=1, weights=w), x, w, ours=[x, 1, {"weights": w}])
    case("average", jnp.average, x)
    case("trace", jnp.trace, x)
    case("trace", lambda x: jnp.trace(x, offset=1), x, ours=[x, 1])
    for name in "median nanmedian".split():
        y = f32(3, 4)
        if name == "nanmedian":
            y[1, 1] = nan
        case(name, getattr(jnp, name), y)
        case(name, lambda y: getattr(jnp, name)(y, axis=1), y, ours=[y, 1])
        case(name, lambda y: getattr(jnp, name)(y, axis=0, keepdims=True), y, ours=[y, 0, {"keepdims": True}])
    for name in "quantile nanquantile".split():
        for method in "linear lower higher nearest midpoint".split():
            case(name, lambda x: getattr(jnp, name)(x, 0.3, axis=1, method=method), x, ours=[x, 0.3, 1, {"method": method}])
    q = np.array([0.1, 0.5, 1.0], np.float32)
    case("quantile", lambda x, q: jnp.quantile(x, q, axis=0), x, q, ours=[x, q, 0])
    case("quantile", lambda x, q: jnp.quantile(x, q), x, q, ours=[x, q])
    case("percentile", lambda x: jnp.percentile(x, 75), x, ours=[x, 75])
    n = np.array([1, nan, 3], np.float32)
    case("median", jnp.median, n)
    case("nanmedian", jnp.nanmedian, n)
    case("diff", jnp.diff, x)
    case("diff", lambda x: jnp.diff(x, n=2, axis=0), x, ours=[x, 2, 0])
    case("ediff1d", jnp.ediff1d, x)
    case("gradient", jnp.gradient, f32(5))
    case("gradient", lambda x: jnp.gradient(x, axis=1), x, ours=[x, 1, {"axis": 1}])
    case("gradient", lambda x: jnp.gradient(x, 0.5, axis=0), x, ours=[x, 0.5, {"axis": 0}])
    case("trapezoid", jnp.trapezoid, f32(5))
    case("trapezoid", lambda x: jnp.trapezoid(x, dx=0.5, axis=0), x, ours=[x, None, 0.5, 0])
    case("trapezoid", lambda y, x: jnp.trapezoid(y, x), x, np.sort(f32(4)), ours=None)
    case("cumulativeSum", lambda x: jnp.cumulative_sum(x, axis=1, include_initial=True), x, ours=[x, {"axis": 1, "includeInitial": True}])


def making():
    case("arange", jnp.arange, 5)
    case("arange", jnp.arange, 2, 11, 3)
    case("arange", jnp.arange, 5, 0, -2)
    case("arange", jnp.arange, 0, 1, 0.25)
    case("arange", lambda: jnp.arange(3, dtype=jnp.float32), ours=[3, None, 1, "float32"])
    case("linspace", lambda: jnp.linspace(0, 1, 5), ours=[0, 1, 5])
    case("linspace", lambda: jnp.linspace(-2, 3, 7, endpoint=False), ours=[-2, 3, 7, False])
    case("linspace", lambda: jnp.linspace(3, 1, 1), ours=[3, 1, 1])
    case("linspace", lambda: jnp.linspace(0, 10, 4, dtype=jnp.int32), ours=[0, 10, 4, True, {"dtype": "int32"}])
    a, b = f32(2), f32(2)
    case("linspace", lambda a, b: jnp.linspace(a, b, 3), a, b, ours=[a, b, 3])
    case("linspace", lambda a, b: jnp.linspace(a, b, 3, axis=1), a, b, ours=[a, b, 3, True, {"axis": 1}])
    case("logspace", lambda: jnp.logspace(0, 2, 5), ours=[0, 2, 5])
    case("logspace", lambda: jnp.logspace(0, 3, 4, base=2.0), ours=[0, 3, 4, True, 2])
    case("geomspace", lambda: jnp.geomspace(1, 1000, 4), ours=[1, 1000, 4])
    case("geomspace", lambda: jnp.geomspace(-1, -8, 4, endpoint=False), ours=[-1, -8, 4, False])
    case("eye", lambda: jnp.eye(3), ours=[3])
    case("eye", lambda: jnp.eye(2, 4, k=1, dtype=jnp.int32), ours=[2, 4, 1, "int32"])
    case("identity", lambda: jnp.identity(2), ours=[2])
    case("tri", lambda: jnp.tri(3, 4, 1), ours=[3, 4, 1])
    case("full", lambda: jnp.full((2, 2), 7.0), ours=[[2, 2], 7])
    case("full", lambda: jnp.full((2,), True), ours=[[2], True])
    case("zeros", lambda: jnp.zeros((2, 0)), ours=[[2, 0]])
    case("ones", lambda: jnp.ones(3, jnp.uint32), ours=[3, "uint32"])
    x, v = f32(3, 4), f32(3)
    for name in "tril triu".split():
        for k in (0, 1, -2):
            case(name, getattr(jnp, name), x, k)
        case(name, getattr(jnp, name), i32(2, 2, 3))
    for k in (0, 1, -2):
        case("diag", jnp.diag, v, k)
        case("diag", jnp.diag, x, k)
        case("diagonal", jnp.diagonal, x, k)
    case("diag", jnp.diag, x, 7)
    case("diagonal", jnp.diagonal, f32(2, 3, 4), 1, 0, 2)
    case("diagflat", jnp.diagflat, f32(2, 2), 1)
    case("zerosLike", jnp.zeros_like, i32(2))
    case("onesLike", jnp.ones_like, x)
    case("fullLike", jnp.full_like, i32(2), 3)
    for indexing in ("xy", "ij"):
        for sparse in (False, True):
            case(
                "meshgrid",
                lambda a, b: jnp.meshgrid(a, b, indexing=indexing, sparse=sparse),
                a,
                v,
                ours=[[a, v], {"indexing": indexing, "sparse": sparse}],
            )
    case("trilIndices", lambda: jnp.tril_indices(3, 1), ours=[3, 1])
    case("triuIndices", lambda: jnp.triu_indices(3, 0, 4), ours=[3, 0, 4])
    case("diagIndices", lambda: jnp.diag_indices(3), ours=[3])
    case("vander", jnp.vander, v)
    case("vander", lambda v: jnp.vander(v, 2, increasing=True), v, ours=[v, 2, True])
    case("indices", lambda: jnp.indices((2, 3)), ours=[[2, 3]])
    for name in "bartlett blackman hamming hanning".split():
        case(name, lambda: getattr(jnp, name)(6), ours=[6])
    case("kaiser", lambda: jnp.kaiser(6, 3.0), ours=[6, 3])


def shapes():
    x, y, v = f32(2, 3), f32(2, 3), f32(4)
    z = f32(2, 3, 4)
    case("reshape", jnp.reshape, x, ours=[x, [3, -1]], shape=(3, -1))
    case("ravel", jnp.ravel, x)
    case("transpose", jnp.transpose, z)
    case("transpose", lambda z: jnp.transpose(z, (1, 2, 0)), z, ours=[z, [1, 2, 0]])
    case("swapaxes", jnp.swapaxes, z, 0, -1)
    case("moveaxis", jnp.moveaxis, z, 0, 2)
    case("moveaxis", lambda z: jnp.moveaxis(z, (0, 1), (-1, 0)), z, ours=[z, [0, 1], [-1, 0]])
    case("matrixTranspose", jnp.matrix_transpose, z)
    case("expandDims", lambda x: jnp.expand_dims(x, (0, -1)), x, ours=[x, [0, -1]])
    case("squeeze", jnp.squeeze, f32(1, 3, 1))
    case("squeeze", jnp.squeeze, f32(1, 3, 1), 0)
    case("broadcastTo", lambda v: jnp.broadcast_to(v, (2, 4)), v, ours=[v, [2, 4]])
    case("concatenate", lambda x, y: jnp.concatenate([x, y], 1), x, y, ours=[[x, y], 1])
    case("concatenate", lambda x, y: jnp.concatenate([x, y], None), x, y, ours=[[x, y], None])
    i = i32(2, 3)
    case("concatenate", lambda x, y: jnp.concatenate([x, y]), x, i, ours=[[x, i]])
    case("stack", lambda x, y: jnp.stack([x, y], -1), x, y, ours=[[x, y], -1])
    for name in "vstack hstack dstack column_stack".split():
        fn = getattr(jnp, name)
        case(camel(name), lambda x, y: fn([x, y]), x, y, ours=[[x, y]])
        a, b = f32(3), f32(3)
        case(camel(name), lambda x, y: fn([x, y]), a, b, ours=[[a, b]])
    case("block", lambda x: jnp.block([[x, x], [x, x]]), x, ours=[[[x, x], [x, x]]])
    case("append", jnp.append, x, v)
    case("split", jnp.split, v, 2)
    case("split", lambda v: jnp.split(v, [1, 3]), v, ours=[v, [1, 3]])
    case("arraySplit", jnp.array_split, f32(7), 3)
    case("hsplit", jnp.hsplit, f32(2, 4), 2)
    case("vsplit", jnp.vsplit, f32(4, 2), 2)
    case("dsplit", jnp.dsplit, f32(1, 2, 4), 2)
    case("unstack", jnp.unstack, x)
    case("tile", jnp.tile, x, 2)
    case("tile", lambda x: jnp.tile(x, (2, 1, 2)), x, ours=[x, [2, 1, 2]])
    case("repeat", jnp.repeat, x, 2)
    case("repeat", lambda x: jnp.repeat(x, 2, axis=1), x, ours=[x, 2, 1])
    case("repeat", lambda v: jnp.repeat(v, np.array([1, 0, 2, 3])), v, ours=[v, [1, 0, 2, 3]])
    for name in "flip fliplr flipud".split():
        case(name, getattr(jnp, name), x)
    case("flip", jnp.flip, z, 1)
    case("roll", jnp.roll, x, 2)
    case("roll", jnp.roll, x, -1, 1)
    case("roll", lambda x: jnp.roll(x, (1, 2), (0, 1)), x, ours=[x, [1, 2], [0, 1]])
    for k in (-1, 1, 2, 3):
        case("rot90", jnp.rot90, x, k)
    case("rot90", lambda z: jnp.rot90(z, 1, (1, 2)), z, ours=[z, 1, [1, 2]])
    case("pad", lambda x: jnp.pad(x, 1), x, ours=[x, 1])
    case("pad", lambda x: jnp.pad(x, ((1, 0), (2, 1)), constant_values=5), x, ours=[x, [[1, 0], [2, 1]], "constant", {"constantValues": 5}])
    case(
        "pad",
        lambda x: jnp.pad(x, 1, constant_values=((1, 2), (3, 4))),
        x,
        ours=[x, 1, "constant", {"constantValues": [[1, 2], [3, 4]]}],
    )
    for mode in "edge reflect symmetric wrap".split():
        case("pad", lambda x: jnp.pad(x, ((1, 2), (7, 5)), mode=mode), x, ours=[x, [[1, 2], [7, 5]], mode])
        case("pad", lambda v: jnp.pad(v, (2, 3), mode=mode), v, ours=[v, [2, 3], mode])
    for mode in "reflect symmetric".split():
        case("pad", lambda v: jnp.pad(v, (2, 6), mode=mode, reflect_type="odd"), v, ours=[v, [2, 6], mode, {"reflectType": "odd"}])
    case("atleast1d", jnp.atleast_1d, 3.0)
    case("atleast2d", jnp.atleast_2d, v)
    case("atleast3d", jnp.atleast_3d, v)
    case("atleast3d", jnp.atleast_3d, x)
    case("resize", lambda x: jnp.resize(x, (3, 4)), x, ours=[x, [3, 4]])
    case("insert", lambda v: jnp.insert(v, 1, 9.0), v, ours=[v, 1, 9])
    case("insert", lambda x: jnp.insert(x, 1, 9.0, axis=1), x, ours=[x, 1, 9, 1])
    case("delete", lambda v: jnp.delete(v, 1), v, ours=[v, 1])
    case("delete", lambda x: jnp.delete(x, 0, axis=1), x, ours=[x, 0, 1])


def products():
    vector = f32(3)
    pairs = [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (5, 3, 4))]
    for a, b in pairs:
        case("matmul", jnp.matmul, f32(*a), f32(*b))
        case("dot", jnp.dot, f32(*a), f32(*b))
    case("matmul", jnp.matmul, f32(5, 1, 2, 3), f32(4, 3, 2))
    case("matmul", jnp.matmul, i32(2, 3), i32(3, 2))
    case("matmul", jnp.matmul, f64(2, 3), f64(3, 2))
    case("matmul", jnp.matmul, bools(2, 3), bools(3, 2))
    case("matmul", jnp.matmul, f32(2, 0), f32(0, 3))
    case("dot", jnp.dot, f32(2), 3.0)
    case("vdot", jnp.vdot, f32(2, 3), f32(3, 2))
    case("inner", jnp.inner, f32(2, 3), f32(4, 3))
    case("outer", jnp.outer, f32(2), i32(3))
    case("matvec", jnp.matvec, f32(4, 2, 3), f32(3))
    case("vecmat", jnp.vecmat, f32(4, 2), f32(4, 2, 3))
    case("vecdot", jnp.vecdot, f32(4, 3), f32(3))
    case("tensordot", jnp.tensordot, f32(2, 3, 4), f32(3, 4, 2))
    a, b = f32(2, 3, 4), f32(4, 3, 5)
    case("tensordot", lambda a, b: jnp.tensordot(a, b, ((1, 2), (1, 0))), a, b, ours=[a, b, [[1, 2], [1, 0]]])
    case("kron", jnp.kron, f32(2, 2), f32(1, 3))
    case("kron", jnp.kron, f32(2), f32(2, 2))
    case("cross", jnp.cross, f32(2, 3), f32(3))
    case("cross", jnp.cross, f32(4, 2), f32(4, 2))
    case("cross", jnp.cross, f32(2, 2), f32(2, 3))
    specs = [
        ("ij,jk->ik", (2, 3), (3, 4)),
        ("ij,jk", (2, 3), (3, 4)),
        ("ji", (2, 3)),
        ("ii", (3, 3)),
        ("ii->i", (3, 3)),
        ("iij->ij", (2, 2, 3)),
        ("ij->", (2, 3)),
        ("...ij,...jk->...ik", (5, 2, 3), (3, 4)),
        ("...ij,...jk->...ik", (5, 2, 3), (5, 3, 4)),
        ("i...,i...->...", (2, 3), (2, 3)),
        ("i,j,k->kji", (2,), (3,), (2,)),
        ("ij,kj,lk->il", (2, 3), (4, 3), (2, 4)),
        ("abc,bcd,cda->ad", (2, 3, 4), (3, 4, 2), (4, 2, 2)),
        ("i,i->i", (3,), (3,)),
        ("ij,i->j", (2, 3), (2,)),
        ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 3, 4)),
        ("ii,ij->j", (2, 2), (2, 3)),
        ("...i->i...", (2, 3, 4)),
        ("ij,j,j,j,ik,k,k->", (2, 3), (3,), (3,), (3,), (2, 2), (2,), (2,)),
    ]
    for spec, *operands in specs:
        arrays = [f32(*s) for s in operands]
        case("einsum", lambda *xs: jnp.einsum(spec, *xs), *arrays, ours=[spec, *arrays])
    a, b = i32(2, 3), f32(3)
    case("einsum", lambda a, b: jnp.einsum("ij,j->i", a, b), a, b, ours=["ij,j->i", a, b])
    for name in "convolve correlate".split():
        for mode in "full same valid".split():
            signal = f32(5)
            case(name, lambda a, b: getattr(jnp, name)(a, b, mode=mode), signal, vector, ours=[signal, vector, mode])
            case(name, lambda a, b: getattr(jnp, name)(a, b, mode=mode), vector, signal, ours=[vector, signal, mode])


def order():
    x = f32(3, 4)
    x[0, 1] = nan
    for name in "sort argsort".split():
        fn = getattr(jnp, name)
        case(name, fn, x)
        case(name, lambda x: fn(x, axis=0), x, ours=[x, 0])
        case(name, lambda x: fn(x, axis=None), x, ours=[x, None])
        case(name, lambda x: fn(x, descending=True), x, ours=[x, -1, {"descending": True}])
        case(name, fn, np.array([2, 1, 2, 1, 0], np.int32))
        case(name, lambda x: fn(x, descending=True), np.array([2, 1, 2, 1, 0], np.int32), ours=[np.array([2, 1, 2, 1, 0], np.int32), 0, {"descending": True}])
    k1, k2 = i32(6, low=0, high=2), i32(6, low=0, high=2)
    case("lexsort", lambda a, b: jnp.lexsort((a, b)), k1, k2, ours=[[k1, k2]])
    a = np.array([1, 2, 2, 3, nan], np.float32)
    v = np.array([[0, 1, 2], [2.5, 4, nan]], np.float32)
    for side in ("left", "right"):
        case("searchsorted", lambda a, v: jnp.searchsorted(a, v, side=side), a, v, ours=[a, v, {"side": side}])
    b = np.array([0, 1, 0, 2, 0], np.int32)
    case("nonzero", jnp.nonzero, b)
    case("nonzero", jnp.nonzero, i32(3, 3, low=0, high=1))
    case("nonzero", lambda b: jnp.nonzero(b, size=4, fill_value=-1), b, ours=[b, {"size": 4, "fillValue": -1}])
    case("nonzero", lambda b: jnp.nonzero(b, size=1), b, ours=[b, {"size": 1}])
    case("flatnonzero", jnp.flatnonzero, i32(2, 3, low=0, high=1))
    case("argwhere", jnp.argwhere, i32(2, 3, low=0, high=1))
    t, i = f32(3, 4), np.array([[0, -1], [2, 7]], np.int32)
    case("take", jnp.take, t, i)
    for mode in ("fill", "clip", "wrap"):
        case("take", lambda t, i: jnp.take(t, i, axis=0, mode=mode), t, i, ours=[t, i, 0, {"mode": mode}])
        case("take", lambda t, i: jnp.take(t, i, axis=1, mode=mode), t, i, ours=[t, i, 1, {"mode": mode}])
    case("take", lambda t, i: jnp.take(t, i, axis=1, fill_value=9), t, i, ours=[t, i, 1, {"fillValue": 9}])
    case("take", jnp.take, i32(4), i)
    j = np.array([[0, 2, 5, -1]] * 3, np.int32)
    case("takeAlongAxis", lambda t, j: jnp.take_along_axis(t, j, 1), t, j, ours=[t, j, 1])
    case("takeAlongAxis", lambda t, j: jnp.take_along_axis(t, j, 0), t, j[:1], ours=[t, j[:1], 0])
    case("takeAlongAxis", lambda t, j: jnp.take_along_axis(t, j, None), t, j[0], ours=[t, j[0], None])
    case(
        "putAlongAxis",
        lambda t, j: jnp.put_along_axis(t, j, 9.0, 1, inplace=False),
        t,
        j[:, :2],
        ours=[t, j[:, :2], 9, 1],
    )


def indexing():
    x = np.round(f32(4, 5, 3) * 3)
    v = np.arange(6, dtype=np.float32)
    s, e, n = slice, Ellipsis, None
    i = np.array([0, 2, -1], np.int32)
    j = np.array([[1], [3]], np.int32)
    m = np.array([True, False, True, False])
    out = np.array([9, -9, 1], np.int32)
    keys = [
        (1,), (-1,), (1, 2), (0, -1, 2), (s(1, 3),), (s(None, None, -1),), (s(None, None, 2), 1), (s(3, 0, -2),),
        (e, 1), (1, e, 2), (n, 1), (1, n, s(None), n), (e, n), (s(0, 0),), (s(None), s(1, 10), s(-2, None)), (s(5, 1),),
        (i,), (s(None), i), (e, i), (i, 1), (i, s(None), 1), (i, s(None), i), (1, s(None), i), (s(None), 1, i),
        (s(None), i, i), (j,), (j, i), (s(None), j, i), (j, s(None), i), (i, n), (n, i), (i, n, i), (s(None), i, s(0, 2)),
        (s(None), i, s(None, None, -1)), (s(None, None, 2), i), (s(1, 3), i, 1), (s(None), s(None, None, 2), i), (i, e, 0),
        (m,), (m, 1), (s(None), s(None), np.array([True, False, True])), (m, i[:2]), (out,), (s(None), out), (i, s(4, None, -2), i),
        (np.array(1, np.int32),), (s(None), np.array(1, np.int32), i), (np.array([], np.int32),), (i.astype(np.uint32) % 4,),
    ]  # fmt: skip
    for key in keys:
        case("get", lambda x, *k: x[k], x, *key)
    for mode in "clip fill promise_in_bounds".split():
        if mode != "promise_in_bounds":
            case("getMode", lambda x, k: x.at[k].get(mode=mode), x, out, ours=[x, {"mode": mode}, out])
    case("getMode", lambda x, k: x.at[k].get(mode="fill", fill_value=7), x, out, ours=[x, {"mode": "fill", "fillValue": 7}, out])
    updates = [
        (1,), (s(1, 3), 2), (e, -1), (s(None, None, 2),), (s(None, None, -1), 0), (s(3, 0, -2), s(None), 1), (i,), (s(None), i),
        (i, s(None), 1), (i, 1, s(0, 2)), (j, i), (j, s(None), i), (n, i, n), (m,), (out,), (i, s(4, None, -2), i), (e,), (i, n, 2),
    ]  # fmt: skip
    for op in "set add multiply min max".split():
        ours = "mul" if op == "multiply" else op
        for key in updates:
            shape = np.empty((4, 5, 3))[tuple(np.clip(k, -1, 2) if k is out else k for k in key)].shape
            for values in (2.5, np.round(f32(*shape) * 3)):
                case(ours, lambda x, *k: getattr(x.at[k], op)(values), x, *key, ours=[x, values, *key])
    case("setMode", lambda x, k: x.at[k].set(1.5, mode="clip"), x, out, ours=[x, 1.5, {"mode": "clip"}, out])
    case("set", lambda v, k: v.at[k].set(np.array([1, 2, 3])), v, i, ours=[v, np.array([1, 2, 3], np.int32), i])
    case("add", lambda v, k: v.at[k].add(1), v, np.array([1, 1, 4], np.int32), ours=[v, 1, np.array([1, 1, 4], np.int32)])


def sets_and_counts():
    a = np.array([3, 1, 3, 2, 1, 7], np.int32)
    f = np.array([2.5, nan, -1, 2.5, nan], np.float32)
    case("unique", jnp.unique, a)
    case("unique", jnp.unique, f)
    flags = {"return_index": True, "return_inverse": True, "return_counts": True}
    ours = {camel(k): v for k, v in flags.items()}
    case("unique", lambda a: jnp.unique(a, **flags), a, ours=[a, ours])
    m = i32(2, 3, low=0, high=2)
    case("unique", lambda m: jnp.unique(m, **flags), m, ours=[m, ours])
    case("unique", lambda a: jnp.unique(a, size=6, **flags), a, ours=[a, {**ours, "size": 6}])
    case("unique", lambda a: jnp.unique(a, size=2, **flags), a, ours=[a, {**ours, "size": 2}])
    case("unique", lambda a: jnp.unique(a, size=6, fill_value=-5), a, ours=[a, {"size": 6, "fillValue": -5}])
    b = np.array([9, 3, 2, 2], np.int32)
    for name in "union1d intersect1d setdiff1d setxor1d".split():
        case(name, getattr(jnp, name), a, b)
    case("union1d", lambda a, b: jnp.union1d(a, b, size=7), a, b, ours=[a, b, {"size": 7}])
    case("setdiff1d", lambda a, b: jnp.setdiff1d(a, b, size=3, fill_value=-1), a, b, ours=[a, b, {"size": 3, "fillValue": -1}])
    case("isin", jnp.isin, m, b)
    case("isin", lambda m, b: jnp.isin(m, b, invert=True), m, b, ours=[m, b, {"invert": True}])
    case("bincount", jnp.bincount, a)
    w = f32(6)
    case("bincount", lambda a, w: jnp.bincount(a, w, minlength=10), a, w, ours=[a, {"weights": w, "minlength": 10}])
    case("bincount", lambda a: jnp.bincount(a, length=3), a, ours=[a, {"length": 3}])
    x = f32(9)
    bins = np.array([-2, 0, 1, 2], np.float32)
    for right in (False, True):
        case("digitize", jnp.digitize, np.array([-3, -2, 0.5, 1, 2, 4], np.float32), bins, right)
        case("digitize", jnp.digitize, np.array([-3, -2, 0.5, 1, 2, 4], np.float32), bins[::-1].copy(), right)
    case("histogram", jnp.histogram, x)
    case("histogram", lambda x: jnp.histogram(x, bins=4, range=(-1, 1)), x, ours=[x, 4, {"range": [-1, 1]}])
    case("histogram", lambda x, bins: jnp.histogram(x, bins, density=True), x, bins, ours=[x, bins, {"density": True}])
    y = f32(9)
    case("histogram2d", lambda x, y: jnp.histogram2d(x, y, bins=(2, 3)), x, y, ours=[x, y, [2, 3]])
    case("histogramBinEdges", lambda x: jnp.histogram_bin_edges(x, 3), np.ones(3, np.float32), ours=[np.ones(3, np.float32), 3])
    i = np.array([0, 5, -1, 11], np.int32)
    case("unravelIndex", lambda i: jnp.unravel_index(i, (3, 4)), i, ours=[i, [3, 4]])
    j, k = np.array([0, 2], np.int32), np.array([1, 3], np.int32)
    case("ravelMultiIndex", lambda j, k: jnp.ravel_multi_index((j, k), (3, 4), mode="clip"), j, k, ours=[[j, k], [3, 4]])
    case("ravelMultiIndex", lambda j, k: jnp.ravel_multi_index((j, k), (2, 2), mode="wrap"), j, k, ours=[[j, k], [2, 2], "wrap"])
    z = f32(3, 4)
    case("fillDiagonal", lambda z: jnp.fill_diagonal(z, 7.0, inplace=False), z, ours=[z, 7])
    v = f32(2)
    case("fillDiagonal", lambda z, v: jnp.fill_diagonal(z, v, inplace=False), z, v, ours=[z, v])
    c = np.array([True, False, True])
    case("compress", lambda z: jnp.compress(c, z, axis=0), z, ours=[c, z, 0])
    case("extract", lambda z: jnp.extract(z > 0, z), z, ours=[z > 0, z])
    p, q = f32(4), f32(4)
    case("choose", lambda p, q: jnp.choose(np.array([0, 1, 1, 0]), [p, q]), p, q, ours=[np.array([0, 1, 1, 0], np.int32), [p, q]])


def statistics():
    x, y = f32(3, 5), f32(5)
    case("cov", jnp.cov, x)
    case("cov", lambda x, y: jnp.cov(x, y), x, y)
    case("cov", lambda x: jnp.cov(x, rowvar=False, bias=True), x, ours=[x, None, {"rowvar": False, "bias": True}])
    w, n = np.abs(f32(5)), np.array([1, 2, 1, 3, 1], np.int32)
    case("cov", lambda x, n, w: jnp.cov(x, fweights=n, aweights=w), x, n, w, ours=[x, None, {"fweights": n, "aweights": w}])
    case("cov", jnp.cov, y)
    case("corrcoef", jnp.corrcoef, x)
    at, xp, fp = np.array([-1, 0, 0.5, 1.7, 9], np.float32), np.array([0, 1, 3], np.float32), f32(3)
    case("interp", jnp.interp, at, xp, fp)
    case("interp", lambda at, xp, fp: jnp.interp(at, xp, fp, left=-7, right="extrapolate"), at, xp, fp, ours=[at, xp, fp, {"left": -7, "right": "extrapolate"}])
    case("interp", lambda at, xp, fp: jnp.interp(at, xp, fp, period=4), at, xp, fp, ours=[at, xp, fp, {"period": 4}])
    p, q = f32(4), f32(2)
    for name in "polyadd polysub polymul polydiv polyval".split():
        case(name, getattr(jnp, name), p, q)
    case("polydiv", jnp.polydiv, q, p)
    case("polyadd", jnp.polyadd, i32(2), i32(3))
    case("polyval", jnp.polyval, i32(3), i32(2, 2))
    for m in (0, 1, 2):
        case("polyder", jnp.polyder, p, m)
        case("polyint", jnp.polyint, p, m)
    case("polyint", lambda p: jnp.polyint(p, 2, np.array([1.0, 2.0])), p, ours=[p, 2, [1, 2]])
    case("poly", jnp.poly, f32(3))


def norms():
    x, v = f32(3, 4), f32(5)
    for ord in (None, 1, 2, 3, 0, -1, 0.5, inf, -inf):
        case("linalg.norm", lambda v: jnp.linalg.norm(v, ord), v, ours=[v, "inf" if ord == inf else "-inf" if ord == -inf else ord])
        case("linalg.norm", lambda x: jnp.linalg.norm(x, ord, axis=1), x, ours=[x, "inf" if ord == inf else "-inf" if ord == -inf else ord, 1])
    for ord in (None, "fro", 1, -1, inf, -inf):
        ours = "inf" if ord == inf else "-inf" if ord == -inf else ord
        case("linalg.norm", lambda x: jnp.linalg.norm(x, ord), x, ours=[x, ours])
        case("linalg.norm", lambda x: jnp.linalg.norm(x, ord, axis=(1, 0)), x, ours=[x, ours, [1, 0]])
        case("linalg.norm", lambda x: jnp.linalg.norm(x, ord, keepdims=True), x, ours=[x, ours, None, {"keepdims": True}])
    y = f32(2, 3, 2)
    case("linalg.norm", jnp.linalg.norm, y)
    case("linalg.vectorNorm", lambda y: jnp.linalg.vector_norm(y, axis=(0, 1), ord=3), y, ours=[y, {"axis": [0, 1], "ord": 3}])
    case("linalg.vectorNorm", jnp.linalg.vector_norm, y)
    case("linalg.matrixNorm", jnp.linalg.matrix_norm, y)
    case("linalg.matrixNorm", lambda y: jnp.linalg.matrix_norm(y, ord=1, keepdims=True), y, ours=[y, {"ord": 1, "keepdims": True}])


def lax_cases():
    lax = jax.lax
    unary = """neg abs sign square sqrt rsqrt cbrt reciprocal exp exp2 expm1 log log1p logistic sin cos tan asin acos atan sinh
        cosh tanh asinh acosh atanh erf erfc erf_inv lgamma digamma floor ceil is_finite round"""
    for name in unary.split():
        case(camel(name), getattr(lax, name), np.array([0.3, 0.7, -0.4, 0.9, 1.5, -2.5], np.float32))
        case(camel(name), getattr(lax, name), f64(3))
    case("neg", lax.neg, i32(3))
    case("round", lambda x: lax.round(x, lax.RoundingMethod.TO_NEAREST_EVEN), np.array([0.5, 1.5, -2.5], np.float32), ours=[np.array([0.5, 1.5, -2.5], np.float32), "TO_NEAREST_EVEN"])
    for name in "add sub mul div rem max min atan2 pow nextafter eq ne lt le gt ge".split():
        fn = getattr(lax, name)
        case(name, fn, f32(2, 3), f32(2, 3))
        case(name, fn, f32(3), 2.0)
        if name not in ("atan2", "pow", "nextafter"):
            case(name, fn, i32(4), i32(4, low=1))
            case(name, fn, i32(4), 3)
            case(name, fn, u32(4), u32(4, low=1))
    case("pow", lax.pow, f32(3), i32(3))
    case("integerPow", lax.integer_pow, f32(3), -3)
    case("integerPow", lax.integer_pow, i32(3), 4)
    case("polygamma", lax.polygamma, np.array([1, 2], np.float32), np.array([0.5, 2.5], np.float32))
    case("zeta", lax.zeta, np.array([2, 3.5], np.float32), np.array([1, 2.5], np.float32))
    for name in "bitwise_and bitwise_or bitwise_xor".split():
        case(camel(name), getattr(lax, name), i32(4), i32(4))
        case(camel(name), getattr(lax, name), bools(4), bools(4))
    case("bitwiseNot", lax.bitwise_not, u32(3))
    for name in "shift_left shift_right_logical shift_right_arithmetic".split():
        case(camel(name), getattr(lax, name), i32(4), np.array([0, 1, 31, 40], np.int32))
    for name in "population_count clz".split():
        case(camel(name), getattr(lax, name), i32(4))
    case("clamp", lax.clamp, -1.0, f32(4), 1.0)
    case("clamp", lax.clamp, f32(4), f32(4), f32(4))
    case("select", lax.select, bools(3), f32(3), f32(3))
    case("selectN", lax.select_n, i32(3, low=0, high=2), f32(3), f32(3), f32(3))
    case("convertElementType", lambda x: lax.convert_element_type(x, jnp.int32), np.array([1.7, -1.7, 3e9, nan], np.float32), ours=[np.array([1.7, -1.7, 3e9, nan], np.float32), "int32"])
    x = f32(3)
    case("bitcastConvertType", lambda x: lax.bitcast_convert_type(x, jnp.int32), x, ours=[x, "int32"])
    case("reducePrecision", lambda x: lax.reduce_precision(x, 5, 4), x, ours=[x, 5, 4])
    y = f32(2, 3, 4)
    for name in "reduce_sum reduce_prod reduce_max reduce_min".split():
        case(camel(name), lambda y: getattr(lax, name)(y, (0, 2)), y, ours=[y, [0, 2]])
    for name in "reduce_and reduce_or reduce_xor".split():
        b = bools(3, 4)
        case(camel(name), lambda b: getattr(lax, name)(b, (1,)), b, ours=[b, [1]])
    for name in "argmax argmin".split():
        case(name, lambda y: getattr(lax, name)(y, 1, jnp.int32), y, ours=[y, 1])
    for name in "cumsum cumprod cummax cummin cumlogsumexp".split():
        for reverse in (False, True):
            case(name, lambda y: getattr(lax, name)(y, 1, reverse), y, ours=[y, 1, reverse])
    case("reshape", lambda y: lax.reshape(y, (4, 6)), y, ours=[y, [4, 6]])
    case("transpose", lambda y: lax.transpose(y, (2, 0, 1)), y, ours=[y, [2, 0, 1]])
    case("rev", lambda y: lax.rev(y, (0, 2)), y, ours=[y, [0, 2]])
    case("expandDims", lambda x: lax.expand_dims(x, (0, 2)), x, ours=[x, [0, 2]])
    z = f32(1, 3, 1)
    case("squeeze", lambda z: lax.squeeze(z, (0, -1)), z, ours=[z, [0, -1]])
    case("collapse", lambda y: lax.collapse(y, 1, 3), y, ours=[y, 1, 3])
    case("collapse", lambda y: lax.collapse(y, 1), y, ours=[y, 1])
    case("broadcast", lambda x: lax.broadcast(x, (2, 1)), x, ours=[x, [2, 1]])
    case("broadcastInDim", lambda x: lax.broadcast_in_dim(x, (2, 3, 2), (1,)), x, ours=[x, [2, 3, 2], [1]])
    case("concatenate", lambda y: lax.concatenate([y, y], 1), y, ours=[[y, y], 1])
    config = ((1, -1, 0), (0, 2, 1))
    w = f32(3, 3)
    case("pad", lambda w: lax.pad(w, 7.0, config), w, ours=[w, 7, [list(c) for c in config]])
    case("full", lambda: lax.full((2, 2), 3.0), ours=[[2, 2], 3])
    case("iota", lambda: lax.iota(jnp.int32, 4), ours=["int32", 4])
    case("broadcastedIota", lambda: lax.broadcasted_iota(jnp.float32, (2, 3), 1), ours=["float32", [2, 3], 1])
    case("slice", lambda y: lax.slice(y, (0, 1, 0), (2, 3, 4), (1, 1, 2)), y, ours=[y, [0, 1, 0], [2, 3, 4], [1, 1, 2]])
    case("sliceInDim", lambda y: lax.slice_in_dim(y, -3, None, 2, 2), y, ours=[y, -3, None, 2, 2])
    case("indexInDim", lambda y: lax.index_in_dim(y, -1, 1), y, ours=[y, -1, 1])
    case("indexInDim", lambda y: lax.index_in_dim(y, 0, 2, keepdims=False), y, ours=[y, 0, 2, False])
    for i in (1, -1, 7, -9):
        index = np.array(i, np.int32)
        case("dynamicSliceInDim", lambda y, i: lax.dynamic_slice_in_dim(y, i, 2, 1), y, index, ours=[y, index, 2, 1])
        case("dynamicIndexInDim", lambda y, i: lax.dynamic_index_in_dim(y, i, 1, False), y, index, ours=[y, index, 1, False])
        case("dynamicSlice", lambda w, i: lax.dynamic_slice(w, (i, 0), (2, 3)), w, index, ours=[w, [index, 0], [2, 3]])
        case("dynamicSlice", lambda w: lax.dynamic_slice(w, (0, i), (1, 2)), w, ours=[w, [0, i], [1, 2]])
        u = f32(2, 2)
        case("dynamicUpdateSlice", lambda w, u, i: lax.dynamic_update_slice(w, u, (i, 1)), w, u, index, ours=[w, u, [index, 1]])
        r = f32(3)
        case("dynamicUpdateIndexInDim", lambda w, r, i: lax.dynamic_update_index_in_dim(w, r, i, 1), w, r, index, ours=[w, r, index, 1])
    v = f32(1, 3)
    case("dynamicUpdateSliceInDim", lambda w, v: lax.dynamic_update_slice_in_dim(w, v, 2, 0), w, v, ours=[w, v, 2, 0])
    rows = np.array([[2], [0], [9]], np.int32)
    case(
        "gather",
        lambda w, i: lax.gather(w, i, lax.GatherDimensionNumbers((1,), (0,), (0,)), (1, 3), mode="clip"),
        w,
        rows,
        ours=[w, rows, {"offsetDims": [1], "collapsedSliceDims": [0], "startIndexMap": [0], "operandBatchingDims": [], "startIndicesBatchingDims": []}, [1, 3], {"mode": "clip"}],
    )
    numbers = lax.ScatterDimensionNumbers((1,), (0,), (0,))
    ours = {"updateWindowDims": [1], "insertedWindowDims": [0], "scatterDimsToOperandDims": [0], "operandBatchingDims": [], "scatterIndicesBatchingDims": []}
    u = f32(3, 3)
    for name in "scatter scatter_add scatter_mul scatter_min scatter_max".split():
        case(camel(name), lambda w, i, u: getattr(lax, name)(w, i, u, numbers, mode="drop"), w, rows, u, ours=[w, rows, u, ours])
    a, b = f32(2, 3, 4), f32(2, 4, 3)
    case("dotGeneral", lambda a, b: lax.dot_general(a, b, (((2, 1), (1, 2)), ((0,), (0,)))), a, b, ours=[a, b, [[[2, 1], [1, 2]], [[0], [0]]]])
    case("dot", lax.dot, f32(2, 3), f32(3))
    case("batchMatmul", lax.batch_matmul, a, b)
    k, q = i32(5, low=0, high=2), f32(5)
    case("sort", lax.sort, w)
    case("sort", lambda w: lax.sort(w, 0), w, ours=[w, 0])
    case("sort", lambda k, q: lax.sort([k, q], num_keys=2), k, q, ours=[[k, q], -1, {"numKeys": 2}])
    case("sortKeyVal", lax.sort_key_val, k, q)
    case("topK", lambda w: lax.top_k(w, 2), w, ours=[w, 2])
    case("topK", lambda w: lax.top_k(w, 2, axis=0), w, ours=[w, 2, 0])


def bessel():
    case("i0", jnp.i0, np.array([0, -0.0, 1, -2.5, 30, inf, -inf, nan], np.float32))
    case("i0", jnp.i0, np.array([0, 0.25, -3.5, 40]))
    case("i0", jnp.i0, np.array([0, 1, -2], np.int32))
    case("kaiser", lambda: jnp.kaiser(5, 60.0), ours=[5, 60])


def write(name, rows):
    evaluate(pending)
    lines = [json.dumps(row, separators=(",", ":")) for row in rows]
    pathlib.Path(__file__).with_name(name).write_text('{"jax":"%s","cases":[\n%s\n]}\n' % (jax.__version__, ",\n".join(lines)))


lax_cases()
write("lax.json", cases)
cases.clear()
indexing()
for row in cases:
    row[0] = "at." + row[0]
in_indexing = cases[:]
cases.clear()
for group in [elementwise, reductions, making, shapes, products, order, sets_and_counts, statistics, norms, bessel]:
    group()
write("numpy.json", cases + in_indexing)
print(len(cases), "cases,", len(in_indexing), "of indexing")
