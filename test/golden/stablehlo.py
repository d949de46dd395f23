"""What XLA makes of the modules that cotangent/export writes.

    npx tsx test/golden/stablehlo.ts cases.jsonl
    python -m venv env && env/bin/pip install "jax==0.10.2"
    env/bin/python test/golden/stablehlo.py cases.jsonl

compiles and runs every module on the CPU, compares the results with those of our reference evaluation, and writes
stablehlo.json beside this file (subjects that are not among the cases stay as they are there): versions, and for each subject (a primitive, or a kind of program) how many modules
there were, the hash of their texts one after another, and the greatest error for each dtype of results. The error of an
element is its distance from the one expected, over the greatest of 1 and the absolute values of all that were expected
with it; NaN and infinities must stand where they are expected, integers and booleans be equal. Exits with 1 if an error
exceeds `TOLERANCE`.

Modules are handed to XLA by `compile_and_load` of `jax.extend.backend.get_backend()`, with the options and the list of
devices of `jaxlib.xla_client`: these are no public interface of JAX, hence the version above. XLA is told not to skip
roundings to 16-bit floats, which it otherwise takes the liberty to do.
"""

import os
import sys

# Beside this file stand numpy.py and math.py, which must not stand in the way of the real ones.
sys.path = [p for p in sys.path if os.path.realpath(p or ".") != os.path.dirname(os.path.realpath(__file__))]

import base64  # noqa: E402
import hashlib  # noqa: E402
import json  # noqa: E402
import pathlib  # noqa: E402

os.environ["XLA_FLAGS"] = "--xla_allow_excess_precision=false " + os.environ.get("XLA_FLAGS", "")

import jax  # noqa: E402
import jax.extend.backend  # noqa: E402
import jaxlib  # noqa: E402
import ml_dtypes  # noqa: E402
import numpy as np  # noqa: E402
from jaxlib import xla_client  # noqa: E402

jax.config.update("jax_enable_x64", True)

# Of programs that compute with float32 anywhere, float64 is held to the tolerance of float32.
TOLERANCE = {"float64": 1e-12, "float64 of float32": 1e-5, "float32": 1e-5, "float16": 2e-3, "bfloat16": 1.6e-2}
backend = jax.extend.backend.get_backend("cpu")
devices = xla_client.DeviceList(tuple(backend.devices()[:1]))


def array(value):
    dtype = {"bool": np.bool_, "bfloat16": ml_dtypes.bfloat16}.get(value["dtype"]) or np.dtype(value["dtype"])
    return np.frombuffer(base64.b64decode(value["data"]), dtype).reshape(value["shape"])


def run(case):
    program = backend.compile_and_load(case["module"], devices, xla_client.CompileOptions())
    inputs = [jax.device_put(array(x)) for x in case["inputs"]]
    results = program.execute_sharded(inputs).disassemble_into_single_device_arrays()
    return [np.asarray(shards[0]) for shards in results]


def error(actual, expected):
    """How far two arrays are from each other; infinite where they are not to be compared."""
    if actual.shape != expected.shape or actual.dtype != expected.dtype:
        return np.inf
    if expected.dtype.kind in "iub":
        return 0.0 if np.array_equal(actual, expected) else np.inf
    a, b = actual.astype(np.float64), expected.astype(np.float64)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    if not (np.isfinite(b) | same).all() or not (np.isfinite(a) | same).all():
        return np.inf
    scale = np.abs(b[np.isfinite(b)]).max(initial=1.0)
    return float((np.abs(np.where(same, 0, a) - np.where(same, 0, b)) / scale).max(initial=0.0))


subjects, failures = {}, []
for number, line in enumerate(open(sys.argv[1])):
    case = json.loads(line)
    print(f"\r{number} {case['subject']:40}", end="", file=sys.stderr, flush=True)
    subject = subjects.setdefault(case["subject"], {"modules": 0, "hash": hashlib.sha256(), "errors": {}})
    subject["modules"] += 1
    subject["hash"].update(case["module"].encode())
    try:
        actual = run(case)
    except Exception as problem:  # noqa: BLE001
        failures.append(f"{number} {case['subject']}: {str(problem)[:600]}")
        continue
    is_mixed = "xf32>" in case["module"] or "tensor<f32>" in case["module"]
    for x, wanted in zip(actual, case["expected"], strict=True):
        dtype = wanted["dtype"]
        if dtype == "float64" and is_mixed:
            dtype = "float64 of float32"
        e = error(x, array(wanted))
        subject["errors"][dtype] = max(subject["errors"].get(dtype, 0.0), e)
        if e > TOLERANCE.get(dtype, 0.0):
            shown = f"got {x.ravel()[:8]}, expected {array(wanted).ravel()[:8]}"
            failures.append(f"{number} {case['subject']}: {dtype} differs by {e}: {shown}")

print("\n".join(failures))
print(f"{sum(s['modules'] for s in subjects.values())} modules, {len(failures)} failures")
if failures:
    sys.exit(1)
path = pathlib.Path(__file__).with_suffix(".json")
before = json.loads(path.read_text())["subjects"] if path.exists() else {}
now = {
    name: {
        "modules": s["modules"],
        "hash": s["hash"].hexdigest(),
        "errors": {dtype: float(f"{e:.1e}") for dtype, e in sorted(s["errors"].items())},
    }
    for name, s in subjects.items()
}
record = {
    "versions": {"jax": jax.__version__, "jaxlib": jaxlib.__version__},
    "platform": "cpu",
    "tolerance": TOLERANCE,
    "subjects": dict(sorted((before | now).items())),
}
path.write_text(json.dumps(record, indent=1) + "\n")
