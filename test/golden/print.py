"""Writes print.json: arrays and the drawings that NumPy's str gives of them. Run:

    python print.py

NaN, infinities and -0.0 are written as strings, since JSON has no word for them.
"""

import json
import pathlib

import numpy as np

rng = np.random.default_rng(0)
SHAPES = [(), (1,), (3,), (20,), (2, 3), (3, 1), (2, 2, 3), (1, 30), (2, 1, 2, 2)]
SPECIAL = [np.nan, np.inf, -np.inf, 0.0, -0.0]


def number(value):
    value = float(value)
    if not np.isfinite(value) or (value == 0 and np.signbit(value)):
        return str(value)
    return value


def case(array):
    return {
        "dtype": str(array.dtype),
        "shape": list(array.shape),
        "data": [number(value) for value in array.ravel()],
        "text": str(array),
    }


def floats(kind, shape, dtype):
    largest = 300 if dtype == np.float64 else 37
    scale = 10.0 ** rng.integers(-4, 5)
    match kind:
        case "normal":
            return rng.normal(size=shape)
        case "ties":  # exact in binary, so the digit after the last is often exactly a 5
            return rng.integers(-10000, 10000, size=shape) / 2.0 ** rng.integers(0, 14, size=shape)
        case "whole":
            return rng.integers(-100, 100, size=shape).astype(float)
        case "cents":
            return np.round(rng.normal(size=shape) * 100, 2)
        case "scaled":
            return rng.integers(1, 10, size=shape) * scale
        case "extreme":
            return rng.normal(size=shape) * 10.0 ** rng.integers(-largest, largest)
        case "special":
            return np.where(rng.random(shape) < 0.4, rng.choice(SPECIAL, shape), rng.normal(size=shape) * scale)


np.seterr(all="ignore")
cases = []
for dtype in (np.float32, np.float64):
    for kind in ("normal", "ties", "whole", "cents", "scaled", "extreme", "special"):
        for shape in SHAPES * 2:
            cases.append(case(np.asarray(floats(kind, shape, dtype)).astype(dtype)))
    for special in SPECIAL:
        cases.append(case(np.array(special, dtype)))
        cases.append(case(np.array([special, special], dtype)))
for shape in SHAPES:
    cases.append(case(np.asarray(rng.integers(-1000, 10 ** rng.integers(4, 9), size=shape)).astype(np.int32)))
    cases.append(case(np.asarray(rng.integers(0, 10 ** rng.integers(1, 9), size=shape)).astype(np.uint32)))

# Abbreviated drawings hide most elements, so these are counted rather than drawn at random: element i is i.
counted = [
    {"dtype": dtype, "shape": list(shape), "text": str(np.arange(np.prod(shape)).reshape(shape).astype(dtype))}
    for shape in [(1000,), (1001,), (50, 50), (12, 12, 12), (2, 600), (600, 2), (1, 1, 1001), (3, 4, 5, 20)]
    for dtype in ("float32", "int32")
]

path = pathlib.Path(__file__).with_suffix(".json")
lines = ",\n".join(json.dumps(entry) for entry in cases)
more = ",\n".join(json.dumps(entry) for entry in counted)
path.write_text(f'{{"numpy": "{np.__version__}",\n"cases": [\n{lines}\n],\n"counted": [\n{more}\n]}}\n')
