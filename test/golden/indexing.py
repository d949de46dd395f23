"""Writes indexing.json: what JAX gives for slices, pads, gathers and scatters of all kinds. Run: python indexing.py

Each case is [operation, parameters, inputs, outputs]; an array is [dtype, shape, elements row by row]. The elements
are small whole numbers, so that results are exact, and NaN is written as null. The operations that end in "Vjp" give
the cotangents of the floating-point inputs, for the cotangent that is the last input.
"""

import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

rng = np.random.default_rng(20240117)
cases = []


def encode(x):
    x = np.asarray(x)
    elements = [None if np.isnan(v) else int(v) if float(v).is_integer() else float(v) for v in x.ravel()]
    return [str(x.dtype), list(x.shape), elements]


def add(operation, params, inputs, outputs):
    cases.append([operation, params, [encode(x) for x in inputs], [encode(x) for x in outputs]])


def integers(low, high):
    return int(rng.integers(low, high + 1))


def numbers(shape, dtype="float32", low=-9, high=9):
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    return rng.integers(0 if dtype == "uint32" else low, high + 1, shape).astype(dtype)


def vjp(f, ct, *primals):
    return jax.vjp(f, *primals)[1](ct)


DTYPES = ["float32", "float32", "int32", "uint32", "bool"]

# slice and pad
for _ in range(12):
    shape = [integers(0, 4) for _ in range(integers(1, 3))]
    start = [integers(0, n) for n in shape]
    limit = [integers(s, n) for s, n in zip(start, shape)]
    strides = [integers(1, 3) for _ in shape]
    x = numbers(shape)
    y = lax.slice(x, start, limit, strides)
    params = {"startIndices": start, "limitIndices": limit, "strides": strides}
    add("slice", params, [x], [y])
    ct = numbers(y.shape)
    add("sliceVjp", params, [x, ct], vjp(lambda x: lax.slice(x, start, limit, strides), ct, x))
for _ in range(20):
    shape = [integers(0, 3) for _ in range(integers(1, 3))]
    config = []
    for n in shape:
        low, interior = integers(-3, 3), integers(0, 2)
        least = -(low + max(0, n + (n - 1) * interior))
        config.append((low, max(least, integers(-3, 3)), interior))
    x, value = numbers(shape), numbers([])
    y = lax.pad(x, value, config)
    add("pad", {"paddingConfig": config}, [x, value], [y])
    ct = numbers(y.shape)
    add("padVjp", {"paddingConfig": config}, [x, value, ct], vjp(lambda x, v: lax.pad(x, v, config), ct, x, value))

# dynamic slices; the functions of lax count negative indices from the end, so bind the primitives
for _ in range(12):
    shape = [integers(1, 4) for _ in range(integers(1, 3))]
    sizes = [integers(0, n) for n in shape]
    x, update = numbers(shape), numbers(sizes)
    at = [numbers([], "int32", -2, n + 1) for n in shape]
    add("dynamicSlice", {"sliceSizes": sizes}, [x, *at], [lax.dynamic_slice_p.bind(x, *at, slice_sizes=tuple(sizes))])
    add("dynamicUpdateSlice", {}, [x, update, *at], [lax.dynamic_update_slice_p.bind(x, update, *at)])


def draw_windows():
    """Any gather: which axes are windows, collapsed or batches, where they stand, and indices around the operand."""
    shape = [integers(1, 4) for _ in range(integers(1, 3))]
    roles = [integers(0, 3) for _ in shape]  # 2 is collapsed, 3 is a batch, others windows
    sizes = [1 if role >= 2 else integers(min(1, n), n) for n, role in zip(shape, roles)]
    window = [a for a, role in enumerate(roles) if role < 2]
    batch = [a for a, role in enumerate(roles) if role == 3]
    pointed = [a for a in rng.permutation(len(shape)).tolist() if roles[a] != 3 and integers(0, 3)]
    lookups = [("free", integers(1, 4)) for _ in range(integers(0, 2))] + [(a, shape[a]) for a in batch]
    lookups = [lookups[i] for i in rng.permutation(len(lookups))]
    rank = len(lookups) + len(window)
    numbers_ = {
        "offsetDims": sorted(rng.permutation(rank).tolist()[: len(window)]),
        "collapsedSliceDims": [a for a, role in enumerate(roles) if role == 2],
        "startIndexMap": pointed,
        "operandBatchingDims": batch,
        "startIndicesBatchingDims": [[a for a, _ in lookups].index(b) for b in batch],
    }
    return shape, [n for _, n in lookups], numbers_, sizes


