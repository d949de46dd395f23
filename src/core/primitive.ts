import type { ConcreteArray, NDArray } from "../array/index.ts";
import type { ArgumentsDescription } from "./arguments.ts";
import type { Aval } from "./aval.ts";
import { CotangentError } from "./errors.ts";
import type { Lowering } from "./lowering.ts";
import type { Params } from "./params.ts";
import { widenedEvaluation } from "./storage.ts";

/** A tangent or cotangent; `null` stands for zero, so that zeros are never computed with. */
export type Tangent = NDArray | null;

/** Arrays with values: what reference evaluations take and give. */
export type ConcreteInputs = readonly ConcreteArray[];

/** The place of an input that the transposed function is linear in: its value is not known. */
export class UndefinedPrimal {
  readonly aval: Aval;
  constructor(aval: Aval) {
    this.aval = aval;
  }
}

/** What a transpose rule sees for each input: a known value, or the place of a linear input. */
export type TransposeInput = NDArray | UndefinedPrimal;

/**
 * Whether `input` is a linear input of the function being transposed.
 *
 * @example
 * core.isLinearInput(new core.UndefinedPrimal(np.zeros([2]))); // true
 */
export const isLinearInput = (input: TransposeInput): input is UndefinedPrimal =>
  input instanceof UndefinedPrimal;

/** An axis of an array that is a batch, or `null` where the array is the same for the whole batch. */
export type BatchAxis = number | null;

/** A rule that a primitive does not have, and why. */
export interface Missing {
  readonly missing: string;
}

/** The outputs of a primitive and their tangents. */
export interface JvpResult {
  readonly outputs: readonly NDArray[];
  readonly tangents: readonly Tangent[];
}

/** The outputs of a batched primitive and where their batch axes are. */
export interface BatchResult {
  readonly outputs: readonly NDArray[];
  readonly axes: readonly BatchAxis[];
}

/** What a rule that splits an application sees of the trace that records the part that waits. */
export interface PartialEvalContext {
  /** Whether `x` waits: its value depends on an input that is not known yet. */
  isUnknown(x: NDArray): boolean;
  /** Record an application to run later; known inputs become residuals. */
  record<P extends Params>(
    primitive: Primitive<P>,
    inputs: readonly NDArray[],
    params: P,
  ): readonly NDArray[];
}

/**
 * Splits an application: runs now what depends on known inputs only, records the rest. Returns known outputs as
 * they are and the recorded tracers for the others.
 */
export type PartialEvalRule<P> = (
  context: PartialEvalContext,
  inputs: readonly NDArray[],
  params: P,
) => readonly NDArray[];

/**
 * Everything that is true of a primitive, declared in one place. The rules are methods so that a `Primitive<P>`
 * can stand in the registry with all others.
 */
export interface PrimitiveDefinition<P extends Params> {
  readonly name: string;

  /** Shapes and dtypes of the outputs. Throws a ShapeError or DTypeError for inputs that the primitive refuses. */
  abstractEval(inputs: readonly Aval[], params: P): readonly Aval[];

  /** The reference evaluation: short, obviously right, used to check everything else. */
  evaluate(inputs: readonly ConcreteArray[], params: P, outputs: readonly Aval[]): readonly ConcreteArray[];

  /**
   * The Jacobian-vector product. It is called only if some tangent is not zero; each tangent has the shape and
   * dtype of its primal, as have the tangents returned. It must be linear in the tangents.
   */
  readonly jvp:
    | ((primals: readonly NDArray[], tangents: readonly Tangent[], params: P) => JvpResult)
    | Missing;

  /**
   * The transpose with respect to the linear inputs: cotangents of the outputs (some `null`, not all) to one
   * cotangent for each input, `null` for those that are known or receive nothing.
   */
  readonly transpose:
    | ((cotangents: readonly Tangent[], inputs: readonly TransposeInput[], params: P) => readonly Tangent[])
    | Missing;

  /**
   * The same computation for a batch: `axes` says where each input has its batch axis; some input has one.
   * `axisName` is what the enclosing `vmap` calls the axis, for primitives that carry jaxprs.
   */
  readonly batch:
    | ((
        inputs: readonly NDArray[],
        axes: readonly BatchAxis[],
        size: number,
        params: P,
        axisName?: string,
      ) => BatchResult)
    | Missing;

  /**
   * For a primitive that names an axis of an enclosing `vmap` (its params have `axisName`): what it does there. The
   * rule `batch` is for all other axes.
   */
  readonly collect?: (
    inputs: readonly NDArray[],
    axes: readonly BatchAxis[],
    size: number,
    params: P,
  ) => BatchResult;

  /** How it is compiled. A primitive without it is evaluated by reference, outside the compiled program. */
  readonly lowering?: Lowering<P>;

