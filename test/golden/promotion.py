"""Writes promotion.json: the result types that JAX gives to sums of our dtypes. Run:

    python promotion.py

Operands are named by dtype, with a star where they are weakly typed, or by the Python scalar. JAX has one
setting for all of 64 bits, so sums with a float64 among them are computed with x64 on and all others with it
off, which is also where uint32 + int32 is int32 for want of an int64.
"""

import itertools
import json
import pathlib

import jax
import jax.numpy as jnp

STRONG = ["bool", "uint32", "int32", "float32", "float64", "int8", "uint8", "int16", "uint16", "float16", "bfloat16"]
WEAK = {"int32*": 2, "float32*": 0.5}
SCALARS = {"true": True, "2": 2, "0.5": 0.5, "nan": float("nan"), "inf": float("inf")}


def operand(name):
    if name in SCALARS:
        return SCALARS[name]
    if name in WEAK:
        return jnp.asarray(WEAK[name])  # weak, as jnp.array of a list would not be
    if name == "float64*":
        return jnp.asarray(0.5)
    return jnp.ones((), name)


def result(*names):
    jax.config.update("jax_enable_x64", any(name.startswith("float64") for name in names))
    dtype, weak = jax.dtypes.result_type(*map(operand, names), return_weak_type_flag=True)
    if len(names) == 2:  # the public rule and the actual sum must agree
        total = jnp.add(*map(operand, names))
        assert (total.dtype, total.weak_type) == (dtype, weak), names
    return f"{dtype}{'*' if weak else ''}"


def triples(*axes):
    """The results of all triples as one text each, in order: there are thousands of them."""
    return {a: " ".join(result(a, b, c) for b, c in itertools.product(*axes[1:])) for a in axes[0]}


def table(*axes):
    return {" + ".join(names): result(*names) for names in itertools.product(*axes)}


arrays = STRONG + list(WEAK)
golden = {
    "pairs": table(arrays, arrays) | table(["float64*"], STRONG),
    "scalars": table(arrays, SCALARS),
    "triples": triples(arrays, arrays, arrays),
    "jax": jax.__version__,
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=1) + "\n")
