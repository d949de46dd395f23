import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import {
  activeTraces,
  ConcretizationError,
  CotangentError,
  isTracing,
  LeakedTracerError,
  TreeError,
} from "../../src/core/index.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { sin } from "../../src/primitives/elementwise/trigonometric.ts";
import {
  checkpoint,
  grad,
  jacfwd,
  jacrev,
  jit,
  jvp,
  linearize,
  makeJaxpr,
  vjp,
  vmap,
} from "../../src/transforms/index.ts";
import { expectClose, f32, f64, untyped } from "../transforms/support.ts";

type Unary = (x: NDArray) => NDArray;

/** Every transform, applied to `f` at a batch of two or at 0.5. */
const transforms: Record<string, (f: (x: NDArray) => unknown) => unknown> = {
  jvp: (f) => jvp(f, [0.5], [1]),
  vjp: (f) => vjp(f, [0.5]),
  grad: (f) => grad(f as Unary)(0.5),
  linearize: (f) => linearize(f, [0.5]),
  jacfwd: (f) => jacfwd(f)(0.5),
  jacrev: (f) => jacrev(f)(0.5),
  vmap: (f) => vmap(f)(f32([1, 2])),
  jit: (f) => jit(f)(0.5),
  checkpoint: (f) => checkpoint(f)(0.5),
  makeJaxpr: (f) => makeJaxpr(f)(0.5),
};
const each = test.each(Object.entries(transforms));

