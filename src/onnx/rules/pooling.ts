import { sizeOf } from "../../array/index.ts";
import type { Aval } from "../../core/index.ts";
import { reduceMaxPrimitive } from "../../primitives/reduction/extrema.ts";
import { windowsPrimitive } from "../../primitives/windows.ts";
import type { Value } from "../graph-builder.ts";
import { paramsOf, type Rule, ruleFor } from "../rule.ts";

/** The greatest elements of windows, as the operator for pooling; elsewhere it is any reduction. */
export const POOLING: readonly (readonly [string, Rule])[] = [
  ruleFor(reduceMaxPrimitive, (_inputs, { axes }, { graph, outAvals, source }) => {
    const made = source(0);
    const params = made && paramsOf(made, windowsPrimitive);
    if (made === undefined || params === undefined) return undefined;
    const x = made.inputs[0] as Value;
    const k = params.windowShape.length;
    const b = x.shape.length - k;
    const isWhole = axes.length === k && axes.every((axis, i) => axis === b + k + i);
    const { shape } = outAvals[0] as Aval;
    if (!isWhole || k > 3 || sizeOf(x.shape) === 0 || (x.type !== "float32" && x.type !== "float64"))
      return undefined;
    const spatial = shape.slice(b);
    const planes = graph.reshape(x, [1, sizeOf(x.shape.slice(0, b)), ...x.shape.slice(b)]);
    const pooled = (y: Value): Value => {
      const type = { type: y.type, shape: [1, planes.shape[1] as number, ...spatial] };
      const { windowShape, strides, dilation } = params;
      return graph.node("MaxPool", [y], type, {
        kernel_shape: windowShape,
        strides,
        dilations: dilation,
      });
    };
    // The operator passes over NaN, and has the least finite number for -∞. So the kind of the greatest element is found
    // besides: 0 for -∞, 1 for other numbers, 2 for NaN. The import (import/idioms.ts) knows these nodes by their form.
    const number = (condition: Value): Value => graph.cast(condition, "float32");
    const isOdd = number(graph.elementwise("IsNaN", [planes], "bool"));
    const isMore = number(
      graph.elementwise("Greater", [planes, graph.scalar(x.type, Number.NEGATIVE_INFINITY)], "bool"),
    );
    const kind = pooled(graph.elementwise("Add", [isMore, graph.elementwise("Add", [isOdd, isOdd])]));
    const one = graph.scalar("float32", 1);
    const least = graph.where(
      graph.elementwise("Less", [kind, one], "bool"),
      graph.scalar(x.type, Number.NEGATIVE_INFINITY),
      pooled(planes),
    );
    const isMarked = graph.elementwise("Greater", [kind, one], "bool");
    return graph.reshape(graph.where(isMarked, graph.scalar(x.type, Number.NaN), least), shape);
  }),
];
