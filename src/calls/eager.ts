import { type ConcreteArray, type NDArray, sizeOf } from "../array/index.ts";
import { compile } from "../compile/compile.ts";
import type { Executable } from "../compile/executable.ts";
import { paramsKey } from "../compile/passes/params-key.ts";
import { type Aval, avalKey, type Params, type Primitive } from "../core/index.ts";
import { singleEquation } from "./single-equation.ts";

/**
 * From how much work on a single operation runs as a compiled kernel, counted in additions of elements by the reference
 * (some 5 ns each). A kernel is faster from a few elements on, but has to be compiled once for each shape, which takes
 * as long as some 3 · 10⁵ of them: a twentieth of that is worth it where an operation is used again. Only shapes decide,
 * so that the same program gives the same bits from run to run. Measured in docs/performance.md.
 */
const COMPILED_WORK = 1 << 14;

/** How many kernels are kept; the oldest goes first. */
const CAPACITY = 512;

const kernels = new Map<string, Executable | null>();

/** How many additions of elements the reference would do in the time of an operation; 0 for one that makes a view. */
const workOf = (
  { lowering }: Primitive,
  inputs: readonly Aval[],
  params: Params,
  outputs: readonly Aval[],
): number => {
  switch (lowering?.kind) {
    case "elementwise":
    case "reduction":
      return elementsOf(inputs, outputs);
    case "nest":
      return lowering.work?.(inputs, outputs) ?? elementsOf(inputs, outputs);
    case "dot": {
      const { shape } = inputs[0] as Aval;
      const { lhsContracting } = lowering.axes(params);
      const terms = lhsContracting.reduce((n, axis) => n * (shape[axis] as number), 1);
      // It multiplies and adds four times in the time of an addition, and touches all elements.
      return elementsOf(inputs, outputs) + (terms * sizeOf((outputs[0] as Aval).shape)) / 4;
    }
    default:
      return 0;
  }
};

const elementsOf = (inputs: readonly Aval[], outputs: readonly Aval[]): number =>
  Math.max(sizeOf(inputs[0]?.shape ?? []), sizeOf(outputs[0]?.shape ?? []));

/** Evaluate one operation that is much work compiled; `undefined` for all others, which are left to the reference. */
export const evaluateCompiled = (
  primitive: Primitive,
  inputs: readonly NDArray[],
  params: Params,
  outputs: readonly Aval[],
): readonly ConcreteArray[] | undefined => {
  if (workOf(primitive, inputs, params, outputs) < COMPILED_WORK) return undefined;
  const key = `${primitive.name}${inputs.map(avalKey).join()}${paramsKey(params)}`;
  let kernel = kernels.get(key);
  if (kernel === undefined) {
    kernel = compile(singleEquation(primitive, inputs, params, outputs)) ?? null;
    const oldest = kernels.keys().next();
    if (kernels.size >= CAPACITY && oldest.done !== true) kernels.delete(oldest.value);
    kernels.set(key, kernel);
  }
  return kernel?.(inputs as readonly ConcreteArray[]);
};
