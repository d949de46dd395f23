import { readFileSync } from "node:fs";
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { arrayFrom, type DType, isFloat, type NDArray, scalarArray } from "../../src/array/index.ts";
import {
  ArgumentError,
  bind1,
  DifferentiationError,
  DTypeError,
  type Params,
  type Primitive,
  registeredPrimitives,
  ShapeError,
} from "../../src/core/index.ts";
import * as E from "../../src/primitives/elementwise/index.ts";
import { grad } from "../../src/transforms/grad.ts";
import { jvp } from "../../src/transforms/jvp.ts";
import { vmap } from "../../src/transforms/vmap.ts";

const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;

/** A number as the golden file writes it. */
type Encoded = number | boolean | "inf" | "-inf" | "nan" | "-0";
type Row = readonly Encoded[];

interface Golden {
  readonly cases: readonly (readonly [
    name: string,
    params: Params,
    dtypes: readonly DType[],
    values: readonly Row[],
    derivatives: readonly Row[],
  ])[];
  readonly special: readonly (readonly [name: string, rows: readonly (readonly number[])[]])[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL("../golden/elementwise.json", import.meta.url), "utf8"),
);

const decode = (x: Encoded): number => {
  if (typeof x !== "string") return Number(x);
  return { inf: INF, "-inf": -INF, nan: NAN, "-0": -0 }[x];
};

const byName = new Map(registeredPrimitives().map((primitive) => [primitive.name, primitive]));
const primitiveOf = (name: string): Primitive => byName.get(name) as Primitive;
const f64 = (x: number): NDArray => scalarArray(x, "float64");
const list = (x: NDArray): unknown => x.toArray();

/** Whether two numbers are the same up to the rounding of a few operations, signs of zeros included. */
const agrees = (got: number, want: number, tolerance = 4e-15): boolean =>
  Object.is(got, want) || (got !== 0 && Math.abs(got - want) <= tolerance * Math.abs(want));

describe("against JAX's results at special points", () => {
  for (const [name, params, dtypes, values, derivatives] of golden.cases) {
    const title = `${name}(${dtypes.join(", ")}) ${JSON.stringify(params)}`;
    const apply = (...xs: readonly NDArray[]): NDArray => bind1(primitiveOf(name), xs, params);
    const operands = (row: Row): NDArray[] =>
      dtypes.map((dtype, i) => scalarArray(decode(row[i] as Encoded), dtype));

    test(`${title}: values`, () => {
      const columns = dtypes.map((dtype, i) =>
        arrayFrom(
          values.map((row) => decode(row[i] as Encoded)),
          dtype,
        ),
      );
      const together = Array.from(apply(...columns).toTypedArray());
      const wrong = values.flatMap((row, k) => {
        const want = decode(row[dtypes.length] as Encoded);
        const got = Number(apply(...operands(row)).item());
        return agrees(got, want) && Object.is(got, together[k]) ? [] : [[...row, got, together[k]]];
      });
      expect(wrong).toEqual([]);
    });

    if (derivatives.length === 0) continue;
    test(`${title}: derivatives`, () => {
      const floats = dtypes.flatMap((dtype, i) => (isFloat(dtype) ? [i] : []));
      const derivative = grad(apply, { argnums: floats });
      const wrong = derivatives.flatMap((row) => {
        const slopes = (derivative(...operands(row)) as readonly NDArray[]).map((x) => Number(x.item()));
        const want = row.slice(dtypes.length).map(decode);
        // A derivative of zero may come with either sign.
        return slopes.every((x, i) => agrees(x + 0, (want[i] as number) + 0, 1e-12))
          ? []
          : [[...row, slopes]];
      });
      expect(wrong).toEqual([]);
    });
  }
});

