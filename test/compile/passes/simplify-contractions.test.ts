import { describe, expect, test } from "vitest";
import type { NDArray } from "../../../src/array/index.ts";
import { canonicalizeReductions } from "../../../src/compile/passes/canonicalize-reductions.ts";
import { simplify } from "../../../src/compile/passes/simplify.ts";
import { type Aval, bind1 } from "../../../src/core/index.ts";
import { broadcastInDim, reduceSum, reduceSumPrimitive } from "../../../src/primitives/broadcast.ts";
import { dotGeneral } from "../../../src/primitives/dot.ts";
import { neg, sin } from "../../../src/primitives/elementwise/index.ts";
import {
  argmax,
  cumsum,
  reduceAnd,
  reduceMax,
  reduceMin,
  reduceProd,
} from "../../../src/primitives/reduction/index.ts";
import { reshape, transpose } from "../../../src/primitives/shape.ts";
import { bool, type Fun, f32, i32, nearlyRewritten, rewritten } from "./support.ts";

type Case = readonly [name: string, fun: Fun, inputs: readonly Aval[], left: readonly string[]];

const check = (rewrite: ReturnType<typeof rewritten>, cases: readonly Case[]): void => {
  for (const [name, fun, inputs, left] of cases)
    test(name, () => expect(rewrite(fun, ...inputs)).toEqual(left));
};

const exact = rewritten(simplify);
const unsigned = rewritten(simplify, { signedZeros: false });
const nearly = nearlyRewritten(simplify);
const A = [f32(2, 3)];

describe("reductions of little", () => {
  check(unsigned, [
    ["no axes", (x) => bind1(reduceSumPrimitive, [x], { axes: [] }), A, ["in (a,)"]],
    [
      "an axis of length 1",
      (x) => reduceSum(x, [1]),
      [f32(3, 1)],
      ["b:f32[3] = reshape[shape=(3,)] a", "in (b,)"],
    ],
    [
      "the product of single elements",
      (x) => reduceProd(x, [0, 1]),
      [f32(1, 1)],
      ["b:f32[] = reshape[shape=()] a", "in (b,)"],
    ],
    [
      "where the greatest of one is",
      (x) => argmax(x, 1),
      [f32(2, 1)],
      ["b:i32[2] = broadcastInDim[broadcastDimensions=() shape=(2,)] 0:i32[]", "in (b,)"],
    ],
    ["the sum so far of one", (x) => cumsum(x, 0), [f32(1, 4)], ["in (a,)"]],
  ]);
});

describe("reductions of repeated elements", () => {
  const repeated = (x: NDArray): NDArray => broadcastInDim(x, [5, 2, 3], [2]);
  check(exact, [
    [
      "the greatest counts once",
      (x) => reduceMax(repeated(x), [0]),
      [f32(3)],
      ["b:f32[2,3] = broadcastInDim[broadcastDimensions=(1,) shape=(2, 3)] a", "in (b,)"],
    ],
    [
      "and is found in one copy",
      (x) => reduceMin(repeated(x), [0, 1, 2]),
      [f32(3)],
      ["b:f32[] = reduceMin[axes=(0,)] a", "in (b,)"],
    ],
    ["so does the truth", (p) => reduceAnd(broadcastInDim(p, [5, 3], [1]), [0]), [bool(3)], ["in (a,)"]],
    [
      "a sum of copies is a product",
      (n) => reduceSum(repeated(n), [0, 1]),
      [i32(3)],
      ["b:i32[3] = mul a 10:i32[]", "in (b,)"],
    ],
    [
      "along an axis of length 1 that is stretched",
      (n) => reduceSum(broadcastInDim(n, [5, 3], [0, 1]), [0, 1]),
      [i32(1, 3)],
      ["b:i32[] = reduceSum[axes=(0, 1)] a", "c:i32[] = mul b 5:i32[]", "in (c,)"],
    ],
  ]);
  check(nearly, [
    [
      "and for floats too",
      (x) => reduceSum(repeated(x), [0, 1]),
      [f32(3)],
      ["b:f32[3] = mul a 10.0:f32[]", "in (b,)"],
    ],
    [
      "also where the copies are needed otherwise",
      (x) => {
        const copies = broadcastInDim(x, [5, 3], [1]);
        return [reduceSum(copies, [0]), copies];
      },
      [f32(3)],
      [
        "b:f32[5,3] = broadcastInDim[broadcastDimensions=(1,) shape=(5, 3)] a",
        "c:f32[3] = mul a 5.0:f32[]",
        "in (c, b)",
      ],
    ],
    [
      "no more equations than before",
      (x) => reduceSum(broadcastInDim(x, [5, 2, 3, 4], [1, 3]), [0, 3]),
      [f32(2, 4)],
      [
        "b:f32[5,2,3,4] = broadcastInDim[broadcastDimensions=(1, 3) shape=(5, 2, 3, 4)] a",
        "c:f32[2,3] = reduceSum[axes=(0, 3)] b",
        "in (c,)",
      ],
    ],
  ]);
  check(exact, [
    [
      "the sum of nothing stays",
      (x) => reduceSum(broadcastInDim(x, [0, 3], [1]), [0]),
      [f32(3)],
      [
        "b:f32[0,3] = broadcastInDim[broadcastDimensions=() shape=(0, 3)] 0.0:f32[]",
        "c:f32[3] = reduceSum[axes=(0,)] b",
        "in (c,)",
      ],
    ],
    [
      "the sum of negatives",
      (x) => reduceSum(neg(x), [1]),
      A,
      ["b:f32[2] = reduceSum[axes=(1,)] a", "c:f32[2] = neg b", "in (c,)"],
    ],
  ]);
});

