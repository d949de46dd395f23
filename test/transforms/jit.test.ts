import { describe, expect, test } from "vitest";
import { arrayFrom, type NDArray } from "../../src/array/index.ts";
import { ArgumentError, LeakedTracerError } from "../../src/core/index.ts";
import { reduceSum } from "../../src/primitives/broadcast.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { sin } from "../../src/primitives/elementwise/trigonometric.ts";
import { scalarLike } from "../../src/primitives/rules.ts";
import { grad, jit, jvp, makeJaxpr, vmap } from "../../src/transforms/index.ts";
import { counted, countOperations, expectClose, f32, f64, i32, traced } from "./support.ts";

const double = (x: NDArray): NDArray => mul(x, scalarLike(x, 2));
const sum = (x: NDArray): NDArray => reduceSum(x, [0]);

describe("jit", () => {
  test("computes what the function does", () => {
    const f = jit(({ x, y }: { x: NDArray; y: NDArray[] }) => ({
      out: [add(x, y[0] as NDArray)],
      none: null,
    }));
    expectClose(f({ x: f64([1, 2]), y: [f64([3, 4])] }), { out: [[4, 6]], none: null });
    expectClose(jit(() => f64([1]))(), [1]);
    expectClose(jit((x: NDArray) => [x, x, f64(7)])(f64(1)), [1, 1, 7]);
    expectClose(jit((x: NDArray) => sum(x))(f64([])), 0);
  });

  test("keeps dtypes and weak types", () => {
    const same = jit((x: NDArray) => x);
    for (const x of [f32(1), f64(1), i32(1), arrayFrom(true)]) expect(same(x).dtype).toBe(x.dtype);
    expect(same(1)).toMatchObject({ dtype: "float32", weakType: true });
    expect(jit(double)(1).weakType).toBe(true);
    expect(jit(double)(f32(1)).weakType).toBe(false);
  });

  test("has the name of its function", () => {
    function step(x: NDArray): NDArray {
      return x;
    }
    expect(jit(step).name).toBe("step");
    expect(String(makeJaxpr(jit(step))(1))).toContain("name=step");
    expect(jit((x: NDArray) => x).name).toBe("anonymous");
  });

  test("refuses what is not a function", () => {
    expect(() => jit(3 as never)).toThrow("jit: expected a function, got number.");
  });
});

describe("a compiled function is traced", () => {
  test("once for each shape, dtype, weak type and tree", () => {
    const f = counted((t: unknown) => t);
    const compiled = jit(f) as (t: unknown) => unknown;
    const seen: unknown[] = [
      f64(1),
      f32(1),
      i32(1),
      f32([1]),
      f32([1, 2]),
      f32([[1, 2]]),
      2,
      true,
      [f64(1)],
      { a: f64(1) },
      { b: f64(1) },
      { a: f64(1), b: null },
      [f64(1), f64(1)],
      null,
    ];
    for (const [i, t] of seen.entries()) {
      compiled(t);
      expect(f.calls(), `tree ${i}`).toBe(i + 1);
    }
    for (const t of seen) compiled(t);
    compiled(f64(100));
    compiled({ b: f64(3) });
    compiled(7);
    expect(f.calls()).toBe(seen.length);
  });

  test("again where the call before differs in the weak type alone", () => {
    const f = counted((x: NDArray) => x);
    const compiled = jit(f);
    for (const x of [f32(1), 1, f32(1), 1]) compiled(x);
    expect(f.calls()).toBe(2);
    expect([compiled(f32(1)).weakType, compiled(1).weakType, compiled(f32(1)).weakType]).toEqual([
      false,
      true,
      false,
    ]);
  });

  test("once for each number of arguments", () => {
    const f = counted((...xs: NDArray[]) => xs.reduce(add));
    const compiled = jit(f);
    expectClose(compiled(f64(1), f64(2)), 3);
    expectClose(compiled(f64(1), f64(2), f64(3)), 6);
    expectClose(compiled(f64(5), f64(6)), 11);
    expect(f.calls()).toBe(2);
  });

  test("again after its function threw", () => {
    let fail = true;
    const f = counted((x: NDArray) => {
      if (fail) throw new Error("mine");
      return x;
    });
    const compiled = jit(f);
    expect(() => compiled(f64(1))).toThrow("mine");
    fail = false;
    expectClose(compiled(f64(1)), 1);
    expect(f.calls()).toBe(2);
  });

  test("once, also when it is called under transforms of one kind again and again", () => {
    const f = counted((x: NDArray) => mul(sin(x), x));
    const compiled = jit(f);
    for (let i = 0; i < 3; i++) {
      grad(compiled)(f64(i));
      vmap(compiled)(f64([i]));
      vmap(grad(compiled))(f64([i]));
      grad(grad((x: NDArray) => compiled(x)))(f64(i));
      jit((x: NDArray) => compiled(x))(f64(i));
    }
    expect(f.calls()).toBe(1);
  });
});

