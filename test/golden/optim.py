"""Writes optim.json: what Optax's optimizers do in 50 steps. Run: python -P optim.py (Optax 0.2, JAX 0.10, CPU)

Every run begins with the same parameters and gets the same `gradients`, one tree a step, which do not depend on the
parameters. It holds the parameters after some of the steps.
"""

import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import optax

STEPS = 50
SHOWN = [1, 2, 3, 5, 10, 20, 35, 50]

rng = np.random.default_rng(7)
PARAMS = {"w": [[0.5, -1.0], [2.0, 0.25]], "b": [0.0, 3.0], "deep": [{"s": -0.75}]}


def is_array(x):
    return isinstance(x, float) or (isinstance(x, list) and not isinstance(x[0], dict))


def draw(p):
    return np.round(rng.normal(size=np.shape(p)) * rng.choice([0.1, 1, 10]), 3).tolist()


GRADIENTS = [jax.tree.map(draw, PARAMS, is_leaf=is_array) for _ in range(STEPS)]


def schedule(count):
    return jnp.where(count < 20, 0.125, 0.03125)


MASK = {"w": True, "b": False, "deep": [{"s": True}]}
UPPER_MASK = {"w": False, "b": True, "deep": True}

RUNS = [
    ("sgd", [0.1], optax.sgd(0.1)),
    ("sgd", [0.1, {"momentum": 0.9}], optax.sgd(0.1, momentum=0.9)),
    ("sgd", [0.05, {"momentum": 0.8, "nesterov": True}], optax.sgd(0.05, momentum=0.8, nesterov=True)),
    ("sgd", ["schedule"], optax.sgd(schedule)),
    ("adam", [0.01], optax.adam(0.01)),
    ("adam", ["schedule"], optax.adam(schedule)),
    (
        "adam",
        [0.1, {"b1": 0.5, "b2": 0.9, "eps": 1e-3, "epsRoot": 1e-2}],
        optax.adam(0.1, b1=0.5, b2=0.9, eps=1e-3, eps_root=1e-2),
    ),
    ("adam", [0.01, {"nesterov": True}], optax.adam(0.01, nesterov=True)),
    ("adamw", [0.01], optax.adamw(0.01)),
    ("adamw", [0.1, {"weightDecay": 0.05, "b1": 0.8}], optax.adamw(0.1, weight_decay=0.05, b1=0.8)),
    ("adamw", [0.1, {"weightDecay": 0.05, "mask": MASK}], optax.adamw(0.1, weight_decay=0.05, mask=MASK)),
    ("adamw", [0.1, {"weightDecay": 0.05, "mask": UPPER_MASK}], optax.adamw(0.1, weight_decay=0.05, mask=UPPER_MASK)),
    ("scaleByAdam", [], optax.scale_by_adam()),
    ("trace", [0.9], optax.trace(0.9)),
    ("addDecayedWeights", [0.01], optax.add_decayed_weights(0.01)),
    ("clip", [0.5], optax.clip(0.5)),
    ("clipByGlobalNorm", [1.5], optax.clip_by_global_norm(1.5)),
    ("scale", [-0.3], optax.scale(-0.3)),
    ("scaleByLearningRate", [0.3], optax.scale_by_learning_rate(0.3)),
    ("scaleByLearningRate", [0.3, {"flipSign": False}], optax.scale_by_learning_rate(0.3, flip_sign=False)),
    ("scaleBySchedule", ["schedule"], optax.scale_by_schedule(schedule)),
    ("identity", [], optax.identity()),
    (
        "chain",
        [["clipByGlobalNorm", 1], ["adam", 0.02]],
        optax.chain(optax.clip_by_global_norm(1.0), optax.adam(0.02)),
    ),
    (
        "chain",
        [["clip", 1], ["addDecayedWeights", 0.1], ["trace", 0.5], ["scale", -0.1]],
        optax.chain(optax.clip(1.0), optax.add_decayed_weights(0.1), optax.trace(0.5), optax.scale(-0.1)),
    ),
]


def plain(x):
    """Nested lists of the shortest numbers that mean the same in their dtype."""
    x = np.asarray(x)
    return [plain(y) for y in x] if x.ndim > 0 else float(str(x))


runs = []
for dtype in ["float64", "float32"]:
    with jax.enable_x64(dtype == "float64"):

        def typed(tree):
            return jax.tree.map(lambda x: jnp.array(x, dtype), tree, is_leaf=is_array)

        for name, args, optimizer in RUNS:
            params = typed(PARAMS)
            state = optimizer.init(params)
            shown = []
            for step, gradients in enumerate(GRADIENTS, 1):
                updates, state = optimizer.update(typed(gradients), state, params)
                params = optax.apply_updates(params, updates)
                if step in SHOWN:
                    shown.append(jax.tree.map(plain, params))
            runs.append({"call": name, "args": args, "dtype": dtype, "params": shown})

lines = ",\n".join(json.dumps(run) for run in runs)
steps = ",\n".join(json.dumps(tree) for tree in GRADIENTS)
text = f'{{"start": {json.dumps(PARAMS)},\n"shown": {SHOWN},\n"gradients": [\n{steps}\n],\n"runs": [\n{lines}\n]}}\n'
pathlib.Path(__file__).with_name("optim.json").write_text(text)
