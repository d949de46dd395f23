"""Writes all golden data of this folder again: runs every script beside this one, each in a process of its own.

    python3 -m venv env
    env/bin/pip install "jax==0.10.2" flax optax mpmath safetensors ml_dtypes
    env/bin/python test/golden/generate.py [names of scripts]

The data is JAX 0.10.2's, on a CPU; each file says which version made it. Another machine or version changes last digits:
look at what `git diff` shows before it is committed. The tests need the data only, and no Python.

Names, such as `numpy fft`, run those scripts alone; `nice` and a quiet machine help, since compiling takes the time.
"""

import os
import sys

# The math.py beside this script is not Python's.
sys.path = [p for p in sys.path if os.path.realpath(p or ".") != os.path.dirname(os.path.realpath(__file__))]

import pathlib  # noqa: E402
import subprocess  # noqa: E402
import time  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


def main(wanted):
    scripts = sorted(p for p in HERE.glob("*.py") if p.name != "generate.py")
    unknown = set(wanted) - {p.stem for p in scripts}
    if unknown:
        sys.exit(f"generate.py: there is no {', '.join(sorted(unknown))}; there are {', '.join(p.stem for p in scripts)}")
    failed = []
    for script in scripts:
        if wanted and script.stem not in wanted:
            continue
        start = time.monotonic()
        # -P, since the numpy.py beside this script is not NumPy.
        code = subprocess.run([sys.executable, "-P", script], check=False).returncode
        print(f"{script.name}: {'done' if code == 0 else f'failed ({code})'}, {time.monotonic() - start:.0f} s", flush=True)
        if code != 0:
            failed.append(script.name)
    if failed:
        sys.exit(f"generate.py: {', '.join(failed)} failed")


main(sys.argv[1:])
