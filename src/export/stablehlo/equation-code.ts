import { computeDType, isStorage, sizeOf } from "../../array/index.ts";
import {
  type Aval,
  CotangentError,
  type Equation,
  isWidened,
  type Params,
  type Primitive,
  widenedParams,
} from "../../core/index.ts";
import { type Expr, input } from "../../kernel/expr.ts";
import { NestBuilder } from "../../kernel/nest.ts";
import { scalarTypeOf } from "../../kernel/scalar-type.ts";
import { COMBINE, neutral } from "./combine.ts";
import { writeNest } from "./nest-code.ts";
import { bitcast, convert, empty, iota, isEmpty, reduce, reshape } from "./ops.ts";
import { writeConversion } from "./rules/elementwise.ts";
import { RULES } from "./rules/index.ts";
import { writeExprs } from "./scalar-code.ts";
import { elementOfDType, elementOfScalar, scalar, typeOf, type Value } from "./types.ts";
import { writeView } from "./views.ts";
import type { Writer } from "./writer.ts";

/** An equation that carries no jaxpr: its values by a rule of its primitive's own, or by what its lowering says. */
export const writeEquation = (w: Writer, equation: Equation, inputs: readonly Value[]): readonly Value[] =>
  writeApplication(
    w,
    equation.primitive,
    equation.params,
    inputs,
    equation.inputs.map(({ aval }) => aval),
    equation.outputs.map(({ aval }) => aval),
  );

const writeApplication = (
  w: Writer,
  primitive: Primitive,
  params: Params,
  inputs: readonly Value[],
  inAvals: readonly Aval[],
  outAvals: readonly Aval[],
): readonly Value[] => {
  if (outAvals.every(({ shape }) => sizeOf(shape) === 0)) return outAvals.map((a) => empty(w, typeOf(a)));
  const rule = RULES.get(primitive);
  const own = rule?.applies(inputs, params, outAvals) ? rule : undefined;
  if (isWidened(primitive, inAvals, outAvals) && own?.storage !== true) {
    const wide = inAvals.map((a) => ({ ...a, dtype: computeDType(a.dtype) }));
    const values = inputs.map((x, i) => convert(w, x, elementOfDType((wide[i] as Aval).dtype)));
    const wideParams = widenedParams(params);
    const results = primitive.abstractEval(wide, wideParams);
    return writeApplication(w, primitive, wideParams, values, wide, results).map((x, i) =>
      narrowed(w, x, outAvals[i] as Aval),
    );
  }
  if (own !== undefined) return own.write(w, inputs, params, outAvals);
  return writeLowering(w, primitive, params, inputs, inAvals, outAvals);
};

/** Computed in a wider type, stored in a narrower one: floats are rounded, integers wrap. */
const narrowed = (w: Writer, x: Value, { dtype }: Aval): Value =>
  writeConversion(w, x, elementOfDType(dtype));

const writeLowering = (
  w: Writer,
  primitive: Primitive,
  params: Params,
  inputs: readonly Value[],
  inAvals: readonly Aval[],
  outAvals: readonly Aval[],
): readonly Value[] => {
  const { lowering } = primitive;
  const output = outAvals[0] as Aval;
  const first = inputs[0] as Value;
  switch (lowering?.kind) {
    case "elementwise": {
      const types = inAvals.map(({ dtype }) => scalarTypeOf(dtype));
      const leaves = types.map((type, i) => input(i, type));
      const exprs = lowering.expr(leaves, params, outAvals, inAvals);
      const values = inputs.map((x, i) => toScalars(w, x, (inAvals[i] as Aval).dtype));
      const list = Array.isArray(exprs) ? (exprs as readonly Expr[]) : [exprs as Expr];
      const results = writeExprs(w, list, output.shape, (i) => values[i] as Value);
      return results.map((x, i) => fromScalars(w, x, (outAvals[i] as Aval).dtype));
    }
    case "generate": {
      const type = { shape: output.shape, element: "i32" as const };
      const indices = output.shape.map((_, axis) => input(axis, "i32"));
      const expr = lowering.expr(indices, params, output);
      const [value] = writeExprs(w, [expr], output.shape, (axis) => iota(w, type, axis));
      return [fromScalars(w, value as Value, output.dtype)];
    }
    case "view":
      return [writeView(w, first, lowering.axes(params, inAvals[0] as Aval, output), output.shape)];
    case "reshape":
      return [reshape(w, first, output.shape)];
    case "identity":
      return inputs;
    case "reduction": {
      const start = w.splat(neutral(lowering.combine, output), scalar(first.element));
      return [reduce(w, COMBINE[lowering.combine], first, start, lowering.axes(params))];
    }
    case "nest": {
      const spec = ({ dtype, shape }: Aval) => ({ type: scalarTypeOf(dtype), size: sizeOf(shape) });
      const builder = new NestBuilder(inAvals.map(spec), outAvals.map(spec));
      lowering.build(builder, params, inAvals, outAvals);
      const lists = inputs.map((x, i) => {
        const { shape, dtype } = inAvals[i] as Aval;
        return reshape(w, toScalars(w, x, dtype), [sizeOf(shape)]);
      });
      return writeNest(w, builder.finish(), lists).map((x, i) => {
        const { shape, dtype } = outAvals[i] as Aval;
        return isEmpty({ shape, element: x.element })
          ? empty(w, typeOf({ shape, dtype }))
          : reshape(w, fromScalars(w, x, dtype), shape);
      });
    }
    default:
      throw new CotangentError(
        `toStableHLO: the primitive "${primitive.name}" cannot be exported: its lowering is ` +
          `${lowering === undefined ? "missing, so there is only its evaluation in JavaScript" : `of the kind "${lowering.kind}"`}. ` +
          "Write what it does with other primitives.",
      );
  }
};

/** Elements as expressions see them: narrow integers in 32 bits, 16-bit floats as their bits. */
const toScalars = (w: Writer, x: Value, dtype: Aval["dtype"]): Value => {
  if (!isStorage(dtype)) return x;
  const bits = dtype === "float16" || dtype === "bfloat16" ? bitcast(w, x, "ui16") : x;
  return convert(w, bits, elementOfScalar(scalarTypeOf(dtype)));
};

const fromScalars = (w: Writer, x: Value, dtype: Aval["dtype"]): Value => {
  if (!isStorage(dtype)) return x;
  if (dtype === "float16" || dtype === "bfloat16")
    return bitcast(w, convert(w, x, "ui16"), elementOfDType(dtype));
  return convert(w, x, elementOfDType(dtype));
};
