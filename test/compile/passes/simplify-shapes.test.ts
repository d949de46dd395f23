import { describe, expect, test } from "vitest";
import { type NDArray, scalarArray } from "../../../src/array/index.ts";
import { simplify } from "../../../src/compile/passes/simplify.ts";
import { type Aval, bind1 } from "../../../src/core/index.ts";
import { broadcastInDim, broadcastInDimPrimitive, reduceSum } from "../../../src/primitives/broadcast.ts";
import { concatenate, concatenatePrimitive } from "../../../src/primitives/concatenate.ts";
import { add, mul, selectN, sin } from "../../../src/primitives/elementwise/index.ts";
import { dynamicSlice, dynamicUpdateSlice } from "../../../src/primitives/indexing/dynamic-slice.ts";
import { iota } from "../../../src/primitives/iota.ts";
import { pad, slice, slicePrimitive } from "../../../src/primitives/padding.ts";
import { reduceMax } from "../../../src/primitives/reduction/index.ts";
import {
  reshape,
  reshapePrimitive,
  rev,
  transpose,
  transposePrimitive,
} from "../../../src/primitives/shape.ts";
import { windows } from "../../../src/primitives/windows.ts";
import { bool, type Fun, f32, i32, rewritten } from "./support.ts";

const exact = rewritten(simplify);
const unsigned = rewritten(simplify, { signedZeros: false });
const c = (value: number): NDArray => scalarArray(value, "float32", true);
const int = (value: number): NDArray => scalarArray(value, "int32", true);

type Case = readonly [name: string, fun: Fun, inputs: readonly Aval[], left: readonly string[]];

const check = (cases: readonly Case[], rewrite = exact): void => {
  for (const [name, fun, inputs, left] of cases)
    test(name, () => expect(rewrite(fun, ...inputs)).toEqual(left));
};

const A = [f32(2, 3)];
const T = [f32(2, 3, 4)];
const full = (name: string, shape: readonly number[], scalar: string): string =>
  `${name}:f32[${shape.join(",")}] = broadcastInDim[broadcastDimensions=() shape=(${shape.join(", ")}${shape.length === 1 ? "," : ""})] ${scalar}`;

describe("reshape", () => {
  check([
    ["to its own shape", (x) => bind1(reshapePrimitive, [x], { shape: [2, 3] }), A, ["in (a,)"]],
    [
      "twice",
      (x) => reshape(reshape(x, [6]), [3, 2]),
      A,
      ["b:f32[3,2] = reshape[shape=(3, 2)] a", "in (b,)"],
    ],
    ["there and back", (x) => reshape(reshape(x, [6]), [2, 3]), A, ["in (a,)"]],
    ["a scalar", (x) => reshape(x, [1, 1]), [f32()], [full("b", [1, 1], "a"), "in (b,)"]],
    [
      "a broadcast, without an axis of length 1",
      (x) => reshape(broadcastInDim(x, [2, 1, 3], [2]), [2, 3]),
      [f32(3)],
      ["b:f32[2,3] = broadcastInDim[broadcastDimensions=(1,) shape=(2, 3)] a", "in (b,)"],
    ],
  ]);
});

describe("broadcastInDim", () => {
  check([
    [
      "to its own shape",
      (x) => bind1(broadcastInDimPrimitive, [x], { shape: [2, 3], broadcastDimensions: [0, 1] }),
      A,
      ["in (a,)"],
    ],
    [
      "twice",
      (x) => broadcastInDim(broadcastInDim(x, [2, 3], [1]), [2, 5, 3], [0, 2]),
      [f32(3)],
      ["b:f32[2,5,3] = broadcastInDim[broadcastDimensions=(2,) shape=(2, 5, 3)] a", "in (b,)"],
    ],
    [
      "with axes of length 1 only is a reshape",
      (x) => broadcastInDim(x, [1, 3, 1], [1]),
      [f32(3)],
      ["b:f32[1,3,1] = reshape[shape=(1, 3, 1)] a", "in (b,)"],
    ],
    [
      "of an array that was given axes of length 1 to be broadcast",
      (x) => broadcastInDim(reshape(x, [3, 1]), [3, 4], [0, 1]),
      [f32(3)],
      ["b:f32[3,4] = broadcastInDim[broadcastDimensions=(0,) shape=(3, 4)] a", "in (b,)"],
    ],
    [
      "of an array whose axes were merged stays",
      (x) => broadcastInDim(reshape(x, [6]), [6, 4], [0]),
      A,
      [
        "b:f32[6] = reshape[shape=(6,)] a",
        "c:f32[6,4] = broadcastInDim[broadcastDimensions=(0,) shape=(6, 4)] b",
        "in (c,)",
      ],
    ],
  ]);
});

