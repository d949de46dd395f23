import { bitWidth, type Procedure, type ScalarType, type Table } from "../kernel/expr.ts";
import { programOf, type Sequence, type Step } from "../kernel/sequence.ts";
import {
  laneOpcode,
  scalarConversion,
  scalarOpcode,
  scalarValueType,
  splatBytes,
  vectorOpcode,
} from "./lanes.ts";
import type { Support } from "./support.ts";
import type { FunctionBuilder, FunctionRef, ValueType } from "./wasm/function.ts";
import type { PlainOpcode } from "./wasm/opcodes.ts";

/**
 * A piece of code that leaves one WebAssembly value: an operation on scalars, or on one vector of the one or two that
 * hold the lanes of a step. `emit` finds its operands on the stack, or, if `named`, pushes operand i by `push(i)`.
 */
export interface Unit {
  readonly type: ValueType;
  readonly args: readonly number[];
  readonly named?: boolean;
  readonly emit: (f: FunctionBuilder, push: (i: number) => void) => void;
  /** The bytes of a vector constant, which may be placed elsewhere. */
  readonly constant?: Uint8Array;
  /** Nothing to compute; cheaper to emit again than to keep. */
  readonly trivial?: boolean;
  /** Of a scalar `rare`: the unit to compute instead where operand 0 holds; operand 1 is the usual value. */
  readonly slow?: number;
}

export interface UnitContext {
  /** 1: scalars; 2: f64x2, which holds no 32-bit values; 4: f32x4, and two vectors for 64-bit values. */
  readonly lanes: 1 | 2 | 4;
  readonly support: Support;
  /** Pushes an input: with 4 lanes, part 0 or 1 of a 64-bit one. */
  readonly input: (f: FunctionBuilder, index: number, part: number) => void;
  /** The function of a procedure; its parameters are the inputs of its program, in the order of their steps. */
  readonly procedure: (procedure: Procedure) => FunctionRef;
}

const highHalf = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
const lowHalves = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const evenWords = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];

/** Breaks the steps of a sequence into units. */
export class Units {
  readonly list: Unit[] = [];
  private readonly known = new Map<string, number>();
  private readonly program: Sequence;
  private readonly context: UnitContext;

  constructor(program: Sequence, context: UnitContext) {
    this.program = program;
    this.context = context;
    if (context.lanes === 2 && program.steps.some((s) => bitWidth(s.type) === 32)) {
      throw new RangeError("Units: two lanes hold no 32-bit values; use four");
    }
    // In order, so that recursion never goes deeper than one step.
    program.steps.forEach((step, i) => {
      for (let part = 0; part < this.parts(step.type); part++) this.unit(i, part);
    });
  }

  /** How many values hold a step of this type. */
  parts(type: ScalarType): number {
    return this.context.lanes === 4 && bitWidth(type) === 64 ? 2 : 1;
  }

  /** Whether a type takes twice the vectors that a 32-bit type takes. */
  wide(type: ScalarType): boolean {
    return this.parts(type) === 2;
  }

  /** All units of a step that is a bool. */
  masks(index: number): number[] {
    const parts = this.context.lanes === 4 && this.width(index) === 64 ? [0, 1] : [0];
    return parts.map((part) => this.unit(index, part));
  }

  /** The unit that computes a part of a step. A bool has the width of what was compared, or of `width` if given. */
  unit(index: number, part: number, width?: number): number {
    const step = this.step(index);
    if (step.type === "bool" && width !== undefined && this.context.lanes === 4)
      return this.mask(index, part, width);
    return this.intern(`${index} ${part}`, () =>
      this.context.lanes === 1 ? this.scalar(step) : this.vector(step, index, part),
    );
  }

  /** The width of the lanes of a step: of a bool, that of the comparison it comes from. */
  width(index: number): number {
    const step = this.step(index);
    if (this.context.lanes === 2) return 64;
    const own = bitWidth(step.type);
    if (own !== undefined) return own;
    const first = step.args[step.op === "select" || step.op === "rare" ? 1 : 0];
    if (first === undefined) return 32;
    return this.widths.get(index) ?? this.remember(index, this.width(first));
  }

  private readonly widths = new Map<number, number>();

