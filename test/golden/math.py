"""Writes test/golden/math.bin: the functions of src/kernel/math at the points that math.json and the generator
below define, for every point the f64 nearest to the exact value and, in a byte, the signed rest in 1/200 of its unit
in the last place. accuracy.ts makes the same points. Run: python3 test/golden/math.py
"""
import json
import math
import os
import struct
from mpmath import mp, mpf

mp.prec = 200
COUNT = 240
here = os.path.dirname(os.path.abspath(__file__))


def ndtri(p):
    """The quantile of the normal distribution: the root of the logarithm of the tail's probability."""
    if p > 0.5:
        return -ndtri(1 - p)
    start = -mp.sqrt(-2 * mp.log(2 * p)) if p < 0.4 else 2 * p - 1
    return mp.findroot(lambda z: mp.log(mp.erfc(-z / mp.sqrt(2)) / 2) - mp.log(p), start)


functions = {
    "exp": mp.exp,
    "exp2": lambda x: mpf(2) ** x,
    "expm1": mp.expm1,
    "log": mp.log,
    "log2": lambda x: mp.log(x) / mp.log(2),
    "log10": lambda x: mp.log(x) / mp.log(10),
    "log1p": mp.log1p,
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "asin": mp.asin,
    "acos": mp.acos,
    "atan": mp.atan,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "tanh": mp.tanh,
    "asinh": mp.asinh,
    "acosh": mp.acosh,
    "atanh": mp.atanh,
    "logistic": lambda x: 1 / (1 + mp.exp(-x)),
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    "rsqrt": lambda x: 1 / mp.sqrt(x),
    "pow": lambda x, y: x**y,
    "atan2": mp.atan2,
    "erf": mp.erf,
    "erfc": mp.erfc,
    "erfInv": mp.erfinv,
    "lgamma": lambda x: mp.log(abs(mp.gamma(x))),
    "digamma": mp.digamma,
    "besselI0e": lambda x: mp.exp(-abs(x)) * mp.besseli(0, x),
    "besselI1e": lambda x: mp.exp(-abs(x)) * mp.besseli(1, x),
    "ndtri": ndtri,
    "igamma": lambda a, x: mp.gammainc(a, 0, x, regularized=True),
    "igammac": lambda a, x: mp.gammainc(a, x, mp.inf, regularized=True),
    "betainc": lambda a, b, x: mp.betainc(a, b, 0, x, regularized=True),
}


class Random:
    def __init__(self):
        self.state = 1

    def next(self):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return self.state

    def unit(self):
        return (self.next() * 2**21 + (self.next() >> 11)) / 2**53

    def point(self, spec):
        kind, low, high = spec
        u = self.unit()
        if kind == "lin":
            return low + (high - low) * u
        exponent = low + (self.next() >> 8) % (high - low + 1)
        sign = -1 if kind == "log" and self.next() >> 31 else 1
        return sign * (1 + u) * 2.0**exponent if exponent < 1023 else sign * (1 + u) * 2.0**1023


def nearest(exact):
    """The nearest f64 and the rest in units of its last place."""
    if abs(exact) >= mpf(2) ** 1024 - mpf(2) ** 970:
        return math.copysign(math.inf, exact), 0
    with mp.workprec(53 if abs(exact) >= mpf(2) ** -1022 else 200):
        value = float(exact)  # mpmath rounds to nearest, subnormals included
    ulp = math.ulp(value)
    return value, float((exact - mpf(value)) / mpf(ulp))


def main():
    specs = json.load(open(os.path.join(here, "math.json")))
    out = bytearray()
    for name, intervals in specs.items():
        random = Random()
        f = functions[name]
        for interval in intervals:
            for _ in range(COUNT):
                args = [mpf(random.point(spec)) for spec in interval]
                mp.prec = 1200 if name in ("sin", "cos", "tan") else 2300 if name in ("log1p", "expm1", "cosh") else 200
                value, rest = nearest(f(*args))
                out += struct.pack("<db", value, max(-100, min(100, round(rest * 200))))
    open(os.path.join(here, "math.bin"), "wb").write(out)
    print(len(out), "bytes")


main()
