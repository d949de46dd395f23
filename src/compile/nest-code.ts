import { dtypeInfo } from "../array/index.ts";
import { add, constant, type Expr, input } from "../kernel/expr.ts";
import type { Buffer as NestBuffer, Statement, Variable } from "../kernel/nest.ts";
import { sequence } from "../kernel/sequence.ts";
import type { AddressSpace } from "./address-space.ts";
import { ExprEmitter } from "./emit-expr.ts";
import { scalarValueType } from "./lanes.ts";
import type { Buffer, NestKernel } from "./program.ts";
import type { Support } from "./support.ts";
import type { FunctionBuilder, Local } from "./wasm/function.ts";

/** Write the body of a function that runs a nest: scalar code, statement by statement. */
export const writeNest = (
  f: FunctionBuilder,
  kernel: NestKernel,
  space: AddressSpace,
  support: Support,
): void => {
  const { nest } = kernel;
  const locals = nest.variables.map((v) => f.local(scalarValueType(v.type)));
  const local = (v: Variable): Local => locals[v.id] as Local;
  const places = new Map<NestBuffer, { readonly buffer: Buffer; readonly offset: number }>();
  nest.inputs.forEach((b, i) => {
    const layout = kernel.inputs[i] as NestKernel["inputs"][number];
    places.set(b, { buffer: layout.buffer, offset: layout.offset });
  });
  nest.outputs.forEach((b, i) => {
    places.set(b, { buffer: kernel.outputs[i] as Buffer, offset: 0 });
  });
  nest.scratch.forEach((b, i) => {
    places.set(b, { buffer: kernel.scratch[i] as Buffer, offset: 0 });
  });

  const push = (expr: Expr): void => {
    const emitter = new ExprEmitter(f, sequence([expr]), {
      lanes: 1,
      support,
      input: (builder, index) => builder.get(locals[index] as Local),
    });
    emitter.emit([{ result: 0, part: 0, after: () => undefined }]);
  };

  // A base that takes some arithmetic is worked out once.
  const bases = new Map<Buffer, Local>();
  for (const { buffer } of places.values()) {
    if (bases.has(buffer) || space.hasPlainBase(buffer)) continue;
    const base = f.local("i32");
    space.pushBase(f, buffer);
    f.set(base);
    bases.set(buffer, base);
  }
  const pushBase = (buffer: Buffer): void => {
    const base = bases.get(buffer);
    if (base === undefined) space.pushBase(f, buffer);
    else f.get(base);
  };

  /** Push the address of an element; returns what is left to add as an immediate. */
  const pushAddress = (target: NestBuffer, index: Expr): number => {
    const { buffer, offset } = places.get(target) as { readonly buffer: Buffer; readonly offset: number };
    const { bytes } = dtypeInfo(buffer.dtype);
    pushBase(buffer);
    push(index);
    if (bytes > 1) f.i32(Math.log2(bytes)).op("i32.shl");
    f.op("i32.add");
    return space.offsetOf(buffer) + offset * bytes;
  };

  const run = (statements: readonly Statement[]): void => {
    for (const statement of statements) write(statement);
  };

  const write = (statement: Statement): void => {
    switch (statement.kind) {
      case "set":
        push(statement.value);
        f.set(local(statement.variable));
        return;
      case "load": {
        const at = pushAddress(statement.buffer, statement.index);
        const { type } = statement.buffer;
        f.memory(type === "bool" ? "i32.load8_u" : `${scalarValueType(type)}.load`, at).set(
          local(statement.variable),
        );
        return;
      }
      case "store": {
        const at = pushAddress(statement.buffer, statement.index);
        push(statement.value);
        const { type } = statement.buffer;
        f.memory(type === "bool" ? "i32.store8" : `${scalarValueType(type)}.store`, at);
        return;
      }
      case "for": {
        const counter = local(statement.variable);
        const limit = f.local("i32");
        push(statement.to);
        f.set(limit);
        push(statement.from);
        f.set(counter);
        f.get(counter).get(limit).op("i32.lt_s");
        f.if(() => {
          f.loop((again) => {
            run(statement.body);
            f.get(counter).i32(1).op("i32.add").tee(counter).get(limit).op("i32.lt_s").brIf(again);
          });
        });
        f.release(limit);
        return;
      }
      case "sum": {
        const { result, variable, from, to, body, term } = statement;
        push(constant(result.type, 0));
        f.set(local(result));
        write({
          kind: "for",
          variable,
          from,
          to,
          body: [...body, { kind: "set", variable: result, value: add(input(result.id, result.type), term) }],
        });
        return;
      }
      case "while":
        f.block((done) => {
          f.loop((again) => {
            run(statement.test);
            push(statement.condition);
            f.op("i32.eqz").brIf(done);
            run(statement.body);
            f.br(again);
          });
        });
        return;
      case "if":
        push(statement.condition);
        if (statement.whenFalse.length === 0) f.if(() => run(statement.whenTrue));
        else
          f.if(
            () => run(statement.whenTrue),
            () => run(statement.whenFalse),
          );
        return;
      case "copy": {
        const { bytes } = dtypeInfo((places.get(statement.from) as { readonly buffer: Buffer }).buffer.dtype);
        const scale = (): void => {
          if (bytes > 1) f.i32(Math.log2(bytes)).op("i32.shl");
        };
        f.i32(pushAddress(statement.to, statement.toIndex)).op("i32.add");
        f.i32(pushAddress(statement.from, statement.fromIndex)).op("i32.add");
        push(statement.count);
        scale();
        f.memoryCopy();
        return;
      }
    }
  };

  run(nest.body);
};
