"""Times on XLA what engines.ts has written.

    python -m venv env && env/bin/pip install "jax==0.10.2"
    env/bin/python test/bench/xla.py cases.jsonl 10

runs each for so many seconds, arguments on the device beforehand, and prints the fastest run: on all cores, or on those that
`taskset` leaves it. See test/golden/stablehlo.py
for the names of jaxlib that are no public interface.
"""

import base64
import json
import sys
import time

import jax
import jax.extend.backend
import numpy as np
from jaxlib import xla_client

backend = jax.extend.backend.get_backend("cpu")
devices = xla_client.DeviceList(tuple(backend.devices()[:1]))
for line in open(sys.argv[1]):
    case = json.loads(line)
    program = backend.compile_and_load(case["module"], devices, xla_client.CompileOptions())
    inputs = [
        jax.device_put(np.frombuffer(base64.b64decode(x["data"]), x["dtype"]).reshape(x["shape"]))
        for x in case["inputs"]
    ]
    best = np.inf
    end = time.perf_counter() + float(sys.argv[2])
    while time.perf_counter() < end:
        start = time.perf_counter()
        results = program.execute_sharded(inputs).disassemble_into_single_device_arrays()
        for shards in results:
            shards[0].block_until_ready()
        best = min(best, time.perf_counter() - start)
    print(f"{case['subject']}: {1000 * best:.2f} ms on XLA")