describe("special functions in double precision", () => {
  for (const [name, rows] of golden.special) {
    test(`${name} is right to 14 digits`, () => {
      const wrong = rows.flatMap((row) => {
        const got = bind1(primitiveOf(name), row.slice(0, -1).map(f64), {}).item() as number;
        return agrees(got, row.at(-1) as number, 1e-14) ? [] : [[...row, got]];
      });
      expect(wrong).toEqual([]);
    });
  }

  test("at poles and ends", () => {
    const at = (f: (...xs: NDArray[]) => NDArray, ...xs: number[]): unknown => f(...xs.map(f64)).item();
    expect([0, -1, -2, INF, -INF].map((x) => at(E.lgamma, x))).toEqual([INF, INF, INF, INF, INF]);
    expect([1, 2].map((x) => at(E.lgamma, x))).toEqual([0, 0]);
    expect([0, -1, -INF, INF, NAN].map((x) => at(E.digamma, x))).toEqual([NAN, NAN, NAN, INF, NAN]);
    expect([1, -1, 1.5, NAN].map((x) => at(E.erfInv, x))).toEqual([INF, -INF, NAN, NAN]);
    expect(Object.is(at(E.erf, -0), -0) && Object.is(at(E.erfInv, -0), -0)).toBe(true);
    expect([30, -30].map((x) => at(E.erfc, x))).toEqual([0, 2]);
    expect([at(E.zeta, 1, 2), at(E.zeta, 0.5, 2), at(E.zeta, 2, 0), at(E.zeta, 3, -2)]).toEqual([
      INF,
      NAN,
      INF,
      NAN,
    ]);
    expect([at(E.zeta, 2, INF), at(E.zeta, INF, 1), at(E.zeta, 2.5, -1.5)]).toEqual([0, 1, NAN]);
    expect([at(E.polygamma, 0.5, 1), at(E.polygamma, 1, 0), at(E.polygamma, 2, -1)]).toEqual([NAN, INF, NAN]);
  });

  property.prop([fc.double({ min: -0.999, max: 0.999, noNaN: true })])("erf undoes erfInv", (x) => {
    expect(E.erf(E.erfInv(f64(x))).item()).toBeCloseTo(x, 14);
  });

  property.prop([fc.double({ min: -20.5, max: 20.5, noNaN: true })])(
    "lgamma and digamma satisfy their recurrences",
    (x) => {
      // Near a pole the recurrence is a difference of great numbers.
      fc.pre(Math.abs(x - Math.round(x)) > 1e-3);
      const next = f64(x + 1);
      const step = (E.lgamma(next).item() as number) - (E.lgamma(f64(x)).item() as number);
      expect(step).toBeCloseTo(Math.log(Math.abs(x)), 9);
      const slope = (E.digamma(next).item() as number) - (E.digamma(f64(x)).item() as number);
      expect(slope).toBeCloseTo(1 / x, 7);
    },
  );

  test("derivatives of lgamma chain to any order", () => {
    const third = grad(grad(grad(E.lgamma)));
    // ψ''(2.5), from mpmath
    expect((third(f64(2.5)) as NDArray).item()).toBeCloseTo(-0.23620405164172739, 13);
  });

  test("orders and exponents have no derivative, and say so", () => {
    expect(() => grad(E.polygamma)(f64(1), f64(2))).toThrow(DifferentiationError);
    expect(() => grad(E.zeta)(f64(2), f64(2))).toThrow(/zeta .*stopGradient/);
  });
});

describe("derivatives at exceptional points", () => {
  const slopes = (f: (...xs: NDArray[]) => NDArray, ...xs: number[]): unknown =>
    (grad(f, { argnums: xs.map((_, i) => i) })(...xs.map(f64)) as readonly NDArray[]).map((x) => x.item());

  test("x^y is flat where x and y are 0", () => {
    expect(slopes(E.pow, 0, 0)).toEqual([0, 0]);
    const byBase = (x: NDArray): NDArray => E.pow(x, scalarArray(0, "int32"));
    expect((grad(grad(byBase))(f64(0)) as NDArray).item()).toBe(0);
    expect((grad(grad((x: NDArray) => E.pow(x, f64(0))))(f64(0)) as NDArray).item()).toBe(0);
  });

  test("the mixed derivative of x^y at y = 0 is 1 / x", () => {
    const byBase = (x: NDArray, y: NDArray): NDArray => grad(E.pow)(x, y) as NDArray;
    expect((grad(byBase, { argnums: 1 })(f64(4), f64(0)) as NDArray).item()).toBeCloseTo(0.25, 14);
  });

  test("ties of max and min are halved", () => {
    expect(slopes(E.max, 2, 2)).toEqual([0.5, 0.5]);
    expect(slopes(E.min, 0, -0)).toEqual([0.5, 0.5]);
  });

  test("rem counts whole quotients, also where division rounds up to one", () => {
    // 0.3 % 0.1 is just below 0.1: the quotient is 2, though 0.3 / 0.1 is nearer to 3.
    expect(slopes(E.rem, 0.3, 0.1)).toEqual([1, -2]);
    expect(slopes(E.rem, -5.5, 2)).toEqual([1, 2]);
  });

  test("stopGradient stops it", () => {
    expect(slopes((x) => E.mul(x, E.stopGradient(x)), 3)).toEqual([3]);
  });
});

