"""Golden results of JAX for casts and elementwise functions of int8, uint8, int16, uint16, float16 and bfloat16:
test/numpy/storage-elementwise.test.ts.

    python -m venv env && env/bin/pip install jax && env/bin/python -P test/golden/storage_elementwise.py

writes storage_elementwise.json beside this file. `arrays` are those that cases name: [dtype, values]; `cases` are
[room, function, names of arguments, dtype of the results, results], the results of several a list a result. Values are numbers
that the dtype holds exactly, with "nan", "inf", "-inf" and "-0" as text.
"""

import json
import os
import pathlib

os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax, nn

INTS = ["int8", "uint8", "int16", "uint16"]
HALVES = ["float16", "bfloat16"]
inf, nan = np.inf, np.nan
rng = np.random.default_rng(11)
arrays, cases = {}, []


def number(v):
    if isinstance(v, (bool, np.bool_)):
        return bool(v)
    v = float(v)
    if v == 0 and np.signbit(v):
        return "-0"
    return str(v) if not np.isfinite(v) else int(v) if v == int(v) and abs(v) < 2**53 else v


def values(a):
    kept = a if a.dtype == bool else np.asarray(a).astype(np.float64)
    return [number(v) for v in np.asarray(kept).ravel()]


def define(name, dtype, numbers):
    """An array of numbers rounded to the dtype, kept under a name."""
    a = jnp.asarray(np.asarray(numbers, np.float64).astype(dtype))
    arrays[name] = [dtype, values(a)]
    return name, a


def case(room, name, f, *args):
    """`args` are named arrays, or constants."""
    result = f(*[a[1] if isinstance(a, tuple) else a for a in args])
    results = list(result) if isinstance(result, tuple) else [result]
    shown = [a[0] if isinstance(a, tuple) else a for a in args]
    cases.append([room, name, shown, [r.dtype.name for r in results], [values(r) for r in results]])


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(w.capitalize() for w in rest)


def ends(dtype):
    info = jnp.iinfo(dtype)
    return [v for v in [info.min, info.min + 1, -80, -7, -3, -2, -1, 0, 1, 2, 3, 5, 7, 100, info.max - 1, info.max] if v >= info.min]


NUMPY_UNARY = """abs negative positive reciprocal sign sqrt cbrt square exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos
arctan sinh cosh tanh arcsinh arccosh arctanh sinc deg2rad rad2deg ceil floor trunc rint round nan_to_num isfinite isinf isnan
signbit i0 isposinf isneginf logical_not frexp modf spacing""".split()
NUMPY_BINARY = """add subtract multiply divide floor_divide remainder fmod power arctan2 hypot logaddexp logaddexp2 maximum minimum
fmax fmin copysign nextafter heaviside equal not_equal less less_equal greater greater_equal logical_and divmod float_power""".split()
LAX_UNARY = "erf erfc erf_inv lgamma digamma bessel_i0e bessel_i1e rsqrt logistic".split()
NN_UNARY = """relu relu6 sigmoid softplus soft_sign silu log_sigmoid leaky_relu hard_sigmoid hard_silu hard_tanh elu celu selu gelu
squareplus mish""".split()

# What XLA works out in steps that are rounded to 16 bits each, such as exp2 as exp(x log 2), is wrong by up to 25 roundings: for
# these the results are those of float64, rounded once.
IN_STEPS = "exp2 logaddexp2 lgamma logistic sigmoid".split()


def rounded_once(f, dtype):
    def run(*args):
        with jax.enable_x64(True):
            wide = f(*[jnp.asarray(np.asarray(a).astype(np.float64)) for a in args])
            return lax.convert_element_type(wide, dtype)

    return run