def draw_indices(lookups, dims, shape, sizes, inside):
    last = [shape[a] - sizes[a] for a in dims["startIndexMap"]]
    dtype = "int32" if integers(0, 2) else "uint32"
    columns = [numbers(lookups, dtype, 0 if inside else -1, n if inside else n + 1) for n in last]
    return np.stack(columns, -1) if columns else np.zeros([*lookups, 0], dtype)


def gather_numbers(dims):
    return lax.GatherDimensionNumbers(
        tuple(dims["offsetDims"]),
        tuple(dims["collapsedSliceDims"]),
        tuple(dims["startIndexMap"]),
        tuple(dims["operandBatchingDims"]),
        tuple(dims["startIndicesBatchingDims"]),
    )


def scatter_numbers(dims):
    return lax.ScatterDimensionNumbers(
        tuple(dims["updateWindowDims"]),
        tuple(dims["insertedWindowDims"]),
        tuple(dims["scatterDimsToOperandDims"]),
        tuple(dims["operandBatchingDims"]),
        tuple(dims["scatterIndicesBatchingDims"]),
    )


for n in range(45):
    mode = ["clip", "fill", "promise_in_bounds"][n % 3]
    shape, lookups, dims, sizes = draw_windows()
    dtype = DTYPES[integers(0, 4)]
    x = numbers(shape, dtype)
    indices = draw_indices(lookups, dims, shape, sizes, mode == "promise_in_bounds")
    fill = 7 if dtype != "bool" and integers(0, 1) else None
    params = {"dimensionNumbers": dims, "sliceSizes": sizes, "mode": mode, "fillValue": fill}
    f = lambda x: lax.gather(x, indices, gather_numbers(dims), tuple(sizes), mode=mode, fill_value=fill)
    y = f(x)
    add("gather", params, [x, indices], [y])
    if dtype == "float32":
        ct = numbers(y.shape)
        add("gatherVjp", params, [x, indices, ct], vjp(f, ct, x))

SCATTERS = {
    "scatter": lax.scatter,
    "scatterAdd": lax.scatter_add,
    "scatterMul": lax.scatter_mul,
    "scatterMin": lax.scatter_min,
    "scatterMax": lax.scatter_max,
}
for n in range(90):
    name = list(SCATTERS)[n % 5]
    mode = ["clip", "drop", "promise_in_bounds"][n // 5 % 3]
    shape, lookups, gather_dims, sizes = draw_windows()
    indices = draw_indices(lookups, gather_dims, shape, sizes, mode == "promise_in_bounds")
    dtype = DTYPES[integers(0, 4)] if n % 2 else "float32"
    if dtype == "bool" and name in ("scatterAdd", "scatterMul"):
        dtype = "int32"
    x = numbers(shape, dtype, -3, 3)
    windows = jax.eval_shape(
        lambda x: lax.gather(x, indices, gather_numbers(gather_dims), tuple(sizes), mode="clip"), x
    )
    updates = numbers(windows.shape, dtype, -3, 3)
    dims = dict(zip(
        ["updateWindowDims", "insertedWindowDims", "scatterDimsToOperandDims", "operandBatchingDims",
         "scatterIndicesBatchingDims"],
        gather_dims.values(),
    ))
    params = {"dimensionNumbers": dims, "mode": mode}
    f = lambda x, u, **options: SCATTERS[name](x, indices, u, scatter_numbers(dims), mode=mode, **options)
    y = f(x, updates)
    add(name, params, [x, indices, updates], [y])
    # JAX's derivatives of minima and maxima do not know of clipping.
    if dtype == "float32" and not (mode == "clip" and name in ("scatterMin", "scatterMax")):
        ct = numbers(y.shape)
        if name == "scatterMul":  # JAX has no derivative by updates that meet
            cotangents = vjp(lambda x: f(x, updates), ct, x)
        else:
            cotangents = vjp(f, ct, x, updates)
        add(name + "Vjp", params, [x, indices, updates, ct], cotangents)

path = pathlib.Path(__file__).with_suffix(".json")
lines = ",\n".join(json.dumps(case, separators=(",", ":"), allow_nan=False) for case in cases)
path.write_text('{"jax":"%s","cases":[\n%s\n]}\n' % (jax.__version__, lines))
