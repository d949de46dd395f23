"""Writes elementwise.json: what JAX gives for elementwise functions at special points. Run: python elementwise.py

Each case is [primitive, parameters, dtypes of the operands, rows of operands and result]. Floating-point functions have
a second part: rows of operands and derivatives with respect to each. All floats are float64; infinities and NaN are
written as "inf", "-inf" and "nan", and -0 as "-0". Special functions of one argument come from mpmath, being meant to
be right in almost all digits: [function, rows of arguments and value].
"""

import itertools
import json
import math
import pathlib

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
from jax import lax

jax.config.update("jax_enable_x64", True)
mp.mp.dps = 50
inf, nan = math.inf, math.nan


def encode(v):
    if isinstance(v, (bool, np.bool_)):
        return bool(v)
    v = float(v)
    if math.isnan(v):
        return "nan"
    if math.isinf(v):
        return "inf" if v > 0 else "-inf"
    if v == 0 and math.copysign(1, v) < 0:
        return "-0"
    return int(v) if v.is_integer() and abs(v) < 2**53 else v


cases = []


def add(name, f, points, dtypes=None, params=None, derivatives=True):
    """`derivatives` says whether to add them, or at which points."""
    points = [p if isinstance(p, tuple) else (p,) for p in points]
    dtypes = dtypes or ["float64"] * len(points[0])
    cast = lambda p: [jnp.asarray(v, d) for v, d in zip(p, dtypes)]
    rows = [[encode(v) for v in p] + [encode(f(*cast(p)).item())] for p in points]
    slopes = []
    floats = tuple(i for i, d in enumerate(dtypes) if d == "float64")
    if derivatives and floats:
        df = jax.grad(f, floats)
        at = points if derivatives is True else [p for p in points if derivatives(*p)]
        slopes = [[encode(v) for v in p] + [encode(d) for d in df(*cast(p))] for p in at]
    cases.append([name, params or {}, dtypes, rows, slopes])


REALS = [-inf, -40.0, -2.5, -1.5, -1.0, -0.75, -0.5, -1e-10, -0.0, 0.0, 1e-10, 0.25, 0.5, 1.0, 1.5, 2.5, 3.0, 40.0, inf, nan]
SMALL = [-inf, -2.5, -1.0, -0.0, 0.0, 0.5, 1.0, 2.0, 3.0, inf, nan]
PAIRS = list(itertools.product(SMALL, SMALL))
INTS = [-(2**31), -(2**31) + 1, -7, -1, 0, 1, 2, 3, 31, 32, 33, 40, 2**31 - 1]
UINTS = [0, 1, 2, 7, 31, 32, 40, 2**31, 2**32 - 1]

for name in ["exp", "exp2", "log", "log1p", "logistic", "sqrt", "rsqrt", "cbrt", "square", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "sign", "floor", "ceil", "erf", "erfc", "neg"]:
    add(name, getattr(lax, name), REALS)
add("abs", lax.abs, REALS)
# JAX adds 1 to the output, which leaves no digits for large negative numbers; we differentiate exactly.
add("expm1", lax.expm1, REALS, derivatives=lambda x: x != -40)
add("erfInv", lax.erf_inv, REALS)
add("isFinite", lax.is_finite, REALS, derivatives=False)
for method in ["AWAY_FROM_ZERO", "TO_NEAREST_EVEN"]:
    add("round", lambda x: lax.round(x, lax.RoundingMethod[method]), REALS + [0.49999999999999994, 2.0**52 + 1, -3.5], params={"roundingMethod": method})
for y in [-3, -1, 0, 1, 2, 3, 4]:
    add("integerPow", lambda x: lax.integer_pow(x, y), REALS, params={"y": y})
for name in ["add", "sub", "mul", "div", "max", "min", "atan2"]:
    add(name, getattr(lax, name), PAIRS)
# Where the remainder is NaN, JAX gives derivatives nevertheless; ours are NaN.
add("rem", lax.rem, PAIRS, derivatives=lambda x, y: math.isfinite(x) and y != 0)
for name in ["eq", "ne", "lt", "le", "gt", "ge"]:
    add(name, getattr(lax, name), PAIRS, derivatives=False)
# JAX says NaN for d(x^y)/dx at x = y = 0; we say 0, as it does for integer exponents.
add("pow", lax.pow, [p for p in PAIRS if p != (0.0, 0.0)] + [(-2.5, -3.0), (-0.0, -3.0), (-inf, -3.0)])
add("pow", lax.pow, [(x, y) for x in SMALL if not math.isnan(x) for y in [-3, -1, 0, 1, 2, 3]], ["float64", "int32"])
add("nextafter", lax.nextafter, PAIRS + [(1.0, 0.0), (-1.0, -2.0), (1.7976931348623157e308, inf)], derivatives=False)
add("clamp", lax.clamp, list(itertools.product([-1.0, 0.0, 2.0], [-3.0, -1.0, 0.0, 1.0, 2.0, nan], [0.0, 1.0, 2.0])))
for e, m in [(5, 10), (8, 7), (8, 0), (11, 3)]:
    points = REALS + [65519.0, 65520.0, 6e-5, 6.103515625e-05, 1.1, 1.00390625, 1.01171875, 3.4e38, 1.2e-38, 1e-40, -1e-300]
    add("reducePrecision", lambda x: lax.reduce_precision(x, e, m), points, params={"exponentBits": e, "mantissaBits": m}, derivatives=False)

