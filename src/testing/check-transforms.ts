import { type Either, left, right } from "fp-ts/lib/Either.js";
import { allocate, ConcreteArray, type DType, isFloat, type NDArray } from "../array/index.ts";
import { ArgumentError, describeAval, type FlatFunction, sameAval, type Tangent } from "../core/index.ts";
import { flattenArrays, flattenFunction } from "../transforms/flatten-function.ts";
import { jit } from "../transforms/jit.ts";
import { linearTranspose } from "../transforms/linear-transpose.ts";
import { vmap } from "../transforms/vmap.ts";
import { formatPath, leafPaths, type Path } from "../tree/index.ts";
import {
  arrayMismatch,
  elementsOf,
  formatMismatch,
  type Mismatch,
  roundingTolerance,
  type Tolerance,
} from "./closeness.ts";
import { drawDirection } from "./elements.ts";
import { fixedSource } from "./fixed-source.ts";
import { seedOf } from "./gradients/check-grads.ts";
import { moved } from "./gradients/curve.ts";
import { innerProduct } from "./inner-product.ts";
import { stack } from "./stack.ts";

/** How near results have to be, and where random numbers start. */
export interface CheckOptions extends Tolerance {
  /** A PRNG key, or the seed of one; default 0. */
  readonly key?: NDArray | number;
}

/** Where a transformed function gives something else, the worst place of all. */
export interface CheckFailure {
  /** The leaf of the result; empty if it is one array. */
  readonly path: string;
  readonly index: readonly number[];
  readonly actual: number;
  readonly expected: number;
  /** All of this in words. */
  readonly message: string;
}

/** How many numbers were compared, none of which differ. */
export interface CheckReport {
  readonly compared: number;
}

type Verdict = Either<CheckFailure, CheckReport>;

const refuted = (where: string, what: string, mismatch: Mismatch): Verdict =>
  left({ ...mismatch, message: `${where}: ${what}: ${formatMismatch(mismatch)}.` });

/** The worst difference of results, leaf by leaf. */
const compareResults = (
  where: string,
  what: string,
  paths: readonly Path[],
  actual: readonly NDArray[],
  expected: readonly NDArray[],
  { rtol, atol }: Tolerance,
): Verdict => {
  let worst: { readonly mismatch: Mismatch; readonly error: number } | undefined;
  let compared = 0;
  for (let i = 0; i < expected.length; i++) {
    const [x, y] = [actual[i] as NDArray, expected[i] as NDArray];
    const path = formatPath(paths[i] ?? []);
    if (!sameAval(x, y)) {
      const name = path === "" ? "the result" : `the result ${path}`;
      return left({
        path,
        index: [],
        actual: Number.NaN,
        expected: Number.NaN,
        message: `${where}: ${what}: ${name} is ${describeAval(x)}, expected ${describeAval(y)}.`,
      });
    }
    const rounding = roundingTolerance(y.dtype);
    const tolerance = { rtol: rtol ?? rounding.rtol, atol: atol ?? rounding.atol };
    const mismatch = arrayMismatch(x, y, tolerance, path);
    compared += y.size;
    if (mismatch === undefined) continue;
    const error = Math.abs(mismatch.actual - mismatch.expected) / (1 + Math.abs(mismatch.expected));
    if (worst === undefined || !(error <= worst.error)) worst = { mismatch, error };
  }
  return worst === undefined ? right({ compared }) : refuted(where, what, worst.mismatch);
};

/** `f` with what is needed to compare its results. */
const flatOf = (
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  where: string,
): {
  readonly fun: FlatFunction;
  readonly inputs: readonly NDArray[];
  readonly outputs: readonly NDArray[];
  readonly paths: readonly Path[];
} => {
  const [inputs, inTree] = flattenArrays(args, `${where}, args`);
  const { fun, outTree } = flattenFunction(f, inTree, where);
  const outputs = fun(...inputs);
  return { fun, inputs, outputs, paths: leafPaths(outTree()) };
};

/**
 * Check that `jit(f)` gives what `f` gives at `args`, but for rounding, and again when it runs a second time.
 *
 * @example
 * checkJit(loss, [params, batch]); // { _tag: "Right", right: { compared: 1 } }
 */
export const checkJit = <A extends readonly unknown[]>(
  f: (...args: A) => unknown,
  args: A,
  tolerance: Tolerance = {},
): Verdict => {
  const { fun, inputs, outputs, paths } = flatOf(f as (...xs: never[]) => unknown, args, "checkJit");
  const compiled = jit((...xs: NDArray[]): readonly NDArray[] => fun(...xs));
  const first = compareResults("checkJit", "jit(f)", paths, compiled(...inputs), outputs, tolerance);
  if (first._tag === "Left") return first;
  return compareResults(
    "checkJit",
    "the second call of jit(f)",
    paths,
    compiled(...inputs),
    outputs,
    tolerance,
  );
};

/** Options of `checkBatching`. */
export interface BatchingOptions extends CheckOptions {
  /** How many examples there are; default 3. */
  readonly size?: number;
  /** Which arguments have a batch axis; default: all. Those that have none are the same for every example. */
  readonly argnums?: readonly number[];
}

/** How far, as a part of its size, an example of a batch is from the point. */
const APART = 1 / 8;

