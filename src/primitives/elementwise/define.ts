import { type DType, type DTypeKind, dtypeInfo, type NDArray } from "../../array/index.ts";
import {
  type ArgumentsDescription,
  bind,
  definePrimitive,
  type Missing,
  NO_PARAMS,
  type Params,
  type Primitive,
  type PrimitiveDefinition,
  type Tangent,
} from "../../core/index.ts";
import type { Expr } from "../../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../../kernel/nest.ts";
import { NOT_LINEAR } from "../rules.ts";
import { add } from "./add.ts";
import {
  batchElementwise,
  broadcastScalar,
  elementwiseAval,
  elementwiseLowering,
  mapElements,
} from "./base.ts";

/**
 * The tangent that one operand contributes: its own tangent, the output, and all operands. It is linear in the
 * tangent. `null` where the derivative is zero everywhere.
 */
export type PartialDerivative =
  | ((tangent: NDArray, output: NDArray, ...operands: NDArray[]) => NDArray)
  | null;

/** A function of numbers for each arithmetic, where one does not serve all. */
export interface ScalarFunctions {
  readonly float: (...xs: number[]) => number;
  readonly int?: (...xs: number[]) => number;
  readonly uint?: (...xs: number[]) => number;
  readonly bool?: (...xs: number[]) => number;
}

/** What is particular to one elementwise primitive. */
export interface ElementwiseDefinition {
  readonly name: string;
  /** The kinds of dtype it takes. */
  readonly kinds: readonly DTypeKind[];
  /** The dtype of the result, where it is not the operands'. */
  readonly result?: DType;
  /** The reference: results are rounded or wrapped to the dtype when stored. */
  readonly scalar: ((...xs: number[]) => number) | ScalarFunctions;
  /**
   * The same as an expression, which is compiled; its operands have the type of their dtype. Or, for what takes a number
   * of steps that depends on the operands, as statements of a nest that give the result.
   */
  readonly expr: ((...xs: Expr[]) => Expr) | { readonly steps: (nest: NestBuilder, ...xs: Expr[]) => Expr };
  /** One partial derivative an operand, or why there is none. */
  readonly derivatives: readonly PartialDerivative[] | Missing;
  readonly transpose?: PrimitiveDefinition<Params>["transpose"];
  readonly args: ArgumentsDescription<Params>;
}

/** Declare an elementwise primitive without parameters. */
export const defineElementwise = (definition: ElementwiseDefinition): Primitive => {
  const { name, kinds, scalar, expr, derivatives, result } = definition;
  const functions: ScalarFunctions = typeof scalar === "function" ? { float: scalar } : scalar;
  const ofIntegers = functions.int ?? functions.float;
  const byKind: { readonly [K in DTypeKind]: (...xs: number[]) => number } = {
    float: functions.float,
    int: ofIntegers,
    uint: functions.uint ?? ofIntegers,
    bool: functions.bool ?? ofIntegers,
  };
  const primitive: Primitive = definePrimitive<Params>({
    name,
    abstractEval: elementwiseAval(name, kinds, result),
    evaluate: (inputs, _params, [output]) => [
      mapElements(byKind[dtypeInfo((inputs[0] as NDArray).dtype).kind], inputs, output as NDArray),
    ],
    jvp:
      "missing" in derivatives
        ? derivatives
        : (primals, tangents) => {
            const outputs = bind(primitive, primals, NO_PARAMS);
            return { outputs, tangents: [chainRule(derivatives, primals, tangents, outputs[0] as NDArray)] };
          },
    transpose: definition.transpose ?? { missing: NOT_LINEAR },
    batch: (inputs, axes, size, params) => batchElementwise(primitive, inputs, axes, size, params),
    lowering:
      typeof expr === "function"
        ? elementwiseLowering((_, ...operands) => expr(...operands))
        : { kind: "nest", build: (nest) => buildSteps(nest, expr.steps) },
    args: definition.args,
  });
  return primitive;
};

/** A loop over all elements; scalars stand for arrays full of them. */
const buildSteps = (nest: NestBuilder, steps: (nest: NestBuilder, ...xs: Expr[]) => Expr): void => {
  const to = nest.outputs[0] as Buffer;
  nest.for(to.size, (i) => {
    const operands = nest.inputs.map((x) => nest.load(x, x.size === to.size ? i : 0));
    nest.store(to, i, steps(nest, ...operands));
  });
};

/** The sum of what each operand's tangent contributes. */
export const chainRule = (
  derivatives: readonly PartialDerivative[],
  primals: readonly NDArray[],
  tangents: readonly Tangent[],
  output: NDArray,
): Tangent => {
  let sum: Tangent = null;
  for (let i = 0; i < tangents.length; i++) {
    const tangent = tangents[i];
    const derivative = derivatives[i];
    if (!tangent || !derivative) continue;
    const term = broadcastScalar(derivative(tangent, output, ...primals), output.shape);
    sum = sum === null ? term : add(sum, term);
  }
  return sum;
};
