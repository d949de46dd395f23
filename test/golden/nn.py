"""Writes nn.json: what jax.nn gives. Run: python -P nn.py (JAX 0.10, CPU)

`activations` holds one entry for each function, set of options and dtype: the values at `points`, and the derivatives.
`reductions` holds calls on arrays with their results, and the gradients of the sum of the results times `weights`.
`initializers` holds what they make of a key. A number that is not finite is written as text.
"""

import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
from jax import nn
from jax.nn import initializers

POINTS = [-1000.0, -90.0, -20.0, -6.0, -3.0, -1.5, -1.0, -0.3, -1e-4, 0.0, 1e-4, 0.5, 1.0, 2.2, 3.0, 6.0, 9.0, 30.0, 100.0, 1000.0]
WILD = ["inf", "-inf", "nan"]


def plain(x):
    """Nested lists of the shortest numbers that mean the same in their dtype; text for what is not finite."""
    x = np.asarray(x)
    if x.ndim > 0:
        return [plain(y) for y in x]
    if x.dtype.kind == "f":
        return float(str(x)) if np.isfinite(x) else str(x)
    return x.item()


activations = []
ACTIVATIONS = [
    ("relu", nn.relu, []),
    ("relu6", nn.relu6, []),
    ("sigmoid", nn.sigmoid, []),
    ("softplus", nn.softplus, []),
    ("softSign", nn.soft_sign, []),
    ("silu", nn.silu, []),
    ("swish", nn.swish, []),
    ("logSigmoid", nn.log_sigmoid, []),
    ("leakyRelu", nn.leaky_relu, []),
    ("leakyRelu", lambda x: nn.leaky_relu(x, 0.2), [0.2]),
    ("hardSigmoid", nn.hard_sigmoid, []),
    ("hardSilu", nn.hard_silu, []),
    ("hardTanh", nn.hard_tanh, []),
    ("elu", nn.elu, []),
    ("elu", lambda x: nn.elu(x, 0.5), [0.5]),
    ("celu", nn.celu, []),
    ("celu", lambda x: nn.celu(x, 2.0), [2.0]),
    ("selu", nn.selu, []),
    ("gelu", nn.gelu, []),
    ("gelu", lambda x: nn.gelu(x, approximate=False), [{"approximate": False}]),
    ("squareplus", nn.squareplus, []),
    ("squareplus", lambda x: nn.squareplus(x, 1.0), [1.0]),
    ("mish", nn.mish, []),
    ("tanh", nn.tanh, []),
    ("identity", nn.identity, []),
]
for dtype in ["float32", "float64"]:
    with jax.enable_x64(dtype == "float64"):
        points = jnp.array(POINTS, dtype)
        wild = jnp.array([float(x) for x in WILD], dtype)
        for name, f, args in ACTIVATIONS:
            entry = {"call": name, "args": args, "dtype": dtype}
            entry["values"] = plain(f(points))
            entry["derivatives"] = plain(jax.vmap(jax.grad(f))(points))
            entry["wild"] = plain(f(wild))
            activations.append(entry)

reductions = []


def add(name, f, x, args, where=None):
    """`args` as in our own notation; `where` stands in the last of them."""
    x = jnp.asarray(x)
    y = f(x)
    weights = jnp.asarray(np.linspace(0.5, 2, y.size).reshape(y.shape), y.dtype)
    gradient = jax.grad(lambda x: jnp.sum(jnp.where(jnp.isfinite(f(x)), f(x), 0) * weights))(x)
    reductions.append(
        {
            "call": name,
            "x": plain(x),
            "dtype": str(x.dtype),
            "args": args,
            "value": plain(y),
            "weights": plain(weights),
            "gradient": plain(gradient),
        }
    )


