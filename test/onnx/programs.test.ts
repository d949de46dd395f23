import { grad, type NDArray, numpy as np } from "cotangent";
import { test } from "vitest";
import { isFloat } from "../../src/array/index.ts";
import { drawArray } from "../../src/testing/elements.ts";
import { fixedSource } from "../../src/testing/fixed-source.ts";
import { drawProgram } from "../../src/testing/programs/index.ts";
import { requireSameResult } from "./run.ts";

/*
 * Random whole programs: loops, branches and calls among operations of every kind, and their gradients. Rounding errors
 * grow on the way through a program, so the tolerance is wider than for one operation.
 */

const PROGRAMS = 60;
const SCALE = 200;

/** The sum of all that a program returns as floats: what its gradient is taken of. */
const total = (outputs: readonly NDArray[]): NDArray =>
  outputs
    .filter(({ dtype }) => isFloat(dtype))
    .reduce((sum: NDArray, x) => sum.add(np.sum(x.astype("float64"))), np.zeros([], "float64"));

test("random programs", async () => {
  for (let i = 0; i < PROGRAMS; i++) {
    const source = fixedSource(104729 * (i + 1));
    const program = drawProgram(source, { forwardOnly: i % 3 === 0 });
    const inputs = program.inputs.map((spec) => drawArray(source, spec));
    await requireSameResult((...xs: NDArray[]) => program.flat(...xs), inputs, SCALE);
  }
});

test("gradients of random programs", async () => {
  for (let i = 0; i < PROGRAMS; i++) {
    const source = fixedSource(15485863 * (i + 1));
    const program = drawProgram(source, { floats: ["float64"], reverseOnly: true });
    const inputs = program.inputs.map((spec) => drawArray(source, spec));
    const live = inputs.flatMap((x, k) => (isFloat(x.dtype) ? [k] : []));
    if (live.length === 0) continue;
    const gradient = grad((...xs: NDArray[]) => total(program.flat(...xs)), { argnums: live });
    await requireSameResult((...xs: NDArray[]) => gradient(...xs), inputs, SCALE);
  }
});
