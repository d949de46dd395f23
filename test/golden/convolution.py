"""Writes convolution.json: what JAX gives for convolutions and reductions over windows. Run:
python -P convolution.py (-P, since the numpy.py beside it is not NumPy)

Each case is [operation, parameters, inputs, outputs]; an array is [dtype, shape, elements row by row]. The elements are
small whole numbers, so that results are exact. Where the elements are floats, the last input is a cotangent of the
result, and the outputs after the first are the cotangents of the other inputs.
"""

import json
import pathlib

import jax
import numpy as np
from jax import lax

jax.config.update("jax_enable_x64", True)

rng = np.random.default_rng(20240229)
cases = []


def encode(x):
    x = np.asarray(x)
    assert np.all(x == np.round(x)) and np.all(np.isfinite(x))
    return [str(x.dtype), list(x.shape), [int(v) for v in x.ravel()]]


def integers(low, high):
    return int(rng.integers(low, high + 1))


def pick(options):
    return options[integers(0, len(options) - 1)]


def numbers(shape, dtype="float32", low=-5, high=5):
    return rng.integers(0 if dtype == "uint32" else low, high + 1, shape).astype(dtype)


def add(operation, params, f, inputs):
    """Without the parameters that JAX has defaults for."""
    y = f(*inputs)
    inputs, outputs = list(inputs), [y]
    if inputs[0].dtype.kind == "f":
        ct = numbers(y.shape, y.dtype)
        outputs += jax.vjp(f, *inputs)[1](ct)
        inputs.append(ct)
    params = {name: value for name, value in params.items() if value is not None}
    cases.append([operation, params, [encode(x) for x in inputs], [encode(x) for x in outputs]])


SPECS = {
    0: [None, ("CN", "IO", "NC")],
    1: [None, ("NWC", "WIO", "NWC"), ("WCN", "OWI", "CWN")],
    2: [None, None, ("NHWC", "HWIO", "NHWC"), ("NHWC", "OIWH", "NCWH"), ("CWHN", "HOWI", "HNCW")],
    3: [None, ("NDHWC", "DHWIO", "NDHWC")],
}


def arranged(sizes, spec):
    """A shape: `sizes` by letter."""
    return [sizes[letter] for letter in spec]


def draw_shapes(k, spec, batch, features, inputs, outputs, lengths, window):
    lhs, rhs, _ = spec or ("NC" + "DHW"[3 - k:], "OI" + "DHW"[3 - k:], None)
    letters = [c for c in rhs if c not in "OI"]
    spatial = dict(zip(letters, lengths))
    return arranged({"N": batch, "C": features, **spatial}, lhs), arranged(
        {"O": outputs, "I": inputs, **dict(zip(letters, window))}, rhs
    )


def draw_padding(strings):
    def draw(k):
        if strings and integers(0, 1):
            return pick(["SAME", "VALID", "SAME_LOWER"])
        return [[integers(-1, 3), integers(-1, 3)] for _ in range(k)]

    return draw


for n in range(48):
    k = [2, 1, 2, 3, 2, 1, 2, 0][n % 8]
    spec = pick(SPECS[k])
    window = [integers(1, 3) for _ in range(k)]
    rhs_dilation = [integers(1, 2) for _ in range(k)] if integers(0, 1) else None
    lhs_dilation = [integers(1, 3) for _ in range(k)] if integers(0, 2) == 0 else None
    lengths = [integers(4, 6) if k < 3 else integers(3, 4) for _ in range(k)]
    strides = [integers(1, 3) for _ in range(k)]
    groups = {"featureGroupCount": 1, "batchGroupCount": 1}
    if n % 3 == 1:
        groups["featureGroupCount"] = integers(2, 3)
    if n % 6 == 2:
        groups["batchGroupCount"] = 2
    g = groups["featureGroupCount"]
    b = groups["batchGroupCount"]
    inputs = integers(1, 2)
    outputs = g * b * integers(1, 2)
    dtype = "float64" if n % 5 == 4 else "int32" if n % 11 == 10 else "uint32" if n == 21 else "float32"
    lhs_shape, rhs_shape = draw_shapes(k, spec, b * integers(1, 2), g * inputs, inputs, outputs, lengths, window)
    padding = draw_padding(lhs_dilation is None)(k)
    preferred = "float64" if dtype == "float32" and n % 7 == 0 else None
    params = {
        "windowStrides": strides,
        "padding": padding,
        "lhsDilation": lhs_dilation,
        "rhsDilation": rhs_dilation,
        "dimensionNumbers": spec,
        **{name: count for name, count in groups.items() if count > 1},
        "preferredElementType": preferred,
    }
    f = lambda x, y: lax.conv_general_dilated(
        x, y, strides, padding, lhs_dilation, rhs_dilation, spec, g, b, preferred_element_type=preferred
    )
    add("convGeneralDilated", params, f, [numbers(lhs_shape, dtype), numbers(rhs_shape, dtype)])

# Windows that do not fit, and arrays without elements
for lhs_shape, padding in [([2, 1, 2, 2], "VALID"), ([2, 1, 0, 4], [[2, 2], [0, 0]]), ([0, 1, 4, 4], "SAME")]:
    f = lambda x, y: lax.conv_general_dilated(x, y, [1, 1], padding)
    add("convGeneralDilated", {"windowStrides": [1, 1], "padding": padding}, f, [numbers(lhs_shape), numbers([2, 1, 3, 3])])

