import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { ArgumentError } from "../../src/core/index.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { div, mul, sub } from "../../src/primitives/elementwise/arithmetic.ts";
import { convertElementType } from "../../src/primitives/elementwise/conversion.ts";
import { sin } from "../../src/primitives/elementwise/trigonometric.ts";
import {
  axisIndex,
  axisSize,
  checkpoint,
  grad,
  jacfwd,
  jit,
  jvp,
  pmean,
  psum,
  vmap,
} from "../../src/transforms/index.ts";
import { counted, expectClose, f64, i32, traced } from "./support.ts";

const named = <A extends readonly unknown[], R>(f: (...args: A) => R, axisName = "i") =>
  vmap(f, 0, 0, { axisName });

describe("psum and pmean", () => {
  test("sum over the batch, and give each example the sum", () => {
    expectClose(named((x: NDArray) => psum(x, "i"))(f64([1, 2, 4])), [7, 7, 7]);
    expectClose(named((x: NDArray) => div(x, psum(x, "i")))(f64([1, 3])), [0.25, 0.75]);
    expectClose(named((x: NDArray) => pmean(x, "i"))(f64([1, 2, 6])), [3, 3, 3]);
    expectClose(
      named((x: NDArray) => psum(x, "i"))(
        f64([
          [1, 2],
          [3, 4],
        ]),
      ),
      [
        [4, 6],
        [4, 6],
      ],
    );
  });

  test("give a result that is the same for the whole batch", () => {
    expectClose(vmap((x: NDArray) => psum(x, "i"), 0, null, { axisName: "i" })(f64([1, 2])), 3);
    expectClose(
      vmap((x: NDArray) => psum(x, "i"), 1, null, { axisName: "i" })(
        f64([
          [1, 2],
          [3, 4],
        ]),
      ),
      [3, 7],
    );
  });

  test("count a shared value once for each example", () => {
    expectClose(named((x: NDArray) => [psum(1, "i"), x])(f64([1, 2, 4]))[0], [3, 3, 3]);
    expectClose(named((x: NDArray) => add(x, pmean(f64(5), "i")))(f64([1, 2])), [6, 7]);
  });

  test("average integers as floats", () => {
    const [mean] = named((x: NDArray) => [pmean(x, "i")])(i32([1, 2]));
    expectClose(mean, [1.5, 1.5]);
    expect(mean?.dtype).toBe("float32");
  });

  test("refer to the axis that they name when batches are nested", () => {
    const f = (over: string) =>
      named(
        named((x: NDArray) => psum(x, over), "inner"),
        "outer",
      );
    const x = f64([
      [1, 2],
      [30, 40],
    ]);
    expectClose(f("inner")(x), [
      [3, 3],
      [70, 70],
    ]);
    expectClose(f("outer")(x), [
      [31, 42],
      [31, 42],
    ]);
    expectClose(
      named(
        named((y: NDArray) => psum(y, "i"), "i"),
        "i",
      )(x),
      [
        [3, 3],
        [70, 70],
      ],
    );
    expectClose(
      named(
        named((y: NDArray) => psum(psum(y, "outer"), "inner"), "inner"),
        "outer",
      )(x),
      [
        [73, 73],
        [73, 73],
      ],
    );
  });

  test("mean the innermost of several axes of one name", () => {
    const f = (y: NDArray) => [pmean(y, "i"), axisIndex("i"), psum(1, "i")];
    const [mean, index, count] = named(
      named(f, "i"),
      "i",
    )(
      f64([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    );
    expectClose(
      [mean, index, count],
      [
        [
          [2, 2, 2],
          [5, 5, 5],
        ],
        [
          [0, 1, 2],
          [0, 1, 2],
        ],
        [
          [3, 3, 3],
          [3, 3, 3],
        ],
      ],
    );
  });

  test("of what only another batch differs in, count it once for each example", () => {
    const f = (x: NDArray) => named((y: NDArray) => add(mul(psum(x, "j"), f64(100)), y), "j")(f64([1, 2, 3]));
    expectClose(named(f)(f64([1, 2])), [
      [301, 302, 303],
      [601, 602, 603],
    ]);
  });

  test("work inside compiled and checkpointed functions", () => {
    expectClose(
      named(jit((x: NDArray) => psum(sin(x), "i")))(f64([0.5, 1])),
      Array(2).fill(Math.sin(0.5) + Math.sin(1)),
    );
    expectClose(jit(named((x: NDArray) => psum(x, "i")))(f64([1, 2])), [3, 3]);
    expectClose(named(jit((_: NDArray) => psum(1, "i")))(f64([1, 2, 3])), [3, 3, 3]);
    expectClose(named(checkpoint((x: NDArray) => mul(x, psum(x, "i"))))(f64([1, 2])), [3, 6]);
    expectClose(named(jit(jit((x: NDArray) => pmean(x, "i"))))(f64([1, 2])), [1.5, 1.5]);
  });

  test("are differentiated inside and around the batch", () => {
    // d/dx_j of Σ_i x_i (x_1 + x_2) is 2 (x_1 + x_2).
    const total = (x: NDArray) =>
      vmap((y: NDArray) => psum(mul(y, psum(y, "i")), "i"), 0, null, { axisName: "i" })(x);
    expectClose(grad(total)(f64([1, 2])), [6, 6]);
    expectClose(grad(jit(total))(f64([1, 2])), [6, 6]);
    expectClose(jvp(total, [f64([1, 2])], [f64([1, 0])])[1], 6);
    // Inside, the cotangents of all examples meet in the sum: each gets that of all.
    expectClose(named(grad((y: NDArray) => psum(mul(y, y), "i")))(f64([1, 2])), [4, 8]);
    expectClose(named(grad(jit((y: NDArray) => psum(mul(y, y), "i"))))(f64([1, 2])), [4, 8]);
    expectClose(jacfwd(named((y: NDArray) => psum(y, "i")))(f64([1, 2])), [
      [1, 1],
      [1, 1],
    ]);
  });

  test("normalize a batch", () => {
    const normalize = (x: NDArray) => {
      const centred = sub(x, pmean(x, "batch"));
      return div(centred, pmean(mul(centred, centred), "batch"));
    };
    expectClose(named(normalize, "batch")(f64([1, 3])), [-1, 1]);
  });

  test("print the axis that they name", () => {
    let text = "";
    named((x: NDArray) => {
      text = String(traced((y: NDArray) => psum(y, "i"))(x));
      return x;
    })(f64([1, 2]));
    expect(text).toBe("{ lambda ; a:f64[]. let b:f64[] = psum[axisName=i axisSize=2] a in (b,) }");
  });
});

describe("axisIndex and axisSize", () => {
  test("tell the place of an example and how many there are", () => {
    const f = (x: NDArray) => [axisIndex("i"), mul(x, convertElementType(axisIndex("i"), "float64"))];
    const [index, scaled] = named(f)(f64([5, 6, 7]));
    expectClose(
      [index, scaled],
      [
        [0, 1, 2],
        [0, 6, 14],
      ],
    );
    expect(index?.dtype).toBe("int32");
    named((x: NDArray) => {
      expect([axisSize("i"), axisIndex("i").shape]).toEqual([3, []]);
      return x;
    })(f64([5, 6, 7]));
  });

  test("refer to the axis that they name when batches are nested", () => {
    const place = () => [axisIndex("outer"), axisIndex("inner")];
    const f = (x: NDArray) => named((y: NDArray) => [x, y, ...place()], "inner")(f64([1, 2]));
    expectClose(named(f, "outer")(f64([7, 8])).slice(2), [
      [
        [0, 0],
        [1, 1],
      ],
      [
        [0, 1],
        [0, 1],
      ],
    ]);
  });

  test("work inside compiled functions, whether or not they depend on the batch otherwise", () => {
    const f = counted((x: NDArray) => mul(x, convertElementType(axisIndex("i"), "float64")));
    const compiled = jit(f);
    expectClose(named(compiled)(f64([5, 6])), [0, 6]);
    expectClose(named(compiled)(f64([5, 6, 7])), [0, 6, 14]);
    expectClose(
      vmap(
        jit(() => axisIndex("i")),
        0,
        0,
        { axisName: "i", axisSize: 2 },
      )(),
      [0, 1],
    );
    expectClose(jit(named(compiled))(f64([5, 6])), [0, 6]);
    expectClose(named(jit(jit(f)))(f64([5, 6])), [0, 6]);
    expectClose(named(grad(jit(f)))(f64([5, 6])), [0, 1]);
  });

  test("keep compiled functions apart by the axes in scope", () => {
    const f = jit((x: NDArray) => mul(x, f64(axisSize("i"))));
    expectClose(named(f)(f64([1, 2])), [2, 4]);
    expectClose(named(f)(f64([1, 2, 3])), [3, 6, 9]);
  });
});

test("an axis that no vmap names is refused", () => {
  expect(() => psum(f64(1), "i")).toThrow(ArgumentError);
  expect(() => psum(f64(1), "i")).toThrow(
    'psum: no enclosing vmap names an axis "i". Give it one: vmap(f, 0, 0, { axisName: "i" }).',
  );
  expect(() => vmap((x: NDArray) => pmean(x, "j"), 0, 0, { axisName: "i" })(f64([1]))).toThrow(
    /names an axis "j"/,
  );
  expect(() => vmap(() => axisIndex("i"), 0, 0, { axisSize: 1 })()).toThrow(/^axisIndex: /);
  expect(() => axisSize("i")).toThrow(/^axisSize: /);
});