describe("transpose", () => {
  check([
    ["of nothing", (x) => bind1(transposePrimitive, [x], { permutation: [0, 1] }), A, ["in (a,)"]],
    ["there and back", (x) => transpose(transpose(x, [1, 0]), [1, 0]), A, ["in (a,)"]],
    [
      "twice",
      (x) => transpose(transpose(x, [1, 2, 0]), [1, 0, 2]),
      T,
      ["b:f32[4,3,2] = transpose[permutation=(2, 1, 0)] a", "in (b,)"],
    ],
    [
      "of an axis of length 1 is a reshape",
      (x) => transpose(x, [0, 2, 1]),
      [f32(2, 1, 3)],
      ["b:f32[2,3,1] = reshape[shape=(2, 3, 1)] a", "in (b,)"],
    ],
    [
      "of a broadcast",
      (x) => transpose(broadcastInDim(x, [2, 3], [1]), [1, 0]),
      [f32(3)],
      ["b:f32[3,2] = broadcastInDim[broadcastDimensions=(0,) shape=(3, 2)] a", "in (b,)"],
    ],
    [
      "of a broadcast transposes what is repeated",
      (x) => transpose(broadcastInDim(x, [2, 5, 3], [0, 2]), [2, 1, 0]),
      A,
      [
        "b:f32[3,2] = transpose[permutation=(1, 0)] a",
        "c:f32[3,5,2] = broadcastInDim[broadcastDimensions=(0, 2) shape=(3, 5, 2)] b",
        "in (c,)",
      ],
    ],
    [
      "of an array with additional axes of length 1",
      (x) => transpose(reshape(x, [2, 1, 3]), [1, 2, 0]),
      A,
      [
        "b:f32[3,2] = transpose[permutation=(1, 0)] a",
        "c:f32[1,3,2] = reshape[shape=(1, 3, 2)] b",
        "in (c,)",
      ],
    ],
  ]);
});

describe("rev", () => {
  check([
    [
      "one of two axes back again",
      (x) => rev(rev(x, [0, 1]), [0]),
      A,
      ["b:f32[2,3] = rev[dimensions=(1,)] a", "in (b,)"],
    ],
    ["there and back", (x) => rev(rev(x, [0, 1]), [1, 0]), A, ["in (a,)"]],
    ["twice", (x) => rev(rev(x, [0]), [1]), A, ["b:f32[2,3] = rev[dimensions=(0, 1)] a", "in (b,)"]],
    ["an axis of length 1", (x) => rev(x, [0]), [f32(1, 3)], ["in (a,)"]],
  ]);
});