for n in range(14):
    k = [2, 1, 2, 3][n % 4]
    strides = [integers(1, 3) for _ in range(k)]
    padding = draw_padding(False)(k) if n % 3 == 2 else pick(["SAME", "VALID"])
    rhs_dilation = [integers(1, 2) for _ in range(k)] if n % 4 == 3 else None
    spec = pick(SPECS[k]) if n % 2 else None
    transpose, consistent = bool(integers(0, 1)), bool(integers(0, 1))
    lengths = [integers(2, 4) for _ in range(k)]
    window = [integers(1, 4) for _ in range(k)]
    shown = spec or {1: ("NHC", "HIO", "NHC"), 2: ("NHWC", "HWIO", "NHWC"), 3: ("NHWDC", "HWDIO", "NHWDC")}[k]
    inputs, outputs = 2, 3
    if transpose:  # the kernel is that of the other direction
        inputs, outputs = outputs, inputs
    lhs_shape, rhs_shape = draw_shapes(k, shown, 2, 2, inputs, outputs, lengths, window)
    if consistent and not isinstance(padding, str):
        padding = [[integers(0, m - 1), integers(0, m - 1)] for m in window]
    params = {
        "strides": strides,
        "padding": padding,
        "rhsDilation": rhs_dilation,
        "dimensionNumbers": spec,
        "transposeKernel": transpose,
        "useConsistentPadding": consistent,
    }
    pads = padding if isinstance(padding, str) else [tuple(pair) for pair in padding]
    f = lambda x, y: lax.conv_transpose(
        x, y, strides, pads, rhs_dilation, spec, transpose, use_consistent_padding=consistent
    )
    add("convTranspose", params, f, [numbers(lhs_shape), numbers(rhs_shape)])

for padding in ["SAME", "VALID"]:
    f = lambda x, y: lax.conv(x, y, [2, 1], padding)
    add("conv", {"windowStrides": [2, 1], "padding": padding}, f, [numbers([2, 2, 5, 4]), numbers([3, 2, 2, 3])])
params = {"windowStrides": [1, 2], "padding": [[1, 2], [0, 1]], "lhsDilation": [2, 1], "rhsDilation": [1, 2]}
f = lambda x, y: lax.conv_with_general_padding(x, y, *params.values())
add("convWithGeneralPadding", params, f, [numbers([2, 2, 4, 5]), numbers([3, 2, 3, 2])])

REDUCTIONS = {"add": lax.add, "mul": lax.mul, "max": lax.max, "min": lax.min}
NEUTRAL = {"add": 0, "mul": 1, "max": -np.inf, "min": np.inf}
for n in range(24):
    name = list(REDUCTIONS)[n % 4]
    dtype = ["float32", "float32", "int32", "float64", "uint32"][n % 5]
    shape = [integers(2, 6) for _ in range(integers(1, 3))]
    rank = len(shape)
    window = [integers(1, 3) for _ in shape]
    strides = [integers(1, 3) for _ in shape] if integers(0, 2) else None
    window_dilation = [integers(1, 2) for _ in shape] if integers(0, 2) == 0 else None
    # The derivative of JAX's extrema is defined for undilated operands.
    base_dilation = [integers(1, 2) for _ in shape] if name in ("add", "mul") and integers(0, 2) == 0 else None
    # Every window of an extremum meets the operand; JAX has no derivative of those that do not.
    padding = pick(["SAME", "VALID", "SAME_LOWER", [[integers(0, 1), integers(0, 1)] for _ in shape]])
    if isinstance(padding, str) and strides is None:  # which JAX does not take together
        strides = [1] * rank
    if padding != "VALID" and name in ("max", "min"):
        window = [max(2, m) for m in window]
        window_dilation = None
    neutral = n % 8 < 6
    init = NEUTRAL[name] if neutral else 2
    if dtype.endswith("int32") and not np.isfinite(init):
        info = np.iinfo(dtype)
        init = info.min if init < 0 else info.max
    # All different, so that nothing ties
    x = rng.permutation(np.prod(shape)).reshape(shape).astype(dtype) + (3 if name in ("max", "min") else 0)
    if name == "mul":
        x = numbers(shape, dtype, -2, 2)
    params = {
        "initValue": None if not np.isfinite(init) else init,
        "computation": name,
        "windowDimensions": window,
        "windowStrides": strides,
        "padding": padding,
        "baseDilation": base_dilation,
        "windowDilation": window_dilation,
    }
    f = lambda x: lax.reduce_window(
        x, np.asarray(init, dtype), REDUCTIONS[name], window, strides, padding, base_dilation, window_dilation
    )
    if dtype.startswith("float") and (name == "mul" or not neutral):  # JAX has no derivative of these
        y = f(x)
        cases.append(["reduceWindow", {k: v for k, v in params.items() if v is not None}, [encode(x)], [encode(y)]])
    else:
        add("reduceWindow", params, f, [x])

path = pathlib.Path(__file__).with_suffix(".json")
lines = ",\n".join(json.dumps(case, separators=(",", ":"), allow_nan=False) for case in cases)
path.write_text('{"jax":"%s","cases":[\n%s\n]}\n' % (jax.__version__, lines))
