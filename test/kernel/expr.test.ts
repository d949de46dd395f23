import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/kernel/evaluate.ts";
import * as e from "../../src/kernel/expr.ts";
import { text } from "../../src/kernel/print.ts";
import { sequence } from "../../src/kernel/sequence.ts";
import { mapKernel } from "./harness.ts";

type Type = Exclude<e.ScalarType, "bool">;
const types: readonly Type[] = ["f32", "f64", "i32", "u32", "i64", "u64"];
const float = (t: e.ScalarType): boolean => t === "f32" || t === "f64";

/** The bits of NaN, its sign among them, are nobody's business. */
const notNaN = (x: e.Expr): e.Expr => e.select(e.eq(x, x), x, 0);

/** An expression of a type, made by a list of choices. */
function grow(type: e.ScalarType, inputs: readonly Type[], next: () => number, depth: number): e.Expr {
  const sub = (t: e.ScalarType): e.Expr => grow(t, inputs, next, depth - 1);
  const among = <T>(list: readonly T[]): T => list[next() % list.length] as T;
  if (type === "bool") {
    if (depth <= 0) return e.constant("bool", next() % 2 === 0);
    const of = among(types);
    const kind = next() % 5;
    if (kind === 0) return among([e.and, e.or, e.xor])(sub("bool"), sub("bool"));
    if (kind === 1) return e.not(sub("bool"));
    if (kind === 2) return e.select(sub("bool"), sub("bool"), sub("bool"));
    return among([e.eq, e.ne, e.lt, e.le, e.gt, e.ge])(sub(of), sub(of));
  }
  const own = inputs.flatMap((t, k) => (t === type ? [k] : []));
  if (depth <= 0) {
    if (own.length > 0 && next() % 3 > 0) return e.input(among(own), type);
    const value = among([0, 1, -1, 3, 100, 0.5, -2.75, 1e9]);
    return e.constant(
      type,
      float(type) ? value : type === "i64" || type === "u64" ? BigInt(Math.trunc(value)) : value,
    );
  }
  switch (next() % 9) {
    case 0:
      return e.select(sub("bool"), sub(type), sub(type));
    case 1: {
      const params = [among(types), among(types)];
      const body = grow(type, params, next, depth - 1);
      const far = next() % 2 ? sub(type) : e.call({ name: "far", body }, ...params.map(sub));
      return e.rare(sub("bool"), far, sub(type));
    }
    case 2: {
      const from = among([...types, "bool" as const]);
      return e.convert(sub(from), type);
    }
    case 3: {
      const width = e.bitWidth(type);
      const x = sub(among(types.filter((t) => e.bitWidth(t) === width)));
      return e.bitcast(float(x.type) ? notNaN(x) : x, type);
    }
    case 4:
      return among([
        e.neg,
        e.abs,
        ...(float(type) ? [e.sqrt, e.floor, e.ceil, e.trunc, e.nearest] : [e.not]),
      ])(sub(type));
    case 5:
      if (float(type)) return among([e.copysign, e.div, e.rem])(sub(type), notNaN(sub(type)));
      return among([e.and, e.or, e.xor, e.div, e.rem])(sub(type), sub(type));
    case 6:
      if (type === "f32" || type === "f64") return e.lookup({ type, values: [1, 2.5, 4, -8] }, sub("i32"));
      return among([e.shl, e.shr])(sub(type), next() % 2 ? next() % 70 : sub(type));
    default:
      return among([e.add, e.sub, e.mul, e.min, e.max, e.pmin, e.pmax])(sub(type), sub(type));
  }
}

const numbers = [
  0,
  -0,
  1,
  -1,
  0.5,
  2.5,
  -3.5,
  1e10,
  -1e10,
  3e38,
  1e-40,
  Infinity,
  -Infinity,
  Number.NaN,
  123456789,
];

