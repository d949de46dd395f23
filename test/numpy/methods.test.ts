import { describe, expect, it } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import * as np from "../../src/numpy/index.ts";
import { grad, jit, makeJaxpr, vmap } from "../../src/transforms/index.ts";

const x = np.array([
  [1.5, -2, 3],
  [0.5, 4, -1],
]);
const y = np.array([2, 1, -1]);

/** Each method with the function that it stands for. */
const METHODS: readonly (readonly [name: string, method: NDArray, fn: NDArray])[] = [
  ["add", x.add(y), np.add(x, y)],
  ["sub", x.sub(y), np.subtract(x, y)],
  ["mul", x.mul(2), np.multiply(x, 2)],
  ["div", x.div(y), np.divide(x, y)],
  ["floorDivide", x.floorDivide(y), np.floorDivide(x, y)],
  ["mod", x.mod(y), np.remainder(x, y)],
  ["pow", x.pow(2), np.power(x, 2)],
  ["neg", x.neg(), np.negative(x)],
  ["abs", x.abs(), np.abs(x)],
  ["exp", x.exp(), np.exp(x)],
  ["log", x.abs().log(), np.log(np.abs(x))],
  ["sqrt", x.abs().sqrt(), np.sqrt(np.abs(x))],
  ["square", x.square(), np.square(x)],
  ["round", x.round(), np.round(x)],
  ["clip", x.clip(-1, 1), np.clip(x, -1, 1)],
  ["equal", x.equal(y), np.equal(x, y)],
  ["notEqual", x.notEqual(y), np.notEqual(x, y)],
  ["less", x.less(y), np.less(x, y)],
  ["lessEqual", x.lessEqual(y), np.lessEqual(x, y)],
  ["greater", x.greater(y), np.greater(x, y)],
  ["greaterEqual", x.greaterEqual(y), np.greaterEqual(x, y)],
  ["logicalAnd", x.logicalAnd(y), np.logicalAnd(x, y)],
  ["logicalOr", x.logicalOr(y), np.logicalOr(x, y)],
  ["logicalNot", x.logicalNot(), np.logicalNot(x)],
  ["sum", x.sum(0), np.sum(x, 0)],
  ["prod", x.prod(1, { keepdims: true }), np.prod(x, 1, { keepdims: true })],
  ["mean", x.mean(), np.mean(x)],
  ["std", x.std(0, { ddof: 1 }), np.std(x, 0, { ddof: 1 })],
  ["var", x.var(0), np.var(x, 0)],
  ["max", x.max(1), np.max(x, 1)],
  ["min", x.min(1), np.min(x, 1)],
  ["any", x.any(0), np.any(x, 0)],
  ["all", x.all(0), np.all(x, 0)],
  ["argmax", x.argmax(1), np.argmax(x, 1)],
  ["argmin", x.argmin(), np.argmin(x)],
  ["cumsum", x.cumsum(1), np.cumsum(x, 1)],
  ["cumprod", x.cumprod(0), np.cumprod(x, 0)],
  ["sort", x.sort(), np.sort(x)],
  ["argsort", x.argsort(0), np.argsort(x, 0)],
  ["dot", x.dot(y), np.dot(x, y)],
  ["matmul", x.matmul(y), np.matmul(x, y)],
  ["reshape", x.reshape(3, -1), np.reshape(x, [3, -1])],
  ["reshape of a list", x.reshape([6]), np.reshape(x, 6)],
  ["transpose", x.transpose([1, 0]), np.transpose(x, [1, 0])],
  ["T", x.T, np.transpose(x)],
  ["swapaxes", x.swapaxes(0, 1), np.swapaxes(x, 0, 1)],
  ["squeeze", x.reshape(1, 6).squeeze(), np.squeeze(np.reshape(x, [1, 6]))],
  ["ravel", x.ravel(), np.ravel(x)],
  ["flatten", x.flatten(), np.ravel(x)],
  ["take", x.take([2, 0], 1), np.take(x, [2, 0], 1)],
  ["astype", x.astype("int32"), np.astype(x, "int32")],
];

