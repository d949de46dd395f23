import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  type DType,
  dtypeInfo,
  encodeElement,
  isFloat,
  isHalf,
  NDArray,
  storedScalar,
} from "../../src/array/index.ts";
import { grad, jit, lax, numpy as np, random } from "../../src/index.ts";

/*
 * Arrays of int8, uint8, int16, uint16, float16 and bfloat16 against results of JAX (test/golden/storage.py), plain and
 * compiled.
 */

type Encoded = unknown;
type Case = readonly [room: string, name: string, args: readonly Encoded[], result: Encoded];

const { cases } = JSON.parse(readFileSync(new URL("../golden/storage.json", import.meta.url), "utf8")) as {
  readonly cases: readonly Case[];
};

const NUMBERS: { readonly [text: string]: number } = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
  "-0": -0,
};

const numberOf = (x: unknown): number => (typeof x === "string" ? (NUMBERS[x] as number) : Number(x));

type EncodedArray = readonly [dtype: DType, shape: number[], values: unknown[]];

const isArray = (x: Encoded): x is EncodedArray =>
  Array.isArray(x) && x.length === 3 && typeof x[0] === "string" && Array.isArray(x[2]);

const decode = (x: Encoded): unknown => {
  if (isArray(x)) return np.array(Float64Array.from(x[2], numberOf), { dtype: x[0], shape: x[1] });
  if (typeof x !== "object" || x === null) return x;
  const record = x as { readonly list?: readonly unknown[]; readonly $?: object };
  if (record.list !== undefined) return record.list.map(decode);
  return Object.fromEntries(Object.entries(record.$ ?? {}).map(([key, value]) => [key, decode(value)]));
};

type AnyFunction = (...args: readonly unknown[]) => unknown;

const ROOMS = { np, lax, random } as unknown as {
  readonly [room: string]: { readonly [name: string]: AnyFunction };
};

const functionOf = (room: string, name: string): AnyFunction => {
  const f = ROOMS[room.replace("grad:", "")]?.[name];
  if (f === undefined) throw new Error(`there is no ${room}.${name}`);
  const first: AnyFunction = name === "topK" ? (...args) => (f(...args) as readonly unknown[])[0] : f;
  if (!room.startsWith("grad:")) return first;
  const sum = (...args: readonly unknown[]): NDArray => np.sum(first(...args) as NDArray);
  return grad(sum as never) as AnyFunction;
};

/** Where a number stands among those of its dtype, so that differences count roundings. */
const rankOf = (x: number, dtype: DType): number => {
  if (!isHalf(dtype)) return x;
  const bits = encodeElement(x, dtype);
  return bits & 0x8000 ? -(bits & 0x7fff) : bits;
};

/** What is exact: rounded once from what is exact in float32, or no arithmetic at all. */
const EXACT =
  /^(lax|np):?(max|min|ptp|take|concatenate|pad|roll|diff|tril|transpose|repeat|sort|arange|eye|full|iota|bitcast|unique)/;

/** How many roundings a result may be off: functions of float32 are rounded to 16 bits, here and there. */
const ulpsOf = (room: string, name: string): number => {
  if (EXACT.test(`${room}:${name}`)) return 0;
  // JAX rounds intermediate results to 16 bits, or not, as XLA pleases.
  if (room === "random" || room.startsWith("grad:") || /cumsum|cumprod|einsum/.test(name)) return 4;
  return 1;
};

const expectNear = (actual: unknown, expected: Encoded, ulps: number): void => {
  if (!isArray(expected)) throw new Error(`not an array: ${JSON.stringify(expected)}`);
  const [dtype, shape, values] = expected;
  expect(actual).toBeInstanceOf(NDArray);
  const array = actual as NDArray;
  expect([array.dtype, array.shape]).toEqual([dtype, shape]);
  const got = Array.from(array.toTypedArray());
  const wanted = values.map(numberOf);
  const isNear = (x: number, y: number): boolean => {
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) return true;
    if (!isFloat(dtype)) return false;
    if (!isHalf(dtype)) return Math.abs(x - y) <= 3e-6 * Math.abs(y);
    return Math.abs(rankOf(x, dtype) - rankOf(y, dtype)) <= ulps;
  };
  const wrong = wanted.findIndex((y, i) => !isNear(got[i] as number, y));
  if (wrong >= 0) {
    throw new Error(
      `at ${wrong}: got ${got[wrong]}, expected ${wanted[wrong]} (all: ${got}, expected ${wanted})`,
    );
  }
};

const isPlain = (x: unknown): boolean =>
  !(x instanceof NDArray) && !(Array.isArray(x) && x.some((y) => y instanceof NDArray));

/** A function of the arrays among arguments, compiled. */
const compiled = (f: AnyFunction, args: readonly unknown[]): unknown => {
  const live = args.filter((x) => !isPlain(x));
  const whole = (...xs: readonly unknown[]): unknown => {
    let next = 0;
    return f(...args.map((x) => (isPlain(x) ? x : xs[next++])));
  };
  return jit(whole as never)(...live);
};

