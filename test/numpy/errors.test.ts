import { describe, expect, it } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { ArgumentError, ConcretizationError, DTypeError, ShapeError } from "../../src/core/index.ts";
import * as np from "../../src/numpy/index.ts";
import { jit } from "../../src/transforms/index.ts";

const x = np.zeros([2, 3]);
const ints = np.arange(3);
const flags = np.array([true, false, true]);

type ErrorClass = abstract new (...args: never[]) => Error;

/** Each call, the class of its error, and words that its message must have: the function, what it got, what to do. */
const REFUSALS: readonly (readonly [call: () => unknown, type: ErrorClass, ...words: string[]])[] = [
  [() => np.add(x, np.zeros([4])), ShapeError, "add", "[2, 3]", "[4]", "broadcast"],
  [() => np.add("1" as unknown as number, x), TypeError, "add", "string"],
  [() => np.sin([1, 2] as unknown as number), TypeError, "sin", "np.array"],
  [() => ints.add(2 ** 31), RangeError, "add", "2147483648", "int32"],
  [() => np.multiply(np.ones(2, "uint32"), -1), RangeError, "multiply", "-1", "uint32"],
  [() => np.subtract(flags, flags), DTypeError, "subtract", "logicalXor"],
  [() => np.negative(flags), DTypeError, "negative", "logicalNot"],
  [() => np.power(ints, -1), RangeError, "power", "negative", "-1", "astype"],
  [() => np.bitwiseAnd(x, x), DTypeError, "bitwiseAnd", "float32[2, 3]", "astype"],
  [() => np.gcd(x, 2), DTypeError, "gcd", "float32[2, 3]"],
  [() => np.ldexp(x, x), DTypeError, "ldexp", "integers"],
  [() => np.max(np.zeros([0, 2]), 0), ShapeError, "max", "float32[0, 2]", "initial"],
  [() => np.argmin(np.zeros(0)), ShapeError, "argmin"],
  [() => np.sum(x, 2), RangeError, "sum", "axis 2"],
  [() => x.sum({ keepdims: true } as unknown as null), ArgumentError, "sum", "Options follow"],
  [() => np.sum(x, 0, { dtype: "float8" as "float32" }), ArgumentError, "sum", "float8"],
  [() => np.mean(x, [0, -2]), RangeError, "mean", "twice"],
  [() => np.average(x, 1, { weights: np.ones(2) }), ShapeError, "average", "float32[2]", "float32[2, 3]"],
  [
    () => np.quantile(x, 0.5, 0, { method: "cubic" as "linear" }),
    ArgumentError,
    "quantile",
    "linear",
    "cubic",
  ],
  [() => np.reshape(x, [4, -1]), ShapeError, "reshape", "float32[2, 3]", "[4, -1]"],
  [() => np.reshape(x, [-1, -1]), ShapeError, "reshape", "one length"],
  [() => np.reshape(x, [7]), ShapeError, "reshape", "6 elements", "[7]"],
  [() => np.transpose(x, [0, 0]), ShapeError, "transpose", "[0, 0]"],
  [() => np.squeeze(x, 1), ShapeError, "squeeze", "axis 1", "float32[2, 3]"],
  [() => np.broadcastTo(x, [3, 2]), ShapeError, "broadcastTo", "float32[2, 3]", "[3, 2]"],
  [() => np.concatenate([x, np.zeros([3, 2])]), ShapeError, "concatenate", "float32[3, 2]"],
  [() => np.concatenate([]), ArgumentError, "concatenate", "empty"],
  [() => np.concatenate([1, 2]), ShapeError, "concatenate", "stack"],
  [() => np.stack([x, ints]), ShapeError, "stack", "int32[3]".replace("int32", "float32")],
  [() => np.split(ints, 2), ShapeError, "split", "length 3", "arraySplit"],
  [() => np.split(ints, 0), ArgumentError, "split", "at least 1"],
  [() => np.repeat(ints, [1, 2]), ShapeError, "repeat", "got 2"],
  [() => np.tile(ints, -1), ArgumentError, "tile", "-1"],
  [() => np.pad(x, -1), ArgumentError, "pad", "-1"],
  [() => np.pad(x, 1, "mirror" as "edge"), ArgumentError, "pad", "mirror", "reflect"],
  [() => np.pad(np.zeros([0]), 1, "edge"), ShapeError, "pad", "float32[0]"],
  [() => np.matmul(x, x), ShapeError, "matmul", "float32[2, 3]", "length 3", "2"],
  [() => np.matmul(x, 2), ShapeError, "matmul", "multiply"],
  [() => np.dot(x, np.zeros(2)), ShapeError, "dot", "float32[2]"],
  [() => np.tensordot(x, x, 3), ArgumentError, "tensordot", "3"],
  [() => np.cross(np.zeros(4), np.zeros(4)), ShapeError, "cross", "2 or 3"],
  [() => np.einsum("ij,jk", x), ArgumentError, "einsum", "2 terms", "1 operands"],
  [() => np.einsum("i", x), ShapeError, "einsum", "float32[2, 3]"],
  [() => np.einsum("ij->k", x), ArgumentError, "einsum", "k"],
  [() => np.einsum("ij->ii", x), ArgumentError, "einsum", "twice"],
  [() => np.einsum("i1->i", x), ArgumentError, "einsum", "1"],
  [() => np.einsum("ij,jk", x, x), ShapeError, "einsum", "j", "3", "2"],
  [() => np.zeros([-1]), RangeError, "zeros", "-1"],
  [() => np.zeros(2, "float8" as "float32"), ArgumentError, "zeros", "float8"],
  [() => np.arange(0, 5, 0), ArgumentError, "arange", "step"],
  [() => np.linspace(0, 1, -1), ArgumentError, "linspace", "-1"],
  [() => np.eye(1.5), ArgumentError, "eye", "1.5"],
  [() => np.diag(np.zeros([2, 2, 2])), ShapeError, "diag", "diagonal"],
  [() => np.array([[1, 2], [3]]), RangeError, "rectangular"],
  [() => np.astype(x, "int64" as "int32"), ArgumentError, "astype", "int64"],
  [() => np.finfo("int32"), ArgumentError, "finfo", "iinfo"],
  [
    () => np.where(flags, 1 as unknown as NDArray, undefined as unknown as NDArray),
    ArgumentError,
    "where",
    "both",
  ],
  [() => np.select([flags], []), ArgumentError, "select", "1 conditions"],
  [() => np.slice(0, 1, 0), ArgumentError, "slice", "0"],
  [() => x.at(2).get(), RangeError, "index 2", "axis 0", "length 2"],
  [() => x.at(0, -4).set(1), RangeError, "at(…).set", "index -4", "axis 1"],
  [() => x.at([0, 5]).get(), RangeError, "index 5"],
  [() => x.at(0, 0, 0).get(), ShapeError, "3 axes", "float32[2, 3]"],
  [() => x.at("...", "...").get(), ArgumentError, "..."],
  [() => x.at(1.5).get(), ArgumentError, "1.5"],
  [() => x.at(x).get(), DTypeError, "float32[2, 3]", "astype"],
  [() => x.at(flags).get(), ShapeError, "mask", "bool[3]"],
  [() => x.at([0, 1], np.arange(3)).get(), ShapeError, "[2]", "[3]"],
  [() => x.at(0).set(np.zeros(2)), ShapeError, "at(…).set", "float32[2]", "[3]"],
  [() => ints.at(0).set(np.array([0.5])), DTypeError, "at(…).set", "int32[3]"],
  [() => ints.at(0).add(0.5), RangeError, "at(…).add", "0.5", "int32"],
  [() => np.take(ints, 3), RangeError, "take", "3"],
  [() => np.take(ints, x), DTypeError, "take", "float32[2, 3]"],
  [() => np.takeAlongAxis(x, ints), ShapeError, "takeAlongAxis", "int32[3]"],
  [() => np.insert(ints, 7, 1), RangeError, "insert", "7"],
  [() => np.delete(ints, 3), RangeError, "delete", "3"],
  [() => np.searchsorted(x, 1), ShapeError, "searchsorted", "float32[2, 3]"],
  [() => np.convolve(x, ints), ShapeError, "convolve", "float32[2, 3]"],
  [() => np.linalg.norm(np.zeros([2, 2, 2]), 1), ArgumentError, "norm", "3"],
  [() => np.vectorize((a) => a, { signature: "n->n" })(x), ArgumentError, "vectorize", "n->n"],
  [() => jit((y: NDArray) => np.nonzero(y)[0] as NDArray)(ints), ConcretizationError, "nonzero", "size"],
  [() => jit((y: NDArray) => np.unique(y))(ints), ConcretizationError, "unique", "size"],
  [() => jit((y: NDArray) => np.bincount(y))(ints), ConcretizationError, "bincount", "length"],
  [() => jit((m: NDArray) => x.T.at(m).get())(flags), ConcretizationError, "mask", "where"],
];

describe("refusals say what is wrong and what to do", () => {
  REFUSALS.forEach(([call, type, ...words], i) => {
    it(`${i}: ${call.toString().slice(6, 70)}`, () => {
      let error: unknown;
      try {
        call();
      } catch (e) {
        error = e;
      }
      expect(error).toBeInstanceOf(type);
      for (const word of words) expect((error as Error).message).toContain(word);
      expect((error as Error).message).toMatch(/\.$|\)$/);
    });
  });
});
