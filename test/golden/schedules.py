"""Writes schedules.json: the values of Optax's schedules at some counts. Run: python -P schedules.py (Optax 0.2, JAX 0.10, CPU)"""

import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import optax

COUNTS = [0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 14, 15, 16, 19, 20, 21, 25, 29, 30, 31, 37, 40, 49, 50, 51, 85, 99, 100, 101, 1000]

COSINE = {"init_value": 0.1, "peak_value": 1.0, "warmup_steps": 5, "decay_steps": 20, "end_value": 0.05}
COSINE_2 = {"init_value": 0.05, "peak_value": 0.5, "warmup_steps": 4, "decay_steps": 30, "exponent": 2.0}


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


RUNS = [
    ("constantSchedule", [0.3], optax.constant_schedule(0.3)),
    ("piecewiseConstantSchedule", [0.8, {"10": 0.5, "20": 0.1, "50": 3}], optax.piecewise_constant_schedule(0.8, {20: 0.1, 10: 0.5, 50: 3.0})),
    ("piecewiseConstantSchedule", [0.8], optax.piecewise_constant_schedule(0.8)),
    ("piecewiseInterpolateSchedule", ["linear", 0.8, {"10": 0.5, "50": 3}], optax.piecewise_interpolate_schedule("linear", 0.8, {10: 0.5, 50: 3.0})),
    ("piecewiseInterpolateSchedule", ["cosine", 0.8, {"10": 0.5, "50": 3}], optax.piecewise_interpolate_schedule("cosine", 0.8, {10: 0.5, 50: 3.0})),
    ("polynomialSchedule", [1.5, 0.25, 2, 30], optax.polynomial_schedule(1.5, 0.25, 2, 30)),
    ("polynomialSchedule", [0.1, 0.9, 0.5, 20, {"transitionBegin": 10}], optax.polynomial_schedule(0.1, 0.9, 0.5, 20, 10)),
    ("polynomialSchedule", [0.1, 0.9, 1, 0], optax.polynomial_schedule(0.1, 0.9, 1, 0)),
    ("linearSchedule", [1, 0, 40, {"transitionBegin": 5}], optax.linear_schedule(1.0, 0.0, 40, 5)),
    ("exponentialDecay", [0.5, 10, 0.8], optax.exponential_decay(0.5, 10, 0.8)),
    (
        "exponentialDecay",
        [0.5, 10, 0.8, {"transitionBegin": 4, "staircase": True, "endValue": 0.2}],
        optax.exponential_decay(0.5, 10, 0.8, 4, True, 0.2),
    ),
    ("exponentialDecay", [0.5, 10, 1.2, {"endValue": 1}], optax.exponential_decay(0.5, 10, 1.2, end_value=1.0)),
    ("cosineDecaySchedule", [0.5, 40], optax.cosine_decay_schedule(0.5, 40)),
    ("cosineDecaySchedule", [0.5, 40, {"alpha": 0.1, "exponent": 2}], optax.cosine_decay_schedule(0.5, 40, 0.1, 2.0)),
    ("warmupConstantSchedule", [0, 0.7, 15], optax.warmup_constant_schedule(0.0, 0.7, 15)),
    ("warmupCosineDecaySchedule", [0, 1, 10, 50], optax.warmup_cosine_decay_schedule(0.0, 1.0, 10, 50)),
    (
        "warmupCosineDecaySchedule",
        [0.1, 0.8, 0, 50, {"endValue": 0.2, "exponent": 1.5}],
        optax.warmup_cosine_decay_schedule(0.1, 0.8, 0, 50, 0.2, 1.5),
    ),
    (
        "warmupExponentialDecaySchedule",
        [0, 1, 10, 8, 0.7, {"transitionBegin": 3, "endValue": 0.1}],
        optax.warmup_exponential_decay_schedule(0.0, 1.0, 10, 8, 0.7, transition_begin=3, end_value=0.1),
    ),
    ("linearOnecycleSchedule", [100, 0.4], optax.linear_onecycle_schedule(100, 0.4)),
    (
        "linearOnecycleSchedule",
        [50, 0.4, {"pctStart": 0.2, "pctFinal": 0.6, "divFactor": 10, "finalDivFactor": 100}],
        optax.linear_onecycle_schedule(50, 0.4, 0.2, 0.6, 10.0, 100.0),
    ),
    ("cosineOnecycleSchedule", [100, 0.4], optax.cosine_onecycle_schedule(100, 0.4)),
    (
        "cosineOnecycleSchedule",
        [50, 0.4, {"pctStart": 0.5, "divFactor": 5, "finalDivFactor": 50}],
        optax.cosine_onecycle_schedule(50, 0.4, 0.5, 5.0, 50.0),
    ),
    (
        "sgdrSchedule",
        [[{camel(k): v for k, v in c.items()} for c in (COSINE, COSINE_2)]],
        optax.sgdr_schedule([COSINE, COSINE_2]),
    ),
    (
        "joinSchedules",
        [[["linearSchedule", 0, 1, 10], ["constantSchedule", 0.9], ["exponentialDecay", 0.5, 5, 0.5]], [10, 30]],
        optax.join_schedules(
            [optax.linear_schedule(0.0, 1.0, 10), optax.constant_schedule(0.9), optax.exponential_decay(0.5, 5, 0.5)],
            [10, 30],
        ),
    ),
]

runs = []
for dtype in ["float64", "float32"]:
    with jax.enable_x64(dtype == "float64"):
        for name, args, schedule in RUNS:
            values = [float(str(np.asarray(schedule(jnp.asarray(n, jnp.int32))))) for n in COUNTS]
            runs.append({"call": name, "args": args, "dtype": dtype, "values": values})

lines = ",\n".join(json.dumps(run) for run in runs)
pathlib.Path(__file__).with_name("schedules.json").write_text(
    f'{{"versions": {{"jax": "{jax.__version__}", "optax": "{optax.__version__}"}},\n"counts": {COUNTS},\n"runs": [\n{lines}\n]}}\n'
)