table = np.array([[0.5, -1.0, 2.0, 0.0], [1.0, 1.5, -3.0, 0.25], [3.0, 3.0, 2.0, -1.0]])
huge = np.array([[1000.0, 1001.0], [-1000.0, -1002.0], [1e30, 0.0]])
masked = np.array([[0.5, -np.inf, 2.0], [-np.inf, 1.0, 3.0]])
mask = np.array([[True, False, True, True], [True, True, True, False], [False, True, False, False]])
for dtype in ["float32", "float64"]:
    with jax.enable_x64(dtype == "float64"):
        t, h, m = [a.astype(dtype) for a in (table, huge, masked)]
        for name, f in [("softmax", nn.softmax), ("logSoftmax", nn.log_softmax)]:
            add(name, f, t, [])
            add(name, lambda x: f(x, 0), t, [0])
            add(name, lambda x: f(x, (0, 1)), t, [[0, 1]])
            add(name, f, h, [])
            add(name, lambda x: f(x, where=jnp.array(mask)), t, [-1, {"where": mask.tolist()}])
        add("softmax", nn.softmax, m, [])
        add("logsumexp", nn.logsumexp, t, [])
        add("logsumexp", lambda x: nn.logsumexp(x, 0), t, [0])
        add("logsumexp", lambda x: nn.logsumexp(x, 1, keepdims=True), t, [1, {"keepdims": True}])
        add("logsumexp", lambda x: nn.logsumexp(x, -1), h, [-1])
        add("logsumexp", lambda x: nn.logsumexp(x, 1), m, [1])
        add("logsumexp", lambda x: nn.logsumexp(x, 1, where=jnp.array(mask)), t, [1, {"where": mask.tolist()}])
        b = [0.5, 2.0, 0.0, 1.0]
        add("logsumexp", lambda x: nn.logsumexp(x, 1, b=jnp.array(b)), t, [1, {"b": b}])
        add("logmeanexp", nn.logmeanexp, t, [])
        add("logmeanexp", lambda x: nn.logmeanexp(x, 0), t, [0])
        add("logmeanexp", lambda x: nn.logmeanexp(x, 1, where=jnp.array(mask)), t, [1, {"where": mask.tolist()}])
        add("standardize", lambda x: nn.standardize(x, algorithm="stable"), t, [])
        add("standardize", lambda x: nn.standardize(x, 0, algorithm="stable"), t, [0])
        add("standardize", lambda x: nn.standardize(x, mean=1.0, variance=4.0, epsilon=0.5), t, [-1, {"mean": 1, "variance": 4, "epsilon": 0.5}])
        add("standardize", lambda x: nn.standardize(x, algorithm="stable", where=jnp.array(mask)), t, [-1, {"where": mask.tolist()}])
        add("glu", nn.glu, t, [])
        add("glu", lambda x: nn.glu(x, 0), t[:2], [0])

made = []
for seed, (call, args, shape, init) in enumerate(
    [
        ("zeros", None, [2, 3], initializers.zeros),
        ("ones", None, [2, 3], initializers.ones),
        ("constant", [0.3], [2, 3], initializers.constant(0.3)),
        ("uniform", [], [2, 3], initializers.uniform()),
        ("uniform", [2.5], [4], initializers.uniform(2.5)),
        ("normal", [], [2, 3], initializers.normal()),
        ("normal", [0.7], [4], initializers.normal(0.7)),
        ("truncatedNormal", [], [2, 3], initializers.truncated_normal()),
        ("truncatedNormal", [0.5, {"lower": -1, "upper": 3}], [9], initializers.truncated_normal(0.5, lower=-1.0, upper=3.0)),
        ("glorotUniform", [], [5, 3], initializers.glorot_uniform()),
        ("glorotNormal", [], [5, 3], initializers.glorot_normal()),
        ("lecunUniform", [], [5, 3], initializers.lecun_uniform()),
        ("lecunNormal", [], [5, 3], initializers.lecun_normal()),
        ("heUniform", [], [5, 3], initializers.he_uniform()),
        ("heNormal", [], [5, 3], initializers.he_normal()),
        ("heNormal", [], [3, 2, 4, 5], initializers.he_normal()),
        ("heNormal", [{"inAxis": 0, "outAxis": 1}], [4, 2], initializers.he_normal(0, 1)),
        ("glorotUniform", [{"inAxis": [0, 1], "outAxis": -1, "batchAxis": 2}], [2, 3, 2, 4], initializers.glorot_uniform((0, 1), -1, 2)),
        ("varianceScaling", [3, "fan_out", "normal"], [3, 4], initializers.variance_scaling(3.0, "fan_out", "normal")),
        ("varianceScaling", [1, "fan_geo_avg", "uniform"], [3, 4], initializers.variance_scaling(1.0, "fan_geo_avg", "uniform")),
    ]
):
    made.append({"call": call, "args": args, "shape": shape, "seed": seed, "value": plain(init(jax.random.key(seed), shape))})

hot = []
for x, n, options, value in [
    ([0, 2, 1], 3, {}, nn.one_hot(jnp.array([0, 2, 1]), 3)),
    ([[0, 5], [-1, 1]], 3, {}, nn.one_hot(jnp.array([[0, 5], [-1, 1]]), 3)),
    ([0, 2, 1], 3, {"axis": 0, "dtype": "int32"}, nn.one_hot(jnp.array([0, 2, 1]), 3, axis=0, dtype="int32")),
    (1, 4, {}, nn.one_hot(1, 4)),
]:
    hot.append({"x": x, "n": n, "options": options, "value": plain(value)})


def lines(entries):
    return "[\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]"


parts = {"activations": activations, "reductions": reductions, "initializers": made, "oneHot": hot}
body = ",\n".join(f'"{name}": {lines(entries)}' for name, entries in parts.items())
head = f'"jax": "{jax.__version__}",\n"points": {json.dumps(POINTS)},\n"wild": {json.dumps(WILD)}'
pathlib.Path(__file__).with_name("nn.json").write_text(f"{{{head},\n{body}}}\n")
