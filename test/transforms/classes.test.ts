import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { sin } from "../../src/primitives/elementwise/trigonometric.ts";
import { grad, hessian, jacrev, jit, jvp, vjp, vmap } from "../../src/transforms/index.ts";
import { registerPytreeNode } from "../../src/tree/index.ts";
import { counted, expectClose, f64 } from "./support.ts";

/** A line with a name, as a user would write it. */
class Line {
  readonly slope: NDArray;
  readonly offset: NDArray;
  readonly name: string;
  constructor(slope: NDArray, offset: NDArray, name: string) {
    this.slope = slope;
    this.offset = offset;
    this.name = name;
  }
  at(x: NDArray): NDArray {
    return add(mul(this.slope, x), this.offset);
  }
}
registerPytreeNode(Line, {
  flatten: ({ slope, offset, name }) => [[slope, offset], name],
  unflatten: (name, [slope, offset]) => new Line(slope as NDArray, offset as NDArray, name),
  keys: ["slope", "offset"],
});

const parts = (line: unknown): unknown[] => {
  expect(line).toBeInstanceOf(Line);
  const { slope, offset, name } = line as Line;
  return [slope, offset].map((x): unknown => x.toArray()).concat(name);
};

describe("instances of registered classes", () => {
  const line = new Line(f64(2), f64(3), "mine");
  const loss = (l: Line, x: NDArray) => sin(l.at(x));
  const slope = Math.cos(2 * 0.5 + 3);

  test("are differentiated as a whole", () => {
    expect(parts(grad(loss)(line, f64(0.5)))).toEqual([0.5 * slope, slope, "mine"]);
    expect(parts(vjp((l: Line) => l.at(f64(7)), [line])[1](f64(1))[0])).toEqual([7, 1, "mine"]);
    expectClose(jvp((l: Line) => l.at(f64(7)), [line], [new Line(f64(1), f64(10), "mine")])[1], 17);
    expect(parts(jacrev(loss)(line, f64(0.5)) as unknown)).toEqual([0.5 * slope, slope, "mine"]);
    const second = hessian(loss)(line, f64(0.5)) as unknown as { slope: Line };
    expect(parts(second.slope)[0]).toBeCloseTo(-Math.sin(4) * 0.25, 10);
  });

  test("are batched and compiled, once for each auxiliary datum", () => {
    const f = counted((l: Line) => l);
    const compiled = jit(f);
    expect(parts(compiled(line))).toEqual([2, 3, "mine"]);
    compiled(new Line(f64(5), f64(6), "mine"));
    expect(f.calls()).toBe(1);
    compiled(new Line(f64(5), f64(6), "yours"));
    expect(f.calls()).toBe(2);
    expectClose(
      vmap((l: Line, x: NDArray) => l.at(x), [new Line(0 as never, null as never, "mine") as never, 0])(
        new Line(f64([1, 2]), f64(3), "mine"),
        f64([10, 100]),
      ),
      [13, 203],
    );
  });

  test("are named in messages", () => {
    expect(() => jit((l: Line) => l)(new Line(f64(1), "no" as never, "mine"))).toThrow(
      /the leaf at \[0\]\.offset is string "no"/,
    );
    expect(() => jvp((l: Line) => l, [line], [new Line(f64(1), f64(1), "yours")])).toThrow(
      /auxiliary data "mine"/,
    );
  });
});