/**
 * Check that `vmap(f)` gives for each example of a batch what `f` gives for it alone. The first example is `args`, the
 * others lie near it in their floats and have the same integers and booleans.
 *
 * @throws ArgumentError for a size that is not a whole number of at least 1.
 * @example
 * checkBatching((w, x) => np.tanh(x.matmul(w)), [w, x], { argnums: [1] });
 */
export const checkBatching = <A extends readonly unknown[]>(
  f: (...args: A) => unknown,
  args: A,
  { size = 3, argnums, key, ...tolerance }: BatchingOptions = {},
): Verdict => {
  if (!(Number.isInteger(size) && size >= 1)) {
    throw new ArgumentError(`checkBatching: size must be a whole number of at least 1; got ${String(size)}.`);
  }
  const source = fixedSource(seedOf(key, "checkBatching"));
  const { fun, inputs, paths } = flatOf(f as (...xs: never[]) => unknown, args, "checkBatching");
  const counts = args.map((arg) => flattenArrays(arg, "checkBatching, args")[0].length);
  const isBatched = counts.flatMap((n, i) =>
    new Array<boolean>(n).fill(argnums === undefined || argnums.includes(i)),
  );
  const examples = Array.from({ length: size }, (_, k) =>
    inputs.map((x, i) =>
      k === 0 || !isBatched[i] || !isFloat(x.dtype) ? x : moved(x, drawDirection(source, x), APART),
    ),
  );
  const stacked = inputs.map((x, i) =>
    isBatched[i]
      ? stack(
          examples.map((one) => one[i] as NDArray),
          x,
        )
      : x,
  );
  const mapped = vmap(
    (...xs: NDArray[]): readonly NDArray[] => fun(...xs),
    isBatched.map((b) => (b ? 0 : null)),
    0,
    { axisSize: size },
  );
  const results = mapped(...stacked);
  const alone = examples.map((one) => fun(...one));
  const expected = (alone[0] ?? []).map((y, i) =>
    stack(
      alone.map((ys) => ys[i] as NDArray),
      y,
    ),
  );
  return compareResults("checkBatching", "vmap(f)", paths, results, expected, tolerance);
};

const combined = (x: NDArray, y: NDArray, a: number, b: number): NDArray => {
  const [p, q] = [elementsOf(x), elementsOf(y)];
  const out = allocate(x.dtype, p.length);
  for (let i = 0; i < out.length; i++) out[i] = a * (p[i] as number) + b * (q[i] as number);
  return new ConcreteArray(out, x.shape, x.dtype);
};

const WHERE = "checkLinear";

/**
 * Check that `f` is linear in all its arguments together, `f(a·x + b·y) = a·f(x) + b·f(y)` at random points like `args`,
 * and that `linearTranspose(f)` is its adjoint, `⟨ct, f(x)⟩ = ⟨fᵀ(ct), x⟩`.
 *
 * @param args arrays of floats, of which only the structure, shapes and dtypes matter.
 * @throws ArgumentError for arguments that are not floats.
 * @example
 * checkLinear((x) => fft.irfft(fft.rfft(x)), [np.zeros([8])]);
 */
export const checkLinear = <A extends readonly unknown[]>(
  f: (...args: A) => unknown,
  args: A,
  { key, ...tolerance }: CheckOptions = {},
): Verdict => {
  const source = fixedSource(seedOf(key, WHERE));
  const { fun, inputs, outputs, paths } = flatOf(f as (...xs: never[]) => unknown, args, WHERE);
  const other = inputs.find((x) => !isFloat(x.dtype));
  if (other !== undefined) {
    throw new ArgumentError(
      `${WHERE}: every argument must be floating-point; got ${describeAval(other)}. Close over the others.`,
    );
  }
  const draw = (): NDArray[] => inputs.map((x) => drawDirection(source, x));
  const [x, y] = [draw(), draw()];
  const [a, b] = [0.5, -2];
  const [fx, fy] = [fun(...x), fun(...y)];
  const sum = fun(...x.map((v, i) => combined(v, y[i] as NDArray, a, b)));
  const expected = fx.map((v, i) => (isFloat(v.dtype) ? combined(v, fy[i] as NDArray, a, b) : v));
  const additive = compareResults(
    WHERE,
    "f(0.5·x − 2·y), expected 0.5·f(x) − 2·f(y)",
    paths,
    sum,
    expected,
    tolerance,
  );
  if (additive._tag === "Left") return additive;
  const transposed = linearTranspose(
    (...xs: NDArray[]): readonly NDArray[] => fun(...xs),
    ...inputs,
  ) as unknown as (ct: readonly NDArray[]) => readonly NDArray[];
  const cts = outputs.map((v): Tangent => (isFloat(v.dtype) ? drawDirection(source, v) : null));
  const full = outputs.map((v, i) => cts[i] ?? v);
  const forward = innerProduct(cts, fx);
  const backward = innerProduct(transposed(full), x);
  const worst: DType = [...inputs, ...outputs].some((v) => v.dtype === "float32") ? "float32" : "float64";
  const allowed =
    (tolerance.rtol ?? roundingTolerance(worst).rtol) * (1e-3 + forward.size + backward.size) +
    (tolerance.atol ?? 0);
  if (Math.abs(forward.value - backward.value) <= allowed) {
    return right({ compared: additive.right.compared + 1 });
  }
  return refuted(WHERE, "⟨fᵀ(ct), x⟩ of linearTranspose, expected ⟨ct, f(x)⟩", {
    path: "",
    index: [],
    actual: backward.value,
    expected: forward.value,
  });
};
