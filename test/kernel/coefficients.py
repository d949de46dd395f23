"""Derives the minimax polynomials of src/kernel/math by Remez exchange and writes src/kernel/math/coefficients.ts.

Each fit is: f(x) ~ sum_k c_k x^k on [a, b], the error weighted by w(x). Coefficients are rounded one after the other
from the lowest power up, the rest being fitted anew each time, so that rounding costs little. Of kind "f64 f64" the lowest is
followed by what its rounding leaves.
Run: python3 test/kernel/coefficients.py
"""
import os
import struct
import sys
from mpmath import mp, mpf, matrix, lu_solve

mp.dps = 50


def f32(x):
    return mpf(struct.unpack("f", struct.pack("f", float(x)))[0])


def f64(x):
    return mpf(float(x))


def remez(f, w, a, b, powers, tries=12, grid=1500):
    """Coefficients of the given powers of x that minimise max |w(x) (f(x) - p(x))|, and that maximum."""
    n = len(powers)
    a, b = mpf(a), mpf(b)
    points = [(a + b) / 2 + (b - a) / 2 * mp.cos(mp.pi * (n - i) / n) for i in range(n + 1)]
    xs = [(a + b) / 2 - (b - a) / 2 * mp.cos(mp.pi * i / grid) for i in range(grid + 1)]
    fs = [f(x) for x in xs]
    ws = [w(x) for x in xs]
    best = None
    for _ in range(tries):
        system = matrix(n + 1, n + 1)
        right = matrix(n + 1, 1)
        for i, x in enumerate(points):
            for j, p in enumerate(powers):
                system[i, j] = x**p
            system[i, n] = (-1) ** i / w(x)
            right[i] = f(x)
        solution = lu_solve(system, right)
        c = [solution[j] for j in range(n)]
        errors = []
        for x, fx, wx in zip(xs, fs, ws):
            value = mpf(0)
            for cj, p in zip(c, powers):
                value += cj * x**p
            errors.append(wx * (fx - value))
        worst = max(abs(e) for e in errors)
        if best is None or worst < best[1]:
            best = (c, worst)
        # The extremum of every run of one sign.
        runs = []
        for x, e in zip(xs, errors):
            if runs and (runs[-1][1] > 0) == (e > 0):
                if abs(e) > abs(runs[-1][1]):
                    runs[-1] = (x, e)
            else:
                runs.append((x, e))
        while len(runs) > n + 1:
            if len(runs) == n + 2:
                runs.pop(0 if abs(runs[0][1]) < abs(runs[-1][1]) else -1)
            else:
                k = min(range(len(runs)), key=lambda i: abs(runs[i][1]))
                if k == 0 or k == len(runs) - 1:
                    runs.pop(k)
                else:
                    del runs[k : k + 2]
        if len(runs) < n + 1:
            break
        points = [x for x, _ in runs]
        if worst - min(abs(e) for _, e in runs) < worst * mpf("1e-4"):
            break
    return best


def fit(f, w, a, b, degree, rounding):
    """A polynomial of this degree with rounded coefficients, lowest first, and its greatest weighted error."""
    c, _ = remez(f, w, a, b, list(range(degree + 1)), grid=600)
    fixed = [rounding(x) for x in c]
    if rounding is f32:
        # One after the other: what rounding one loses, the higher ones make good, away from 0 where they can.
        low = max(mpf(a), mpf(b) / 50)
        for k in range(1, degree + 1):
            rest = lambda x: f(x) - sum(c * x**i for i, c in enumerate(fixed[:k]))
            if a < 0:
                # 0 inside the interval, where these powers vanish: least squares instead.
                xs = [(a + b) / 2 + (b - a) / 2 * mp.cos(mp.pi * i / 200) for i in range(201)]
                system = matrix([[w(x) * x**p for p in range(k, degree + 1)] for x in xs])
                right = matrix([w(x) * rest(x) for x in xs])
                fixed[k:] = [rounding(x) for x in lu_solve(system, right)]
                continue
            c, _ = remez(rest, w, low, b, list(range(k, degree + 1)), grid=400)
            fixed[k:] = [rounding(x) for x in c]
    error = lambda x: abs(w(x) * (f(x) - sum(c * x**i for i, c in enumerate(fixed))))
    return fixed, max(error(mpf(a) + (mpf(b) - mpf(a)) * i / 500) for i in range(501))


