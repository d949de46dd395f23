"""Writes fft.json: what jax.numpy.fft gives.

    python -m venv env && env/bin/pip install jax && env/bin/python -P test/golden/fft.py

(made with JAX 0.10.2 on CPU). A case is [function, arguments, results, gradients]. Arrays are [dtype, shape, values];
complex ones are {"$": {"real": array, "imag": array}} as arguments and {"many": [real, imag]} as results. `gradients` are
those of the sum of all results times 1, 2, 3, … (real parts first) with respect to the parts of the first argument, each
taken as a real array; `null` for functions that have none.
"""

import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np

rng = np.random.default_rng(4)
cases = []


def number(x, dtype):
    x = float(f"{x:.9g}") if dtype == "float32" else float(x)
    return int(x) if x == int(x) and abs(x) < 1e15 else x


def array(x):
    x = np.asarray(x)
    if x.dtype.kind in "iu":
        return [{"int64": "int32"}.get(x.dtype.name, x.dtype.name), list(x.shape), [int(v) for v in x.ravel()]]
    return [x.dtype.name, list(x.shape), [number(v, x.dtype.name) for v in x.ravel()]]


def plain(x):
    if isinstance(x, (np.ndarray, jax.Array)):
        if x.dtype.kind == "c":
            return {"$": {"real": array(x.real), "imag": array(x.imag)}}
        return array(x)
    return list(x) if isinstance(x, tuple) else x


def parts(y):
    return [y.real, y.imag] if jnp.iscomplexobj(y) else [y]


def case(name, fn, x, *args):
    """`args` stand in JAX's order, which is ours."""
    with jax.enable_x64(x.dtype.name in ("float64", "complex128", "int64")):
        result = parts(fn(jnp.asarray(x), *args))

        def loss(*given):
            z = jax.lax.complex(*given) if len(given) == 2 else given[0]
            flat = jnp.concatenate([p.ravel() for p in parts(fn(z, *args))])
            return jnp.sum(flat * jnp.arange(1, flat.size + 1, dtype=flat.dtype))

        given = parts(jnp.asarray(x))
        gradients = None
        if given[0].dtype.kind == "f":
            gradients = [array(g) for g in jax.grad(loss, tuple(range(len(given))))(*given)]
        cases.append([name, [plain(x), *[plain(a) for a in args]], {"many": [array(p) for p in result]}, gradients])


def real(dtype, *shape):
    return np.round(rng.normal(size=shape), 3).astype(dtype)


def pair(dtype, *shape):
    return (real("float64", *shape) + 1j * real("float64", *shape)).astype(dtype)


f = jnp.fft
for n in [1, 2, 3, 4, 6, 7, 8, 12, 15, 17, 30]:
    case("fft", f.fft, pair("complex128", n))
for dtype, cdtype in [("float32", "complex64"), ("float64", "complex128")]:
    for fn, takes in [("fft", "c"), ("ifft", "c"), ("hfft", "c"), ("irfft", "c"), ("rfft", "r"), ("ihfft", "r")]:
        draw = (lambda *s: pair(cdtype, *s)) if takes == "c" else (lambda *s: real(dtype, *s))
        g = getattr(f, fn)
        case(fn, g, draw(6))
        case(fn, g, draw(2, 5))
        case(fn, g, draw(4, 3), None, 0)
        case(fn, g, draw(2, 3, 2), None, 1, "ortho")
        for norm in ["backward", "ortho", "forward"]:
            case(fn, g, draw(5), None, -1, norm)
        case(fn, g, draw(5), 3)
        case(fn, g, draw(5), 8)
        case(fn, g, draw(5), 9, -1, "forward")
        case(fn, g, draw(5, 2), 4, -2)
    for fn, takes in [("fft2", "c"), ("ifft2", "c"), ("irfft2", "c"), ("rfft2", "r"), ("fftn", "c"), ("ifftn", "c"), ("irfftn", "c"), ("rfftn", "r")]:
        draw = (lambda *s: pair(cdtype, *s)) if takes == "c" else (lambda *s: real(dtype, *s))
        g = getattr(f, fn)
        case(fn, g, draw(3, 4))
        case(fn, g, draw(2, 3, 3))
        case(fn, g, draw(2, 3, 4), (4, 3))  if fn.endswith("2") else case(fn, g, draw(2, 3, 4), (4, 3), (1, 2))
        case(fn, g, draw(3, 4), None, (1, 0))
        case(fn, g, draw(3, 4), (2, 6), (0, 1), "ortho")
        case(fn, g, draw(3, 4), None, (0, 1), "forward")
        if fn.endswith("n"):
            case(fn, g, draw(3, 4), None, (1,))
for fn in ["fft", "ifft", "rfft", "ihfft"]:
    case(fn, getattr(f, fn), np.arange(5, dtype=np.int32))
    case(fn, getattr(f, fn), real("float64", 4))
for fn in ["fftshift", "ifftshift"]:
    for x in [real("float32", 5), real("float32", 2, 3), pair("complex64", 4), np.arange(6, dtype=np.int32)]:
        case(fn, getattr(f, fn), x)
    case(fn, getattr(f, fn), real("float64", 3, 4), 1)
    case(fn, getattr(f, fn), real("float64", 3, 4), (0, -1))
for fn in ["fftfreq", "rfftfreq"]:
    for args in [(1,), (2,), (5,), (8,), (8, 0.1), (7, 2.5)]:
        with jax.enable_x64(False):
            y = getattr(f, fn)(*args)
        cases.append([fn, list(args), {"many": [array(y)]}, None])

lines = ",\n".join(json.dumps(c) for c in cases)
pathlib.Path(__file__).with_name("fft.json").write_text(f'{{"jax": "{jax.__version__}", "cases": [\n{lines}\n]}}\n')
print(len(cases))
