"""Writes io.json: files that NumPy and safetensors wrote, as base64, with the arrays in them.

    python -m venv env && env/bin/pip install numpy safetensors ml_dtypes && env/bin/python -P test/golden/io.py

`equal` says that our own writer gives the same bytes.
"""

import base64
import io
import json
import pathlib

import ml_dtypes
import numpy as np
import safetensors
import safetensors.numpy

rng = np.random.default_rng(3)


def text(x):
    flat = np.asarray(x, np.float64 if x.dtype.kind not in "iub" else None).ravel()
    return [
        bool(v) if x.dtype.kind == "b" else int(v) if x.dtype.kind in "iu" else float(v) if np.isfinite(v) else str(v)
        for v in flat
    ]


def described(name, x, dtype=None):
    return {"name": name, "dtype": dtype or x.dtype.name, "shape": list(x.shape), "values": text(x)}


theirs = {"int64", "uint64"}
arrays = {
    "f32": rng.normal(size=(2, 3)).astype(np.float32),
    "f64": np.array([0.1, -1e300, 5e-324, np.inf, -np.inf, np.nan, -0.0]),
    "i32": np.array([[-(2**31), 2**31 - 1], [0, 7]], np.int32),
    "u32": np.array([2**32 - 1, 0, 5], np.uint32),
    "bool": np.array([[True, False, True]]),
    "scalar": np.array(2.5, np.float32),
    "empty": np.zeros((0, 3), np.float32),
    "rank6": np.arange(8, dtype=np.int32).reshape(1, 2, 1, 2, 2, 1),
    "f16": np.array([1.5, -0.1, 65504, 6e-8, np.inf], np.float16),
    "i8": np.array([-128, 127], np.int8),
    "u8": np.array([255, 0], np.uint8),
    "i16": np.array([-32768, 32767], np.int16),
    "u16": np.array([65535], np.uint16),
    "i64": np.array([-(2**31), 2**31 - 1], np.int64),
    "u64": np.array([2**32 - 1], np.uint64),
    "bf16": np.array([1.0, -3.140625, np.inf, 1e-40], ml_dtypes.bfloat16),
}
READ_AS = {"int64": "int32", "uint64": "uint32"}
b64 = lambda b: base64.b64encode(b).decode()


def npy(x, **kw):
    f = io.BytesIO()
    np.lib.format.write_array(f, x, **kw)
    return f.getvalue()


cases = {"npy": [], "npz": [], "safetensors": []}
for name, x in arrays.items():
    d = described(name, x, READ_AS.get(x.dtype.name))
    cases["npy"].append({"bytes": b64(npy(x)), "array": d, "equal": x.dtype.name not in theirs})
fortran = np.asfortranarray(arrays["f32"])
cases["npy"].append({"bytes": b64(npy(fortran)), "array": described("fortran", arrays["f32"]), "equal": False})
big = arrays["f64"].astype(">f8")
cases["npy"].append({"bytes": b64(npy(big)), "array": described("big-endian", arrays["f64"]), "equal": False})
cases["npy"].append({"bytes": b64(npy(arrays["i32"], version=(2, 0))), "array": described("version 2", arrays["i32"]), "equal": False})
cases["npy"].append({"bytes": b64(npy(arrays["i32"], version=(3, 0))), "array": described("version 3", arrays["i32"]), "equal": False})

for save in [np.savez, np.savez_compressed]:
    f = io.BytesIO()
    chosen = {k: arrays[k] for k in ["f32", "i64", "empty"]}
    save(f, **chosen)
    cases["npz"].append({"bytes": b64(f.getvalue()), "arrays": [described(k, x, READ_AS.get(x.dtype.name)) for k, x in chosen.items()]})

mine = {k: x for k, x in arrays.items() if x.dtype.name not in theirs}
cases["safetensors"].append({
    "bytes": b64(safetensors.numpy.save(mine, metadata={"format": "np"})), "metadata": {"format": "np"}, "equal": True,
    "arrays": [described(k, x) for k, x in mine.items()],
})
others = {k: x for k, x in arrays.items() if x.dtype.name in theirs}
cases["safetensors"].append({
    "bytes": b64(safetensors.numpy.save(others)), "metadata": {}, "equal": False,
    "arrays": [described(k, x, READ_AS[x.dtype.name]) for k, x in others.items()],
})

versions = {"numpy": np.__version__, "safetensors": safetensors.__version__}
pathlib.Path(__file__).with_name("io.json").write_text(json.dumps({"versions": versions, **cases}, separators=(",", ":")) + "\n")
