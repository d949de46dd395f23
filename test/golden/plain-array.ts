import { type ConcreteArray, denseData } from "../../src/array/index.ts";

/** An array as plain data that scripts in Python read: the elements as they lie in memory. */
export const plain = (x: ConcreteArray) => {
  const data = denseData(x);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { dtype: x.dtype, shape: x.shape, data: bytes.toString("base64") };
};