describe("slice and pad", () => {
  const part =
    (starts: readonly number[], limits: readonly number[], strides?: readonly number[]): Fun =>
    (x) =>
      slice(x, starts, limits, strides);
  check([
    [
      "everything",
      (x) => bind1(slicePrimitive, [x], { startIndices: [0], limitIndices: [7], strides: [1] }),
      [f32(7)],
      ["in (a,)"],
    ],
    [
      "of a slice",
      (x) => slice(slice(x, [1], [9], [2]), [1], [4], [2]),
      [f32(9)],
      ["b:f32[2] = slice[limitIndices=(8,) startIndices=(3,) strides=(4,)] a", "in (b,)"],
    ],
    [
      "of a broadcast",
      (x) => slice(broadcastInDim(x, [5, 3], [1]), [1, 0], [3, 3]),
      [f32(3)],
      ["b:f32[2,3] = broadcastInDim[broadcastDimensions=(1,) shape=(2, 3)] a", "in (b,)"],
    ],
    [
      "of a broadcast, along an axis of the operand",
      (x) => slice(broadcastInDim(x, [5, 3], [1]), [1, 1], [3, 2]),
      [f32(3)],
      [
        "b:f32[1] = slice[limitIndices=(2,) startIndices=(1,) strides=(1,)] a",
        "c:f32[2,1] = broadcastInDim[broadcastDimensions=(1,) shape=(2, 1)] b",
        "in (c,)",
      ],
    ],
    [
      "of a concatenation, from one of its operands",
      (x, y) => slice(concatenate([x, y], 0), [3], [5]),
      [f32(2), f32(4)],
      ["c:f32[2] = slice[limitIndices=(3,) startIndices=(1,) strides=(1,)] b", "in (c,)"],
    ],
    [
      "of a concatenation, from several operands, stays",
      (x, y) => slice(concatenate([x, y], 0), [1], [5]),
      [f32(2), f32(4)],
      [
        "c:f32[6] = concatenate[dimension=0] a b",
        "d:f32[4] = slice[limitIndices=(5,) startIndices=(1,) strides=(1,)] c",
        "in (d,)",
      ],
    ],
    ["no padding", (x) => pad(x, c(0), [[0, 0, 0]]), [f32(3)], ["in (a,)"]],
    ["nothing between one element", (x) => pad(x, c(0), [[0, 0, 4]]), [f32(1)], ["in (a,)"]],
    [
      "padding that cuts off",
      (x) => pad(x, c(0), [[-1, -2, 0]]),
      [f32(7)],
      ["b:f32[4] = slice[limitIndices=(5,) startIndices=(1,) strides=(1,)] a", "in (b,)"],
    ],
    [
      "padding with what is there",
      (x) => pad(broadcastInDim(x, [2], []), x, [[1, 1, 1]]),
      [f32()],
      [full("b", [5], "a"), "in (b,)"],
    ],
    [
      "a known place",
      (x) => dynamicSlice(x, [int(5), int(1)], [1, 2]),
      [f32(2, 4)],
      ["b:f32[1,2] = slice[limitIndices=(2, 3) startIndices=(1, 1) strides=(1, 1)] a", "in (b,)"],
    ],
    ["all there is, wherever", (x, i) => dynamicSlice(x, [i], [4]), [f32(4), i32()], ["in (a,)"]],
    [
      "an update of everything",
      (x, y, i) => dynamicUpdateSlice(x, y, [i]),
      [f32(4), f32(4), i32()],
      ["in (b,)"],
    ],
  ]);
  test("a part of an operand of length 1 is not sliced", () => {
    expect(exact(part([0, 1], [1, 2]), f32(1, 3)).length).toBe(2);
  });
  check(
    [
      [
        "what was taken apart is put together, not added up",
        (x, y, z) =>
          add(add(pad(x, c(0), [[0, 5, 0]]), pad(y, c(0), [[2, 2, 0]])), pad(z, c(0), [[5, 0, 0]])),
        [f32(2), f32(3), f32(2)],
        ["d:f32[7] = concatenate[dimension=0] a b c", "in (d,)"],
      ],
      [
        "in whatever order, with zeros left over",
        (x, y) => add(pad(y, c(0), [[3, 1, 0]]), pad(x, c(0), [[1, 4, 0]])),
        [f32(2), f32(3)],
        [
          "c:f32[5] = concatenate[dimension=0] a b",
          "d:f32[7] = pad[paddingConfig=((1, 1, 0),)] c 0.0:f32[]",
          "in (d,)",
        ],
      ],
    ],
    unsigned,
  );
  test("parts that overlap are added", () => {
    expect(
      exact((x, y) => add(pad(x, c(0), [[0, 2, 0]]), pad(y, c(0), [[1, 0, 0]])), f32(2), f32(3)).length,
    ).toBe(4);
  });
});

describe("concatenate", () => {
  test("is merged with others of up to 64 arrays", () => {
    const joins = (n: number): number =>
      exact(
        (...xs) => concatenate([concatenate(xs.slice(1), 0), xs[0] as NDArray], 0),
        ...Array.from({ length: n + 1 }, () => f32(1)),
      ).filter((line) => line.includes("concatenate")).length;
    expect([joins(64), joins(65)]).toEqual([1, 2]);
  });

  check([
    ["one array", (x) => bind1(concatenatePrimitive, [x], { dimension: 0 }), A, ["in (a,)"]],
    ["empty arrays", (x, y) => concatenate([y, x, y], 0), [f32(2), f32(0)], ["in (a,)"]],
    [
      "an empty array at the end",
      (x, y, z) => concatenate([x, y, z], 0),
      [f32(2), f32(3), f32(0)],
      ["d:f32[5] = concatenate[dimension=0] a b", "in (d,)"],
    ],
    [
      "of concatenations",
      (x, y) => concatenate([concatenate([x, y], 0), x], 0),
      [f32(2), f32(3)],
      ["c:f32[7] = concatenate[dimension=0] a b a", "in (c,)"],
    ],
    [
      "of equal scalars",
      (x) => concatenate([broadcastInDim(x, [2], []), broadcastInDim(x, [3], [])], 0),
      [f32()],
      [full("b", [5], "a"), "in (b,)"],
    ],
  ]);
});