describe("staticArgnums", () => {
  test("names arguments that reach the function as they are", () => {
    const f = counted((n: number, x: NDArray, options: { readonly twice: boolean }) => {
      let y = x;
      for (let i = 1; i < n; i++) y = mul(y, x);
      return options.twice ? double(y) : y;
    });
    const compiled = jit(f, { staticArgnums: [0, 2] });
    expectClose(compiled(2, f64(3), { twice: false }), 9);
    expectClose(compiled(3, f64(2), { twice: true }), 16);
    expectClose(compiled(2, f64(5), { twice: false }), 25);
    expect(f.calls()).toBe(2);
    compiled(2, f32(5), { twice: false });
    expect(f.calls()).toBe(3);
  });

  test("compares plain data by content, functions and instances by identity", () => {
    class Config {
      readonly n = 1;
    }
    const key = Symbol("k");
    const g = () => 1;
    const [one, other] = [new Config(), new Config()];
    const f = counted((_: unknown, x: NDArray) => x);
    const compiled = jit(f, { staticArgnums: 0 }) as (s: unknown, x: NDArray) => NDArray;
    const distinct = [
      1,
      "1",
      true,
      null,
      undefined,
      -0,
      0,
      1n,
      Number.NaN,
      key,
      Symbol("k"),
      g,
      () => 1,
      one,
      other,
    ];
    const data = [{ a: [1, 2] }, { a: [1, 3] }, [1, 2], "[1,2]", { b: 1, a: 2 }, {}];
    for (const s of [...distinct, ...data]) compiled(s, f64(1));
    expect(f.calls()).toBe(distinct.length + data.length);
    for (const s of [...distinct, { a: [1, 2] }, [1, 2], { a: 2, b: 1 }, {}]) compiled(s, f64(1));
    expect(f.calls()).toBe(distinct.length + data.length);
  });

  test("notices plain data that was changed", () => {
    const options = { n: 1 };
    const compiled = jit((o: { n: number }, x: NDArray) => mul(x, scalarLike(x, o.n)), { staticArgnums: 0 });
    expectClose(compiled(options, f64(5)), 5);
    options.n = 3;
    expectClose(compiled(options, f64(5)), 15);
  });

  test("may be negative, and must name arguments that there are", () => {
    const f = (x: NDArray, n: number) => mul(x, scalarLike(x, n));
    expectClose(jit(f, { staticArgnums: -1 })(f64(2), 3), 6);
    const wrong = jit(f, { staticArgnums: [2] });
    expect(() => wrong(f64(2), 3)).toThrow(ArgumentError);
    expect(() => wrong(f64(2), 3)).toThrow(
      "jit: staticArgnums names argument 2, but the function was called with 2.",
    );
    expect(() => jit(f, { staticArgnums: -3 })(f64(2), 3)).toThrow(/argument -3/);
  });
});

