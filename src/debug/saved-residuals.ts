import { type DType, dtypeInfo, type Shape, sizeOf } from "../array/index.ts";
import { inlineCalls } from "../compile/passes/inline-calls.ts";
import {
  type Equation,
  formatAval,
  formatLocation,
  Literal,
  type SourceLocation,
  traceToJaxpr,
  type Var,
} from "../core/index.ts";
import { flattenArrays, flattenFunction } from "../transforms/flatten-function.ts";
import { linearizeFlat } from "../transforms/linearize.ts";
import type { InputsOf } from "../transforms/types.ts";
import { formatPath, leafPaths } from "../tree/index.ts";
import { write } from "./write.ts";

/** A value that the backward pass needs, so that it is kept from the forward pass on. */
export interface Residual {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly bytes: number;
  /** What it is: an argument by its path, a constant, or the primitive that computes it. */
  readonly from: string;
  /** The user's line that computes it, if it is computed and that is known. */
  readonly source: SourceLocation | undefined;
}

/**
 * What `vjp` and `grad` of `f` would keep for the backward pass at `primals`, which are only looked at for their shapes
 * and dtypes. `checkpoint` makes this less.
 *
 * @example
 * debug.savedResiduals(loss, params, batch).reduce((sum, { bytes }) => sum + bytes, 0);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.ad_checkpoint.print_saved_residuals.html
 */
export const savedResiduals = <A extends readonly unknown[]>(
  f: (...args: A) => unknown,
  ...primals: InputsOf<A>
): readonly Residual[] => {
  const where = "debug.savedResiduals";
  const [inputs, inTree] = flattenArrays(primals as readonly unknown[], `${where}, primals`);
  const flat = flattenFunction(f as unknown as (...xs: never[]) => unknown, inTree, where);
  const kept = traceToJaxpr((...xs) => linearizeFlat(flat.fun, xs, where).jaxpr.consts, inputs, where);
  const { jaxpr } = inlineCalls(kept);
  const maker = new Map<Var, Equation>();
  for (const equation of jaxpr.equations) for (const v of equation.outputs) maker.set(v, equation);
  const names = leafPaths(inTree).map((path) => formatPath(path));
  const describe = (v: Var): Pick<Residual, "from" | "source"> => {
    const argument = jaxpr.inputs.indexOf(v);
    if (argument >= 0) return { from: `argument ${names[argument]}`, source: undefined };
    const equation = maker.get(v);
    return { from: equation?.primitive.name ?? "constant", source: equation?.source };
  };
  // A scalar that is known is written where it is used.
  const vars = new Set(jaxpr.outputs.filter((atom): atom is Var => !(atom instanceof Literal)));
  return [...vars].map((v): Residual => {
    const { shape, dtype } = v.aval;
    return { shape, dtype, bytes: sizeOf(shape) * dtypeInfo(dtype).bytes, ...describe(v) };
  });
};

const line = ({ shape, dtype, bytes, from, source }: Residual): string => {
  const type = formatAval({ shape, dtype, weakType: false });
  return `${String(bytes).padStart(10)} bytes  ${type}  ${from}${source ? `  ${formatLocation(source)}` : ""}`;
};

/**
 * Print what `savedResiduals` finds, one line each, the largest first, and the sum.
 *
 * @example
 * debug.printSavedResiduals(loss, params, batch);
 */
export const printSavedResiduals = <A extends readonly unknown[]>(
  f: (...args: A) => unknown,
  ...primals: InputsOf<A>
): void => {
  const residuals = [...savedResiduals(f, ...primals)].sort((a, b) => b.bytes - a.bytes);
  const total = residuals.reduce((sum, { bytes }) => sum + bytes, 0);
  write(
    [...residuals.map(line), `${String(total).padStart(10)} bytes  in ${residuals.length} arrays`].join("\n"),
  );
};