describe("methods are the functions", () => {
  for (const [name, method, fn] of METHODS) {
    it(name, () => {
      expect([method.dtype, method.toArray()]).toEqual([fn.dtype, fn.toArray()]);
    });
  }

  it("an array is iterable over its first axis", () => {
    expect([...x].map((row) => row.toArray())).toEqual(x.toArray());
    expect(() => [...np.array(1)]).toThrow("scalar");
  });

  it("at reads and updates without changing the array", () => {
    const before = x.toArray();
    expect(x.at(0, np.slice(1, null)).get().toArray()).toEqual([-2, 3]);
    expect(x.at(1).set(0).toArray()).toEqual([
      [1.5, -2, 3],
      [0, 0, 0],
    ]);
    expect(x.at([0, 0], [1, 1]).add(1).at(0, 1).get().item()).toBe(0);
    expect(x.at("...", 0).mul(2).toArray()).toEqual([
      [3, -2, 3],
      [1, 4, -1],
    ]);
    expect(x.at(x.less(0)).set(0).toArray()).toEqual([
      [1.5, 0, 3],
      [0.5, 4, 0],
    ]);
    expect(x.at(np.newaxis, 0).get().shape).toEqual([1, 3]);
    expect(x.at(0).apply(np.negative).at(0).get().toArray()).toEqual([-1.5, 2, -3]);
    expect(x.toArray()).toEqual(before);
  });
});

describe("types of results", () => {
  const int = np.array([1, 2], "int32");
  const TYPES: readonly (readonly [NDArray, string, boolean])[] = [
    [np.add(1, 2), "float32", true],
    [int.add(1), "int32", false],
    [int.add(0.5), "float32", true],
    [int.div(2), "float32", false],
    [np.array([true]).add(2), "int32", true],
    [np.array([true]).add(true), "bool", false],
    [np.sin(2), "float32", true],
    [np.sin(int), "float32", false],
    [np.array([1], "float64").mul(0.1), "float64", false],
    [np.array([1], "float64").add(int), "float64", false],
    [np.mean(int), "float32", false],
    [np.sum(np.array([true, true])), "int32", false],
    [np.where(np.array([true]), 1, 2), "float32", true],
    [np.where(np.array([true]), int.at(0).get(), 2), "int32", false],
    [np.full([2], 1), "float32", false],
    [np.zeros([2], np.int32), "int32", false],
    [np.arange(3), "int32", false],
    [np.arange(0, 1, 0.5), "float32", false],
  ];
  TYPES.forEach(([result, dtype, weak], i) => {
    it(`${i}: ${dtype}${weak ? ", weak" : ""}`, () => {
      expect([result.dtype, result.weakType]).toEqual([dtype, weak]);
    });
  });

  it("a number is rounded once, to the dtype of the other operand", () => {
    expect(np.array([1], "float64").mul(0.1).item()).toBe(0.1);
    expect(np.array([0], "float64").add(1e300).item()).toBe(1e300);
    expect(np.array([0], "uint32").add(4294967295).item()).toBe(4294967295);
  });

  it("facts about dtypes", () => {
    expect(np.finfo("float32").max).toBe(Math.fround(3.4028234663852886e38));
    expect(np.finfo(x).eps).toBe(2 ** -23);
    expect([np.iinfo("int32").min, np.iinfo("uint32").max]).toEqual([-(2 ** 31), 2 ** 32 - 1]);
    expect(np.resultType("int32", 2)).toBe("int32");
    expect([np.isdtype("int32", "integral"), np.isdtype("bool", ["numeric", "real floating"])]).toEqual([
      true,
      false,
    ]);
    expect([np.issubdtype("float32", "floating"), np.issubdtype("uint32", "signedinteger")]).toEqual([
      true,
      false,
    ]);
    expect([np.canCast("uint32", "float64"), np.canCast("int32", "float32")]).toEqual([true, false]);
  });
});