describe("arrays that are one scalar throughout", () => {
  test("stay where they are needed otherwise, though the other operand is a scalar of this alone", () => {
    expect(
      exact(
        (x, y) => {
          const array = broadcastInDim(x, [3], []);
          return [mul(array, sin(y)), array];
        },
        f32(),
        f32(),
      ),
    ).toEqual([full("c", [3], "a"), "d:f32[] = sin b", "e:f32[3] = mul c d", "in (e, c)"]);
  });

  check([
    [
      "are rearranged",
      (x) =>
        transpose(slice(rev(reshape(broadcastInDim(x, [2, 6], []), [3, 4]), [1]), [0, 1], [3, 3]), [1, 0]),
      [f32()],
      [full("b", [2, 3], "a"), "in (b,)"],
    ],
    [
      "are taken in windows",
      (x) => windows(broadcastInDim(x, [5], []), [2], [1]),
      [f32()],
      [full("b", [4, 2], "a"), "in (b,)"],
    ],
    [
      "have an extreme",
      (x) => reduceMax(broadcastInDim(x, [2, 3], []), [1]),
      [f32()],
      [full("b", [2], "a"), "in (b,)"],
    ],
    [
      "are computed with as scalars",
      (x) => sin(mul(broadcastInDim(x, [9], []), c(3))),
      [f32()],
      ["b:f32[] = mul a 3.0:f32[]", "c:f32[] = sin b", full("d", [9], "c"), "in (d,)"],
    ],
    [
      "serve as scalars among others",
      (x, y, p) => selectN(p, mul(broadcastInDim(x, [9], []), y), broadcastInDim(c(2), [9], [])),
      [f32(), f32(9), bool(9)],
      ["d:f32[9] = mul a b", "e:f32[9] = selectN c d 2.0:f32[]", "in (e,)"],
    ],
    [
      "are not computed with as scalars if they are needed otherwise: that would be one equation more",
      (x) => {
        const y = broadcastInDim(x, [9], []);
        return [y, sin(y)];
      },
      [f32()],
      [full("b", [9], "a"), "c:f32[9] = sin b", "in (b, c)"],
    ],
    ["count to one", () => iota([3, 1], "float32", 1), [], [full("a", [3, 1], "0.0:f32[]"), "in (a,)"]],
    ["are empty", (x) => sin(x), [f32(0, 3)], [full("b", [0, 3], "0.0:f32[]"), "in (b,)"]],
  ]);
});

describe("rearranged operands", () => {
  test("stay where a broadcast among them is needed otherwise: it would be made twice", () => {
    expect(
      exact(
        (x, y) => {
          const repeated = broadcastInDim(y, [3, 4], [1]);
          return [add(reshape(sin(x), [3, 4]), repeated), repeated];
        },
        f32(3, 1, 4),
        f32(4),
      ),
    ).toEqual([
      "c:f32[3,4] = broadcastInDim[broadcastDimensions=(1,) shape=(3, 4)] b",
      "d:f32[3,1,4] = sin a",
      "e:f32[3,4] = reshape[shape=(3, 4)] d",
      "f:f32[3,4] = add e c",
      "in (f, c)",
    ]);
  });

  check([
    [
      "of an operation that less is to be done for before they are repeated",
      (x) => sin(broadcastInDim(x, [5, 3], [1])),
      [f32(3)],
      ["b:f32[3] = sin a", "c:f32[5,3] = broadcastInDim[broadcastDimensions=(1,) shape=(5, 3)] b", "in (c,)"],
    ],
    [
      "both repeated",
      (x, y) => mul(broadcastInDim(x, [5, 3], [1]), broadcastInDim(y, [5, 3], [1])),
      [f32(3), f32(3)],
      [
        "c:f32[3] = mul a b",
        "d:f32[5,3] = broadcastInDim[broadcastDimensions=(1,) shape=(5, 3)] c",
        "in (d,)",
      ],
    ],
    [
      "repeated along different axes stay",
      (x, y) => mul(broadcastInDim(x, [3, 3], [1]), broadcastInDim(y, [3, 3], [0])),
      [f32(3), f32(3)],
      [
        "c:f32[3,3] = broadcastInDim[broadcastDimensions=(1,) shape=(3, 3)] a",
        "d:f32[3,3] = broadcastInDim[broadcastDimensions=(0,) shape=(3, 3)] b",
        "e:f32[3,3] = mul c d",
        "in (e,)",
      ],
    ],
    [
      "transposed in between",
      (x) => transpose(sin(transpose(sin(x), [1, 0])), [1, 0]),
      A,
      ["b:f32[2,3] = sin a", "c:f32[2,3] = sin b", "in (c,)"],
    ],
    [
      "reshaped in between, beside one that is repeated",
      (x, y) => reshape(mul(reshape(sin(x), [2, 1, 3]), broadcastInDim(y, [2, 1, 3], [2])), [2, 3]),
      [f32(2, 3), f32(3)],
      [
        "c:f32[2,3] = sin a",
        "d:f32[2,3] = broadcastInDim[broadcastDimensions=(1,) shape=(2, 3)] b",
        "e:f32[2,3] = mul c d",
        "in (e,)",
      ],
    ],
    [
      "of inputs stay: they cost nothing to read",
      (x) => sin(transpose(x, [1, 0])),
      A,
      ["b:f32[3,2] = transpose[permutation=(1, 0)] a", "c:f32[3,2] = sin b", "in (c,)"],
    ],
  ]);
});

