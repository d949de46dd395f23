// Instruction names of the WebAssembly specification (with fixed-width and relaxed SIMD), in the order of their
// codes: each row starts at the given code and counts up. Codes above 0xff are a prefix byte and a LEB number:
// prefix * 0x10000 + number.
const rows = [
  [0x00, "unreachable nop"],
  [0x0f, "return"],
  [0x1a, "drop select"],
  [
    0x28,
    "i32.load i64.load f32.load f64.load i32.load8_s i32.load8_u i32.load16_s i32.load16_u i64.load8_s i64.load8_u i64.load16_s i64.load16_u i64.load32_s i64.load32_u i32.store i64.store f32.store f64.store i32.store8 i32.store16 i64.store8 i64.store16 i64.store32",
  ],
  [
    0x45,
    "i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u i64.eqz i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u f32.eq f32.ne f32.lt f32.gt f32.le f32.ge f64.eq f64.ne f64.lt f64.gt f64.le f64.ge",
  ],
  [
    0x67,
    "i32.clz i32.ctz i32.popcnt i32.add i32.sub i32.mul i32.div_s i32.div_u i32.rem_s i32.rem_u i32.and i32.or i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr i64.clz i64.ctz i64.popcnt i64.add i64.sub i64.mul i64.div_s i64.div_u i64.rem_s i64.rem_u i64.and i64.or i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr",
  ],
  [
    0x8b,
    "f32.abs f32.neg f32.ceil f32.floor f32.trunc f32.nearest f32.sqrt f32.add f32.sub f32.mul f32.div f32.min f32.max f32.copysign f64.abs f64.neg f64.ceil f64.floor f64.trunc f64.nearest f64.sqrt f64.add f64.sub f64.mul f64.div f64.min f64.max f64.copysign",
  ],
  [0xa7, "i32.wrap_i64"],
  [0xac, "i64.extend_i32_s i64.extend_i32_u"],
  [0xb2, "f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u f32.demote_f64"],
  [0xb7, "f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u f64.promote_f32"],
  [0xbc, "i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64"],
  [
    0xfc0000,
    "i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u",
  ],
  [0xfc000a, "memory.copy memory.fill"],
  [
    0xfd0000,
    "v128.load v128.load8x8_s v128.load8x8_u v128.load16x4_s v128.load16x4_u v128.load32x2_s v128.load32x2_u v128.load8_splat v128.load16_splat v128.load32_splat v128.load64_splat v128.store",
  ],
  [
    0xfd000e,
    "i8x16.swizzle i8x16.splat i16x8.splat i32x4.splat i64x2.splat f32x4.splat f64x2.splat i8x16.extract_lane_s i8x16.extract_lane_u i8x16.replace_lane",
  ],
  [
    0xfd001b,
    "i32x4.extract_lane i32x4.replace_lane i64x2.extract_lane i64x2.replace_lane f32x4.extract_lane f32x4.replace_lane f64x2.extract_lane f64x2.replace_lane",
  ],
  [
    0xfd0037,
    "i32x4.eq i32x4.ne i32x4.lt_s i32x4.lt_u i32x4.gt_s i32x4.gt_u i32x4.le_s i32x4.le_u i32x4.ge_s i32x4.ge_u f32x4.eq f32x4.ne f32x4.lt f32x4.gt f32x4.le f32x4.ge f64x2.eq f64x2.ne f64x2.lt f64x2.gt f64x2.le f64x2.ge v128.not v128.and v128.andnot v128.or v128.xor v128.bitselect v128.any_true v128.load8_lane v128.load16_lane v128.load32_lane v128.load64_lane v128.store8_lane v128.store16_lane v128.store32_lane v128.store64_lane v128.load32_zero v128.load64_zero f32x4.demote_f64x2_zero f64x2.promote_low_f32x4",
  ],
  [0xfd0065, "i8x16.narrow_i16x8_s i8x16.narrow_i16x8_u f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest"],
  [0xfd0074, "f64x2.ceil f64x2.floor"],
  [0xfd007a, "f64x2.trunc"],
  [0xfd0085, "i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u"],
  [0xfd0087, "i16x8.extend_low_i8x16_s i16x8.extend_high_i8x16_s i16x8.extend_low_i8x16_u"],
  [0xfd0094, "f64x2.nearest"],
  [0xfd00a0, "i32x4.abs i32x4.neg"],
  [0xfd00a3, "i32x4.all_true i32x4.bitmask"],
  [
    0xfd00a7,
    "i32x4.extend_low_i16x8_s i32x4.extend_high_i16x8_s i32x4.extend_low_i16x8_u i32x4.extend_high_i16x8_u i32x4.shl i32x4.shr_s i32x4.shr_u i32x4.add",
  ],
  [0xfd00b1, "i32x4.sub"],
  [0xfd00b5, "i32x4.mul i32x4.min_s i32x4.min_u i32x4.max_s i32x4.max_u"],
  [0xfd00c0, "i64x2.abs i64x2.neg"],
  [0xfd00c3, "i64x2.all_true i64x2.bitmask"],
  [
    0xfd00c7,
    "i64x2.extend_low_i32x4_s i64x2.extend_high_i32x4_s i64x2.extend_low_i32x4_u i64x2.extend_high_i32x4_u i64x2.shl i64x2.shr_s i64x2.shr_u i64x2.add",
  ],
  [0xfd00d1, "i64x2.sub"],
  [
    0xfd00d5,
    "i64x2.mul i64x2.eq i64x2.ne i64x2.lt_s i64x2.gt_s i64x2.le_s i64x2.ge_s i64x2.extmul_low_i32x4_s i64x2.extmul_high_i32x4_s i64x2.extmul_low_i32x4_u i64x2.extmul_high_i32x4_u f32x4.abs f32x4.neg",
  ],
  [
    0xfd00e3,
    "f32x4.sqrt f32x4.add f32x4.sub f32x4.mul f32x4.div f32x4.min f32x4.max f32x4.pmin f32x4.pmax f64x2.abs f64x2.neg",
  ],
  [
    0xfd00ef,
    "f64x2.sqrt f64x2.add f64x2.sub f64x2.mul f64x2.div f64x2.min f64x2.max f64x2.pmin f64x2.pmax i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u",
  ],
  [0xfd0105, "f32x4.relaxed_madd f32x4.relaxed_nmadd f64x2.relaxed_madd f64x2.relaxed_nmadd"],
] as const;

type Words<Text extends string, Found = never> = Text extends `${infer Head} ${infer Tail}`
  ? Words<Tail, Found | Head>
  : Found | Text;

/** The name of an instruction, as the WebAssembly text format spells it. */
export type Opcode = Words<(typeof rows)[number][1]>;

/** Instructions that read or write memory and so carry an alignment and an offset. */
export type MemoryOpcode = Extract<Opcode, `${string}.load${string}` | `${string}.store${string}`>;

/** Instructions that carry a lane number. */
export type LaneOpcode = Extract<Opcode, `${string}.extract_lane${string}` | `${string}.replace_lane`>;

/** Instructions without an immediate operand. */
export type PlainOpcode = Exclude<Opcode, MemoryOpcode | LaneOpcode | `memory.${string}`>;

const codes: ReadonlyMap<string, number> = new Map(
  rows.flatMap(([start, names]) => names.split(" ").map((name, i) => [name, start + i] as const)),
);

/** Whether a string names an instruction that the assembler knows. */
export const isOpcode = (name: string): name is Opcode => codes.has(name);

/** The code of an instruction: one byte, or prefix * 0x10000 + number. */
export function opcodeNumber(name: Opcode): number {
  return codes.get(name) as number;
}