  /**
   * Whether its rules take elements of storage types (int8, float16, …) as they are, 16-bit floats as bits, because it
   * only moves or converts them. All others get them converted to the type that they are computed in.
   */
  readonly storage?: boolean;

  /** Legal arguments as plain data, from which tests are generated. */
  readonly args: ArgumentsDescription<P> | Missing;

  /** How an application is split into a part that can run now and one that waits; default: all of it waits. */
  readonly partialEval?: PartialEvalRule<P>;

  /** How an equation is applied again to other values, for primitives that carry functions. Default: `bind`. */
  readonly rebind?: (inputs: readonly NDArray[], params: P) => readonly NDArray[];

  /** Whether the order and number of its evaluations can be seen from outside; such equations are never dropped. */
  readonly effectful?: boolean;

  /** Its parameters as a jaxpr prints them; default: `name=value` for each. */
  readonly formatParams?: (params: P) => readonly string[];
}

/** A primitive: an operation that every transform has a rule for. */
export interface Primitive<P extends Params = Params> {
  readonly name: string;
  abstractEval(inputs: readonly Aval[], params: P): readonly Aval[];
  evaluate(inputs: readonly ConcreteArray[], params: P, outputs: readonly Aval[]): readonly ConcreteArray[];
  jvp(primals: readonly NDArray[], tangents: readonly Tangent[], params: P): JvpResult;
  transpose(cotangents: readonly Tangent[], inputs: readonly TransposeInput[], params: P): readonly Tangent[];
  batch(
    inputs: readonly NDArray[],
    axes: readonly BatchAxis[],
    size: number,
    params: P,
    axisName?: string,
  ): BatchResult;
  collect?(inputs: readonly NDArray[], axes: readonly BatchAxis[], size: number, params: P): BatchResult;
  partialEval?(context: PartialEvalContext, inputs: readonly NDArray[], params: P): readonly NDArray[];
  rebind?(inputs: readonly NDArray[], params: P): readonly NDArray[];
  formatParams?(params: P): readonly string[];
  readonly lowering?: Lowering<P>;
  readonly storage?: boolean;
  readonly effectful: boolean;
  /** Which rules it lacks, and why. */
  readonly missing: { readonly [rule in "jvp" | "transpose" | "batch" | "args"]?: string };
  readonly args: ArgumentsDescription<P> | undefined;
}

const registry = new Map<string, Primitive>();

const isMissing = (rule: object): rule is Missing => "missing" in rule && typeof rule.missing === "string";

const refuse = (name: string, rule: string, reason: string) => (): never => {
  throw new CotangentError(`${name} has no ${rule} rule: ${reason}.`);
};

/**
 * Declare a primitive and enter it in the registry.
 *
 * @throws CotangentError if the name is taken.
 * @example
 * // docs/tutorial.md has a whole one.
 * core.definePrimitive<core.Params>({
 *   name: "twice",
 *   abstractEval: ([x]) => [{ shape: x!.shape, dtype: x!.dtype, weakType: x!.weakType }],
 *   evaluate: ([x], _, [out]) => [
 *     new core.ConcreteArray(x!.toTypedArray().map((v) => 2 * v), out!.shape, out!.dtype, out!.weakType),
 *   ],
 *   jvp: { missing: "this is only an example" },
 *   transpose: { missing: "this is only an example" },
 *   batch: { missing: "this is only an example" },
 *   args: { missing: "this is only an example" },
 * }).name; // "twice"
 */
export const definePrimitive = <P extends Params>(definition: PrimitiveDefinition<P>): Primitive<P> => {
  const { name } = definition;
  if (registry.has(name))
    throw new CotangentError(`definePrimitive: there is a primitive "${name}" already.`);
  const missing: Record<string, string> = {};
  for (const rule of ["jvp", "transpose", "batch", "args"] as const) {
    const given: object = definition[rule];
    if (isMissing(given)) missing[rule] = given.missing;
  }
  const primitive: Primitive<P> = {
    ...definition,
    evaluate: widenedEvaluation(definition),
    jvp: isMissing(definition.jvp) ? refuse(name, "JVP", definition.jvp.missing) : definition.jvp,
    transpose: isMissing(definition.transpose)
      ? refuse(name, "transpose", definition.transpose.missing)
      : definition.transpose,
    batch: isMissing(definition.batch)
      ? refuse(name, "batching", definition.batch.missing)
      : definition.batch,
    args: isMissing(definition.args) ? undefined : definition.args,
    effectful: definition.effectful ?? false,
    missing,
  };
  registry.set(name, primitive as Primitive);
  return primitive;
};

/**
 * Every primitive that has been declared, in order of declaration.
 *
 * @example
 * core.registeredPrimitives().some(({ name }) => name === "sin"); // true
 */
export const registeredPrimitives = (): readonly Primitive[] => [...registry.values()];
