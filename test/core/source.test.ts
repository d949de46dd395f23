import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { type ClosedJaxpr, evalJaxpr, formatLocation } from "../../src/core/index.ts";
import { userLocation } from "../../src/core/source.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { cos, sin } from "../../src/primitives/elementwise/trigonometric.ts";
import {
  checkpoint,
  customJvp,
  customVjp,
  grad,
  jit,
  jvp,
  makeJaxpr,
  vmap,
} from "../../src/transforms/index.ts";
import { f32, f64, traced } from "../transforms/support.ts";

const HERE = "test/core/source.test.ts";
/** The line that calls `line`. */
const line = (): number => {
  const [, , caller = ""] = new Error().stack?.split("\n") ?? [];
  return Number(/source\.test\.ts:(\d+)/.exec(caller)?.[1]);
};

/** The line of each equation of a jaxpr, and of the jaxprs inside it; all must be in this file. */
const lines = ({ jaxpr }: ClosedJaxpr): number[] =>
  jaxpr.equations.flatMap(({ source, params }) => {
    expect(source?.file.endsWith(HERE), String(source?.file)).toBe(true);
    return [source?.line as number, ...("jaxpr" in params ? lines(params.jaxpr as ClosedJaxpr) : [])];
  });

const first = line() + 2;
// biome-ignore format: the lines are counted
function layered(x: NDArray): NDArray {
  const y = sin(x);
  return mul(y,
    cos(y));
}
const [SIN, MUL, COS] = [first + 1, first + 2, first + 3];

describe("an equation knows the line of the user's code that made it", () => {
  test("when a function is traced", () => {
    const closed = traced(layered)(1);
    expect(lines(closed)).toEqual([SIN, COS, MUL]);
    const source = closed.jaxpr.equations[0]?.source;
    expect(source?.functionName).toBe("layered");
    expect(source?.column).toBe(13);
    expect(source && formatLocation(source)).toMatch(new RegExp(`^/.*/${HERE}:${SIN}:13$`));
  });

  test("and the printer shows it on demand", () => {
    const text = traced(layered)(1).toString({ source: true });
    expect(text).toMatch(new RegExp(`\\n {4}b:f32\\[\\] = sin a {2}# /.*/${HERE}:${SIN}:13\\n`));
    expect(traced(layered)(1).toString()).not.toContain("#");
  });

  test("when it is differentiated, forwards and backwards", () => {
    expect(new Set(lines(traced((x: NDArray) => jvp(layered, [x], [x]))(f64(1))))).toEqual(
      new Set([SIN, MUL, COS]),
    );
    expect(new Set(lines(traced(grad(layered))(1)))).toEqual(new Set([SIN, MUL, COS]));
  });

  test("when it is compiled first", () => {
    const compiled = jit(layered);
    compiled(1);
    const call = line() + 1;
    const gradient = traced(grad((x: NDArray) => compiled(x)))(1);
    expect(new Set(lines(gradient))).toEqual(new Set([SIN, MUL, COS, call]));
    const batched = traced((x: NDArray) => vmap(compiled)(x))(f32([1, 2]));
    expect(lines(batched).slice(1)).toEqual([SIN, COS, MUL]);
  });

  test("when it is checkpointed", () => {
    const call = line() + 1;
    const gradient = traced(grad((x: NDArray) => checkpoint(layered)(x)))(1);
    expect(new Set(lines(gradient))).toEqual(new Set([SIN, MUL, COS, call]));
  });

  test("when a jaxpr is evaluated again", () => {
    const { jaxpr, consts } = makeJaxpr(layered)(1);
    expect(lines(traced((x: NDArray) => evalJaxpr(jaxpr, consts, [x])[0])(1))).toEqual([SIN, COS, MUL]);
  });

  test("when a rule of the user's makes it", () => {
    const f = customJvp((x: NDArray) => sin(x));
    const rule = line() + 1;
    f.defjvp(([x]: [NDArray], [t]: [NDArray]) => [sin(x), mul(t, x)]);
    expect(new Set(lines(traced((x: NDArray) => jvp(f, [x], [x]))(f64(1))))).toEqual(new Set([rule]));

    const g = customVjp((x: NDArray) => sin(x));
    const forward = line() + 2;
    g.defvjp(
      (x) => [sin(x), x],
      (x: NDArray, ct: NDArray) => [add(x, ct)],
    );
    expect(lines(traced(grad(g))(1))).toEqual([forward + 1]);
  });

  test("when another function is traced while an equation is applied again", () => {
    const compiled = jit(layered);
    const outer = customJvp((x: NDArray) => sin(x)).defjvp(([x]: [NDArray], [t]: [NDArray]) => [
      compiled(x),
      t,
    ]);
    const { jaxpr, consts } = makeJaxpr((x: NDArray) => outer(x))(f64(1));
    const again = traced((x: NDArray) => jvp((y: NDArray) => evalJaxpr(jaxpr, consts, [y]), [x], [x]))(
      f64(1),
    );
    expect(lines(again).slice(1)).toEqual([SIN, COS, MUL]);
  });
});

describe("userLocation", () => {
  const located = (...frames: string[]) => {
    const error = new Error();
    error.stack = ["Error", ...frames].join("\n");
    return userLocation(error);
  };
  const own = new URL("../../src/core/bind.ts", import.meta.url).href;

  test("reads the frames of V8", () => {
    expect(located("    at f (file:///home/me/a.ts:3:7)")).toEqual({
      file: "file:///home/me/a.ts",
      line: 3,
      column: 7,
      functionName: "f",
    });
    expect(located("    at /home/me/a.ts:3:7")?.functionName).toBeUndefined();
    expect(located("    at async f (C:\\me\\a.ts:3:7)")?.file).toBe("C:\\me\\a.ts");
    expect(located("    at new Model (https://example.org/app.js:3:7)")?.functionName).toBe("new Model");
  });

  test("reads the frames of other engines", () => {
    expect(located("f@https://example.org/app.js:3:7")).toEqual({
      file: "https://example.org/app.js",
      line: 3,
      column: 7,
      functionName: "f",
    });
  });

  test("reads frames of modules that were made in the browser", () => {
    const place = { file: "blob:https://example.org/1b4e28ba-2fa1", line: 3, column: 7, functionName: "f" };
    expect(located("    at f (blob:https://example.org/1b4e28ba-2fa1:3:7)")).toEqual(place);
    expect(located("f@blob:https://example.org/1b4e28ba-2fa1:3:7")).toEqual(place);
  });

  test("passes over this library and the platform", () => {
    expect(
      located(`    at bind (${own}:1:1)`, "    at node:internal/main:1:1", "    at f (/home/me/a.ts:3:7)")
        ?.line,
    ).toBe(3);
    expect(located(`    at bind (${own}:1:1)`, "    at <anonymous>")).toBeUndefined();
    const error = new Error();
    error.stack = undefined as unknown as string;
    expect(userLocation(error)).toBeUndefined();
  });
});
