import { type NDArray, numpy as np } from "cotangent";
import type {} from "cotangent/testing/vitest";
import { describe, expect, expectTypeOf, it } from "vitest";

describe("matchers are typed", () => {
  const x: NDArray = np.zeros([2]);

  it("in their arguments", () => {
    expectTypeOf(expect(x).toHaveShape).parameter(0).toEqualTypeOf<readonly number[]>();
    // @ts-expect-error a shape is a list
    expect(x).toHaveShape(2);
    // @ts-expect-error there is no such dtype
    expect(x).toHaveDType("float");
    // @ts-expect-error there is no such tolerance
    expect(x).toBeAllClose(x, { tol: 1 });
    // @ts-expect-error arguments are a list
    expect(np.sin).toHaveCorrectGradients(x);
    // @ts-expect-error there is no such mode
    expect(np.sin).toHaveCorrectGradients([x], { modes: ["backward"] });
  });

  it("with not", () => {
    expectTypeOf(expect(x).not.toBeAllClose).toBeFunction();
  });
});
