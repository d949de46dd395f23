import { type ConcreteArray, type NDArray, sizeOf } from "../array/index.ts";
import { compile } from "../compile/compile.ts";
import type { Executable } from "../compile/executable.ts";
import { paramsKey } from "../compile/passes/params-key.ts";
import { type Aval, avalKey, type Params, type Primitive } from "../core/index.ts";
import { singleEquation } from "./single-equation.ts";

/**
 * From how many elements on, of an operand or a result, a single operation runs as a compiled kernel. Below, the
 * reference evaluation is done before a kernel's arguments are copied; and a kernel has to be compiled once for each
 * shape, which takes about as long as the reference takes for some 10⁵ elements.
 */
export const COMPILED_SIZE = 1 << 14;

/** How many kernels are kept; the oldest goes first. */
const CAPACITY = 512;

const kernels = new Map<string, Executable | null>();

/** Whether a compiled kernel would do more than make another view of the operand. */
const computes = ({ lowering }: Primitive): boolean =>
  lowering !== undefined && ["elementwise", "reduction", "dot", "nest"].includes(lowering.kind);

const isLarge = (x: Aval | undefined): boolean => x !== undefined && sizeOf(x.shape) >= COMPILED_SIZE;

/** Evaluate one operation on large arrays compiled; `undefined` for all others, which are left to the reference. */
export const evaluateCompiled = (
  primitive: Primitive,
  inputs: readonly NDArray[],
  params: Params,
  outputs: readonly Aval[],
): readonly ConcreteArray[] | undefined => {
  if (!isLarge(outputs[0]) && !isLarge(inputs[0])) return undefined;
  if (!computes(primitive)) return undefined;
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
