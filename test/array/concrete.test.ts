import { inspect } from "node:util";
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import {
  allocate,
  ConcreteArray,
  castScalar,
  type DType,
  denseData,
  filledArray,
  firstElement,
  isDense,
  isFloat,
  isHalf,
  rowMajorStrides,
  scalarArray,
  sizeOf,
  stridesOf,
  viewOf,
  withWeakType,
} from "../../src/array/index.ts";
import { build, type Description, descriptions, dtypes, nest, shapes } from "./arbitraries.ts";

/** What `toArray` must give: booleans as such. */
const values = ({ dtype, data }: Description): readonly (number | boolean)[] =>
  dtype === "bool" ? data.map((x) => x !== 0) : data;

const example = (): ConcreteArray => new ConcreteArray(Float32Array.of(0, 1, 2, 3, 4, 5), [2, 3], "float32");

describe("reading", () => {
  test.prop([descriptions])("toArray gives the elements nested as the shape says", (description) => {
    expect(build(description).toArray()).toEqual(nest(values(description), description.shape));
  });

  test.prop([descriptions])("toTypedArray gives them row by row, in storage of the dtype", (description) => {
    const data = build(description).toTypedArray();
    expect([...data]).toEqual(description.data);
    // 16-bit floats come as numbers, not as their bits.
    const kept = isHalf(description.dtype) ? "float32" : description.dtype;
    expect(data.constructor).toBe(allocate(kept, 0).constructor);
  });

  test.prop([descriptions])("shape, ndim, size and dtype", (description) => {
    const array = build(description);
    expect([array.shape, array.ndim, array.size, array.dtype, array.weakType]).toEqual([
      description.shape,
      description.shape.length,
      description.data.length,
      description.dtype,
      false,
    ]);
  });

  test("item takes one element of any rank, booleans as such", () => {
    expect(scalarArray(2.5, "float64").item()).toBe(2.5);
    expect(scalarArray(1, "bool").item()).toBe(true);
    expect(viewOf(example(), [1, 1], [3, 1], 4).item()).toBe(4);
    expect(() => example().item()).toThrow(/item: .* shape \[2, 3\]/);
  });

  test("length is that of the first axis", () => {
    expect(example().length).toBe(2);
    expect(() => scalarArray(1, "float32").length).toThrow(TypeError);
  });

  test("firstElement looks through the offset", () => {
    expect(firstElement(viewOf(example(), [2], [1], 3))).toBe(3);
  });
});

describe("conversion to primitives", () => {
  test("one element is a number, and the operators work on it", () => {
    expect(Number(scalarArray(2.5, "float32"))).toBe(2.5);
    expect((scalarArray(3, "int32") as unknown as number) * 2).toBe(6);
    expect(`${scalarArray(3, "int32")}`).toBe("3");
  });

  test("several are not, and the error says what to do", () => {
    expect(() => Number(example())).toThrow(/shape \[2, 3\].*x\.add\(y\)/s);
    expect(String(example())).toBe("[[0. 1. 2.]\n [3. 4. 5.]]");
  });

  test("JSON and Node's console", () => {
    expect(JSON.stringify({ x: example() })).toBe('{"x":[[0,1,2],[3,4,5]]}');
    expect(inspect(example())).toBe("NDArray f32[2, 3] [[0. 1. 2.]\n [3. 4. 5.]]");
  });
});

describe("immutability", () => {
  test.prop([descriptions])(
    "writing into what toTypedArray or toArray returned changes nothing",
    (description) => {
      const array = build(description);
      const before = array.toArray();
      array.toTypedArray().fill(42);
      const nested = array.toArray();
      if (Array.isArray(nested)) nested.fill(42);
      expect(array.toArray()).toEqual(before);
    },
  );

  test("the shape is frozen and not the caller's", () => {
    const shape = [2, 3];
    const array = new ConcreteArray(new Float32Array(6), shape, "float32");
    shape[0] = 99;
    expect(array.shape).toEqual([2, 3]);
    expect(Object.isFrozen(array.shape)).toBe(true);
    expect(Object.isFrozen(shape)).toBe(false);
  });

  test("the storage cannot be reached through the object", () => {
    const reachable = Object.values(example()).filter((value) => ArrayBuffer.isView(value));
    expect(reachable).toEqual([]);
  });
});

