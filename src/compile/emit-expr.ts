import type { Procedure, ScalarType } from "../kernel/expr.ts";
import { programOf, type Sequence, type Step } from "../kernel/sequence.ts";
import { emitUnits } from "./emit-units.ts";
import { laneOpcode, scalarValueType } from "./lanes.ts";
import type { Support } from "./support.ts";
import { type UnitContext, Units } from "./units.ts";
import { usual } from "./usual.ts";
import type { FunctionBuilder, FunctionRef, Local } from "./wasm/function.ts";

/**
 * Where vector constants come from: written in the code, or loaded once by `hoist()` into locals. Loading them is
 * what keeps V8 from moving them back into the loop, where it makes each with several instructions (measured: a third
 * of the time of a fused loop); those that find no register are read from the stack.
 */
export type ConstantPlacement = "inline" | "hoist";

export interface EmitContext extends Omit<UnitContext, "procedure"> {
  readonly constants?: ConstantPlacement;
}

/** What is done with a value: `before` may push an address; the value stands above it when `after` is called. */
export interface Sink {
  readonly result: number;
  readonly part: number;
  readonly before?: () => void;
  readonly after: () => void;
}

/**
 * Writes the code of a sequence into a function, as scalar code or as vector code. The code is straight-line: where
 * the condition of a `rare` holds, the results are computed again by a scalar function that stands apart, so that
 * rare cases cost the loop one branch however many there are.
 */
export class ExprEmitter {
  private readonly f: FunctionBuilder;
  private readonly program: Sequence;
  private readonly context: EmitContext;
  private readonly units: Units;
  private readonly conditions: readonly number[];
  private readonly results: readonly number[];
  private readonly hoisted = new Map<number, Local>();
  private scalar: ScalarFunction | undefined;

  constructor(f: FunctionBuilder, program: Sequence, context: EmitContext) {
    this.f = f;
    this.program = program;
    this.context = context;
    const { program: straight, conditions } = usual(program);
    this.units = new Units(straight, { ...context, procedure: procedureIn(context.support) });
    this.conditions = conditions;
    this.results = straight.results;
  }

  /** How many values result i takes: with 4 lanes, two vectors if it is 64 bits wide. */
  parts(result: number): number {
    return this.units.parts(this.resultType(result));
  }

  /** Loads the constants; to be called in front of the loop. */
  hoist(): void {
    if (this.context.constants === "inline" || this.context.lanes === 1) return;
    const operands = new Set(this.units.list.flatMap((unit) => unit.args));
    this.units.list.forEach((unit, i) => {
      if (unit.constant === undefined || !operands.has(i)) return;
      const local = this.f.local("v128");
      const { support } = this.context;
      support.pushBase(this.f);
      this.f.memory("v128.load", support.constant(unit.constant)).set(local);
      this.hoisted.set(i, local);
    });
  }

  /** Computes results and hands them to their sinks, in order. */
  emit(sinks: readonly Sink[]): void {
    const { f, units } = this;
    const roots = sinks.map((sink) => units.unit(this.results[sink.result] as number, sink.part));
    const masks = [...new Set(this.conditions.flatMap((c) => units.masks(c)))];
    const region = emitUnits(f, units.list, [...roots, ...masks], (i) => this.pushTrivial(i));
    if (masks.length === 0) {
      sinks.forEach((sink, i) => {
        sink.before?.();
        region.push(roots[i] as number);
        sink.after();
      });
      return;
    }
    const values = roots.map((root) => {
      const local = f.local(units.list[root]?.type ?? "v128");
      region.push(root);
      f.set(local);
      return local;
    });
    masks.forEach((mask, i) => {
      region.push(mask);
      if (i > 0) f.op(this.context.lanes === 1 ? "i32.or" : "v128.or");
    });
    if (this.context.lanes > 1) f.op("v128.any_true");
    f.if(() => this.again(sinks, values));
    sinks.forEach((sink, i) => {
      const local = values[i] as Local;
      sink.before?.();
      f.get(local);
      sink.after();
      f.release(local);
    });
  }

  private resultType(result: number): ScalarType {
    return this.program.steps[this.program.results[result] as number]?.type ?? "f32";
  }

  private pushTrivial(index: number): void {
    const { f } = this;
    const unit = this.units.list[index];
    const local = this.hoisted.get(index);
    if (local !== undefined) f.get(local);
    else unit?.emit(f, () => undefined);
  }

  /** Computes the values again, one lane at a time, with the rare cases. */
  private again(sinks: readonly Sink[], values: readonly Local[]): void {
    const { f, context } = this;
    const { lanes } = context;
    this.scalar ??= scalarFunction(this.program, context.support);
    const { ref, inputs, results } = this.scalar;
    const wide = (type: ScalarType): number => (this.units.wide(type) ? lanes / 2 : lanes);
    for (let lane = 0; lane < lanes; lane++) {
      for (const { index = 0, type } of inputs) {
        const perPart = lanes === 1 ? 1 : Math.min(wide(type), lanes);
        context.input(f, index, Math.floor(lane / perPart));
        if (lanes === 1) continue;
        f.lane(laneOpcode("extract_lane", this.laneType(type)), lane % perPart);
        if (type !== "bool") continue;
        if (lanes === 2) f.op("i32.wrap_i64");
        f.i32(1).op("i32.and");
      }
      f.call(ref);
      const singles = results.map((_, i) => f.local(ref.results[i] ?? "i32"));
      for (let i = singles.length - 1; i >= 0; i--) f.set(singles[i] as Local);
      sinks.forEach((sink, i) => {
        const value = values[i] as Local;
        const single = singles[sink.result] as Local;
        const type = this.resultType(sink.result);
        if (lanes === 1) {
          f.get(single).set(value);
          return;
        }
        const perPart = wide(type);
        if (Math.floor(lane / perPart) !== sink.part) return;
        f.get(value).get(single);
        if (type === "bool") {
          f.i32(-1).op("i32.mul");
          if (lanes === 2) f.op("i64.extend_i32_s");
        }
        f.lane(laneOpcode("replace_lane", this.laneType(type)), lane % perPart).set(value);
      });
      for (const single of singles) f.release(single);
    }
  }

  private laneType(type: ScalarType): ScalarType {
    return type === "bool" && this.context.lanes === 2 ? "i64" : type;
  }
}

interface ScalarFunction {
  readonly ref: FunctionRef;
  readonly inputs: readonly Step[];
  readonly results: readonly number[];
}

/** The whole sequence as a function of its inputs, rare cases and all; made once a module. */
function scalarFunction(program: Sequence, support: Support): ScalarFunction {
  const inputs = program.steps.filter((step) => step.op === "input");
  const types = inputs.map((step) => scalarValueType(step.type));
  const results = program.results.map((i) => scalarValueType(program.steps[i]?.type ?? "f32"));
  const ref = support.scalar(program, types, results, (f) => {
    const place = new Map(inputs.map((step, i) => [step.index, f.param(i)]));
    const input = (_: FunctionBuilder, index: number): void => void f.get(place.get(index) as Local);
    const units = new Units(program, { lanes: 1, support, input, procedure: procedureIn(support) });
    const roots = program.results.map((i) => units.unit(i, 0));
    const region = emitUnits(f, units.list, roots, (i) => units.list[i]?.emit(f, () => undefined));
    for (const root of roots) region.push(root);
  });
  return { ref, inputs, results: program.results };
}

/** Where a module has the functions of procedures. */
function procedureIn(support: Support): (procedure: Procedure) => FunctionRef {
  return (procedure) => scalarFunction(programOf(procedure), support).ref;
}
