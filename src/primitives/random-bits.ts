import { allocate, ConcreteArray, denseData, type NDArray, sizeOf } from "../array/index.ts";
import {
  type Aval,
  aval,
  bind,
  type Chooser,
  DTypeError,
  definePrimitive,
  describeAval,
  NO_PARAMS,
  type Params,
  type Primitive,
} from "../core/index.ts";
import type { Expr } from "../kernel/expr.ts";
import { allWeak, batchElementwise, commonShape } from "./elementwise/base.ts";
import { encryptBlock, encryptExpr } from "./threefry.ts";

/** Encrypt the counters `(x1[i], x2[i])`, in place, under the keys `(k1[i], k2[i])`; a key of length 1 serves all. */
const encrypt = (k1: Uint32Array, k2: Uint32Array, x1: Uint32Array, x2: Uint32Array): void => {
  const [step1, step2] = [k1.length === 1 ? 0 : 1, k2.length === 1 ? 0 : 1];
  const block = new Uint32Array(2);
  for (let i = 0; i < x1.length; i++) {
    block[0] = x1[i] as number;
    block[1] = x2[i] as number;
    encryptBlock(k1[i * step1] as number, k2[i * step2] as number, block);
    x1[i] = block[0] as number;
    x2[i] = block[1] as number;
  }
};

const drawBlocks = (choose: Chooser) => {
  const shape = choose.shape();
  const elements = { min: 0, max: 4294967295 };
  const keyShape = choose.bool() ? shape : [];
  return {
    inputs: [keyShape, keyShape, shape, shape].map((s) => ({ shape: s, dtype: "uint32" as const, elements })),
    params: NO_PARAMS,
  };
};

/**
 * Pairs of random words: the counters (third and fourth operand) encrypted under the keys (first and second). All are
 * uint32 of one shape; scalars stand for full arrays.
 */
export const threefry2x32Primitive: Primitive = definePrimitive<Params>({
  name: "threefry2x32",
  abstractEval: (inputs) => {
    const wrong = inputs.find((x) => x.dtype !== "uint32");
    if (wrong !== undefined) {
      throw new DTypeError(
        `threefry2x32: keys and counters are uint32; got ${describeAval(wrong)}. Convert with astype.`,
      );
    }
    const words = aval(commonShape("threefry2x32", inputs), "uint32", allWeak(inputs));
    return [words, words];
  },
  evaluate: ([k1, k2, x1, x2], _params, outputs) => {
    const { shape, dtype, weakType } = outputs[0] as Aval;
    const counters = [x1, x2].map((x) => {
      const data = denseData(x as ConcreteArray);
      const words = allocate("uint32", sizeOf(shape)) as Uint32Array;
      if (data.length === words.length) words.set(data);
      else words.fill(data[0] as number);
      return words;
    }) as [Uint32Array, Uint32Array];
    encrypt(wordsOf(k1 as ConcreteArray), wordsOf(k2 as ConcreteArray), ...counters);
    return counters.map((buffer) => new ConcreteArray(buffer, shape, dtype, weakType));
  },
  jvp: { missing: "integers have no tangents" },
  transpose: { missing: "integers have no tangents" },
  batch: (inputs, axes, size, params) => {
    const { outputs, axes: outAxes } = batchElementwise(threefry2x32Primitive, inputs, axes, size, params);
    const at = outAxes[0] as number;
    return { outputs, axes: [at, at] };
  },
  lowering: {
    kind: "elementwise",
    expr: ([k1, k2, x1, x2]) => encryptExpr(k1 as Expr, k2 as Expr, x1 as Expr, x2 as Expr),
  },
  args: { example: drawBlocks },
});

const wordsOf = (x: ConcreteArray): Uint32Array => denseData(x) as Uint32Array;

/**
 * Random words: the pairs of counters `(x1, x2)` encrypted under the keys `(k1, k2)` by Threefry-2x32, 20 rounds.
 *
 * @throws DTypeError unless all are uint32, ShapeError unless they have one shape or are scalars.
 * @example
 * const [hi, lo] = threefry2x32(key1, key2, zeros, counters); // uint32, as counters
 */
export const threefry2x32 = (
  k1: NDArray,
  k2: NDArray,
  x1: NDArray,
  x2: NDArray,
): readonly [NDArray, NDArray] => {
  const [first, second] = bind(threefry2x32Primitive, [k1, k2, x1, x2], NO_PARAMS);
  return [first as NDArray, second as NDArray];
};