describe("views", () => {
  test("share storage and read it by offset and strides", () => {
    const array = example();
    expect(viewOf(array, [3, 2], [1, 3]).toArray()).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
    expect(viewOf(array, [3], [-1], 5).toArray()).toEqual([5, 4, 3]);
    expect(viewOf(array, [2, 2], [0, 1], 1).toArray()).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(denseData(viewOf(array, [6], [1])).buffer).toBe(denseData(array).buffer);
  });

  test("keep dtype and weak type", () => {
    const view = viewOf(scalarArray(1, "int32", true), [4], [0]);
    expect([view.dtype, view.weakType, view.toArray()]).toEqual(["int32", true, [1, 1, 1, 1]]);
  });

  test.prop([descriptions, fc.func(fc.nat()), fc.func(fc.boolean())])(
    "permuted and flipped axes read the elements that indexing names",
    (description, order, flip) => {
      const array = build(description);
      const axes = array.shape.map((_, axis) => axis).sort((a, b) => order(a) - order(b));
      const flipped = axes.map((axis) => flip(axis) && (array.shape[axis] as number) > 0);
      const strides = axes.map((axis, k) => (stridesOf(array)[axis] as number) * (flipped[k] ? -1 : 1));
      const offset = axes.reduce(
        (sum, axis, k) =>
          sum + (flipped[k] ? ((array.shape[axis] as number) - 1) * (stridesOf(array)[axis] as number) : 0),
        0,
      );
      const shape = axes.map((axis) => array.shape[axis] as number);
      const view = viewOf(array, shape, strides, offset);

      const own = rowMajorStrides(shape);
      const source = rowMajorStrides(description.shape);
      const expected = Array.from({ length: sizeOf(shape) }, (_, flat) => {
        const position = axes.reduce((sum, axis, k) => {
          const i = Math.floor(flat / (own[k] as number)) % (shape[k] as number);
          const from = flipped[k] ? (shape[k] as number) - 1 - i : i;
          return sum + from * (source[axis] as number);
        }, 0);
        return description.data[position];
      });
      expect([...view.toTypedArray()]).toEqual(expected);
      expect(view.toArray()).toEqual(
        nest<unknown>(view.dtype === "bool" ? expected.map((x) => x !== 0) : expected, shape),
      );
    },
  );

  test("are dense when the elements stand row by row, axes of length 1 aside", () => {
    const array = example();
    expect(isDense(array)).toBe(true);
    expect(isDense(viewOf(array, [3], [1], 3))).toBe(true);
    expect(isDense(viewOf(array, [1, 3], [99, 1]))).toBe(true);
    expect(isDense(viewOf(array, [3, 2], [1, 3]))).toBe(false);
    expect(isDense(viewOf(array, [2, 3], [0, 1]))).toBe(false);
  });
});

describe("filledArray and scalarArray", () => {
  test.prop([shapes, dtypes, fc.double()])("hold the value as the dtype stores it", (shape, dtype, value) => {
    const cast = castScalar(value, dtype);
    const array = filledArray(shape, value, dtype);
    expect(array.shape).toEqual(shape);
    expect([...array.toTypedArray()]).toEqual(
      Array.from({ length: sizeOf(shape) }, () => castOf(cast, dtype)),
    );
    expect(firstElement(scalarArray(value, dtype))).toEqual(castOf(cast, dtype));
  });

  test("take no more room for a large array than for a scalar", () => {
    const array = filledArray([1_000_000, 1_000_000], 1, "float64");
    expect(array.size).toBe(1e12);
    expect(firstElement(array)).toBe(1);
  });
});

/** Integers have no negative zero. */
const castOf = (value: number, dtype: DType): number => (isFloat(dtype) ? value : value + 0);

test("withWeakType changes the mark and nothing else", () => {
  const array = example();
  const weak = withWeakType(array, true);
  expect(weak.weakType).toBe(true);
  expect(array.weakType).toBe(false);
  expect(weak.toArray()).toEqual(array.toArray());
  expect(withWeakType(array, false)).toBe(array);
});