const errorOf = (body: () => unknown): Error => {
  try {
    body();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
};

describe("a traced value that is asked for its numbers", () => {
  const questions: [string, (x: NDArray) => unknown][] = [
    ["toArray()", (x) => x.toArray()],
    ["toTypedArray()", (x) => x.toTypedArray()],
    ["JSON.stringify", (x) => JSON.stringify({ x })],
    ["an operator", (x) => (x as unknown as number) * 2],
    ["an operator", (x) => (x as unknown as number) < 2],
    ["an operator", (x) => Number(x)],
  ];

  each("under %s names the question, the array, and what to use instead", (name, apply) => {
    for (const [question, ask] of questions) {
      const error = errorOf(() => apply((x) => [ask(x), x]));
      expect(error).toBeInstanceOf(ConcretizationError);
      const { message } = error;
      expect(message.startsWith(question), message).toBe(true);
      expect(message).toContain(`an array of float32[] that ${name} is tracing`);
      expect(message).toMatch(/np\.where.*lax\.cond.*staticArgnums/);
    }
  });

  test("has an item() under grad and jvp, to branch on, but not under jit and vmap", () => {
    const relu = (x: NDArray): NDArray => ((x.item() as number) > 0 ? x : mul(x, f64(0)));
    expectClose(grad(relu)(f64(2)), 1);
    expectClose(grad(relu)(f64(-2)), 0);
    expectClose(jvp(relu, [f64(3)], [f64(5)]), [3, 5]);
    expectClose(grad(grad((x: NDArray) => mul(relu(x), x)))(f64(3)), 2);
    expect(() => jit(relu)(f64(2))).toThrow(
      /^item\(\) was used on an array of float64\[\] that jit is tracing/,
    );
    expect(() => vmap(relu)(f64([2]))).toThrow(ConcretizationError);
    expect(() => vmap(grad(relu))(f64([2]))).toThrow(/that vmap is tracing/);
    expect(() => grad(jit(relu))(f64(2))).toThrow(/that jit is tracing/);
  });

  test("is drawn by its type", () => {
    const drawn: string[] = [];
    grad((x: NDArray) => {
      drawn.push(`${x as unknown as string}`, String(x));
      const inspected = (x as unknown as Record<symbol, () => string>)[
        Symbol.for("nodejs.util.inspect.custom")
      ];
      drawn.push(inspected?.call(x) ?? "");
      return x;
    })(f64(1));
    expect(new Set(drawn)).toEqual(new Set(["Traced<float64[]> by grad"]));
  });
});

describe("a tracer that outlives its transform", () => {
  const leakOf = (apply: (f: (x: NDArray) => unknown) => unknown): NDArray => {
    let kept: NDArray | undefined;
    apply((x) => {
      kept = x;
      return x;
    });
    return kept as NDArray;
  };

  each("of %s is refused by primitives", (name, apply) => {
    const kept = leakOf(apply);
    expect(errorOf(() => sin(kept))).toBeInstanceOf(LeakedTracerError);
    expect(errorOf(() => sin(kept)).message).toMatch(
      new RegExp(
        `^An array of float32\\[\\] was made while ${name} traced a function, and used after .*hasAux`,
      ),
    );
  });

  each("of %s is refused as a result of every other transform", (_, apply) => {
    const kept = leakOf(apply);
    for (const other of Object.values(transforms)) {
      expect(errorOf(() => other(() => kept))).toBeInstanceOf(LeakedTracerError);
      expect(errorOf(() => other((x) => add(x, kept)))).toBeInstanceOf(LeakedTracerError);
    }
  });

  test("is noticed although another transform runs at the same depth", () => {
    const kept = leakOf((f) => grad(f as Unary)(0.5));
    expect(() => grad((x: NDArray) => mul(x, kept))(1)).toThrow(LeakedTracerError);
  });
});

describe("what is not an array", () => {
  each("is refused as a result of %s, by its place", (name, apply) => {
    const error = errorOf(() => apply((x) => ({ loss: x, names: ["a"] })));
    expect(error).toBeInstanceOf(TreeError);
    expect(error.message).toContain(`${name}, result of the function: every leaf must be an array`);
    expect(error.message).toContain('the leaf at names[0] is string "a"');
  });

  test("is refused as an argument", () => {
    const error = errorOf(() => jit((x: unknown) => x)({ f: () => 1 } as never));
    expect(error.message).toMatch(/^jit, arguments: .*the leaf at \[0\]\.f is a function\. .*staticArgnums/);
    expect(() => vmap((x: NDArray) => x)(new Float32Array(2) as never)).toThrow(/is a Float32Array/);
  });
});

describe("an async function", () => {
  each("is refused by %s, which says why", async (name, apply) => {
    let later: Promise<unknown> | undefined;
    const error = errorOf(() =>
      apply((x) => {
        later = (async () => {
          await Promise.resolve();
          return sin(x);
        })();
        return later;
      }),
    );
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(new RegExp(`^${name}: the function is async .* await what it needs first`));
    // What the rest of its body throws is heard here; otherwise it is nobody's, and must not end the program.
    await expect(later).rejects.toThrow(LeakedTracerError);
  });

  test("whose body fails later does not end the program with an unhandled rejection", async () => {
    const heard: unknown[] = [];
    const listen = (reason: unknown): void => void heard.push(reason);
    process.on("unhandledRejection", listen);
    const f = async (x: NDArray) => {
      await Promise.resolve();
      return sin(x);
    };
    expect(() => untyped(grad(f as never))(f32(1))).toThrow(TypeError);
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("unhandledRejection", listen);
    expect(heard).toEqual([]);
  });
});

describe("the stack of traces", () => {
  each("is as before when a function under %s throws", (_, apply) => {
    const depth = activeTraces().length;
    const failure = new Error("mine");
    expect(
      errorOf(() =>
        apply(() => {
          throw failure;
        }),
      ),
    ).toBe(failure);
    expect(activeTraces().length).toBe(depth);
    expect(isTracing()).toBe(false);
    expectClose(grad(sin)(f64(0)), 1);
  });

  test("tells whether a transform is in progress", () => {
    expect(isTracing()).toBe(false);
    grad((x: NDArray) => {
      expect(isTracing()).toBe(true);
      return x;
    })(1);
    expect(isTracing()).toBe(false);
  });

  test("names the transforms, outermost first", () => {
    const names: string[] = [];
    vmap(
      jit((x: NDArray) => {
        grad((y: NDArray) => {
          names.push(...activeTraces().map((t) => t.transform));
          return y;
        })(x);
        return x;
      }),
    )(f32([1, 2]));
    expect([...new Set(names)]).toEqual(["evaluation", "vmap", "jit", "grad"]);
  });
});

test("errors of this library can be told from others", () => {
  expect(errorOf(() => jit((x: NDArray) => x.toArray())(1))).toBeInstanceOf(CotangentError);
  expect(errorOf(() => jit((x: NDArray) => x.toArray())(1)).name).toBe("ConcretizationError");
});
