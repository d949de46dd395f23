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
    ("adam", [0.01, {"muDtype": "float32"}], optax.adam(0.01, mu_dtype=jnp.float32)),
    ("adamw", [0.01, {"weightDecay": "schedule"}], optax.adamw(0.01, weight_decay=schedule)),
    ("adagrad", [0.3], optax.adagrad(0.3)),
    (
        "adagrad",
        ["schedule", {"initialAccumulatorValue": 0, "eps": 1e-3}],
        optax.adagrad(schedule, initial_accumulator_value=0.0, eps=1e-3),
    ),
    ("adadelta", [], optax.adadelta(1.0)),
    (
        "adadelta",
        [0.5, {"rho": 0.8, "eps": 1e-3, "weightDecay": 0.1, "weightDecayMask": MASK}],
        optax.adadelta(0.5, rho=0.8, eps=1e-3, weight_decay=0.1, weight_decay_mask=MASK),
    ),
    ("rmsprop", [0.01], optax.rmsprop(0.01)),
    (
        "rmsprop",
        [0.01, {"momentum": 0.8, "initialScale": 0.5}],
        optax.rmsprop(0.01, momentum=0.8, initial_scale=0.5),
    ),
    (
        "rmsprop",
        [0.01, {"momentum": 0.8, "nesterov": True, "epsInSqrt": False, "biasCorrection": True}],
        optax.rmsprop(0.01, momentum=0.8, nesterov=True, eps_in_sqrt=False, bias_correction=True),
    ),
    (
        "rmsprop",
        ["schedule", {"centered": True, "eps": 1e-2, "decay": 0.7}],
        optax.rmsprop(schedule, centered=True, eps=1e-2, decay=0.7),
    ),
    (
        "rmsprop",
        [0.01, {"centered": True, "eps": 1e-1, "biasCorrection": True, "initialScale": 0.25, "epsInSqrt": False}],
        optax.rmsprop(0.01, centered=True, eps=1e-1, bias_correction=True, initial_scale=0.25, eps_in_sqrt=False),
    ),
    ("amsgrad", [0.01], optax.amsgrad(0.01)),
    (
        "amsgrad",
        [0.05, {"b1": 0.7, "b2": 0.9, "epsRoot": 1e-3, "biasCorrectionMu": False, "biasCorrectionNu": False}],
        optax.amsgrad(0.05, b1=0.7, b2=0.9, eps_root=1e-3, bias_correction_mu=False, bias_correction_nu=False),
    ),
    ("adamax", [0.02], optax.adamax(0.02)),
    ("adamax", [0.02, {"b1": 0.6, "b2": 0.8, "eps": 1e-3}], optax.adamax(0.02, b1=0.6, b2=0.8, eps=1e-3)),
    ("adamaxw", [0.02, {"weightDecay": 0.1, "mask": MASK}], optax.adamaxw(0.02, weight_decay=0.1, mask=MASK)),
    ("nadam", [0.01], optax.nadam(0.01)),
    ("nadamw", [0.01, {"weightDecay": 0.1}], optax.nadamw(0.01, weight_decay=0.1)),
    ("radam", [0.01], optax.radam(0.01)),
    (
        "radam",
        ["schedule", {"b1": 0.8, "b2": 0.9, "threshold": 4.5, "nesterov": True, "epsRoot": 1e-3}],
        optax.radam(schedule, b1=0.8, b2=0.9, threshold=4.5, nesterov=True, eps_root=1e-3),
    ),
    ("lamb", [0.01], optax.lamb(0.01)),
    ("lamb", [0.1, {"weightDecay": 0.2, "mask": MASK}], optax.lamb(0.1, weight_decay=0.2, mask=MASK)),
    ("lars", [1], optax.lars(1.0)),
    (
        "lars",
        [
            0.5,
            {
                "weightDecay": 0.1,
                "weightDecayMask": MASK,
                "trustCoefficient": 0.01,
                "eps": 1e-3,
                "trustRatioMask": UPPER_MASK,
                "momentum": 0.5,
                "nesterov": True,
            },
        ],
        optax.lars(
            0.5,
            weight_decay=0.1,
            weight_decay_mask=MASK,
            trust_coefficient=0.01,
            eps=1e-3,
            trust_ratio_mask=UPPER_MASK,
            momentum=0.5,
            nesterov=True,
        ),
    ),
    ("lion", [0.01], optax.lion(0.01)),
    ("lion", [0.01, {"b1": 0.7, "b2": 0.8, "weightDecay": 0.1}], optax.lion(0.01, b1=0.7, b2=0.8, weight_decay=0.1)),
    ("scaleByLion", [{"mode": "smooth", "smoothBeta": 0.5}], optax.scale_by_lion(mode="smooth", smooth_beta=0.5)),
    ("scaleByLion", [{"mode": "refined"}], optax.scale_by_lion(mode="refined")),
    ("adafactor", [], optax.adafactor()),
    ("adafactor", [0.1, {"minDimSizeToFactor": 2}], optax.adafactor(0.1, min_dim_size_to_factor=2)),
    (
        "adafactor",
        [
            "schedule",
            {
                "minDimSizeToFactor": 1,
                "decayRate": 0.6,
                "multiplyByParameterScale": False,
                "clippingThreshold": None,
                "momentum": 0.8,
                "weightDecayRate": 0.01,
                "weightDecayMask": MASK,
                "eps": 1e-3,
            },
        ],
        optax.adafactor(
            schedule,
            min_dim_size_to_factor=1,
            decay_rate=0.6,
            multiply_by_parameter_scale=False,
            clipping_threshold=None,
            momentum=0.8,
            weight_decay_rate=0.01,
            weight_decay_mask=MASK,
            eps=1e-3,
        ),
    ),
    ("adafactor", [0.1, {"factored": False, "clippingThreshold": 0.5}], optax.adafactor(0.1, factored=False, clipping_threshold=0.5)),
    ("scaleByFactoredRms", [{"minDimSizeToFactor": 2}], optax.scale_by_factored_rms(min_dim_size_to_factor=2)),
    ("scaleByRss", [], optax.scale_by_rss()),
    ("scaleByRms", [], optax.scale_by_rms()),
    ("scaleByStddev", [{"eps": 1e-2}], optax.scale_by_stddev(eps=1e-2)),
    ("scaleByAdaDelta", [], optax.scale_by_adadelta()),
    ("scaleByAmsgrad", [], optax.scale_by_amsgrad()),
    ("scaleByAdamax", [], optax.scale_by_adamax()),
    ("scaleByRadam", [], optax.scale_by_radam()),
    ("scaleByLion", [], optax.scale_by_lion()),
    ("scaleByTrustRatio", [], optax.scale_by_trust_ratio()),
    (
        "scaleByTrustRatio",
        [{"minNorm": 1, "trustCoefficient": 0.5, "eps": 0.1}],
        optax.scale_by_trust_ratio(min_norm=1.0, trust_coefficient=0.5, eps=0.1),
    ),
    (
        "chain",
        [["scaleByParamBlockNorm"], ["clip", 1]],
        optax.chain(optax.scale_by_param_block_norm(), optax.clip(1.0)),
    ),
    (
        "chain",
        [["scaleByParamBlockRms", 0.5], ["clip", 1]],
        optax.chain(optax.scale_by_param_block_rms(0.5), optax.clip(1.0)),
    ),
    ("adaptiveGradClip", [0.1], optax.adaptive_grad_clip(0.1)),
    ("adaptiveGradClip", [0.2, {"eps": 1.5}], optax.adaptive_grad_clip(0.2, eps=1.5)),
    ("clipByBlockRms", [1.5], optax.clip_by_block_rms(1.5)),
    ("ema", [0.9], optax.ema(0.9)),
    ("ema", [0.8, {"debias": False, "accumulatorDtype": "float32"}], optax.ema(0.8, debias=False, accumulator_dtype="float32")),
    ("trace", [0.9, {"accumulatorDtype": "float32"}], optax.trace(0.9, accumulator_dtype=jnp.float32)),
    ("masked", [["adam", 0.1], MASK], optax.masked(optax.adam(0.1), MASK)),
    (
        "partition",
        [{"one": ["adam", 0.1], "two": ["sgd", 0.05, {"momentum": 0.9}]}, {"w": "one", "b": "two", "deep": "one"}],
        optax.partition(
            {"one": optax.adam(0.1), "two": optax.sgd(0.05, momentum=0.9)}, {"w": "one", "b": "two", "deep": "one"}
        ),
    ),
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
versions = json.dumps({"jax": jax.__version__, "optax": optax.__version__})
text = f'{{"versions": {versions},\n"start": {json.dumps(PARAMS)},\n"shown": {SHOWN},\n"gradients": [\n{steps}\n],\n"runs": [\n{lines}\n]}}\n'
pathlib.Path(__file__).with_name("optim.json").write_text(text)
