import { customJvp, type NDArray, numpy as np } from "cotangent";
import { matchers } from "cotangent/testing/vitest";
import { describe, expect, test } from "vitest";

expect.extend(matchers);

const messageOf = (assertion: () => void): string => {
  try {
    assertion();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the assertion passed");
};

describe("toBeAllClose", () => {
  test("accepts trees that are nearly equal", () => {
    expect(np.array([1, 2])).toBeAllClose([1, 2]);
    expect({ a: np.sin(1), b: [np.ones([2])] }).toBeAllClose({ a: Math.sin(1), b: [np.ones([2])] });
    expect(np.array([Number.NaN, 1])).toBeAllClose(np.array([Number.NaN, 1.01]), { rtol: 0.1 });
    expect(np.array([1, 2])).not.toBeAllClose(np.array([1, 2.1]));
  });

  test("says where, and by how much, and how many", () => {
    const actual = {
      w: np.array(
        [
          [1, 2],
          [3, 4],
        ],
        { dtype: "float64" },
      ),
      b: np.zeros([2]),
    };
    const expected = {
      w: np.array(
        [
          [1, 2.5],
          [3, 9],
        ],
        { dtype: "float64" },
      ),
      b: np.zeros([2]),
    };
    expect(messageOf(() => expect(actual).toBeAllClose(expected, { rtol: 0, atol: 0.1 }))).toBe(
      "toBeAllClose: 2 of 6 elements differ, most at w[1, 1]: got 4, expected 9: they are 5.00 apart, where 0.100 are " +
        "allowed (rtol 0, atol 0.1).",
    );
  });

  test("says what else differs", () => {
    expect(messageOf(() => expect({ w: np.zeros([2]) }).toBeAllClose({ w: np.zeros([3]) }))).toBe(
      "toBeAllClose: at w: got float32[2], expected float32[3]",
    );
    expect(messageOf(() => expect({ w: 1 }).toBeAllClose({ b: 1 }))).toMatch(/^toBeAllClose: /);
    expect(messageOf(() => expect(np.zeros([2])).not.toBeAllClose(np.zeros([2])))).toMatch(
      /expected them to differ, but all 2 elements are near/,
    );
  });
});

describe("toHaveShape and toHaveDType", () => {
  test("look at arrays", () => {
    expect(np.zeros([2, 3])).toHaveShape([2, 3]);
    expect(np.zeros([])).toHaveShape([]);
    expect(np.zeros([2])).not.toHaveShape([2, 1]);
    expect(np.zeros([2]).astype("int32")).toHaveDType("int32");
    expect(np.zeros([2])).not.toHaveDType("float64");
  });

  test("say what they got", () => {
    expect(messageOf(() => expect(np.zeros([2, 3])).toHaveShape([3]))).toBe(
      "toHaveShape: got float32[2, 3], expected [3].",
    );
    expect(messageOf(() => expect(np.zeros([2])).toHaveDType("bool"))).toBe(
      "toHaveDType: got float32[2], expected bool.",
    );
    expect(messageOf(() => expect("x").toHaveShape([]))).toMatch(/^toHaveShape: expected an array, got /);
    expect(messageOf(() => expect(np.zeros([2])).not.toHaveShape([2]))).toMatch(
      /expected another than \[2\]/,
    );
  });
});

describe("toHaveCorrectGradients", () => {
  const wrong = customJvp((x: NDArray) => x.mul(x));
  wrong.defjvp(([x]: [NDArray], [t]: [NDArray]) => [x.mul(x), x.mul(t).mul(-2)]);
  const at = np.array([1, 2], { dtype: "float64" });

  test("tells right from wrong", () => {
    expect((x: NDArray) => np.sin(x)).toHaveCorrectGradients([at]);
    expect((x: NDArray) => wrong(x)).not.toHaveCorrectGradients([at], { order: 1 });
    expect(messageOf(() => expect((x: NDArray) => wrong(x)).toHaveCorrectGradients([at]))).toMatch(
      /is wrong at .* Probable cause: a wrong sign/,
    );
    expect(messageOf(() => expect(np.sin).not.toHaveCorrectGradients([at]))).toMatch(
      /all \d+ comparisons are right/,
    );
  });

  test("is neither at a kink", () => {
    const zero = np.array([0, 1], { dtype: "float64" });
    expect(messageOf(() => expect(np.abs).toHaveCorrectGradients([zero]))).toMatch(
      /neither a failure nor a pass/,
    );
    expect(messageOf(() => expect(np.abs).not.toHaveCorrectGradients([zero]))).toMatch(/neither a failure/);
  });

  test("wants a function", () => {
    expect(messageOf(() => expect(1).toHaveCorrectGradients([at]))).toMatch(/expected a function, got/);
  });
});
