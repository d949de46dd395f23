"""Runs the training step that main.ts wrote on XLA, over as many devices as it was written for.

    python -m venv env && env/bin/pip install -r examples/distributed/requirements.txt
    npx tsx examples/distributed/main.ts run --devices 8
    env/bin/python examples/distributed/run.py run                  # one process, 8 devices of the CPU
    env/bin/python examples/distributed/run.py run --processes 2    # two processes, 4 devices each

Prints the devices, the loss, and steps per second, and exits with 1 unless the state after the last step is that which
the same steps gave in TypeScript, within `--tolerance` of the greatest absolute value of each array.

The module says itself what its arguments are called, which axes of them are split, and over how many devices. A process
puts only those parts of arguments on devices that belong to its own. Where JAX has GPUs or TPUs, `--platform` names them,
and there are as many devices as the machines have.

Public parts of JAX: `jax.distributed`, `jax.sharding`, `jax.make_array_from_callback`. No public part runs a module of
StableHLO over several devices, so these three are pinned by requirements.txt: `Client.compile_and_load` and
`LoadedExecutable.execute_sharded` of jaxlib, with `CompileOptions`, `DeviceList` and `DeviceAssignment` of
`jaxlib.xla_client`.
"""

import argparse
import os
import pathlib
import re
import socket
import subprocess
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--processes", type=int, default=1)
parser.add_argument("--platform", default="cpu")
parser.add_argument("--tolerance", type=float, default=1e-3)
parser.add_argument("--timeout", type=float, default=300, help="seconds that all processes together may take")
parser.add_argument("--process", type=int, help="which of the processes this is; default: start all of them here")
parser.add_argument("--address", help="host:port of process 0, where the others find it")
args = parser.parse_args()

module = (args.folder / "step.mlir").read_text()
devices_needed = int(re.search(r"mhlo\.num_partitions = (\d+)", module)[1])


def start_processes():
    """Starts this program once for each process, all on this machine, and ends with the worst of their results."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    children = [
        subprocess.Popen([sys.executable, *sys.argv, "--process", str(i), "--address", f"127.0.0.1:{port}"])
        for i in range(args.processes)
    ]
    end = time.monotonic() + args.timeout
    try:
        return max(abs(child.wait(timeout=max(1, end - time.monotonic()))) for child in children)
    except subprocess.TimeoutExpired:
        print(f"not done after {args.timeout:.0f} seconds", file=sys.stderr)
        return 1
    finally:
        for child in children:
            child.kill()


if args.processes > 1 and args.process is None:
    if devices_needed % args.processes:
        sys.exit(f"{devices_needed} devices cannot be shared by {args.processes} processes")
    sys.exit(start_processes())

if args.platform == "cpu":
    count = devices_needed // args.processes
    os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={count} " + os.environ.get("XLA_FLAGS", "")

import jax  # noqa: E402
import jax.extend.backend  # noqa: E402
import numpy as np  # noqa: E402
from jax.sharding import Mesh, NamedSharding, PartitionSpec  # noqa: E402
from jaxlib import xla_client  # noqa: E402
from safetensors.numpy import load_file  # noqa: E402

jax.config.update("jax_platforms", args.platform)
if args.process is not None:
    jax.distributed.initialize(args.address, args.processes, args.process)
is_first = jax.process_index() == 0
devices = jax.devices()[:devices_needed]
if len(devices) < devices_needed:
    sys.exit(f"the module is for {devices_needed} devices; there are {len(devices)}")


def read_shardings(kind):
    """Names of arguments or results and their shardings, in order, as the module has them."""
    axes = re.findall(r'"(\w+)"=(\d+)', re.search(r"sdy\.mesh @mesh = <\[(.*?)\]>", module)[1])
    mesh = Mesh(np.array(devices).reshape([int(size) for _, size in axes]), [name for name, _ in axes])
    found = re.findall(rf'jax\.{kind}_info = "(.*?)", sdy\.sharding = #sdy\.sharding<@mesh, \[(.*?)\]>', module)
    split = lambda dims: [tuple(re.findall(r'"(\w+)"', d)) or None for d in re.findall(r"\{(.*?)\}", dims)]  # noqa: E731
    return [(name, NamedSharding(mesh, PartitionSpec(*split(dims)))) for name, dims in found]


def compile_step():
    options = xla_client.CompileOptions()
    build = options.executable_build_options
    options.num_partitions = build.num_partitions = devices_needed
    build.use_spmd_partitioning = devices_needed > 1
    build.use_shardy_partitioner = True
    # One row a replica, one column a partition.
    ids = np.array([[device.id for device in devices]])
    options.device_assignment = build.device_assignment = xla_client.DeviceAssignment.create(ids)
    backend = jax.extend.backend.get_backend(args.platform)
    return backend.compile_and_load(module, xla_client.DeviceList(tuple(devices)), options)


def put(array, sharding):
    """An array over all devices, of which this process puts its own parts in place."""
    return jax.make_array_from_callback(array.shape, sharding, lambda index: array[index])


start = load_file(args.folder / "start.safetensors")
batches = load_file(args.folder / "batches.safetensors")
expected = load_file(args.folder / "expected.safetensors")
parameters, results = read_shardings("arg"), read_shardings("result")
program = compile_step()
if is_first:
    print(f"{len(devices)} devices in {jax.process_count()} processes: {devices[0].device_kind} ({args.platform})")

steps = len(next(iter(batches.values())))
state = {name: put(start[name], sharding) for name, sharding in parameters if name in start}
shapes = {f"result[0]{name.removeprefix('state')}": x.shape for name, x in state.items()}
for i in range(steps):
    batch = {name: put(batches[name][i], sharding) for name, sharding in parameters if name in batches}
    arguments = [(state | batch)[name] for name, _ in parameters]
    shards = program.execute_sharded(arguments).disassemble_into_single_device_arrays()
    out = {
        name: jax.make_array_from_single_device_arrays(shapes.get(name, ()), sharding, parts)
        for (name, sharding), parts in zip(results, shards, strict=True)
    }
    state = {f"state{name.removeprefix('result[0]')}": x for name, x in out.items() if name in shapes}
    loss = float(out["result[1]"].addressable_data(0))
    if i == 0:
        began, first = time.perf_counter(), loss
    if is_first and (i + 1) % 25 == 0:
        print(f"step {i + 1}: loss {loss:.4f}")
seconds = time.perf_counter() - began

worst = 0.0
for name, x in state.items():
    wanted = expected[name].astype(np.float64)
    mine = np.asarray(x.addressable_data(0)).astype(np.float64)
    worst = max(worst, float(np.abs(mine - wanted).max() / max(1e-30, np.abs(wanted).max())))
if is_first:
    print(f"{(steps - 1) / seconds:.1f} steps/s, the first apart; loss {first:.4f} at first, {loss:.4f} at last")
    print(f"largest difference from the same steps in TypeScript: {worst:.1e} of an array's greatest value")
if not worst <= args.tolerance:
    sys.exit(f"the state differs by {worst:.1e}, more than {args.tolerance:.1e}")
