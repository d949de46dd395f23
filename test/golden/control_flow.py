"""Writes control-flow.json: what JAX's loops and branches give. Run: python -P control_flow.py (JAX 0.10, CPU)

Make the environment with: python -m venv venv && venv/bin/pip install jax

One entry a program and dtype: its name, the dtype, the arguments, the value, the tangent along the arguments themselves,
and the gradients of the sum of the value (null where reverse mode is refused). test/lax/control-flow-golden.test.ts has
the same programs under the same names.
"""

import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

jax.config.update("jax_enable_x64", True)

rng = np.random.default_rng(11)


def draw(*shape):
    return np.round(rng.uniform(-1.5, 1.5, size=shape), 3)


def rnn(w, h, xs):
    def turn(h, x):
        h = jnp.tanh(w @ h + x)
        return h, h

    last, hs = lax.scan(turn, h, xs)
    return last.sum() + (hs * hs).sum()


def backwards(c, xs):
    last, ys = lax.scan(lambda c, x: (jnp.sin(c) * x, c + x), c, xs, reverse=True)
    return ys * last


def unrolled(c, xs):
    last, ys = lax.scan(lambda c, x: (c * 0.9 + x, c * x), c, xs, unroll=2)
    return ys + last


def counting(c):
    def turn(carry, _):
        c, n = carry
        return (c * jnp.cos(n.astype(c.dtype)), n + 1), c

    (last, _), ys = lax.scan(turn, (c, 0), None, length=4)
    return ys.sum(0) + last


def nested(a, xs):
    def row(c, x):
        c, ys = lax.scan(lambda d, y: (jnp.sin(d * y + a), d), c, x)
        return c, ys.sum()

    last, ys = lax.scan(row, a, xs)
    return ys + last


def batched(c, xs):
    return jax.vmap(lambda c, x: lax.scan(lambda c, y: (c * y + jnp.exp(-c), c), c, x)[1])(c, xs)


def fori(x):
    return lax.fori_loop(1, 6, lambda i, y: y * x + i.astype(x.dtype), x)


def newton(a):
    return lax.while_loop(lambda x: jnp.max(jnp.abs(x * x - a * a - 1)) > 1e-3, lambda x: 0.5 * (x + (a * a + 1) / x), a * a + 1)


def newton_batched(a):
    return jax.vmap(newton)(a)


def branches(x):
    return jax.vmap(lambda y: lax.cond(y < 0, lambda z: z * z, lambda z: jnp.exp(z), y))(x)


def shared_choice(x):
    return jax.vmap(lambda y: lax.cond(x[0] < 0, lambda z: z * z, lambda z: jnp.exp(z), y))(x)


def switched(x):
    fs = [lambda z: z * 2, jnp.sin, lambda z: z * z * z]
    return sum(lax.switch(i, fs, x) for i in (-1, 0, 1, 2, 5))


def switched_batch(x):
    fs = [lambda z: z * 2, jnp.sin, lambda z: z * z * z]
    return jax.vmap(lambda i, y: lax.switch(i, fs, y), (0, 0))(jnp.array([-3, 1, 2, 7], jnp.int32), x)


def mapped(xs):
    return lax.map(lambda x: jnp.cumsum(jnp.sin(x)), xs)


def mapped_in_batches(xs):
    return lax.map(lambda x: jnp.cumsum(jnp.sin(x)), xs, batch_size=2)


def prefixes(a, b):
    def compose(f, g):
        return f[0] * g[0], g[0] * f[1] + g[1]

    p, q = lax.associative_scan(compose, (a, b))
    return p + q


def suffixes(a):
    return lax.associative_scan(lambda x, y: x * y, a, reverse=True, axis=1)


def reduced(a):
    return lax.reduce(a, np.array(1, a.dtype), lambda x, y: x * y, (1,))


def root(a):
    def solve(f, x):
        return lax.fori_loop(0, 40, lambda _, y: y - f(y) / (3 * y * y + 1), x)

    return lax.custom_root(lambda x: x**3 + x - a, jnp.ones_like(a), solve, lambda g, y: y / g(jnp.ones_like(y)))


def linear(m, b):
    a = m @ m.T + 3 * jnp.eye(3, dtype=m.dtype)

    def solve(matvec, b):
        return jnp.linalg.solve(a, b)

    return lax.custom_linear_solve(lambda x: a @ x, b, solve, symmetric=True, transpose_solve=solve)


PROGRAMS = [
    (rnn, [draw(2, 2), draw(2), draw(5, 2)]),
    (backwards, [draw(), draw(4)]),
    (unrolled, [draw(), draw(5)]),
    (counting, [draw(3)]),
    (nested, [draw(), draw(2, 3)]),
    (batched, [draw(3), draw(3, 4)]),
    (fori, [draw(2)]),
    (newton, [draw()]),
    (newton_batched, [draw(4)]),
    (branches, [draw(5)]),
    (shared_choice, [draw(3)]),
    (switched, [draw(3)]),
    (switched_batch, [draw(4)]),
    (mapped, [draw(3, 2)]),
    (mapped_in_batches, [draw(5, 2)]),
    (prefixes, [draw(6), draw(6)]),
    (suffixes, [draw(2, 5)]),
    (reduced, [draw(3, 4)]),
    (root, [draw()]),
    (linear, [draw(3, 3), draw(3)]),
]


def plain(x):
    return np.asarray(x).tolist()


def entry(f, args, dtype):
    args = tuple(jnp.asarray(a, dtype) for a in args)
    value, tangent = jax.jvp(f, args, args)
    assert value.dtype == dtype, (f.__name__, value.dtype)
    try:
        gradients = [plain(g) for g in jax.grad(lambda *xs: f(*xs).sum(), argnums=tuple(range(len(args))))(*args)]
    except ValueError:
        gradients = None
    return [f.__name__, dtype, [plain(a) for a in args], plain(value), plain(tangent), gradients]


entries = [entry(f, args, dtype) for f, args in PROGRAMS for dtype in ("float32", "float64")]
path = pathlib.Path(__file__).with_name("control-flow.json")
path.write_text("[\n" + ",\n".join(json.dumps(e, separators=(",", ":")) for e in entries) + "\n]\n")
print(f"{len(entries)} entries, JAX {jax.__version__}")
