"""Writes names.json: the public names of JAX's namespaces, for the table of docs/jax-names.md.

    python -m venv env && env/bin/pip install jax && env/bin/python -P test/golden/names.py

For each namespace the functions, constants and dtypes that it exports: whatever does not start with an underscore,
modules left out.
"""

import importlib
import json
import pathlib
import types
import warnings

import jax

NAMESPACES = [
    "jax.numpy",
    "jax.numpy.linalg",
    "jax.numpy.fft",
    "jax.lax",
    "jax.lax.linalg",
    "jax.random",
    "jax.nn",
    "jax.nn.initializers",
    "jax.scipy.special",
    *(
        f"jax.scipy.stats.{name}"
        for name in "bernoulli beta cauchy dirichlet expon gamma laplace logistic multivariate_normal norm poisson t uniform".split()
    ),
]


def names(namespace):
    module = importlib.import_module(namespace)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        public = [name for name in dir(module) if not name.startswith("_")]
        return [name for name in public if not isinstance(getattr(module, name, None), types.ModuleType)]


table = {namespace: names(namespace) for namespace in NAMESPACES}
rows = ",\n".join(f" {json.dumps(namespace)}: {json.dumps(listed)}" for namespace, listed in table.items())
text = f'{{"jax": {json.dumps(jax.__version__)}, "namespaces": {{\n{rows}\n}}}}\n'
pathlib.Path(__file__).with_name("names.json").write_text(text)