describe("closing over arrays", () => {
  test("keeps the array as a constant", () => {
    const c = f64([1, 2]);
    const f = jit((x: NDArray) => mul(x, c));
    expectClose(f(f64([3, 4])), [3, 8]);
    expectClose(grad((x: NDArray) => sum(f(x)))(f64([3, 4])), [1, 2]);
    expectClose(
      vmap(f)(
        f64([
          [1, 1],
          [2, 2],
        ]),
      ),
      [
        [1, 2],
        [2, 4],
      ],
    );
    expect(countOperations(traced(f)(f64([3, 4])))).toEqual(
      new Map([
        ["jit", 1],
        ["mul", 1],
      ]),
    );
  });

  test("differentiates closed-over tracers of grad, jvp and vmap, at any depth", () => {
    const f = (w: NDArray) => jit((x: NDArray) => mul(x, mul(w, w)))(f64(3));
    expectClose(grad(f)(f64(5)), 30);
    expectClose(jvp(f, [f64(5)], [f64(1)]), [75, 30]);
    expectClose(vmap(f)(f64([1, 2])), [3, 12]);
    expectClose(grad(grad(f))(f64(5)), 6);
    expectClose(vmap(grad(f))(f64([1, 2])), [6, 12]);
    expectClose(jit(grad(f))(f64(5)), 30);
    const inner = (w: NDArray) => jit((x: NDArray) => jit((y: NDArray) => mul(mul(x, y), w))(x))(f64(2));
    expectClose(grad(inner)(f64(5)), 4);
    expectClose(jit(inner)(f64(5)), 20);
    expectClose(jit((w: NDArray) => jit(() => mul(w, w))())(f64(5)), 25);
  });

  test("differentiates what is closed over and passed at once", () => {
    const f = (x: NDArray) => jit((y: NDArray) => mul(x, y))(x);
    expectClose(grad(f)(f64(3)), 6);
    expectClose(grad(grad(f))(f64(3)), 2);
  });

  test("traces again when a closed-over tracer belonged to a transform that is done", () => {
    let w = f64(1);
    const f = counted((x: NDArray) => mul(x, w));
    const compiled = jit(f);
    const outer = (v: NDArray) => {
      w = v;
      return add(compiled(f64(3)), compiled(f64(4)));
    };
    expectClose(grad(outer)(f64(5)), 7);
    expect(f.calls()).toBe(1);
    expectClose(grad(outer)(f64(6)), 7);
    expect(f.calls()).toBe(2);
    expectClose(vmap(outer)(f64([1, 2])), [7, 14]);
    expect(f.calls()).toBe(3);
  });

  test("refuses tracers of a transform that was done before", () => {
    let leaked = f64(0);
    grad((x: NDArray) => {
      leaked = x;
      return x;
    })(f64(1));
    expect(() => jit((x: NDArray) => mul(x, leaked))(f64(1))).toThrow(LeakedTracerError);
  });
});

describe("re-entrancy", () => {
  test("a compiled function may call itself at other shapes", () => {
    const f: (x: NDArray) => NDArray = jit(
      (x: NDArray): NDArray => (x.shape[0] === 1 ? sum(x) : f(f64([2]))),
    );
    expectClose(f(f64([1, 2, 3])), 2);
    expectClose(f(f64([5])), 5);
  });

  test("a compiled function may be called while another instance of it is traced", () => {
    const inner = jit(double);
    const outer = jit((x: NDArray) => {
      inner(f64(1));
      return add(inner(x), inner(inner(x)));
    });
    expectClose(outer(f64(1)), 6);
    expectClose(inner(f64(4)), 8);
    expectClose(grad(outer)(f64(1)), 6);
  });

  test("concrete arrays in a traced function are constants of the program", () => {
    const closed = traced((x: NDArray) => add(x, double(f64(3))))(f64(1));
    expect(closed.jaxpr.equations.map((e) => e.primitive.name)).toEqual(["mul", "add"]);
  });
});

describe("derivatives of compiled functions", () => {
  const f = (x: NDArray, y: NDArray) => sum(mul(sin(mul(x, y)), x));
  const compiled = jit(f);
  const [x, y] = [f64([0.5, 2]), f64([1.5, -1])];

  test("are those of the functions", () => {
    for (const argnums of [0, 1] as const) {
      expectClose(grad(compiled, { argnums })(x, y), grad(f, { argnums })(x, y).toArray());
      expectClose(jit(grad(compiled, { argnums }))(x, y), grad(f, { argnums })(x, y).toArray());
    }
    expectClose(jvp(compiled, [x, y], [y, x]), [f(x, y).toArray(), jvp(f, [x, y], [y, x])[1].toArray()]);
  });

  test("do not compute what an unknown input does not need twice", () => {
    const closed = traced(grad((z: NDArray) => jit((a: NDArray) => sin(sin(a)))(z)))(f64(1));
    expect(countOperations(closed).get("cos")).toBe(2);
    expect(countOperations(closed).get("sin")).toBe(2);
  });

  test("with integers, unused and constant parts", () => {
    const g = jit((a: NDArray, n: NDArray, unused: NDArray) => [a, n, f64([1, 2]), unused] as const);
    const h = (a: NDArray, n: NDArray, u: NDArray) => g(a, n, u)[0] as NDArray;
    expectClose(grad(h)(f64(3), i32(2), f64(1)), 1);
    expectClose(grad(h, { argnums: [0, 2] })(f64(3), i32(2), f64([1, 2])), [1, [0, 0]]);
    expectClose(grad(jit((_: NDArray) => f64(4)))(f64([1, 2])), [0, 0]);
  });
});
