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
import { add, type Expr, xor } from "../kernel/expr.ts";
import { rotateLeft } from "../kernel/math/bits.ts";
import { allWeak, batchElementwise, commonShape } from "./elementwise/base.ts";

/*
 * The bits of random numbers: Threefry-2x32 with 20 rounds, a block cipher that counters go through.
 * (J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.)
 */

/** By how many bits the second word is rotated in each round; the two rows alternate. */
const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** What the third word of the key schedule differs from the exclusive or of the key's words. */
const PARITY = 0x1bd11bda;

/** Encrypt the counters `(x1[i], x2[i])`, in place, under the keys `(k1[i], k2[i])`; a key of length 1 serves all. */
const encrypt = (k1: Uint32Array, k2: Uint32Array, x1: Uint32Array, x2: Uint32Array): void => {
  const [step1, step2] = [k1.length === 1 ? 0 : 1, k2.length === 1 ? 0 : 1];
  const key = new Int32Array(3);
  for (let i = 0; i < x1.length; i++) {
    key[0] = k1[i * step1] as number;
    key[1] = k2[i * step2] as number;
    key[2] = (key[0] as number) ^ (key[1] as number) ^ PARITY;
    let a = ((x1[i] as number) + (key[0] as number)) | 0;
    let b = ((x2[i] as number) + (key[1] as number)) | 0;
    for (let group = 1; group <= 5; group++) {
      for (const rotation of ROTATIONS[(group - 1) % 2] as readonly number[]) {
        a = (a + b) | 0;
        b = ((b << rotation) | (b >>> (32 - rotation))) ^ a;
      }
      a = (a + (key[group % 3] as number)) | 0;
      b = (b + (key[(group + 1) % 3] as number) + group) | 0;
    }
    x1[i] = a;
    x2[i] = b;
  }
};

/** The same of one block, as expressions. */
const encryptExpr = (k1: Expr, k2: Expr, x1: Expr, x2: Expr): readonly [Expr, Expr] => {
  const key = [k1, k2, xor(xor(k1, k2), PARITY)] as const;
  const schedule = (i: number): Expr => key[i % 3] as Expr;
  let [a, b] = [add(x1, k1), add(x2, k2)];
  for (let group = 1; group <= 5; group++) {
    for (const rotation of ROTATIONS[(group - 1) % 2] as readonly number[]) {
      a = add(a, b);
      b = xor(rotateLeft(b, rotation), a);
    }
    a = add(a, schedule(group));
    b = add(add(b, schedule(group + 1)), group);
  }
  return [a, b];
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
