import { toStringMethod } from "fast-check";
import { ConcreteArray, isFloat, type NDArray } from "../array/index.ts";
import {
  type Aval,
  bind,
  describeAval,
  type FlatFunction,
  formatJaxpr,
  type Params,
  type Primitive,
  traceToJaxpr,
} from "../core/index.ts";
import { chooserFrom } from "./chooser.ts";
import { drawArray } from "./elements.ts";
import type { Source } from "./tape.ts";

/** One legal application of a primitive: its parameters and arrays to apply it to. */
export class Application {
  readonly primitive: Primitive;
  readonly params: Params;
  readonly inputs: readonly ConcreteArray[];
  /** Which inputs tangents may flow to: by their dtype, and by the primitive's description. */
  readonly differentiable: readonly boolean[];

  constructor(primitive: Primitive, params: Params, inputs: readonly ConcreteArray[]) {
    this.primitive = primitive;
    this.params = params;
    this.inputs = inputs;
    const described = primitive.args?.differentiable;
    this.differentiable = inputs.map((x, i) => isFloat(x.dtype) && (described?.includes(i) ?? true));
  }

  /** The application as a function of its inputs. */
  get fun(): FlatFunction {
    return (...inputs) => bind(this.primitive, inputs, this.params);
  }

  /** The application as a function of the inputs in `live` alone; the others are held fast. */
  restrictedTo(live: readonly number[]): FlatFunction {
    return (...some) => {
      const inputs: NDArray[] = [...this.inputs];
      live.forEach((at, i) => {
        inputs[at] = some[i] as NDArray;
      });
      return bind(this.primitive, inputs, this.params);
    };
  }

  /** Shapes and dtypes of the outputs. */
  get outAvals(): readonly Aval[] {
    return this.primitive.abstractEval(this.inputs, this.params);
  }

  /** The same application to other arrays. */
  withInputs(inputs: readonly ConcreteArray[]): Application {
    return new Application(this.primitive, this.params, inputs);
  }

  /** By the reference evaluation. */
  evaluate(inputs: readonly ConcreteArray[] = this.inputs): readonly ConcreteArray[] {
    return this.primitive.evaluate(inputs, this.params, this.primitive.abstractEval(inputs, this.params));
  }

  toString(): string {
    return `${describeProgram(this.fun, this.inputs)}\napplied to\n${describeArrays(this.inputs)}`;
  }

  [toStringMethod](): string {
    return this.toString();
  }
}

/** A function as the jaxpr that it is, or why it has none. */
const describeProgram = (fun: FlatFunction, inputs: readonly NDArray[]): string => {
  try {
    return formatJaxpr(traceToJaxpr(fun, inputs, "makeJaxpr"));
  } catch (error) {
    return String(error);
  }
};

/** Arrays as a counterexample shows them: with all their elements. */
export const describeArrays = (arrays: readonly (NDArray | null)[]): string =>
  arrays
    .map((x) => {
      if (x === null) return "  none";
      if (!(x instanceof ConcreteArray)) return `  ${String(x)}`;
      return `  ${describeAval(x)}${x.weakType ? " (weak)" : ""} ${JSON.stringify(x.toArray())}`;
    })
    .join("\n");

/** Draw an application with floating-point arguments, or with `other` dtypes where the primitive takes some. */
export const drawApplication = (primitive: Primitive, source: Source, other = false): Application => {
  const { args } = primitive;
  if (args === undefined) {
    throw new TypeError(`${primitive.name} has no description of its arguments: ${primitive.missing.args}.`);
  }
  const choose = chooserFrom(source);
  const { inputs, params } = other && args.otherDTypes ? args.otherDTypes(choose) : args.example(choose);
  return new Application(
    primitive,
    params,
    inputs.map((spec) => drawArray(source, spec)),
  );
};
