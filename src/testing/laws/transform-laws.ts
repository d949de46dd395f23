import { type Arbitrary, assert as check, property, tuple } from "fast-check";
import { isFloat, type NDArray } from "../../array/index.ts";
import { type FlatFunction, sameAval, type Tangent } from "../../core/index.ts";
import { flattenArrays, flattenFunction } from "../../transforms/flatten-function.ts";
import { jvpFlat } from "../../transforms/jvp.ts";
import { vjpFlat } from "../../transforms/vjp.ts";
import { keys } from "../arbitraries.ts";
import { checkBatching, checkJit } from "../check-transforms.ts";
import { roundingTolerance, type Tolerance } from "../closeness.ts";
import { drawDirection } from "../elements.ts";
import { fixedSource } from "../fixed-source.ts";
import { seedOf } from "../gradients/check-grads.ts";
import { compiled } from "./compiled.ts";
import { runOptions } from "./derivative-laws.ts";
import { instantiate, type LawOptions, LawViolation, requireClose } from "./law.ts";
import { requireAdjoint } from "./transpose.ts";

const demand = (what: string, verdict: ReturnType<typeof checkJit>): void => {
  if (verdict._tag === "Left") throw new LawViolation(`${what}: ${verdict.left.message}`);
};

/** What is true of the transforms of one function at one point. */
const holdAt = (fun: FlatFunction, inputs: readonly NDArray[], seed: number, tolerance: Tolerance): void => {
  const source = fixedSource(seed);
  const outputs = fun(...inputs);
  const worst = [...inputs, ...outputs].some((x) => x.dtype === "float32") ? "float32" : "float64";
  // Derivatives are sums of more terms than values.
  const near = {
    rtol: 10 * roundingTolerance(worst).rtol,
    atol: 10 * roundingTolerance(worst).atol,
    ...tolerance,
  };
  const flat = (...xs: NDArray[]): readonly NDArray[] => fun(...xs);
  demand("jit", checkJit(flat, [...inputs], near));
  demand("vmap", checkBatching(flat, [...inputs], { ...near, key: seed }));
  demand("vmap of jit", checkBatching(compiled(fun) as typeof flat, [...inputs], { ...near, key: seed }));

  const live = inputs.flatMap((x, i) => (isFloat(x.dtype) ? [i] : []));
  if (live.length === 0) return;
  const draw = (x: NDArray): Tangent => (isFloat(x.dtype) ? drawDirection(source, x) : null);
  const tangents = inputs.map(draw);
  const cotangents = outputs.map(draw);
  const forward =
    (f: FlatFunction): FlatFunction =>
    (...xs) => {
      const result = jvpFlat(f, xs, tangents);
      return [...result.outputs, ...instantiate(result.tangents, result.outputs)];
    };
  const reverse =
    (f: FlatFunction): FlatFunction =>
    (...xs) =>
      instantiate(vjpFlat(f, xs).pullback(cotangents), xs);
  const pushed = jvpFlat(fun, inputs, tangents);
  requireClose("the primal output of jvp", pushed.outputs, outputs, near);
  const { outputs: primal, pullback } = vjpFlat(fun, inputs);
  requireClose("the primal output of vjp", primal, outputs, near);
  requireAdjoint(inputs, tangents, pushed.tangents, cotangents, pullback(cotangents), near.rtol);
  for (const [name, transform] of [
    ["jvp", forward],
    ["vjp", reverse],
  ] as const) {
    const plain = transform(fun);
    const expected = plain(...inputs);
    const listed = (...xs: NDArray[]): readonly NDArray[] => plain(...xs);
    demand(`jit of ${name}`, checkJit(listed, [...inputs], near));
    requireClose(`${name} of jit`, transform(compiled(fun))(...inputs), expected, near);
    demand(`vmap of ${name}`, checkBatching(listed, [...inputs], { ...near, key: seed }));
    demand(
      `vmap of jit of ${name}`,
      checkBatching(compiled(plain) as typeof listed, [...inputs], { ...near, key: seed }),
    );
  }
};

/**
 * The transforms of `f` agree with one another at arguments drawn from `args`: `jit` is the plain function, `vmap` a loop,
 * `vjp` the adjoint of `jvp`; and so are their compositions, `jit` of `jvp` and `jvp` of `jit`, `vmap` of `jit` of `vjp`,
 * …. For this `f` must have both modes, and be smooth where it is looked at no more than its derivatives ask for: values
 * are compared with values, never with differences.
 *
 * @throws Error with the smallest arguments that fail, and what fails there.
 * @example
 * test("my layer", () => laws.transforms((x, w) => np.tanh(x.matmul(w)), fc.tuple(arrays({ shape: [2] }), weights)));
 */
export const transforms = <A extends readonly unknown[]>(
  f: (...args: A) => unknown,
  args: Arbitrary<A>,
  { numRuns = 30, seed, timeLimit, ...tolerance }: LawOptions & Tolerance = {},
): void => {
  const law = property(tuple(args, keys()), ([values, key]) => {
    const [inputs, inTree] = flattenArrays(values as readonly unknown[], "laws.transforms, args");
    const { fun } = flattenFunction(f as unknown as (...xs: never[]) => unknown, inTree, "laws.transforms");
    const [first, second] = [fun(...inputs), fun(...inputs)];
    if (!first.every((x, i) => sameAval(x, second[i] as NDArray))) {
      throw new LawViolation("the function gives other shapes when it is called again, so it is not pure");
    }
    requireClose("the function called again", second, first, { rtol: 0, atol: 0 });
    holdAt(fun, inputs, seedOf(key, "laws.transforms"), tolerance);
  });
  check(law, runOptions({ numRuns, seed, timeLimit } as LawOptions));
};