describe("canonical reductions", () => {
  const canonical = rewritten(canonicalizeReductions);
  const summed = nearlyRewritten(canonicalizeReductions);
  check(canonical, [
    [
      "a sum of nothing, reshaped, stays",
      (x) => reduceSum(reshape(x, [3, 0]), [1]),
      [f32(0, 3)],
      ["b:f32[3,0] = reshape[shape=(3, 0)] a", "c:f32[3] = reduceSum[axes=(1,)] b", "in (c,)"],
    ],
    [
      "the greatest of the greatest",
      (x) => reduceMax(reduceMax(x, [1]), [0]),
      A,
      ["b:f32[] = reduceMax[axes=(0, 1)] a", "in (b,)"],
    ],
    [
      "the axes of both",
      (n) => reduceSum(reduceSum(n, [0, 2]), [1]),
      [i32(2, 3, 4, 5)],
      ["b:i32[3] = reduceSum[axes=(0, 2, 3)] a", "in (b,)"],
    ],
    [
      "different reductions stay",
      (x) => reduceMin(reduceMax(x, [1]), [0]),
      A,
      ["b:f32[2] = reduceMax[axes=(1,)] a", "c:f32[] = reduceMin[axes=(0,)] b", "in (c,)"],
    ],
    [
      "a reduction that is needed otherwise stays",
      (x) => {
        const y = reduceMax(x, [1]);
        return [y, reduceMax(y, [0])];
      },
      A,
      ["b:f32[2] = reduceMax[axes=(1,)] a", "c:f32[] = reduceMax[axes=(0,)] b", "in (b, c)"],
    ],
    [
      "of a transposed array",
      (x) => reduceMax(transpose(x, [2, 0, 1]), [0]),
      [f32(2, 3, 4)],
      ["b:f32[2,3] = reduceMax[axes=(2,)] a", "in (b,)"],
    ],
    [
      "of a transposed array, transposed afterwards",
      (x) => reduceMax(transpose(x, [2, 1, 0]), [1]),
      [f32(2, 3, 4)],
      ["b:f32[2,4] = reduceMax[axes=(1,)] a", "c:f32[4,2] = transpose[permutation=(1, 0)] b", "in (c,)"],
    ],
    [
      "of a reshaped array, whole axes",
      (x) => reduceMax(reshape(x, [1, 6, 4]), [0, 1]),
      [f32(2, 3, 4)],
      ["b:f32[4] = reduceMax[axes=(0, 1)] a", "in (b,)"],
    ],
    [
      "of a reshaped array, keeping another shape",
      (x) => reduceMax(reshape(x, [6, 1, 4]), [2]),
      [f32(2, 3, 4)],
      ["b:f32[2,3] = reduceMax[axes=(2,)] a", "c:f32[6,1] = reshape[shape=(6, 1)] b", "in (c,)"],
    ],
    [
      "of a reshaped array, part of an axis, stays",
      (x) => reduceMax(reshape(x, [2, 2, 3]), [1]),
      [f32(4, 3)],
      ["b:f32[2,2,3] = reshape[shape=(2, 2, 3)] a", "c:f32[2,3] = reduceMax[axes=(1,)] b", "in (c,)"],
    ],
  ]);
  check(summed, [
    [
      "the sum of sums",
      (x) => reduceSum(reduceSum(x, [1]), [0]),
      A,
      ["b:f32[] = reduceSum[axes=(0, 1)] a", "in (b,)"],
    ],
  ]);
});

