import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type DType, encodeElement, isFloat, isHalf, NDArray } from "../../src/array/index.ts";
import { jit, lax, nn, numpy as np } from "../../src/index.ts";

/*
 * Casts from and to int8, uint8, int16, uint16, float16 and bfloat16, and elementwise functions of them, against results of
 * JAX (test/golden/storage_elementwise.py), plain and compiled.
 */

type Argument = string | number;
type Case = readonly [
  room: string,
  name: string,
  args: readonly Argument[],
  dtypes: readonly DType[],
  results: readonly (readonly unknown[])[],
];

interface Golden {
  readonly arrays: { readonly [name: string]: readonly [DType, readonly unknown[]] };
  readonly cases: readonly Case[];
}

const { arrays, cases } = JSON.parse(
  readFileSync(new URL("../golden/storage_elementwise.json", import.meta.url), "utf8"),
) as Golden;

const NUMBERS: { readonly [text: string]: number } = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
  "-0": -0,
};

const numberOf = (x: unknown): number => (typeof x === "string" ? (NUMBERS[x] as number) : Number(x));

const argumentOf = (x: Argument): NDArray | number => {
  if (typeof x === "number") return x;
  const [dtype, values] = arrays[x] as readonly [DType, readonly unknown[]];
  return np.array(Float64Array.from(values, numberOf), { dtype });
};

type AnyFunction = (...args: readonly unknown[]) => unknown;

const ROOMS = { np, lax, nn } as unknown as {
  readonly [room: string]: { readonly [name: string]: AnyFunction };
};

const functionOf = (room: string, name: string): AnyFunction => {
  if (room === "cast") return (x) => lax.convertElementType(x as NDArray, name as DType);
  const f = ROOMS[room]?.[name];
  if (f === undefined) throw new Error(`there is no ${room}.${name}`);
  return f;
};

/** Where a number stands among those of its dtype, so that differences count roundings. */
const rankOf = (x: number, dtype: DType): number => {
  const bits = encodeElement(x, dtype);
  return bits & 0x8000 ? -(bits & 0x7fff) : bits;
};

/** Rounded from what is exact, or from float32 functions that are as exact as they can be. */
const EXACT = new Set(
  `abs negative positive reciprocal sign sqrt cbrt square exp exp2 log log1p cos tan arctan sinh cosh tanh
  deg2rad rad2deg ceil floor trunc rint round nanToNum isfinite isinf isnan signbit i0 isposinf isneginf
  logicalNot frexp modf spacing erfInv add subtract multiply divide floorDivide remainder fmod power hypot
  logaddexp maximum minimum fmax fmin copysign nextafter heaviside equal notEqual less lessEqual greater
  greaterEqual logicalAnd divmod floatPower erf lgamma digamma besselI0e besselI1e rsqrt logistic relu relu6
  sigmoid softplus softSign logSigmoid leakyRelu hardTanh gelu mish clip ldexp where bitwiseNot bitwiseCount
  bitwiseAnd bitwiseOr bitwiseXor gcd lcm bitwiseLeftShift bitwiseRightShift bfloat16 bool float16 float32
  float64 int16 int32 int8 uint16 uint32 uint8`.split(/\s+/),
);

/** What JAX works out in two steps or more, each rounded, as we do; their order differs. */
const IN_STEPS = new Set("silu hardSilu selu squareplus log10 logaddexp2".split(" "));

const roundingsOf = (name: string): number => (EXACT.has(name) ? 0 : IN_STEPS.has(name) ? 2 : 1);

/** Whether a result is that of JAX but for so many roundings of 16-bit floats; float32 functions of integers are near. */
const isNear = (x: number, y: number, dtype: DType, roundings: number): boolean => {
  if (x === y || (Number.isNaN(x) && Number.isNaN(y))) return true;
  if (!isFloat(dtype)) return false;
  if (!isHalf(dtype)) return Math.abs(x - y) <= 3e-6 * Math.abs(y);
  // XLA takes float32's subnormal numbers for 0, and so those of bfloat16.
  const isTiny = dtype === "bfloat16" && Math.abs(x) < 2 ** -126 && y === 0;
  return isTiny || Math.abs(rankOf(x, dtype) - rankOf(y, dtype)) <= roundings;
};

const check = (where: string, actual: unknown, [, name, , dtypes, results]: Case): void => {
  const list = (actual instanceof NDArray ? [actual] : Object.values(actual as object)) as readonly NDArray[];
  expect([where, ...list.map(({ dtype }) => dtype)]).toEqual([where, ...dtypes]);
  list.forEach((array, i) => {
    const got = Array.from(array.toTypedArray(), Number);
    const wanted = (results[i] as readonly unknown[]).map(numberOf);
    const at = wanted.findIndex(
      (y, k) => !isNear(got[k] as number, y, dtypes[i] as DType, roundingsOf(name)),
    );
    expect(at < 0 ? "near" : { where, at, got: got[at], wanted: wanted[at] }).toBe("near");
  });
};

test("there are enough of them", () => expect(cases.length).toBeGreaterThan(400));

describe.each([...new Set(cases.map(([room]) => room))])("results of JAX: %s", (room) => {
  const own = cases.filter(([r]) => r === room);
  test.each([...new Set(own.map(([, name]) => name))])("%s", (name) => {
    const f = functionOf(room, name);
    for (const each of own.filter(([, n]) => n === name)) {
      const given = each[2].map(argumentOf);
      const live = given.filter((x) => x instanceof NDArray);
      const whole = (...xs: readonly NDArray[]): unknown => {
        let next = 0;
        return f(...given.map((x) => (x instanceof NDArray ? xs[next++] : x)));
      };
      const where = `${room}.${name}(${each[2].join(", ")})`;
      check(where, whole(...live), each);
      check(`jit of ${where}`, jit(whole as never)(...(live as never[])), each);
    }
  });
});