def near(function, limit):
    """function(x), or its limit at 0."""
    return lambda x: limit if abs(x) < mpf("1e-14") else function(x)


one = lambda x: mpf(1)
root = mp.sqrt
FITS = {}


def define(name, f, w, a, b, degree, kinds="f32 f64"):
    FITS[name] = (f, w, a, b, degree, kinds)


H = mp.log(2) / 2 * mpf("1.01")
# e^r = 1 + r + r^2 P(r)
expc = near(lambda r: (mp.exp(r) - 1 - r) / r**2, mpf(1) / 2)
define("expF32", expc, lambda r: r**2 + mpf("1e-3"), -H, H, 4, "f32")
# sin r = r + r^3 P(r^2) and cos r = 1 - r^2 / 2 + r^4 P(r^2) on |r| <= pi/4
Q = (mp.pi / 4 * mpf("1.005")) ** 2
sinc = near(lambda z: (mp.sin(root(z)) - root(z)) / root(z) ** 3, mpf(-1) / 6)
cosc = near(lambda z: (mp.cos(root(z)) - 1 + z / 2) / z**2, mpf(1) / 24)
define("sinF32", sinc, lambda z: z + mpf("1e-3"), mpf(0), Q, 2, "f32")
define("sinF64", sinc, lambda z: z + mpf("1e-3"), mpf(0), Q, 5, "f64")
define("cosF32", cosc, lambda z: z**2 + mpf("1e-3"), mpf(0), Q, 2, "f32")
define("cosF64", cosc, lambda z: z**2 + mpf("1e-3"), mpf(0), Q, 5, "f64")
# log(1+f) = 2s + s^3 P(s^2), s = f/(2+f)
S = ((root(mpf(2)) - 1) / (root(mpf(2)) + 1) * mpf("1.01")) ** 2
logc = near(lambda z: (2 * mp.atanh(root(z)) - 2 * root(z)) / root(z) / z, mpf(2) / 3)
define("logF32", logc, lambda z: z + mpf("1e-4"), mpf(0), S, 3, "f32")
define("logF64", logc, lambda z: z + mpf("1e-4"), mpf(0), S, 6, "f64")
# tanh x = x + x^3 P(x^2), |x| <= 0.625
define(
    "tanhF32",
    near(lambda z: (mp.tanh(root(z)) - root(z)) / root(z) / z, mpf(-1) / 3),
    lambda z: z + mpf("1e-3"),
    mpf(0),
    mpf("0.625") ** 2,
    4,
    "f32",
)
# tan x = x + x^3 P(x^2), |x| <= pi/4
R = (mp.pi / 4 * mpf("1.005")) ** 2
tanc = near(lambda z: (mp.tan(root(z)) - root(z)) / root(z) / z, mpf(1) / 3)
define("tanF32", tanc, lambda z: z + mpf("1e-3"), mpf(0), R, 6, "f32")
define("tanF64", tanc, lambda z: z + mpf("1e-3"), mpf(0), R, 13, "f64")
# asin x = x + x^3 P(x^2), |x| <= 1/2
asinc = near(lambda z: (mp.asin(root(z)) - root(z)) / root(z) / z, mpf(1) / 6)
define("asinF32", asinc, lambda z: z + mpf("1e-3"), mpf(0), mpf(1) / 4 * mpf("1.001"), 4, "f32")
define("asinF64", asinc, lambda z: z + mpf("1e-3"), mpf(0), mpf(1) / 4 * mpf("1.001"), 11, "f64")
# atan x = x + x^3 P(x^2), |x| <= tan(pi/8)
T = (mp.tan(mp.pi / 8) * mpf("1.005")) ** 2
atanc = near(lambda z: (mp.atan(root(z)) - root(z)) / root(z) / z, mpf(-1) / 3)
define("atanF32", atanc, lambda z: z + mpf("1e-3"), mpf(0), T, 4, "f32")
define("atanF64", atanc, lambda z: z + mpf("1e-3"), mpf(0), T, 9, "f64")
# e^r = 1 + r + r^2 P(r), in double precision
define("expF64", expc, lambda r: r**2 + mpf("1e-3"), -H, H, 10, "f64")