function sample(type: Type, i: number): e.ScalarValue {
  const value = numbers[(i * 7) % numbers.length] ?? 0;
  if (float(type)) return e.toScalar(type, value);
  const whole =
    [0n, 1n, -1n, 2n, 31n, 2n ** 31n, -(2n ** 31n), 2n ** 63n, 2n ** 40n + 5n, 0xffffffffn][i % 10] ?? 0n;
  return type === "i64" || type === "u64"
    ? e.toScalar(type, whole)
    : e.toScalar(type, Number(BigInt.asIntN(32, whole)));
}

describe("expressions", () => {
  it("mean the same to the interpreter, in scalar code and in vector code", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...types, "bool" as const),
        fc.array(fc.constantFrom(...types), { minLength: 1, maxLength: 3 }),
        fc.infiniteStream(fc.nat(1000)),
        fc.integer({ min: 1, max: 5 }),
        (type, inputs, stream, depth) => {
          const expr = grow(type, inputs, () => stream.next().value ?? 0, depth);
          const program = sequence([expr]);
          const n = 11;
          const kernel = mapKernel(type === "bool" ? e.convert(expr, "i32") : expr, inputs, n);
          const rows = Array.from({ length: n }, (_, i) => inputs.map((t, k) => sample(t, i + 3 * k)));
          rows.forEach((row, i) => {
            row.forEach((value, k) => {
              (kernel.inputs[k] as { [i: number]: number | bigint })[i] = value as number | bigint;
            });
          });
          const want = rows.map((row) => evaluate(program, row)[0] as e.ScalarValue);
          for (const run of [kernel.run, kernel.runScalar]) {
            new Uint8Array(kernel.output.buffer, kernel.output.byteOffset, kernel.output.byteLength).fill(0);
            run(n);
            const got = [...kernel.output];
            expect(got, text(program)).toEqual(want.map((v) => (typeof v === "boolean" ? Number(v) : v)));
          }
        },
      ),
      { numRuns: Number(process.env["RUNS"] ?? 300) },
    );
  });

  it("are written once however often they are made", () => {
    const x = e.input(0, "f32");
    const square = (): e.Expr => e.mul(e.add(x, 1), e.add(e.input(0, "f32"), 1));
    expect(text(sequence([e.add(square(), square())]))).toBe(
      "%0:f32 = input 0\n%1:f32 = 1\n%2:f32 = add %0 %1\n%3:f32 = mul %2 %2\n%4:f32 = add %3 %3\nreturn %4",
    );
    expect(text(sequence([e.neg(e.constant("f32", 0.1)), e.constant("f64", -0)]))).toBe(
      "%0:f32 = 0.10000000149011612\n%1:f32 = -0.10000000149011612\n%2:f64 = -0\nreturn %1 %2",
    );
  });

  it("may be deeper than the call stack", () => {
    let deep = e.input(0, "f64");
    for (let i = 0; i < 30_000; i++) deep = i % 2 ? e.mul(deep, deep) : e.add(1, deep);
    const program = sequence([deep]);
    expect(program.steps.length).toBe(30_002);
    const kernel = mapKernel(deep, ["f64"], 3);
    kernel.inputs[0]?.fill(-1 as never);
    kernel.run(3);
    expect(kernel.output[0]).toBe(evaluate(program, [-1])[0]);
  });

  it("guards integer division", () => {
    const [x, y] = [e.input(0, "i32"), e.input(1, "i32")];
    const run = (expr: e.Expr, a: number, b: number): unknown => evaluate(sequence([expr]), [a, b])[0];
    expect(run(e.div(x, y), 7, 0)).toBe(-1);
    expect(run(e.div(x, y), -(2 ** 31), -1)).toBe(-(2 ** 31));
    expect(run(e.rem(x, y), -7, 3)).toBe(-1);
    expect(run(e.rem(x, y), 7, 0)).toBe(7);
  });

  it("refuses operands of different types", () => {
    expect(() => e.add(e.input(0, "f32"), e.input(1, "f64"))).toThrow("add: operands have types f32 and f64");
    expect(() => e.bitcast(e.input(0, "f32"), "i64")).toThrow("bitcast: f32 and i64 differ in width");
  });
});
