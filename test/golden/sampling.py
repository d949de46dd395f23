"""Writes sampling.json: what JAX's default generator gives. Run: python -P sampling.py (JAX 0.10, CPU)

The file is not named after jax.random because Python would then import it in the place of its own module `random`.

`known` holds the test vectors of Random123 for Threefry-2x32 (the file kat_vectors of that library). Each of `cases` is
a call in our own notation with JAX's result: the function, the seed of its key, the arguments after the key, the
options, the dtype, and the value as nested lists. An argument that is an array is {"dtype": ..., "array": ...}.
"""

import json
import pathlib

import jax
import numpy as np
from jax import random

KNOWN = [
    [["0x00000000", "0x00000000"], ["0x00000000", "0x00000000"], ["0x6b200159", "0x99ba4efe"]],
    [["0xffffffff", "0xffffffff"], ["0xffffffff", "0xffffffff"], ["0x1cb996fc", "0xbb002be7"]],
    [["0x13198a2e", "0x03707344"], ["0x243f6a88", "0x85a308d3"], ["0xc4923a9c", "0x483df7a0"]],
]

cases = []


def plain(x):
    """Nested lists of the shortest numbers that mean the same in their dtype; text for what is not finite."""
    if x.ndim > 0:
        return [plain(y) for y in x]
    if x.dtype.kind == "f":
        return float(str(x)) if np.isfinite(x) else str(x)
    return x.item()


def add(name, seed, args, options, result):
    if jax.dtypes.issubdtype(result.dtype, jax.dtypes.prng_key):
        result = random.key_data(result)
    result = np.asarray(result)
    encoded = [{"dtype": str(a.dtype), "array": a.tolist()} if isinstance(a, np.ndarray) else a for a in args]
    if isinstance(options.get("p"), np.ndarray):
        options = {**options, "p": {"dtype": str(options["p"].dtype), "array": options["p"].tolist()}}
    cases.append(
        {
            "call": name,
            "seed": seed,
            "args": encoded,
            "options": options,
            "dtype": str(result.dtype),
            "value": plain(result),
        }
    )


SHAPES = [[], [4], [2, 3], [0], [3, 0, 2], [100]]

# Keys. The upper half of a seed needs 64-bit integers.
with jax.enable_x64(True):
    for seed in [0, 1, 10, -1, 2**31, 2**32, 2**40 + 5, -(2**33) - 7, 2**53 - 1, 1 - 2**53]:
        add("key", seed, [], {}, random.key(seed))
for seed in [0, 1, 42]:
    key = random.key(seed)
    for num in [2, 3, 4, 1, [2, 2], [0]]:
        add("split", seed, [num], {}, random.split(key, tuple(num) if isinstance(num, list) else num))
    for data in [0, 1, 12345, 2**32 - 1]:
        add("foldIn", seed, [data], {}, random.fold_in(key, data))

# Bits and whole numbers.
for seed in [0, 10]:
    key = random.key(seed)
    for shape in SHAPES:
        add("bits", seed, [shape], {}, random.bits(key, shape))
    for width in [8, 16]:
        add("bits", seed, [[5]], {"dtype": f"uint{width}"}, random.bits(key, [5], f"uint{width}"))
for seed, shape, low, high in [
    (0, [8], 0, 20),
    (1, [], 0, 2),
    (2, [3, 4], -5, 5),
    (3, [50], 0, 1000003),
    (4, [50], -(2**31), 2**31 - 1),
    (5, [6], 3, 3),
    (6, [6], 3, -3),
    (7, [0], 0, 7),
]:
    key = random.key(seed)
    add("randint", seed, [shape, low, high], {}, random.randint(key, shape, low, high))
for seed, shape, low, high in [(0, [50], 0, 10), (1, [50], 5, 2**32 - 1), (2, [20], 0, 2**32), (3, [20], 7, 2**32)]:
    with jax.enable_x64(True):
        value = random.randint(random.key(seed), shape, low, high, "uint32")
    add("randint", seed, [shape, low, high], {"dtype": "uint32"}, value)
with jax.enable_x64(True):
    value = random.randint(random.key(9), [20], -(2**31), 2**31, "int32")
add("randint", 9, [[20], -(2**31), 2**31], {"dtype": "int32"}, value)
lows, highs = np.array([[0], [100]], "int32"), np.array([1, 50, 200], "int32")
add("randint", 11, [[2, 3], lows, highs], {}, random.randint(random.key(11), [2, 3], lows, highs))
unsigned = np.array([3, 2**31 + 9, 2**32 - 1], "uint32")
add("randint", 12, [[3], 0, unsigned], {}, random.randint(random.key(12), [3], 0, unsigned))