for dtype, values in [("int32", INTS), ("uint32", UINTS)]:
    pairs = list(itertools.product(values, values))
    for name in ["add", "sub", "mul", "div", "rem", "max", "min", "eq", "lt", "ge", "and", "or", "xor", "shiftLeft", "shiftRightLogical", "shiftRightArithmetic"]:
        own = {"and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor", "shiftLeft": "shift_left", "shiftRightLogical": "shift_right_logical", "shiftRightArithmetic": "shift_right_arithmetic"}
        add(name, getattr(lax, own.get(name, name)), pairs, [dtype, dtype])
    for name in ["not", "populationCount", "clz", "sign", "square"]:
        own = {"not": "bitwise_not", "populationCount": "population_count"}
        add(name, getattr(lax, own.get(name, name)), values, [dtype])
    add("integerPow", lambda x: lax.integer_pow(x, 5), values, [dtype], {"y": 5})
    for new in ["int32", "uint32", "bool", "float32", "float64"]:
        add("convertElementType", lambda x: lax.convert_element_type(x, new), values, [dtype], {"newDtype": new, "weakType": False})
add("abs", lax.abs, INTS, ["int32"])
bools = list(itertools.product([False, True], [False, True]))
for name in ["and", "or", "xor"]:
    add(name, getattr(lax, "bitwise_" + name), bools, ["bool", "bool"])
for name in ["max", "min", "eq", "lt"]:
    add(name, getattr(lax, name), bools, ["bool", "bool"])
add("not", lax.bitwise_not, [False, True], ["bool"])
for new in ["int32", "uint32", "bool", "float32"]:
    points = [-inf, -3e9, -1.9, -0.5, -0.0, 0.0, 0.1, 1.9, 3e9, 5e9, inf, nan]
    add("convertElementType", lambda x: lax.convert_element_type(x, new), points, ["float64"], {"newDtype": new, "weakType": False}, derivatives=False)

special = []


def hurwitz(s, q):
    # Euler-Maclaurin: mpmath's own zeta loses digits for large q.
    n = 60
    a = q + n
    total = sum((q + k) ** -s for k in range(n)) + a ** (1 - s) / (s - 1) + a**-s / 2
    return total + sum(mp.bernoulli(2 * j) / mp.factorial(2 * j) * mp.rf(s, 2 * j - 1) * a ** (1 - s - 2 * j) for j in range(1, 30))


def tabulate(name, f, points):
    points = [p if isinstance(p, tuple) else (p,) for p in points]
    special.append([name, [list(p) + [float(f(*[mp.mpf(x) for x in p]))] for p in points]])


tabulate("erf", mp.erf, [1e-20, 0.1, -0.5, 0.84, 0.85, 1.2, -1.3, 2.5, 3, 5.5])
tabulate("erfc", mp.erfc, [1e-20, -0.5, 0.2, 0.3, 0.8, 1, -1, 1.3, 2.5, 3, 10, 26, -3])
tabulate("erfInv", mp.erfinv, [1e-20, -0.2, 0.5, 0.84, 0.86, -0.99, 0.999999, 1 - 2**-40, 1 - 2**-53])
lgamma = lambda x: mp.loggamma(x) if x > 0 else mp.log(abs(mp.gamma(x)))
tabulate("lgamma", lgamma, [1e-30, 0.1, 0.2, 0.5, 0.8, 0.91, 1.1, 1.2, 1.4616, 1.8, 1.999, 2.5, 7.9, 8.5, 100, 1e10, 1e300, -0.5, -1.25, -10.5, -1e-30])
tabulate("digamma", mp.digamma, [1e-30, 0.1, 0.5, 1, 1.4616, 1.5, 2, 3.7, 9.9, 10, 123.4, 1e20, -0.25, -1.7, -10.3])
tabulate("zeta", hurwitz, [(1.01, 1), (1.5, 0.5), (2, 1), (3, 0.25), (4.5, 3), (10, 0.1), (20, 20), (23.5, 580), (40, 2)])
tabulate("polygamma", lambda m, x: mp.polygamma(int(m), x), [(1, 1), (1, 0.1), (2, 0.5), (3, 2.5), (4, 10), (10, 3), (1, -0.5), (2, -1.5), (3, -10.3)])

lines = lambda rows: ",\n".join("    " + json.dumps(r, separators=(",", ":")) for r in rows)
versions = json.dumps({"jax": jax.__version__, "mpmath": mp.__version__})
text = '{\n  "versions": %s,\n  "cases": [\n%s\n  ],\n  "special": [\n%s\n  ]\n}\n' % (versions, lines(cases), lines(special))
pathlib.Path(__file__).with_name("elementwise.json").write_text(text)