  private remember(index: number, width: number): number {
    this.widths.set(index, width);
    return width;
  }

  private step(index: number): Step {
    return this.program.steps[index] as Step;
  }

  private intern(key: string, make: () => Unit | number): number {
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const made = make();
    const index = typeof made === "number" ? made : this.list.push(made) - 1;
    this.known.set(key, index);
    return index;
  }

  private scalar(step: Step): Unit | number {
    const { op, type } = step;
    const args = step.args.map((i) => this.unit(i, 0));
    const from = this.step(step.args[0] ?? 0).type;
    const plain = (...names: PlainOpcode[]): Unit => ({
      type: scalarValueType(type),
      args,
      emit: (f) => f.op(...names),
    });
    if (op === "constant") {
      return { ...plain(), trivial: true, emit: (f) => pushConstant(f, step) };
    }
    if (op === "input") return { ...plain(), emit: (f) => this.context.input(f, step.index ?? 0, 0) };
    if (op === "select")
      return { ...plain("select"), args: [args[1] as number, args[2] as number, args[0] as number] };
    if (op === "call") {
      const procedure = step.procedure as Procedure;
      const inputs = programOf(procedure).steps.filter((s) => s.op === "input");
      return {
        ...plain(),
        args: inputs.map((s) => args[s.index as number] as number),
        emit: (f) => f.call(this.context.procedure(procedure)),
      };
    }
    if (op === "rare")
      return { ...plain(), args: [args[0] as number, args[2] as number], slow: args[1] as number };
    if (op === "bitcast" || op === "convert") {
      const name =
        op === "convert"
          ? scalarConversion(from, type)
          : scalarValueType(from) === scalarValueType(type)
            ? undefined
            : (`${scalarValueType(type)}.reinterpret_${scalarValueType(from)}` as PlainOpcode);
      return name === undefined ? (args[0] as number) : plain(name);
    }
    return { ...plain(), ...scalarOperation(step, from, this.context.support) };
  }

  private vector(step: Step, index: number, part: number): Unit | number {
    const { op, type } = step;
    const from = this.step(step.args[0] ?? 0).type;
    const width = this.width(index);
    const args = (): number[] => step.args.map((i) => this.unit(i, part, width));
    const plain = (...names: PlainOpcode[]): Unit => ({
      type: "v128",
      args: args(),
      emit: (f) => f.op(...names),
    });
    switch (op) {
      case "constant": {
        const bytes = splatBytes(type, step.value ?? 0);
        return { type: "v128", args: [], trivial: true, constant: bytes, emit: (f) => f.v128(bytes) };
      }
      case "input":
        return { type: "v128", args: [], emit: (f) => this.context.input(f, step.index ?? 0, part) };
      case "select": {
        const [mask, x, y] = args() as [number, number, number];
        return { type: "v128", args: [x, y, mask], emit: (f) => f.op("v128.bitselect") };
      }
      case "bitcast":
        return args()[0] as number;
      case "convert":
        return this.vectorConversion(step, from, part);
      case "copysign": {
        const [x, y] = args() as [number, number];
        const sign = splatBytes(type, -0);
        const mask = this.intern(`sign ${type}`, () => ({
          type: "v128",
          args: [],
          trivial: true,
          constant: sign,
          emit: (f) => f.v128(sign),
        }));
        return { type: "v128", args: [y, x, mask], emit: (f) => f.op("v128.bitselect") };
      }
      case "shl":
      case "shr": {
        const amount = this.step(step.args[1] as number);
        const name = vectorOpcode(op, type);
        if (amount.op !== "constant" || name === undefined) break;
        const count = Number(BigInt(amount.value ?? 0) & 63n);
        return { type: "v128", args: args().slice(0, 1), emit: (f) => f.i32(count).op(name) };
      }
      default: {
        const name = vectorOpcode(op, from);
        if (name !== undefined && op !== "lookup") return plain(name);
      }
    }
    return this.byLane(step, part, width);
  }