# sinh x = x + x^3 P(x^2), |x| <= 1
sinhc = near(lambda z: (mp.sinh(root(z)) - root(z)) / root(z) / z, mpf(1) / 6)
define("sinhF32", sinhc, lambda z: z + mpf("1e-3"), mpf(0), mpf(1), 3, "f32")
define("sinhF64", sinhc, lambda z: z + mpf("1e-3"), mpf(0), mpf(1), 7, "f64")
# the cube root on [0.35, 2.83], a first guess
define("cbrtF32", mp.cbrt, lambda x: 1 / mp.cbrt(x), mpf("0.353"), mpf("2.829"), 4, "f32")


# 2 atanh s = 2 s + s^3 (2/3 + s^2 P(s^2)), for the logarithm in twice the precision
define(
    "powF64",
    near(lambda z: ((2 * mp.atanh(root(z)) - 2 * root(z)) / root(z) / z - mpf(2) / 3) / z, mpf(2) / 5),
    lambda z: z**2 + mpf("1e-6"),
    mpf(0),
    S,
    8,
    "f64",
)


# erf x = x + x P(x^2), |x| <= 1
erfp = near(lambda z: mp.erf(root(z)) / root(z) - 1, 2 / root(mp.pi) - 1)
define("erfF32", erfp, one, mpf(0), mpf(1), 6, "f32")
define("erfF64", erfp, one, mpf(0), mpf(1), 12, "f64")


# erfc x = e^(-x^2) P(t) / (1 + 2 x), t = (x - 3.75) / (x + 3.75), x >= 1/2
def erfct(t):
    x = mpf("3.75") * (1 + t) / (1 - t)
    return mp.exp(x * x) * mp.erfc(x) * (1 + 2 * x)


def ratio(x):
    return (mpf(x) - mpf("3.75")) / (mpf(x) + mpf("3.75"))


define("erfcF32", erfct, one, ratio("0.49"), ratio("10.5"), 11, "f32")
define("erfcF64", erfct, one, ratio("0.49"), ratio("27.5"), 22, "f64")


# erfInv x = x P(w - 2.5) where w = -log(1 - x^2) <= 5, else x P(sqrt w - 3) up to 4, x P(sqrt w - 5) beyond
def erfinvw(w):
    x = root(1 - mp.exp(-w))
    # Newton from an asymptotic guess
    y = root(max(w - mp.log(mp.pi * max(w, 1)) / 2, mpf("0.01"))) if w > 3 else x * (mpf("0.886") + w / 8)
    for _ in range(60):
        d = (mp.erfc(y) - (mp.exp(-w) / (1 + x))) * root(mp.pi) / 2 * mp.exp(y * y)
        y += d
        if abs(d) < mpf("1e-35"):
            break
    return y / x


define("erfInvF32", lambda v: erfinvw(v + mpf("2.5")), one, mpf("-2.4999"), mpf("2.5"), 11, "f32")
define("erfInvTailF32", lambda v: erfinvw((v + 3) ** 2), one, mpf("-0.77"), mpf("1.1"), 10, "f32")
define("erfInvF64", lambda v: erfinvw(v + mpf("2.5")), one, mpf("-2.4999999"), mpf("2.5"), 22, "f64")
define("erfInvMiddleF64", lambda v: erfinvw((v + 3) ** 2), one, mpf("-0.77"), mpf("1.01"), 23, "f64")
define("erfInvTailF64", lambda v: erfinvw((v + 5) ** 2), one, mpf("-1.01"), mpf("1.2"), 20, "f64")
# the quantile of the normal distribution at (1 + x) / 2 is x P(w) for |x| <= 3/4, w = -log(1 - x^2)
define("ndtriF64", lambda w: root(mpf(2)) * erfinvw(w) if w > mpf("1e-14") else root(mp.pi / 2), one, mpf(0), mpf("0.827"), 10, "f64 f64")
# lgamma(1 + t) = t P(t) and lgamma(2 + t) = t P(t) on |t| <= 1/2; digamma x = (x - x0) P(x - 3/2) on [1, 2]
define("lgammaOneF64", near(lambda t: mp.loggamma(1 + t) / t, -mp.euler), one, mpf("-0.5"), mpf("0.5"), 26, "f64")
define("lgammaTwoF64", near(lambda t: mp.loggamma(2 + t) / t, 1 - mp.euler), one, mpf("-0.5"), mpf("0.5"), 17, "f64")

