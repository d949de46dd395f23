import { bitWidth, type ScalarType, type ScalarValue } from "../kernel/expr.ts";
import type { Step } from "../kernel/sequence.ts";
import type { ValueType } from "./wasm/function.ts";
import { isOpcode, type LaneOpcode, type PlainOpcode } from "./wasm/opcodes.ts";

// How scalar types and operations are spelled in WebAssembly, alone and in vectors.

const base: Readonly<Record<ScalarType, "f32" | "f64" | "i32" | "i64">> = {
  f32: "f32",
  f64: "f64",
  i32: "i32",
  u32: "i32",
  i64: "i64",
  u64: "i64",
  bool: "i32",
};

/** The WebAssembly type that holds one value. */
export const scalarValueType = (type: ScalarType): Exclude<ValueType, "v128"> => base[type];

const shapes = { f32: "f32x4", f64: "f64x2", i32: "i32x4", i64: "i64x2" } as const;

export const shapeOf = (type: ScalarType): "f32x4" | "f64x2" | "i32x4" | "i64x2" => shapes[base[type]];

const unsigned = (type: ScalarType): boolean => type === "u32" || type === "u64";

function opcode(name: string): PlainOpcode | undefined {
  return isOpcode(name) ? (name as PlainOpcode) : undefined;
}

/** Instructions of integers that come in a signed and an unsigned kind. */
const signedKinds: ReadonlySet<string> = new Set(["div", "rem", "shr", "lt", "le", "gt", "ge", "min", "max"]);

function spelled(prefix: string, op: string, type: ScalarType): PlainOpcode | undefined {
  const float = type === "f32" || type === "f64";
  return opcode(`${prefix}.${op}${!float && signedKinds.has(op) ? (unsigned(type) ? "_u" : "_s") : ""}`);
}

const bitwise: ReadonlySet<string> = new Set(["and", "or", "xor", "not"]);

/** The scalar instruction for an operation on values of this type, if there is one. */
export function scalarOpcode(op: string, type: ScalarType): PlainOpcode | undefined {
  return spelled(base[type], op, type);
}

/** The vector instruction for an operation on lanes of this type, if there is one. */
export function vectorOpcode(op: string, type: ScalarType): PlainOpcode | undefined {
  if (bitwise.has(op)) return opcode(`v128.${op}`);
  return spelled(shapeOf(type), op, type);
}

/** The scalar instruction for a conversion; undefined where the bits stay as they are. */
export function scalarConversion(from: ScalarType, to: ScalarType): PlainOpcode | undefined {
  const [source, target] = [base[from], base[to]];
  const sign = unsigned(from) || from === "bool" ? "_u" : "_s";
  if (source === target) return undefined;
  if (target === "f32" && source === "f64") return "f32.demote_f64";
  if (target === "f64" && source === "f32") return "f64.promote_f32";
  if (target === "i32" && source === "i64") return "i32.wrap_i64";
  if (target === "i64" && source === "i32") return sign === "_u" ? "i64.extend_i32_u" : "i64.extend_i32_s";
  const toFloat = target === "f32" || target === "f64";
  return opcode(
    toFloat
      ? `${target}.convert_${source}${sign}`
      : `${target}.trunc_sat_${source}${unsigned(to) ? "_u" : "_s"}`,
  );
}

export function laneOpcode(kind: "extract_lane" | "replace_lane", type: ScalarType): LaneOpcode {
  return `${shapeOf(type)}.${kind}`;
}

/** Sixteen bytes with a value in every lane; a bool fills lanes of the given width with ones or zeros. */
export function splatBytes(type: ScalarType, value: ScalarValue): Uint8Array {
  switch (base[type]) {
    case "f32":
      return new Uint8Array(new Float32Array(4).fill(Number(value)).buffer);
    case "f64":
      return new Uint8Array(new Float64Array(2).fill(Number(value)).buffer);
    case "i64":
      return new Uint8Array(new BigInt64Array(2).fill(BigInt(value)).buffer);
    default:
      return new Uint8Array(
        new Int32Array(4).fill(type === "bool" ? (value ? -1 : 0) : Number(value)).buffer,
      );
  }
}

/** How many lanes of the vectors that hold values of these steps: 4 where anything is 32 bits wide, else 2. */
export function naturalLanes(steps: readonly Step[]): 2 | 4 {
  return steps.some((step) => bitWidth(step.type) === 32) ? 4 : 2;
}