  /** Conversions that have vector instructions; the others go lane by lane. */
  private vectorConversion(step: Step, from: ScalarType, part: number): Unit | number {
    const source = step.args[0] as number;
    const { type } = step;
    const one = (name: PlainOpcode): Unit => ({
      type: "v128",
      args: [this.unit(source, 0)],
      named: true,
      emit: (f, push) => {
        push(0);
        if (part === 1) {
          push(0);
          f.shuffle(highHalf);
        }
        f.op(name);
      },
    });
    const both = (name: PlainOpcode | undefined, shuffle: readonly number[]): Unit => ({
      type: "v128",
      args: [this.unit(source, 0), this.unit(source, 1)],
      named: true,
      emit: (f, push) => {
        for (const i of [0, 1]) {
          push(i);
          if (name !== undefined) f.op(name);
        }
        f.shuffle(shuffle);
      },
    });
    const [to, was] = [bitWidth(type), bitWidth(from)];
    if (from === "bool") {
      const bytes = splatBytes(type, type === "i64" || type === "u64" ? 1n : 1);
      const mask = this.unit(source, part, to);
      return { type: "v128", args: [mask], emit: (f) => f.v128(bytes).op("v128.and") };
    }
    const [a, b] = [scalarValueType(from), scalarValueType(type)];
    const sign = from === "u32" || type === "u32" ? "u" : "s";
    if (a === b) return this.unit(source, part);
    if (a === "f32" && b === "i32") return one(`i32x4.trunc_sat_f32x4_${sign}`);
    if (a === "i32" && b === "f32") return one(`f32x4.convert_i32x4_${sign}`);
    if (a === "f32" && b === "f64") return one("f64x2.promote_low_f32x4");
    if (a === "i32" && b === "f64") return one(`f64x2.convert_low_i32x4_${sign}`);
    if (a === "i32" && b === "i64") {
      const kind = from === "u32" ? "u" : "s";
      const name: PlainOpcode = `i64x2.extend_${part === 1 ? "high" : "low"}_i32x4_${kind}`;
      return { type: "v128", args: [this.unit(source, 0)], emit: (f) => f.op(name) };
    }
    if (a === "f64" && b === "f32") return both("f32x4.demote_f64x2_zero", lowHalves);
    if (a === "f64" && b === "i32") return both(`i32x4.trunc_sat_f64x2_${sign}_zero`, lowHalves);
    if (was === 64 && b === "i32") return both(undefined, evenWords);
    return this.byLane(step, part, to ?? 32);
  }

  /** A mask of lanes of one width, from one of the other. */
  private mask(index: number, part: number, width: number): number {
    const has = this.width(index);
    if (has === width)
      return this.intern(`${index} ${part}`, () => this.vector(this.step(index), index, part));
    return this.intern(`${index} ${part} ${width}`, () => {
      if (has === 32) {
        const name = part === 1 ? "i64x2.extend_high_i32x4_s" : "i64x2.extend_low_i32x4_s";
        return { type: "v128", args: [this.unit(index, 0)], emit: (f) => f.op(name) };
      }
      const args = [this.unit(index, 0, 64), this.unit(index, 1, 64)];
      return { type: "v128", args, emit: (f) => f.shuffle(evenWords) };
    });
  }

  /** An operation without a vector instruction: every lane taken out, computed, and put back. */
  private byLane(step: Step, part: number, width: number): Unit {
    const { type } = step;
    const count = 128 / width;
    const operands = step.args.map((i) => ({ i, type: this.step(i).type, width: this.width(i) }));
    const args: number[] = [];
    const where = operands.map((o) => {
      const first = args.length;
      const parts = o.width === width ? [part] : o.width === 64 ? [0, 1] : [0];
      for (const p of parts) args.push(this.unit(o.i, p, o.width));
      return { ...o, first, from: parts[0] ?? 0 };
    });
    const laneType: ScalarType = type !== "bool" ? type : width === 64 ? "i64" : "i32";
    const from = operands[0]?.type ?? type;
    const push = (
      f: FunctionBuilder,
      pushArg: (i: number) => void,
      o: (typeof where)[number],
      lane: number,
    ): void => {
      const perPart = 128 / o.width;
      const global = lane + part * count;
      pushArg(o.first + Math.floor(global / perPart) - o.from);
      f.lane(
        laneOpcode("extract_lane", o.type === "bool" && o.width === 64 ? "i64" : o.type),
        global % perPart,
      );
    };
    const scalar: Pick<Unit, "emit" | "named"> =
      step.op === "convert"
        ? { emit: (f) => f.op(...[scalarConversion(from, type)].filter((name) => name !== undefined)) }
        : scalarOperation(step, from, this.context.support);
    return {
      type: "v128",
      args,
      named: true,
      emit: (f, pushArg) => {
        f.v128(new Uint8Array(16));
        for (let lane = 0; lane < count; lane++) {
          const pushOperand = (k: number): void => push(f, pushArg, where[k] as (typeof where)[number], lane);
          if (scalar.named !== true) for (const k of where.keys()) pushOperand(k);
          scalar.emit(f, pushOperand);
          if (type === "bool") {
            f.i32(-1).op("i32.mul");
            if (width === 64) f.op("i64.extend_i32_s");
          }
          f.lane(laneOpcode("replace_lane", laneType), lane);
        }
      },
    };
  }
}

