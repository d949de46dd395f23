import { type Either, right } from "fp-ts/lib/Either.js";
import type { NDArray } from "../../array/index.ts";
import { flattenArrays, flattenFunction } from "../../transforms/flatten-function.ts";
import { leafPaths, type TreeDef, unflatten } from "../../tree/index.ts";
import { type DerivativeCheckOptions, flattenPoint, isVoid, protocolOf, settingsFor } from "./check-grads.ts";
import { unitOf } from "./curve.ts";
import { compareForward } from "./forward.ts";
import { compareReverse } from "./reverse.ts";
import { derivatives, instantiated, type Pull, type Push, type Subject } from "./subject.ts";
import type { GradCheckFailure, GradCheckReport } from "./verdict.ts";

/** `f` at `args` with some derivative of the caller's; `outTree` is known once it has run. */
const subjectOf = (
  f: (...args: never[]) => unknown,
  inputs: readonly NDArray[],
  inTree: TreeDef,
  where: string,
): { readonly subject: Subject; readonly outputs: readonly NDArray[]; readonly outTree: TreeDef } => {
  const flat = flattenFunction(f, inTree, where);
  const outputs = flat.fun(...inputs);
  const outTree = flat.outTree();
  return {
    outputs,
    outTree,
    subject: {
      fun: flat.fun,
      ...derivatives(flat.fun),
      inputs,
      unit: unitOf([...inputs, ...outputs]),
      modes: [],
      inPaths: leafPaths(inTree),
      outPaths: leafPaths(outTree),
    },
  };
};

/**
 * Check a JVP of one's own, `fJvp(primals, tangents)` → `[output, tangent]`, against central differences of `f`.
 *
 * @returns as `checkGrads` does.
 * @throws ArgumentError if no argument is a float; TreeError if `fJvp` returns another structure than `f`.
 * @example
 * checkJvp(f, (primals, tangents) => jvp(f, primals, tangents), [x, y]);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.test_util.check_jvp.html
 */
export const checkJvp = <A extends readonly unknown[]>(
  f: (...args: A) => unknown,
  fJvp: (primals: A, tangents: A) => readonly [unknown, unknown],
  args: A,
  options: DerivativeCheckOptions = {},
): Either<GradCheckFailure, GradCheckReport> => {
  const [inputs, inTree] = flattenPoint(args, "checkJvp");
  if (isVoid(inputs)) return right({ entries: [], worst: 0 });
  const { subject, outputs } = subjectOf(f as (...xs: never[]) => unknown, inputs, inTree, "checkJvp");
  const push: Push = (primals, tangents) => {
    const given = instantiated(tangents, primals);
    const [y, t] = fJvp(unflatten(inTree, primals) as A, unflatten(inTree, given) as A);
    return {
      outputs: flattenArrays(y, "checkJvp, output")[0],
      tangents: flattenArrays(t, "checkJvp, tangent")[0],
    };
  };
  const settings = settingsFor([...inputs, ...outputs], options, "checkJvp");
  return protocolOf("checkJvp", (protocol) => protocol.note(compareForward({ ...subject, push }, settings)));
};

/**
 * Check a VJP of one's own, `fVjp(primals)` → `[output, pullback]`, against central differences of `f`.
 *
 * @returns as `checkGrads` does.
 * @throws ArgumentError if no argument is a float; DTypeError for cotangents of other shapes or dtypes than the arguments.
 * @example
 * checkVjp(f, (primals) => vjp(f, primals), [x, y]);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.test_util.check_vjp.html
 */
export const checkVjp = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  fVjp: (primals: A) => readonly [unknown, (cotangent: R) => unknown],
  args: A,
  options: DerivativeCheckOptions = {},
): Either<GradCheckFailure, GradCheckReport> => {
  const [inputs, inTree] = flattenPoint(args, "checkVjp");
  if (isVoid(inputs)) return right({ entries: [], worst: 0 });
  const { subject, outputs, outTree } = subjectOf(
    f as unknown as (...xs: never[]) => unknown,
    inputs,
    inTree,
    "checkVjp",
  );
  const pull: Pull = (primals) => {
    const [y, pullback] = fVjp(unflatten(inTree, primals) as A);
    const leaves = flattenArrays(y, "checkVjp, output")[0];
    return {
      outputs: leaves,
      pullback: (cotangents) => {
        const ct = unflatten(outTree, instantiated(cotangents, leaves)) as R;
        return flattenArrays(pullback(ct), "checkVjp, cotangents")[0];
      },
    };
  };
  const settings = settingsFor([...inputs, ...outputs], options, "checkVjp");
  return protocolOf("checkVjp", (protocol) =>
    protocol.note(compareReverse({ ...subject, pull }, settings, "checkVjp")),
  );
};