describe("a transposed result", () => {
  check([
    [
      "of operands that can be had in any order",
      (x, y) => transpose(mul(transpose(x, [1, 0]), broadcastInDim(y, [3, 2], [0])), [1, 0]),
      [f32(2, 3), f32(3)],
      [
        "c:f32[2,3] = broadcastInDim[broadcastDimensions=(1,) shape=(2, 3)] b",
        "d:f32[2,3] = mul a c",
        "in (d,)",
      ],
    ],
    [
      "of counts",
      () => transpose(add(iota([2, 3], "float32", 0), iota([2, 3], "float32", 1)), [1, 0]),
      [],
      [
        "a:f32[3,2] = iota[dimension=1 dtype=float32 shape=(3, 2)]",
        "b:f32[3,2] = iota[dimension=0 dtype=float32 shape=(3, 2)]",
        "c:f32[3,2] = add a b",
        "in (c,)",
      ],
    ],
    [
      "of counts one of which is needed as it is: there are no more equations",
      () => {
        const rows = iota([2, 3], "float32", 0);
        return [transpose(add(rows, iota([2, 3], "float32", 1)), [1, 0]), rows];
      },
      [],
      [
        "a:f32[2,3] = iota[dimension=0 dtype=float32 shape=(2, 3)]",
        "b:f32[3,2] = iota[dimension=1 dtype=float32 shape=(3, 2)]",
        "c:f32[3,2] = iota[dimension=0 dtype=float32 shape=(3, 2)]",
        "d:f32[3,2] = add b c",
        "in (d, a)",
      ],
    ],
    [
      "of counts that are all needed as they are stays: there would be one more equation",
      () => {
        const [rows, columns] = [iota([2, 3], "float32", 0), iota([2, 3], "float32", 1)];
        return [transpose(add(rows, columns), [1, 0]), rows, columns];
      },
      [],
      [
        "a:f32[2,3] = iota[dimension=0 dtype=float32 shape=(2, 3)]",
        "b:f32[2,3] = iota[dimension=1 dtype=float32 shape=(2, 3)]",
        "c:f32[2,3] = add a b",
        "d:f32[3,2] = transpose[permutation=(1, 0)] c",
        "in (d, a, b)",
      ],
    ],
    [
      "of an input stays",
      (x, y) => transpose(mul(x, broadcastInDim(y, [2, 3], [1])), [1, 0]),
      [f32(2, 3), f32(3)],
      [
        "c:f32[2,3] = broadcastInDim[broadcastDimensions=(1,) shape=(2, 3)] b",
        "d:f32[2,3] = mul a c",
        "e:f32[3,2] = transpose[permutation=(1, 0)] d",
        "in (e,)",
      ],
    ],
  ]);
});

test("what is not understood is left alone", () => {
  expect(
    exact(
      (x) =>
        reduceSum(bind1(slicePrimitive, [x], { startIndices: [0], limitIndices: [3], strides: [2] }), [0]),
      f32(4),
    ),
  ).toEqual([
    "b:f32[2] = slice[limitIndices=(3,) startIndices=(0,) strides=(2,)] a",
    "c:f32[] = reduceSum[axes=(0,)] b",
    "in (c,)",
  ]);
});