const groups = new Map<string, Case[]>();
for (const each of cases) {
  const [room, name] = each;
  const key = `${room} ${name}`;
  groups.set(key, [...(groups.get(key) ?? []), each]);
}

test("there are enough of them", () => expect(cases.length).toBeGreaterThan(400));

describe("results of JAX", () => {
  test.each([...groups])("%s", (_, group) => {
    for (const [room, name, args, result] of group) {
      const f = functionOf(room, name);
      const given = args.map(decode);
      const where = `${room} ${name} of ${JSON.stringify(args)}`;
      for (const [how, run] of [
        ["plain", () => f(...given)],
        ["jit", () => compiled(f, given)],
      ] as const) {
        try {
          expectNear(run(), result, ulpsOf(room, name));
        } catch (error) {
          throw new Error(`${how} ${where}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    }
  });
});

describe("16-bit floats", () => {
  const values = Array.from({ length: 65536 }, (_, bits) => bits);

  test.each(["float16", "bfloat16"] as const)(
    "every %s is what its bits say, and rounds to itself",
    (dtype) => {
      const bits = np.array(values, "uint16");
      const numbers = lax.bitcastConvertType(bits, dtype).astype("float64");
      const [exponentBits, mantissaBits] = dtype === "float16" ? [5, 10] : [8, 7];
      const bias = 2 ** (exponentBits - 1) - 1;
      const expected = values.map((b) => {
        const sign = b & 0x8000 ? -1 : 1;
        const exponent = (b >> mantissaBits) & (2 ** exponentBits - 1);
        const fraction = (b & (2 ** mantissaBits - 1)) * 2 ** -mantissaBits;
        if (exponent === 2 ** exponentBits - 1)
          return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
        return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
      });
      expect(Array.from(numbers.toTypedArray())).toEqual(expected);
      const decoded = jit((b: NDArray) => lax.bitcastConvertType(b, dtype).astype("float64"))(bits);
      expect(Array.from(decoded.toTypedArray())).toEqual(expected);
      const again = (x: NDArray): NDArray => lax.bitcastConvertType(x.astype(dtype), "uint16");
      const same = values.map((b, i) =>
        Number.isNaN(expected[i]) ? (dtype === "float16" ? 0x7e00 : 0x7fc0) : b,
      );
      for (const x of [numbers, numbers.astype("float32")]) {
        expect(again(x).toArray()).toEqual(same);
        expect(jit(again)(x).toArray()).toEqual(same);
      }
    },
  );

  test.each(["float16", "bfloat16"] as const)(
    "%s: what lies between two is rounded to the nearest, ties to even",
    (dtype) => {
      const largest = encodeElement(dtypeInfo(dtype).max, dtype);
      const positive = np.arange(0, largest, 1).astype("uint16");
      const lower = lax.bitcastConvertType(positive, dtype).astype("float64");
      const upper = lax.bitcastConvertType(positive.add(1), dtype).astype("float64");
      const middle = lower.add(upper).div(2);
      const gap = upper.sub(lower);
      const even = np.where(np.mod(positive.astype("int32"), 2).equal(0), lower, upper);
      // A little beside the middle: less than a float32 could tell from it.
      const nudge = gap.mul(2 ** -30);
      for (const [x, expected] of [
        [middle, even],
        [middle.sub(nudge), lower],
        [middle.add(nudge), upper],
      ] as const) {
        for (const sign of [1, -1]) {
          const rounded = (y: NDArray): NDArray => y.mul(sign).astype(dtype).astype("float64");
          expect(rounded(x).toArray()).toEqual(expected.mul(sign).toArray());
          expect(jit(rounded)(x).toArray()).toEqual(expected.mul(sign).toArray());
        }
      }
      expect(storedScalar(2 ** 200, dtype)).toBe(Number.POSITIVE_INFINITY);
    },
  );
});

describe("rounding", () => {
  test.each(["float16", "bfloat16"] as const)("any NaN is a NaN in %s, whatever its bits", (dtype) => {
    const bits = np.array([0x7fffffff, 0x7f800001, 0x7fbfffff, 0xffffffff, 0xff800001, 0xffc00000], "uint32");
    const halves = np.array([0x7fff, 0x7f81, 0x7c01, 0xffff, 0xfe00, 0x7e00], "uint16");
    const f = (b: NDArray): NDArray => lax.bitcastConvertType(b, "float32").astype(dtype);
    const g = (h: NDArray): NDArray => {
      const x = lax.bitcastConvertType(h, dtype);
      return np.negative(np.abs(x)).add(1).mul(x).sub(x.div(3));
    };
    const isNan = [...new Array<boolean>(6).fill(true)];
    for (const run of [f, jit(f)]) expect(np.isnan(run(bits)).toArray()).toEqual(isNan);
    const expected = np.isnan(lax.bitcastConvertType(halves, dtype)).toArray();
    for (const run of [g, jit(g)]) expect(np.isnan(run(halves)).toArray()).toEqual(expected);
    const words = lax.bitcastConvertType(jit(f)(bits), "uint16").toArray();
    expect(words).toEqual(new Array(6).fill(dtype === "float16" ? 0x7e00 : 0x7fc0));
  });

  test("each result is rounded once, compiled or not", () => {
    const x = np.array(
      Float32Array.from({ length: 200 }, (_, i) => Math.sin(i) * 3),
      "bfloat16",
    );
    const f = (y: NDArray): NDArray => y.mul(y).add(0.1).div(3).sub(y).mul(1.7);
    expect(jit(f)(x).toArray()).toEqual(f(x).toArray());
    const exact = [...x.toTypedArray()].map((v) => {
      const round = (value: number): number => storedScalar(value, "bfloat16");
      const [a, b, c] = [round(0.1), 3, round(1.7)];
      return round(round(round(round(round(v * v) + a) / b) - v) * c);
    });
    expect([...f(x).toTypedArray()]).toEqual(exact);
  });

  test("a sum of many is rounded at its end only", () => {
    const x = np.full([10_000], 0.1, "bfloat16");
    const exact = storedScalar(10_000 * storedScalar(0.1, "bfloat16"), "bfloat16");
    expect(np.sum(x).item()).toBe(exact);
    expect(jit((y: NDArray) => np.sum(y))(x).item()).toBe(exact);
    expect(np.dot(x, np.ones([10_000], "bfloat16")).item()).toBe(exact);
  });

  test("a product of 16-bit floats can be had in float32", () => {
    const x = np.array(
      [
        [1.5, 3.25],
        [0.125, 7],
      ],
      "bfloat16",
    );
    const y = np.matmul(x, x, { preferredElementType: "float32" });
    expect(y.dtype).toBe("float32");
    expect(y.toArray()).toEqual([
      [2.65625, 27.625],
      [1.0625, 49.40625],
    ]);
  });
});

describe("derivatives", () => {
  test("are of the type of what they are taken with respect to", () => {
    for (const dtype of ["float16", "bfloat16", "float32"] as const) {
      const params = { w: np.ones([3, 2], dtype), b: np.zeros([2], "float32") };
      const x = np.ones([4, 3], "bfloat16");
      const loss = (p: typeof params): NDArray =>
        np.sum(np.tanh(np.matmul(x, p.w)).add(p.b)).astype("float32");
      const g = jit(grad(loss))(params);
      expect([g.w.dtype, g.b.dtype]).toEqual([dtype, "float32"]);
      expect(g.w.shape).toEqual([3, 2]);
    }
  });

  test("training in mixed precision converges: float32 parameters, bfloat16 arithmetic, float32 loss", () => {
    const key = random.key(0);
    const [kx, kw] = random.split(key, 2) as unknown as readonly [NDArray, NDArray];
    const x = random.normal(kx, [64, 5]);
    const y = np.sum(np.sin(x), 1);
    let params = { w1: random.normal(kw, [5, 32]).mul(0.4), w2: np.full([32], 0.05) };
    const loss = ({ w1, w2 }: typeof params): NDArray => {
      const [input, first, second] = [x, w1, w2].map((z) => z.astype("bfloat16")) as [
        NDArray,
        NDArray,
        NDArray,
      ];
      const out = np.matmul(np.tanh(np.matmul(input, first)), second);
      expect(out.dtype).toBe("bfloat16");
      return np.mean(np.square(out.astype("float32").sub(y)));
    };
    const step = jit((p: typeof params) => {
      const g = grad(loss)(p);
      return { w1: p.w1.sub(g.w1.mul(0.05)), w2: p.w2.sub(g.w2.mul(0.05)) };
    });
    const before = loss(params).item() as number;
    for (let i = 0; i < 300; i++) params = step(params);
    const after = loss(params).item() as number;
    expect([params.w1.dtype, params.w2.dtype]).toEqual(["float32", "float32"]);
    expect(after).toBeLessThan(0.05 * before);
  });
});

describe("bad input", () => {
  test("a dtype that does not exist is named beside those that do", () => {
    expect(() => np.zeros([3], { dtype: "float8" as DType })).toThrow(
      /zeros: dtype must be one of "bool", "uint8", .*"bfloat16", "float16", "float32", "float64"; got "float8"/,
    );
    expect(() => np.ones([2]).astype("half" as DType)).toThrow(/astype: dtype must be one of .*; got "half"/);
    expect(() => np.finfo("int8")).toThrow(
      /finfo: takes one of bfloat16, float16, float32, float64; got "int8"/,
    );
    expect(() => np.iinfo("bfloat16")).toThrow(/iinfo: takes one of uint8, .*int32; got "bfloat16"/);
  });

  test("a number that an integer dtype does not hold is refused", () => {
    const x = np.array([1, 2], "uint8");
    expect(() => x.add(256)).toThrow(/256 does not fit uint8/);
    expect(() => np.array([1, 200], "int8")).toThrow(/200, which int8 cannot hold/);
  });
});
