"""Writes optim-wrappers.json: what Optax does around optimizers, and its line searches. Run: python -P optim-wrappers.py
(Optax 0.2, JAX 0.10, CPU)

`runs` get the same `gradients`, one tree a step, and the same `values`, numbers that stand for losses; at the steps
`nanAt` a gradient is NaN. `searches` go down functions of their own, in float64. Each holds the parameters after some of
the steps.
"""

import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax import contrib

STEPS = 50
SHOWN = [1, 2, 3, 5, 10, 20, 35, 50]
SEARCH_SHOWN = [1, 2, 3, 5, 8, 12, 20, 35, 50]

rng = np.random.default_rng(11)
PARAMS = {"b": [0.5, -1.0, 2.0], "w": [[0.5, -0.25], [1.0, 3.0]]}
GRADIENTS = [
    jax.tree.map(lambda p: np.round(rng.normal(size=np.shape(p)), 3).tolist(), PARAMS, is_leaf=lambda x: isinstance(x, list))
    for _ in range(STEPS)
]
VALUES = np.round(np.concatenate([np.linspace(3, 1, 15), 1 + 0.001 * rng.normal(size=35)]), 4).tolist()


def schedule(count):
    return jnp.where(count < 20, 0.125, 0.03125)


def every(count):
    return jnp.where(count < 3, 2, 5)


RUNS = [
    ("addNoise", [0.1, 0.55, 3], optax.add_noise(0.1, 0.55, 3), []),
    ("setToZero", [], optax.set_to_zero(), []),
    ("multiSteps", [["adam", 0.1], 4], optax.MultiSteps(optax.adam(0.1), 4).gradient_transformation(), []),
    (
        "multiSteps",
        [["sgd", 0.1], "every", {"useGradMean": False}],
        optax.MultiSteps(optax.sgd(0.1), every, use_grad_mean=False).gradient_transformation(),
        [],
    ),
    (
        "multiSteps",
        [["adam", 0.1], 3, {"shouldSkipUpdateFn": "skipNotFinite"}],
        optax.MultiSteps(optax.adam(0.1), 3, should_skip_update_fn=optax.skip_not_finite).gradient_transformation(),
        [2, 7, 8, 30],
    ),
    ("applyIfFinite", [["adam", 0.1], 5], optax.apply_if_finite(optax.adam(0.1), 5), [1, 4, 5, 6, 20]),
    ("reduceOnPlateau", [], contrib.reduce_on_plateau(), []),
    (
        "reduceOnPlateau",
        [{"factor": 0.5, "patience": 2, "rtol": 0, "atol": 0.01, "cooldown": 3, "accumulationSize": 2, "minScale": 0.2}],
        contrib.reduce_on_plateau(0.5, 2, 0.0, 0.01, 3, 2, 0.2),
        [],
    ),
    (
        "injectedAdam",
        [{"learningRate": "schedule", "b1": 0.8}],
        optax.inject_hyperparams(optax.adam)(learning_rate=schedule, b1=0.8),
        [],
    ),
    (
        "chain",
        [["adam", 0.1], ["reduceOnPlateau", {"patience": 5}]],
        optax.chain(optax.adam(0.1), contrib.reduce_on_plateau(patience=5)),
        [],
    ),
]

LOOKAHEADS = [
    ([["adam", 0.1], 4, 0.5], optax.lookahead(optax.adam(0.1), 4, 0.5)),
    ([["adam", 0.1], 3, 0.8, {"resetState": True}], optax.lookahead(optax.adam(0.1), 3, 0.8, reset_state=True)),
]

SEARCH_START = {"x": [-1.2, 1.0, 0.5, -0.3], "y": 2.0}


def rosenbrock(p):
    x = p["x"]
    return jnp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2) + (p["y"] - x[0]) ** 2


def quadratic(p):
    return jnp.sum(jnp.array([1.0, 10.0, 3.0, 0.5]) * (p["x"] - 1) ** 2) / 2 + (p["y"] + p["x"][0]) ** 2


PROBLEMS = {"rosenbrock": rosenbrock, "quadratic": quadratic}

WITHOUT = {"linesearch": ["identity"], "scaleInitPrecond": False}

