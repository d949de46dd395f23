"""Writes linalg.json: what JAX gives for linear algebra, values and gradients. Run, in a virtual environment with
`pip install jax scipy`:  python -P linalg.py (-P, since the numpy.py beside it is not NumPy)

Each case is [function, arguments, result, gradient]: an array is [dtype, shape, elements row by row]; several results are
{"many": [...]}; the gradient, or null, is that of the sum of squares of all results with respect to the first argument.
Vectors that are unique up to sign are left out: only what does not depend on these signs is compared.
"""

import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import scipy.linalg
from jax.scipy.linalg import expm

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(20240301)
cases = []


def encode(x):
    if isinstance(x, (int, float, str)) or x is None:
        return x
    if isinstance(x, dict):
        return {"$": {name: encode(value) for name, value in x.items()}}
    x = np.asarray(x)
    values = [float(f"{v:.17g}") if np.isfinite(v) else str(float(v)) for v in x.ravel().astype(float)]
    # Integers of results are int32 without JAX's 64-bit mode, which is on for the floats.
    return [str(x.dtype).replace("int64", "int32"), list(x.shape), values]


def results(y):
    return [np.asarray(r) for r in y] if isinstance(y, (tuple, list)) else [y]


def add(name, f, args, differentiable=True, options=()):
    y = f(*args)
    total = lambda x: sum(jnp.sum(r * r) for r in jax.tree.leaves(f(x, *args[1:])) if r.dtype.kind == "f")
    gradient = encode(jax.grad(total)(args[0])) if differentiable else None
    many = isinstance(y, (tuple, list))
    encoded = {"many": [encode(r) for r in y]} if many else encode(y)
    cases.append([name, [encode(a) for a in args] + [encode(o) for o in options], encoded, gradient])


def matrix(*shape, dtype="float64"):
    return rng.uniform(-1, 1, shape).astype(dtype)


la = jnp.linalg
SQUARE = [(1, 1), (2, 2), (3, 3), (5, 5), (2, 4, 4)]
ANY = SQUARE + [(2, 3), (4, 2), (2, 3, 2)]

for shape in SQUARE:
    n = shape[-1]
    a = matrix(*shape) + 2 * np.eye(n)
    spd = matrix(*shape)
    spd = spd @ np.swapaxes(spd, -1, -2) + np.eye(n)
    add("linalg.cholesky", la.cholesky, [spd])
    add("linalg.cholesky", lambda x: la.cholesky(x, upper=True), [spd], options=[{"upper": True}])
    add("linalg.inv", la.inv, [a])
    add("linalg.det", la.det, [a])
    add("linalg.slogdet", lambda x: tuple(la.slogdet(x)), [a])
    add("linalg.solve", la.solve, [a, matrix(*shape[:-1], 3)])
    add("linalg.solve", la.solve, [a, matrix(n)])
    add("linalg.eigvalsh", la.eigvalsh, [spd])
    add("linalg.expm", expm, [a])
    # SciPy's, which is exact to 1e-13 here, while JAX's errs by 2e-10 where it squares.
    add("linalg.expm", scipy.linalg.expm, [8 * a], differentiable=False)
    add("linalg.lu", jax.lax.linalg.lu, [a])
    for power in [-2, 0, 1, 3]:
        add("linalg.matrixPower", lambda x: la.matrix_power(x, power), [a], options=[power])
    for p in [None, 1, -1, 2, -2, "fro"]:
        add("linalg.cond", lambda x: la.cond(x, p), [a], options=[p])
    add("linalg.cholesky", la.cholesky, [spd.astype("float32")], differentiable=False)
    add("linalg.inv", la.inv, [a.astype("float32")], differentiable=False)