describe("selectN", () => {
  const a = arrayFrom([1, 2, 3]);
  const b = arrayFrom([4, 5, 6]);

  test("chooses by booleans, indices and scalars", () => {
    expect(list(E.selectN(arrayFrom([true, false, true]), a, b))).toEqual([4, 2, 6]);
    expect(list(E.selectN(arrayFrom([2, 0, 1], "int32"), a, b, scalarArray(9, "float32")))).toEqual([
      1 + 8,
      2,
      6,
    ]);
    expect(list(E.selectN(scalarArray(1, "bool"), a, b))).toEqual([4, 5, 6]);
    expect(list(E.selectN(arrayFrom([-1, 5, 1], "int32"), a, b))).toEqual([1, 5, 6]);
    expect(list(E.select(arrayFrom([true, false, true]), a, b))).toEqual([1, 5, 3]);
  });

  test("is batched over a scalar predicate", () => {
    const rows = vmap((p: NDArray) => E.selectN(p, a, b))(arrayFrom([true, false])) as NDArray;
    expect(list(rows)).toEqual([
      [4, 5, 6],
      [1, 2, 3],
    ]);
  });

  test("refuses what it cannot choose by or between", () => {
    expect(() => E.selectN(arrayFrom([1, 0, 1]), a, b)).toThrow(DTypeError);
    expect(() => E.selectN(arrayFrom([true, false, true]), a, b, a)).toThrow(DTypeError);
    expect(() => E.selectN(arrayFrom([true, false, true]), a, arrayFrom([1, 2, 3], "int32"))).toThrow(
      DTypeError,
    );
    expect(() => E.selectN(arrayFrom([true, false]), a, b)).toThrow(ShapeError);
    expect(() => E.selectN(arrayFrom([true, false]))).toThrow(/at least one case/);
  });
});

describe("conversions", () => {
  test("of an array to what it is return it", () => {
    const x = arrayFrom([1, 2]);
    const weak = scalarArray(1, "float32", true);
    expect(E.convertElementType(x, "float32")).toBe(x);
    expect(E.convertElementType(weak, "float32", true)).toBe(weak);
    expect(E.convertElementType(weak, "float32").weakType).toBe(false);
    expect(E.bitcastConvertType(x, "float32")).toBe(x);
    expect(E.integerPow(x, 1)).toBe(x);
  });

  test("between floats carry derivatives, through integers none", () => {
    const wide = (x: NDArray): NDArray => E.square(E.convertElementType(x, "float64"));
    const slope = grad(wide)(scalarArray(3, "float32")) as NDArray;
    expect([slope.dtype, slope.item()]).toEqual(["float32", 6]);
    const cut = (x: NDArray): NDArray =>
      E.mul(x, E.convertElementType(E.convertElementType(x, "int32"), "float64"));
    expect((grad(cut)(f64(3.5)) as NDArray).item()).toBe(3);
  });

  test("bits of float32", () => {
    const bits = E.bitcastConvertType(arrayFrom([1, -0, INF, 2 ** -149]), "uint32");
    expect([bits.dtype, list(bits)]).toEqual(["uint32", [0x3f800000, 0x80000000, 0x7f800000, 1]]);
    expect(list(E.bitcastConvertType(bits, "float32"))).toEqual([1, -0, INF, 2 ** -149]);
    expect(list(E.bitcastConvertType(arrayFrom([-1], "int32"), "uint32"))).toEqual([4294967295]);
    // One row of a matrix is a window onto it; only its bits are read.
    const second = vmap((row: NDArray) => E.bitcastConvertType(row, "int32"))(
      arrayFrom([[0], [1]]),
    ) as NDArray;
    expect(list(second)).toEqual([[0], [0x3f800000]]);
    expect(() => E.bitcastConvertType(f64(1), "int32")).toThrow(/float64\[\] .*width/);
    expect(() => E.bitcastConvertType(arrayFrom([true]), "int32")).toThrow(DTypeError);
  });

  const float = fc.double();
  property.prop([float])(
    "reducePrecision to float32's bits is rounding to float32, subnormals aside",
    (x) => {
      const want = Math.fround(x);
      fc.pre(want === 0 || Math.abs(want) >= 2 ** -126 || Number.isNaN(x));
      expect(E.reducePrecision(f64(x), 8, 23).item()).toBe(want);
    },
  );

  property.prop([fc.double({ noNaN: true, noDefaultInfinity: true }), float])(
    "nextafter leaves no gap",
    (x, y) => {
      fc.pre(!Number.isNaN(y) && x !== y);
      const next = E.nextafter(f64(x), f64(y));
      expect(y > x ? (next.item() as number) > x : (next.item() as number) < x).toBe(true);
      // The middle of neighbours is one of them.
      const middle = x / 2 + (next.item() as number) / 2;
      expect(Math.abs(x) < 1e-300 || middle === x || middle === next.item()).toBe(true);
      expect(E.nextafter(next, f64(x)).item() === x).toBe(true);
    },
  );

  test("reducePrecision rounds tangents and cotangents too", () => {
    const rounded = (x: NDArray): NDArray => E.reducePrecision(x, 5, 2);
    expect((grad((x: NDArray) => E.mul(rounded(x), f64(1.1)))(f64(3)) as NDArray).item()).toBe(1);
    expect((jvp(rounded, [f64(1.3)], [f64(1.4)])[1] as NDArray).item()).toBe(1.5);
  });

  test("nextafter knows the spacing of float32", () => {
    const step = (x: number, y: number): unknown =>
      E.nextafter(scalarArray(x, "float32"), scalarArray(y, "float32")).item();
    expect(step(1, 2)).toBe(1 + 2 ** -23);
    expect(step(1, 0)).toBe(1 - 2 ** -24);
    expect(step(0, -1)).toBe(-(2 ** -149));
    expect(step(Math.fround(3.4028234663852886e38), INF)).toBe(INF);
    expect(step(-INF, 0)).toBe(-3.4028234663852886e38);
  });
});

