import { fc } from "@fast-check/vitest";
import {
  arrayFrom,
  type ConcreteArray,
  DTYPES,
  type DType,
  decodeElement,
  dtypeInfo,
  sizeOf,
  viewOf,
} from "../../src/array/index.ts";

/** Shapes of up to four axes, empty axes and scalars among them. */
export const shapes = fc.array(fc.nat({ max: 4 }), { maxLength: 4 });

export const dtypes = fc.constantFrom(...DTYPES);

/** Numbers that `dtype` holds exactly, the awkward ones among them. */
export const elements = (dtype: DType): fc.Arbitrary<number> => {
  switch (dtype) {
    case "float32":
      return fc.float();
    case "float64":
      return fc.double();
    case "int32":
      return fc.integer();
    case "uint32":
      return fc.nat({ max: 4294967295 });
    case "bool":
      return fc.constantFrom(0, 1);
    case "int8":
    case "uint8":
    case "int16":
    case "uint16": {
      const { min, max } = dtypeInfo(dtype);
      return fc.integer({ min, max });
    }
    case "float16":
    case "bfloat16":
      return fc.nat({ max: 65535 }).map((bits) => decodeElement(bits, dtype));
  }
};

/** What an array is made of. */
export interface Description {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly data: readonly number[];
}

export const descriptions: fc.Arbitrary<Description> = fc.tuple(shapes, dtypes).chain(([shape, dtype]) => {
  const size = sizeOf(shape);
  return fc.record({
    shape: fc.constant(shape),
    dtype: fc.constant(dtype),
    data: fc.array(elements(dtype), { minLength: size, maxLength: size }),
  });
});

/** Nested JavaScript arrays of `shape` over `data`, made without any code under test. */
export const nest = <T>(data: readonly T[], shape: readonly number[]): unknown => {
  const [length, ...rest] = shape;
  if (length === undefined) return data[0];
  const step = rest.reduce((product, n) => product * n, 1);
  return Array.from({ length }, (_, i) => nest(data.slice(i * step, (i + 1) * step), rest));
};

/** A concrete array of the description; `arrayFrom` has tests of its own. */
export const build = ({ shape, dtype, data }: Description): ConcreteArray => {
  const flat = arrayFrom(Float64Array.from(data), dtype);
  let stride = 1;
  const strides = shape.map(() => 0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return viewOf(flat, shape, strides);
};