# exp(-x) I_k(x) in pieces: k = 0 as it is and k = 1 by x up to 1/2, both at x = c + t up to 10, times sqrt(x) in 1 / x beyond;
# of fewer terms where the result is a float32
BESSEL = [
    ("Near", 0, "0.5", 0, {"F64": 12, "F32": 8}),
    ("One", "0.5", "1.5", 1, {"F64": 14, "F32": 9}),
    ("Three", "1.5", "4", "2.75", {"F64": 18, "F32": 12}),
    ("Seven", "4", "10", 7, {"F64": 23, "F32": 14}),
]


def besselpiece(order, name, c):
    scaled = lambda x: mp.exp(-x) * mp.besseli(order, x)
    if name == "Near" and order == 1:
        return near(lambda t: scaled(t) / t, mpf(1) / 2)
    return lambda t: scaled(mpf(c) + t)


def besselfar(order):
    return near(lambda y: mp.exp(-1 / y) * mp.besseli(order, 1 / y) / root(y), 1 / root(2 * mp.pi))


for order in (0, 1):
    for name, a, b, c, degrees in BESSEL:
        f = besselpiece(order, name, c)
        for kind, degree in degrees.items():
            define(f"besselI{order}{name}{kind}", f, lambda t, f=f: 1 / f(t), mpf(a) - mpf(c), mpf(b) - mpf(c), degree, "f64 f64")
    f = besselfar(order)
    for kind, degree in {"F64": 20, "F32": 8}.items():
        define(f"besselI{order}Far{kind}", f, lambda t, f=f: 1 / f(t), mpf(0), mpf("0.1"), degree, "f64 f64")

X0 = mp.findroot(mp.digamma, 1.46)
define(
    "digammaF64",
    lambda v: mp.digamma(v + mpf("1.5")) / (v + mpf("1.5") - X0) if abs(v + mpf("1.5") - X0) > mpf("1e-20") else mp.psi(1, X0),
    one,
    mpf("-0.5"),
    mpf("0.5"),
    22,
    "f64",
)


def main():
    only = sys.argv[1:]
    here = os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(here, "../../src/kernel/math/coefficients.ts")
    old = {}
    if os.path.exists(path):
        for statement in open(path).read().split("export const ")[1:]:
            old[statement.split()[0]] = "export const " + statement
    lines = []
    for name, (f, w, a, b, degree, kinds) in FITS.items():
        if name in old and only and name not in only:
            lines.append(old[name])
            continue
        rounding = f32 if kinds == "f32" else f64
        c, worst = fit(f, w, a, b, degree, rounding)
        if kinds == "f64 f64":
            c[1:1] = [f64(remez(f, w, a, b, list(range(degree + 1)), grid=600)[0][0] - c[0])]
        print(f"{name:12} degree {degree}  error 2^{float(mp.log(worst, 2)):.1f}", flush=True)
        digits = 9 if kinds == "f32" else 17
        text = ", ".join(repr(float(mp.nstr(x, digits))) for x in c)
        lines.append(f"export const {name} = [{text}];\n")
    with open(path, "w") as out:
        out.write("// Minimax coefficients, lowest power first, derived by test/kernel/coefficients.py: see there for what\n")
        out.write("// each approximates and where.\n")
        out.writelines(lines)


main()
