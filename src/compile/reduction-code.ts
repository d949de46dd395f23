import type { Combine } from "../core/index.ts";
import type { ScalarType, ScalarValue } from "../kernel/expr.ts";
import { laneOpcode, scalarOpcode, scalarValueType, shapeOf, vectorOpcode } from "./lanes.ts";
import type { FunctionBuilder, Local } from "./wasm/function.ts";
import type { LaneOpcode } from "./wasm/opcodes.ts";

/** The element that changes nothing. Booleans are reduced as i32 0 and 1. */
export const neutralElement = (combine: Combine, type: ScalarType): ScalarValue => {
  const least: { readonly [K in ScalarType]?: number } = {
    f32: -Infinity,
    f64: -Infinity,
    i32: -2147483648,
    u32: 0,
  };
  const greatest: { readonly [K in ScalarType]?: number } = {
    f32: Infinity,
    f64: Infinity,
    i32: 2147483647,
    u32: 4294967295,
  };
  switch (combine) {
    case "add":
    case "or":
    case "xor":
      return 0;
    case "mul":
      return 1;
    case "and":
      return -1;
    case "min":
      return greatest[type] ?? 1;
    case "max":
      return least[type] ?? 0;
  }
};

/** Put the two values on the stack together. */
export const emitCombine = (
  f: FunctionBuilder,
  combine: Combine,
  type: ScalarType,
  vector: boolean,
): void => {
  const name = vector ? vectorOpcode(combine, type) : scalarOpcode(combine, type);
  if (name !== undefined) {
    f.op(name);
    return;
  }
  // Scalar integers have no min and max: (a, b) → a < b ? a : b.
  const [a, b] = [f.local("i32"), f.local("i32")];
  f.set(b).set(a).get(a).get(b).get(a).get(b);
  f.op(
    type === "u32"
      ? combine === "min"
        ? "i32.lt_u"
        : "i32.gt_u"
      : combine === "min"
        ? "i32.lt_s"
        : "i32.gt_s",
    "select",
  );
  f.release(a);
  f.release(b);
};

/** Push a scalar constant. */
export const pushScalar = (f: FunctionBuilder, type: ScalarType, value: ScalarValue): void => {
  switch (scalarValueType(type)) {
    case "f32":
      f.f32(Number(value));
      return;
    case "f64":
      f.f64(Number(value));
      return;
    default:
      f.i32(Number(value) | 0);
  }
};

/** Push what is left when the lanes of a vector are put together one after another. */
export const emitHorizontal = (
  f: FunctionBuilder,
  combine: Combine,
  type: ScalarType,
  vector: Local,
): void => {
  const lanes = shapeOf(type).endsWith("x2") ? 2 : 4;
  const extract: LaneOpcode = laneOpcode("extract_lane", type);
  f.get(vector).lane(extract, 0);
  for (let lane = 1; lane < lanes; lane++) {
    f.get(vector).lane(extract, lane);
    emitCombine(f, combine, type, false);
  }
};