for shape in ANY:
    a = matrix(*shape)
    add("linalg.svdvals", la.svdvals, [a])
    add("linalg.qr", lambda x: tuple(la.qr(x)), [a], differentiable=shape[-2] >= shape[-1])
    add("linalg.qr", lambda x: tuple(la.qr(x, mode="complete")), [a], differentiable=False, options=["complete"])
    add("linalg.qr", lambda x: la.qr(x, mode="r"), [a], differentiable=shape[-2] >= shape[-1], options=["r"])
    add("linalg.pinv", la.pinv, [a])
    add("linalg.matrixRank", la.matrix_rank, [a], differentiable=False)
    add("linalg.matrixNorm", la.matrix_norm, [a])
    for ord in ["nuc", 2, -2]:
        add("linalg.matrixNorm", lambda x: la.matrix_norm(x, ord=ord), [a], options=[{"ord": ord}])

for m, n, k in [(5, 3, 2), (3, 5, 1), (4, 4, 3)]:
    add("linalg.lstsq", lambda a, b: tuple(la.lstsq(a, b)), [matrix(m, n), matrix(m, k)], differentiable=False)
    add("linalg.lstsq", lambda a, b: tuple(la.lstsq(a, b)), [matrix(m, n), matrix(m)], differentiable=False)

x, y = np.linspace(-1, 2, 9), matrix(9)
for deg in [0, 1, 3]:
    add("polyfit", lambda p, q: jnp.polyfit(p, q, deg), [x, y], differentiable=False, options=[deg])
    add("polyfit", lambda p, q: jnp.polyfit(p, q, deg), [x, matrix(9, 2)], differentiable=False, options=[deg])
    add("polyfit", lambda p, q: jnp.polyfit(p, q, deg, cov=True), [x, y], differentiable=False, options=[deg, {"cov": True}])
    w = np.abs(matrix(9))
    add(
        "polyfit",
        lambda p, q: jnp.polyfit(p, q, deg, w=w, cov="unscaled"),
        [x, y],
        differentiable=False,
        options=[deg, {"w": w, "cov": "unscaled"}],
    )

for n, shape, m in [(3, (), 3), (2, (2,), 4), (4, (), 2)]:
    q = jax.random.orthogonal(jax.random.key(7), n, shape, "float32", m)
    cases.append(["random.orthogonal", [7, n, list(shape), encode({"m": m})], encode(q), None])
for name, init, shape in [
    ("orthogonal", jax.nn.initializers.orthogonal(2.0), (3, 4)),
    ("orthogonal", jax.nn.initializers.orthogonal(2.0, 0), (4, 2, 3)),
    ("deltaOrthogonal", jax.nn.initializers.delta_orthogonal(2.0), (3, 2, 2, 3)),
]:
    options = {"columnAxis": 0 if shape == (4, 2, 3) else -1}
    value = init(jax.random.key(7), shape, "float32")
    cases.append([f"initializers.{name}", [7, list(shape), encode(options)], encode(value), None])



def parts(w):
    """Real and imaginary parts in our order, since JAX has none: real parts increase, of a pair the positive one is first."""
    order = np.lexsort((-np.asarray(jax.lax.stop_gradient(w)).imag, np.asarray(jax.lax.stop_gradient(w)).real))
    return w.real[order], w.imag[order]


# The gradient needs no order: it is that of the sum of squares.
for shape in [(1, 1), (2, 2), (3, 3), (5, 5), (8, 8)]:
    a = matrix(*shape)
    w = la.eigvals(a)
    gradient = jax.grad(lambda x: jnp.sum(la.eigvals(x).real ** 2) + jnp.sum(la.eigvals(x).imag ** 2))(a)
    cases.append(["linalg.eigvals", [encode(a)], {"many": [encode(r) for r in parts(w)]}, encode(gradient)])

for p in [[1, -3, 2], [0, 2, 0, 5, 1], [1, 1, 7, 9, -18], [3, 1, 4, 1, 5, 9, 2]]:
    cases.append(["roots", [encode(np.array(p, float))], {"many": [encode(r) for r in parts(jnp.roots(np.array(p, float)))]}, None])

path = pathlib.Path(__file__).with_name("linalg.json")
lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
path.write_text(f'{{"jax":"{jax.__version__}","cases":[\n{lines}\n]}}\n')
print(len(cases), path.stat().st_size)