describe("products", () => {
  const numbers = (
    lhsContracting: number[],
    rhsContracting: number[],
    lhsBatch: number[] = [],
    rhsBatch: number[] = [],
  ) => ({
    lhsContracting,
    rhsContracting,
    lhsBatch,
    rhsBatch,
  });
  const matmul = numbers([1], [0]);
  const dot = (name: string, type: string, n: string, operands: string): string =>
    `${name}:${type} = dotGeneral[dimensionNumbers=${n}] ${operands}`;
  check(nearly, [
    [
      "of a transposed left operand",
      (x, y) => dotGeneral(transpose(x, [1, 0]), y, matmul),
      [f32(3, 2), f32(3, 4)],
      [dot("c", "f32[2,4]", "(([0], [0]), ([], []))", "a b"), "in (c,)"],
    ],
    [
      "of two transposed operands, with batches",
      (x, y) => dotGeneral(transpose(x, [2, 0, 1]), transpose(y, [2, 1, 0]), numbers([2], [1], [0], [0])),
      [f32(3, 5, 2), f32(4, 5, 2)],
      [dot("c", "f32[2,3,4]", "(([1], [1]), ([2], [2]))", "a b"), "in (c,)"],
    ],
    [
      "of an operand whose free axes are exchanged, stays",
      (x, y) => dotGeneral(transpose(x, [1, 0, 2]), y, numbers([2], [0])),
      [f32(3, 2, 5), f32(5)],
      [
        "c:f32[2,3,5] = transpose[permutation=(1, 0, 2)] a",
        dot("d", "f32[2,3]", "(([2], [0]), ([], []))", "c b"),
        "in (d,)",
      ],
    ],
    [
      "transposed",
      (x, y) => transpose(dotGeneral(x, y, matmul), [1, 0]),
      [f32(2, 3), f32(3, 4)],
      [dot("c", "f32[4,2]", "(([0], [1]), ([], []))", "b a"), "in (c,)"],
    ],
    [
      "transposed, with batches exchanged",
      (x, y) => transpose(dotGeneral(x, y, numbers([3], [3], [0, 1], [0, 1])), [1, 0, 2, 3]),
      [f32(2, 3, 4, 5), f32(2, 3, 6, 5)],
      [dot("c", "f32[3,2,4,6]", "(([3], [3]), ([1, 0], [1, 0]))", "a b"), "in (c,)"],
    ],
    [
      "transposed, but needed otherwise, stay",
      (x, y) => {
        const z = dotGeneral(x, y, matmul);
        return [z, transpose(z, [1, 0])];
      },
      [f32(2, 3), f32(3, 4)],
      [
        dot("c", "f32[2,4]", "(([1], [0]), ([], []))", "a b"),
        "d:f32[4,2] = transpose[permutation=(1, 0)] c",
        "in (c, d)",
      ],
    ],
    [
      "transposed so that axes of both operands mix, stay",
      (x, y) => transpose(dotGeneral(x, y, numbers([2], [0])), [0, 2, 1]),
      [f32(2, 3, 4), f32(4, 5)],
      [
        dot("c", "f32[2,3,5]", "(([2], [0]), ([], []))", "a b"),
        "d:f32[2,5,3] = transpose[permutation=(0, 2, 1)] c",
        "in (d,)",
      ],
    ],
    [
      "of operands with free axes of length 1",
      (x, y) => sin(dotGeneral(reshape(x, [1, 3]), y, matmul)),
      [f32(3), f32(3, 4)],
      [
        dot("c", "f32[4]", "(([0], [0]), ([], []))", "a b"),
        "d:f32[1,4] = reshape[shape=(1, 4)] c",
        "e:f32[1,4] = sin d",
        "in (e,)",
      ],
    ],
    [
      "the cotangent of a matrix",
      (x, ct) => transpose(dotGeneral(ct, x, numbers([0], [0])), [1, 0]),
      [f32(8, 4), f32(8, 5)],
      [dot("c", "f32[4,5]", "(([0], [0]), ([], []))", "a b"), "in (c,)"],
    ],
  ]);

  test("the wider result that was asked for stays", () => {
    expect(
      nearly((x, y) => transpose(dotGeneral(x, y, matmul, "float64"), [1, 0]), f32(2, 3), f32(3, 4)),
    ).toEqual([
      "c:f64[4,2] = dotGeneral[",
      "dimensionNumbers=(([0], [1]), ([], []))",
      "preferredElementType=float64",
      "] b a",
      "in (c,)",
    ]);
  });
});

test("a transposed product whose batch comes to stand behind stays as it is", () => {
  const product: Fun = (x, y) =>
    transpose(
      dotGeneral(x, y, { lhsContracting: [2], rhsContracting: [1], lhsBatch: [0], rhsBatch: [0] }),
      [1, 0, 2],
    );
  const left = nearly(product, f32(2, 3, 4), f32(2, 4, 5));
  expect(left.map((line) => / = (\w+)/.exec(line)?.[1])).toEqual(["dotGeneral", "transpose", undefined]);
});