for d in HALVES:
    # XLA takes float32's subnormal numbers for 0, and so those of bfloat16.
    tiny, large = (2.0**-24, 65504.0) if d == "float16" else (2.0**-100, 2.0**99)
    edges = [-inf, -large, -40.0, -2.5, -1.5, -1.0, -0.5, -0.1, -tiny, -0.0, 0.0, tiny, 3 * tiny, 0.01, 0.3, 0.5, 1.0, 1.5, 2.5, 9.0, 40.0, large, inf, nan]
    x = define(f"{d} x", d, edges + list(rng.normal(size=12)) + list(rng.uniform(0, 1, 6)) + list(rng.uniform(0, 12, 6)))
    n = len(x[1])
    y = define(f"{d} y", d, rng.permutation(np.asarray(x[1], np.float64)))
    exponents = define(f"{d} exponents", d, rng.choice([-2.0, -1.0, -0.5, 0.0, 0.3, 0.5, 1.0, 2.0, nan], n))
    unit = define(f"{d} unit", d, rng.uniform(-1, 1, 24))
    for name in NUMPY_UNARY:
        case("np", camel(name), rounded_once(getattr(jnp, name), d) if name in IN_STEPS else getattr(jnp, name), x)
    for name in ["arcsin", "arccos", "arctanh", "log1p"]:
        case("np", name, getattr(jnp, name), unit)
    case("lax", "erfInv", lax.erf_inv, unit)
    for name in NUMPY_BINARY:
        case("np", camel(name), rounded_once(getattr(jnp, name), d) if name in IN_STEPS else getattr(jnp, name), x, exponents if "power" in name else y)
    for name in LAX_UNARY:
        case("lax", camel(name), rounded_once(getattr(lax, name), d) if name in IN_STEPS else getattr(lax, name), x)
    for name in NN_UNARY:
        # Squares of great numbers overflow.
        case("nn", camel(name), rounded_once(getattr(nn, name), d) if name in IN_STEPS else getattr(nn, name), unit if name == "squareplus" else x)
    for k in [-1, 0, 2, 3]:
        case("lax", "integerPow", lax.integer_pow, x, k)
    case("np", "clip", jnp.clip, x, -1, 2)
    case("np", "ldexp", jnp.ldexp, x, define(f"{d} k", "int32", rng.integers(-12, 12, n)))
    case("np", "where", jnp.where, define(f"{d} c", "bool", rng.integers(0, 2, n)), x, y)

for d in INTS:
    x = define(f"{d} x", d, ends(d))
    n = len(x[1])
    y = define(f"{d} y", d, rng.permutation(np.asarray(x[1], np.float64)))
    for name in "abs negative positive sign square bitwise_not bitwise_count logical_not signbit sqrt exp sin".split():
        case("np", camel(name), getattr(jnp, name), x)
    for name in """add subtract multiply divide floor_divide remainder fmod maximum minimum equal less greater_equal bitwise_and bitwise_or
        bitwise_xor divmod arctan2""".split():
        case("np", camel(name), getattr(jnp, name), x, y)
    powers = define(f"{d} powers", d, rng.integers(0, 6, n))
    case("np", "power", jnp.power, x, powers)
    # JAX's gcd takes no end with the least of a signed type, which is its own opposite.
    some = define(f"{d} some", d, rng.integers(0 if d[0] == "u" else -60, 60, n))
    for name in ["gcd", "lcm"]:
        case("np", name, getattr(jnp, name), some, powers)
    shifts = define(f"{d} shifts", d, rng.integers(0, jnp.iinfo(d).bits + 2, n))
    for name in ["left_shift", "right_shift"]:
        case("np", camel("bitwise_" + name), getattr(jnp, name), x, shifts)
    case("np", "clip", jnp.clip, x, 2, 90)

# Casts between all pairs of dtypes. What an integer can't hold saturates on XLA's CPU; NaN becomes 0. No number is so close to the
# middle of two that XLA, which goes from float64 to float32 first, rounds it twice.
wild = [-inf, -1e30, -70000.0, -40000.0, -300.0, -129.0, -128.5, -2.5, -1.5, -0.7, -0.0, 0.0, 0.3, 0.99, 1.5, 2.5, 127.5, 128.0, 254.9, 255.0, 255.5, 256.0, 300.0, 32767.5, 32768.0, 65503.0, 65519.0, 65520.0, 65535.5, 65536.0, 70000.0, 3e9, 1e30, inf, nan]
with jax.enable_x64(True):
    sources = [define(f"{d} end", d, ends(d)) for d in INTS + ["int32", "uint32"]]
    sources += [define(f"{d} wild", d, wild + [1 + 2**-8, 1 + 2**-11, 1 + 3 * 2**-11, 2**-25, 2**-24, 2**-14 - 2**-26]) for d in HALVES + ["float32", "float64"]]
    sources.append(define("bool", "bool", [0, 1]))
    for name, a in sources:
        for d in INTS + HALVES + ["int32", "uint32", "float32", "float64", "bool"]:
            if a.dtype.name in INTS + HALVES or d in INTS + HALVES:
                case("cast", d, lambda x: lax.convert_element_type(x, d), (name, a))

body = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
table = ",\n".join(f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in arrays.items())
text = f'{{"jax":"{jax.__version__}","arrays":{{\n{table}}},\n"cases":[\n{body}\n]}}\n'
pathlib.Path(__file__).with_suffix(".json").write_text(text)
print(len(cases), len(text))