SEARCHES = [
    ("lbfgs", [], optax.lbfgs()),
    ("lbfgs", [1, {"memorySize": 2}], optax.lbfgs(1.0, memory_size=2)),
    ("lbfgs", [0.05, WITHOUT], optax.lbfgs(0.05, scale_init_precond=False, linesearch=None)),
    (
        "lbfgs",
        [None, {"linesearch": ["scaleByBacktrackingLinesearch", 20]}],
        optax.lbfgs(linesearch=optax.scale_by_backtracking_linesearch(20)),
    ),
    (
        "chain",
        [["scaleByLbfgs", {"memorySize": 3}], ["scale", -0.2]],
        optax.chain(optax.scale_by_lbfgs(3), optax.scale(-0.2)),
    ),
    (
        "chain",
        [["sgd", 1], ["scaleByBacktrackingLinesearch", 15, {"slopeRtol": 0.1, "decreaseFactor": 0.5, "increaseFactor": 2}]],
        optax.chain(optax.sgd(1.0), optax.scale_by_backtracking_linesearch(15, 0.1, 0.5, 2.0)),
    ),
    (
        "chain",
        [["sgd", 1], ["scaleByZoomLinesearch", 25, {"maxLearningRate": 0.5, "curvRtol": 0.1}]],
        optax.chain(optax.sgd(1.0), optax.scale_by_zoom_linesearch(25, 0.5, curv_rtol=0.1)),
    ),
    (
        "chain",
        [["sgd", 1], ["scaleByZoomLinesearch", 25, {"curvRtol": 0.01, "increaseFactor": 3, "approxDecRtol": None}]],
        optax.chain(
            optax.sgd(1.0), optax.scale_by_zoom_linesearch(25, curv_rtol=0.01, increase_factor=3.0, approx_dec_rtol=None)
        ),
    ),
]


def plain(x):
    """Nested lists of the shortest numbers that mean the same in their dtype."""
    x = np.asarray(x)
    return [plain(y) for y in x] if x.ndim > 0 else float(str(x))


def typed(tree, dtype):
    return jax.tree.map(lambda x: jnp.array(x, dtype), tree, is_leaf=lambda x: isinstance(x, list))


def gradients_of(dtype, nan_at):
    for step, tree in enumerate(GRADIENTS, 1):
        gradients = typed(tree, dtype)
        if step in nan_at:
            gradients["b"] = gradients["b"].at[1].set(jnp.nan)
        yield step, gradients


runs, lookaheads, searches = [], [], []
for dtype in ["float64", "float32"]:
    with jax.enable_x64(dtype == "float64"):
        for name, args, optimizer, nan_at in RUNS:
            optimizer = optax.with_extra_args_support(optimizer)
            params, shown = typed(PARAMS, dtype), []
            state = optimizer.init(params)
            update = jax.jit(lambda g, s, p, value, o=optimizer: o.update(g, s, p, value=value))
            for step, gradients in gradients_of(dtype, nan_at):
                updates, state = update(gradients, state, params, VALUES[step - 1])
                params = optax.apply_updates(params, updates)
                if step in SHOWN:
                    shown.append(jax.tree.map(plain, params))
            runs.append({"call": name, "args": args, "dtype": dtype, "nanAt": nan_at, "params": shown})
        for args, optimizer in LOOKAHEADS:
            params, shown = optax.LookaheadParams.init_synced(typed(PARAMS, dtype)), []
            state = optimizer.init(params)
            update = jax.jit(optimizer.update)
            for step, gradients in gradients_of(dtype, []):
                updates, state = update(gradients, state, params)
                params = optax.apply_updates(params, updates)
                if step in SHOWN:
                    shown.append({"fast": jax.tree.map(plain, params.fast), "slow": jax.tree.map(plain, params.slow)})
            lookaheads.append({"args": args, "dtype": dtype, "params": shown})

with jax.enable_x64(True):
    for problem, f in PROBLEMS.items():
        for name, args, optimizer in SEARCHES:
            if problem == "rosenbrock" and args[-1:] == [WITHOUT]:
                continue  # it runs away
            optimizer = optax.with_extra_args_support(optimizer)
            params, shown = typed(SEARCH_START, "float64"), []
            state = optimizer.init(params)

            @jax.jit
            def search_step(params, state):
                value, grad = jax.value_and_grad(f)(params)
                updates, state = optimizer.update(grad, state, params, value=value, grad=grad, value_fn=f)
                return optax.apply_updates(params, updates), state

            for step in range(1, SEARCH_SHOWN[-1] + 1):
                params, state = search_step(params, state)
                if step in SEARCH_SHOWN:
                    shown.append(jax.tree.map(plain, params))
            searches.append({"call": name, "args": args, "problem": problem, "params": shown})


def lines(items):
    return "[\n" + ",\n".join(json.dumps(item) for item in items) + "\n]"


text = f"""{{"versions": {{"jax": "{jax.__version__}", "optax": "{optax.__version__}"}},
"start": {json.dumps(PARAMS)},
"values": {VALUES},
"shown": {SHOWN},
"gradients": {lines(GRADIENTS)},
"runs": {lines(runs)},
"lookaheads": {lines(lookaheads)},
"searchStart": {json.dumps(SEARCH_START)},
"searchShown": {SEARCH_SHOWN},
"searches": {lines(searches)}}}
"""
pathlib.Path(__file__).with_name("optim-wrappers.json").write_text(text)