function pushConstant(f: FunctionBuilder, { type, value = 0 }: Step): void {
  switch (scalarValueType(type)) {
    case "f32":
      f.f32(Number(value));
      break;
    case "f64":
      f.f64(Number(value));
      break;
    case "i64":
      f.i64(BigInt(value));
      break;
    default:
      f.i32(Number(value));
  }
}

/** The scalar code of an operation on operands of the type `from`. */
function scalarOperation(step: Step, from: ScalarType, support: Support): Pick<Unit, "emit" | "named"> {
  const { op, type } = step;
  const name = scalarOpcode(op, from);
  if (op === "rem" && from === "f64") return { emit: (f) => f.call(support.remainder()) };
  if (op === "rem" && from === "f32") {
    return {
      named: true,
      emit: (f, push) => {
        push(0);
        f.op("f64.promote_f32");
        push(1);
        f.op("f64.promote_f32").call(support.remainder()).op("f32.demote_f64");
      },
    };
  }
  if (op === "lookup") return { emit: (f) => lookupCode(f, step.table as Table, support) };
  if (name !== undefined) return { emit: (f) => f.op(name) };
  const zero = (f: FunctionBuilder): FunctionBuilder =>
    scalarValueType(from) === "i64" ? f.i64(0n) : f.i32(0);
  const less = scalarOpcode("lt", from) as PlainOpcode;
  const minus = scalarOpcode("sub", from) as PlainOpcode;
  // Pushes the operands as numbered; -1 stands for the negation of operand 0.
  const pick = (whenTrue: number, whenFalse: number, a: number, b: number | "zero") => ({
    named: true,
    emit: (f: FunctionBuilder, push: (i: number) => void): void => {
      for (const i of [whenTrue, whenFalse, a]) {
        if (i >= 0) push(i);
        else {
          zero(f);
          push(0);
          f.op(minus);
        }
      }
      if (b === "zero") zero(f);
      else push(b);
      f.op(less, "select");
    },
  });
  switch (op) {
    case "not":
      if (type === "bool") return { emit: (f) => f.op("i32.eqz") };
      return {
        emit: (f) => (scalarValueType(type) === "i64" ? f.i64(-1n).op("i64.xor") : f.i32(-1).op("i32.xor")),
      };
    case "neg":
      return {
        named: true,
        emit: (f, push) => {
          zero(f);
          push(0);
          f.op(minus);
        },
      };
    case "abs":
      return pick(-1, 0, 0, "zero");
    case "min":
    case "pmin":
      return pick(1, 0, 1, 0);
    case "max":
    case "pmax":
      return pick(1, 0, 0, 1);
    default:
      throw new RangeError(`scalarOperation: no code for ${op} of ${from}`);
  }
}

function lookupCode(f: FunctionBuilder, table: Table, support: Support): void {
  const at = support.table(table);
  f.i32(table.values.length - 1).op("i32.and");
  f.i32(table.type === "f64" ? 3 : 2).op("i32.shl");
  support.pushBase(f);
  f.op("i32.add");
  f.memory(table.type === "f64" ? "f64.load" : table.type === "f32" ? "f32.load" : "i32.load", at);
}