# Permutations and choices.
for seed, n in [(0, 10), (1, 1), (2, 0), (3, 1700)]:
    add("permutation", seed, [n, 0], {}, random.permutation(random.key(seed), n))
matrix = np.arange(12, dtype="float32").reshape(3, 4)
for seed, axis, independent in [(0, 0, False), (1, 1, False), (2, -1, False), (3, 1, True), (4, 0, True)]:
    value = random.permutation(random.key(seed), matrix, axis, independent)
    add("permutation", seed, [matrix, axis], {"independent": independent}, value)
vector = np.array([5, 6, 7, 8], "int32")
add("permutation", 5, [vector, 0], {}, random.permutation(random.key(5), vector))
p4 = np.array([0.1, 0.2, 0.3, 0.4], "float32")
for seed, a, options in [
    (0, 10, {}),
    (1, 10, {"shape": [4]}),
    (2, 10, {"shape": [2, 3], "replace": False}),
    (3, matrix, {"shape": [5]}),
    (4, matrix, {"shape": [2, 2], "axis": 1}),
    (5, matrix, {"shape": [2], "axis": 1, "replace": False}),
    (6, 4, {"shape": [100], "p": p4}),
    (7, 4, {"shape": [3], "p": p4, "replace": False}),
    (8, matrix, {"shape": [20], "axis": 1, "p": p4}),
    (9, vector, {"shape": [2, 2], "p": p4, "replace": False}),
]:
    keywords = {k: tuple(v) if k == "shape" else v for k, v in options.items()}
    add("choice", seed, [a], options, random.choice(random.key(seed), a, **keywords))

# Floats. The first are printed in JAX's documentation and tests.
add("uniform", 51, [[4]], {}, random.uniform(random.key(51), [4]))
add("uniform", 0, [[3]], {}, random.uniform(random.key(0), [3]))
add("normal", 0, [[3]], {}, random.normal(random.key(0), [3]))
logits = np.array([[0.5, -1.0, 2.0, 0.0], [1.0, 1.5, -3.0, 0.25]], "float32")
for dtype in ["float32", "float64"]:
    with jax.enable_x64(dtype == "float64"):
        own = {"dtype": dtype}
        for seed, name in enumerate(["uniform", "normal", "exponential", "laplace", "logistic", "cauchy", "gumbel"]):
            for shape in SHAPES:
                add(name, seed, [shape], own, getattr(random, name)(random.key(seed), shape, dtype))
        value = random.gumbel(random.key(8), [50], dtype, mode="high")
        add("gumbel", 8, [[50]], {**own, "mode": "high"}, value)
        for seed, low, high in [(20, -1, 1), (21, 3, 3.5), (22, -0.1, 0.7), (23, 5, 5)]:
            value = random.uniform(random.key(seed), [100], dtype, low, high)
            add("uniform", seed, [[100]], {**own, "minval": low, "maxval": high}, value)
        for seed, low, high in [(30, -2, 2), (31, 0.5, 1), (32, -1, 30)]:
            value = random.truncated_normal(random.key(seed), low, high, [100], dtype)
            add("truncatedNormal", seed, [low, high, [100]], own, value)
        ends = np.array([[-1.0], [0.5]], dtype), np.array([1.0, 2.0, 3.0], dtype)
        add("truncatedNormal", 33, [*ends, None], own, random.truncated_normal(random.key(33), *ends, dtype=dtype))
        for seed, p, shape, options in [
            (40, np.array(0.3, dtype), [200], {}),
            (41, np.array([0.1, 0.5, 0.9], dtype), [20, 3], {}),
            (42, np.array([0.1, 0.5, 0.9], dtype), None, {}),
            (43, np.array(0.3, dtype), [200], {"mode": "high"}),
        ]:
            value = random.bernoulli(random.key(seed), p, shape, **options)
            add("bernoulli", seed, [p, shape], options, value)
        table = logits.astype(dtype)
        for seed, options in [
            (50, {}),
            (51, {"axis": 0}),
            (52, {"shape": [30, 2]}),
            (53, {"shape": [3, 2], "replace": False}),
            (54, {"shape": [2, 4], "axis": 0, "replace": False}),
            (55, {"mode": "high", "shape": [5, 2]}),
        ]:
            value = random.categorical(random.key(seed), table, **options)
            add("categorical", seed, [table], options, value.astype("int32"))

lines = ",\n".join(json.dumps(case) for case in cases)
known = ",\n".join(json.dumps(vector) for vector in KNOWN)
text = f'{{"jax": "{jax.__version__}",\n"known": [\n{known}\n],\n"cases": [\n{lines}\n]}}\n'
pathlib.Path(__file__).with_name("sampling.json").write_text(text)