describe("making arrays while tracing", () => {
  it("array stacks traced arrays among numbers", () => {
    const matrix = jit((a: NDArray) =>
      np.array([
        [a, 1],
        [2, a.mul(a)],
      ]),
    )(3);
    expect(matrix.toArray()).toEqual([
      [3, 1],
      [2, 9],
    ]);
    expect(jit((v: NDArray) => np.array([v, [1, 2]]))(np.array([3, 4], "int32")).dtype).toBe("int32");
    expect(grad((a: NDArray) => np.array([a, 1, a]).sum())(2).item()).toBe(2);
  });

  it("zeros and full are equations, and views when called directly", () => {
    const program = String(makeJaxpr((a: NDArray) => np.zeros([2, 3]).add(a))(1));
    expect(program).toContain("broadcastInDim");
    expect(np.zeros([1000, 1000]).at(999, 999).get().item()).toBe(0);
  });

  it("constants inside a batch are shared", () => {
    const f = vmap((a: NDArray) => np.where(np.tri(2, 2, 0, "bool"), a, np.eye(2)));
    expect(f(np.array([5, 6])).toArray()).toEqual([
      [
        [5, 0],
        [5, 5],
      ],
      [
        [6, 0],
        [6, 6],
      ],
    ]);
  });
});

describe("other ways to call", () => {
  it("einsum with labels as numbers", () => {
    expect(np.einsum(x, [0, 1], y, [1], [0]).toArray()).toEqual(np.matmul(x, y).toArray());
    expect(np.einsum(x, [0, 1], y, [1]).toArray()).toEqual(np.matmul(x, y).toArray());
    expect(() => np.einsum(x, y, [0])).toThrow("labels");
  });

  it("options in place of later arguments", () => {
    expect(np.trapezoid(x, null, { dx: 2, axis: 0 }).toArray()).toEqual(
      np.trapezoid(x, null, 2, 0).toArray(),
    );
    expect(np.eye(2, 3, { k: 1, dtype: "int32" }).toArray()).toEqual([
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(np.zeros([1], { dtype: "bool" }).toArray()).toEqual([false]);
    expect(np.array([1, 2, 3, 4], { shape: [2, 2], dtype: "uint32" }).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(np.linalg.norm(x, { axis: 0 }).toArray()).toEqual(np.linalg.norm(x, null, 0).toArray());
  });

  it("allclose is a JavaScript boolean", () => {
    expect(np.allclose([1, 2], [1, 2.00001])).toBe(true);
    expect(np.allclose(x, x.add(1))).toBe(false);
    expect(() => jit((z: NDArray) => np.array(np.allclose(z, z)))(x)).toThrow("isclose");
  });
});

describe("functions of functions", () => {
  it("vectorize broadcasts over leading axes", () => {
    const dot = np.vectorize((a, b) => np.dot(a as NDArray, b as NDArray), { signature: "(n),(n)->()" });
    expect(dot(x, y).toArray()).toEqual(np.matmul(x, y).toArray());
    const both = np.vectorize((a, b) => np.add(a as NDArray, b as NDArray));
    expect(both(np.reshape(y, [3, 1]), y).toArray()).toEqual(np.add(np.reshape(y, [3, 1]), y).toArray());
  });

  it("applyAlongAxis and applyOverAxes", () => {
    expect(np.applyAlongAxis((v) => np.cumsum(v), 1, x).toArray()).toEqual(np.cumsum(x, 1).toArray());
    expect(np.applyAlongAxis((v) => np.sum(v), 0, x).toArray()).toEqual(np.sum(x, 0).toArray());
    expect(np.applyAlongAxis((v) => np.outer(v, v), 0, x).shape).toEqual([2, 2, 3]);
    expect(np.applyOverAxes((a, axis) => np.sum(a, axis), x, [0, 1]).toArray()).toEqual([[6]]);
  });

  it("partition and argpartition put an element where sorting would", () => {
    expect(np.partition(y, 1).at(1).get().item()).toBe(1);
    expect(np.take(y, np.argpartition(y, 0)).at(0).get().item()).toBe(-1);
  });
});