describe("dtypes and shapes", () => {
  test("weak types survive, unless the result is another dtype", () => {
    const weak = scalarArray(1, "float32", true);
    expect(E.exp(weak).weakType).toBe(true);
    expect(E.max(weak, arrayFrom([1])).weakType).toBe(false);
    expect(E.lt(weak, weak).weakType).toBe(false);
    expect(E.pow(weak, scalarArray(2, "int32", true)).weakType).toBe(true);
  });

  test("refusals name the primitive and what it got", () => {
    const ints = arrayFrom([1], "int32");
    expect(() => E.exp(ints)).toThrow(/exp: .*int32\[1\]/);
    expect(() => E.and(arrayFrom([1]), arrayFrom([1]))).toThrow(DTypeError);
    expect(() => E.shiftLeft(arrayFrom([true]), arrayFrom([true]))).toThrow(DTypeError);
    expect(() => E.add(arrayFrom([true]), arrayFrom([true]))).toThrow(DTypeError);
    expect(() => E.pow(ints, ints)).toThrow(/pow: .*int32\[1\]/);
    expect(() => E.pow(arrayFrom([1]), f64(1))).toThrow(DTypeError);
    expect(() => E.max(arrayFrom([1, 2]), arrayFrom([1, 2, 3]))).toThrow(ShapeError);
    expect(() => E.integerPow(ints, -1)).toThrow(ArgumentError);
    expect(() => E.integerPow(arrayFrom([1]), 0.5)).toThrow(/whole/);
    expect(() => E.reducePrecision(arrayFrom([1]), 0, 3)).toThrow(ArgumentError);
    expect(() => E.reducePrecision(arrayFrom([1]), 5, -1)).toThrow(/mantissaBits/);
  });

  test("float32 results are rounded once", () => {
    const x = arrayFrom([0.1, 1, 87.5, 89]);
    expect(Array.from(E.exp(x).toTypedArray())).toEqual(
      Array.from(x.toTypedArray(), (v) => Math.fround(Math.exp(v))),
    );
    expect(E.erf(x).dtype).toBe("float32");
  });

  property.prop([fc.array(fc.integer()), fc.integer()])(
    "bits of int32 and uint32 are the same bits",
    (xs, y) => {
      const signed = arrayFrom(xs, "int32");
      const unsigned = E.convertElementType(signed, "uint32");
      const mask = scalarArray(y, "int32");
      const same = (f: (x: NDArray, y: NDArray) => NDArray): void => {
        const result = f(unsigned, E.convertElementType(mask, "uint32"));
        expect(list(E.convertElementType(result, "int32"))).toEqual(list(f(signed, mask)));
      };
      for (const f of [
        E.and,
        E.or,
        E.xor,
        E.add,
        E.sub,
        E.mul,
        E.shiftLeft,
        E.shiftRightLogical,
        E.shiftRightArithmetic,
      ]) {
        same(f);
      }
      expect(list(E.xor(E.not(signed), signed))).toEqual(xs.map(() => -1));
      expect(list(E.populationCount(signed))).toEqual(
        xs.map((x) => [...(x >>> 0).toString(2)].filter((bit) => bit === "1").length),
      );
    },
  );
});
