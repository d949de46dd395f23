import { fc, test as property } from "@fast-check/vitest";
import { type Complex, grad, jit, type NDArray, numpy as np, vmap } from "cotangent";
import { checkGrads } from "cotangent/testing";
import { describe, expect, test } from "vitest";

const { fft, ifft, rfft, irfft } = np.fft;

/** Signals that do not repeat, of any length. */
const noise = (n: number, seed: number): NDArray =>
  np.array(
    Float64Array.from({ length: n }, (_, i) => Math.sin((i + 1) * (seed + 1.3) + i * i * 0.7)),
    {
      dtype: "float64",
    },
  );

const signal = (n: number, seed = 0): Complex => ({ real: noise(n, seed), imag: noise(n, seed + 0.5) });

const numbers = (x: NDArray): number[] => Array.from(x.toTypedArray());

/** X[k] = Σ x[j] exp(−2πi·jk/n), as it is written. */
const definition = ({ real, imag }: Complex): readonly [re: number[], im: number[]] => {
  const [a, b] = [numbers(real), numbers(imag)];
  const n = a.length;
  const terms = (k: number, part: (x: number, y: number, c: number, s: number) => number): number =>
    a.reduce((sum, x, j) => {
      const angle = (2 * Math.PI * ((j * k) % n)) / n;
      return sum + part(x, b[j] as number, Math.cos(angle), Math.sin(angle));
    }, 0);
  return [
    a.map((_, k) => terms(k, (x, y, c, s) => x * c + y * s)),
    a.map((_, k) => terms(k, (x, y, c, s) => y * c - x * s)),
  ];
};

/** The root of the sum of squares of all differences, beside that of all numbers. */
const relativeError = (actual: readonly number[], expected: readonly number[]): number => {
  const [error, size] = actual.reduce(
    ([e, s], x, i) => [e + (x - (expected[i] as number)) ** 2, s + (expected[i] as number) ** 2],
    [0, 0],
  );
  return Math.sqrt(error / size);
};

const flat = ({ real, imag }: Complex): number[] => [...numbers(real), ...numbers(imag)];

const EPSILON = { float32: 2 ** -24, float64: 2 ** -53 } as const;

/** How far rounding may take a transform: of the order of ε log n, and some times that where it is a convolution. */
const allowed = (dtype: "float32" | "float64", n: number): number => 3 * EPSILON[dtype] * (1 + Math.log2(n));

const compiled = jit((x: Complex) => fft(x));

describe("every length", () => {
  const lengths = Array.from({ length: 64 }, (_, i) => i + 1);
  test.each([...lengths, 97, 128, 169, 240, 1001])("%i", (n) => {
    const x = signal(n);
    const expected = definition(x).flat();
    expect(relativeError(flat(fft(x)), expected)).toBeLessThan(allowed("float64", n));
    expect(relativeError(flat(compiled(x)), expected)).toBeLessThan(allowed("float64", n));
    const single: Complex = { real: np.astype(x.real, "float32"), imag: np.astype(x.imag, "float32") };
    expect(relativeError(flat(compiled(single)), definition(single).flat())).toBeLessThan(
      allowed("float32", n),
    );
  });

  test.each([4096, 10007, 65536])("%i, there and back, and against float64", (n) => {
    const x = signal(n);
    const there = compiled(x);
    const back = jit((y: Complex) => ifft(y))(there);
    expect(relativeError(flat(back), flat(x))).toBeLessThan(allowed("float64", n));
    const single: Complex = { real: np.astype(x.real, "float32"), imag: np.astype(x.imag, "float32") };
    expect(relativeError(flat(compiled(single)), flat(there))).toBeLessThan(allowed("float32", n));
  });
});

const lengths = fc.integer({ min: 1, max: 40 });
const add = np.complex.add;
const mul = np.complex.mul;

const expectClose = (actual: Complex, expected: Complex): void => {
  const [x, y] = [flat(actual), flat(expected)];
  const scale = Math.max(1e-3, ...y.map(Math.abs));
  x.forEach((value, i) => {
    expect(Math.abs(value - (y[i] as number))).toBeLessThan(1e-13 * scale);
  });
};

/** exp(−2πi·jk/n) for fixed j and all k. */
const wave = (n: number, j: number): Complex => {
  const angles = Float64Array.from({ length: n }, (_, k) => (-2 * Math.PI * ((j * k) % n)) / n);
  const angle = np.array(angles, { dtype: "float64" });
  return { real: np.cos(angle), imag: np.sin(angle) };
};

describe("laws", () => {
  property.prop([lengths, fc.double({ min: -2, max: 2, noNaN: true })])("linear", (n, a) => {
    const [x, y] = [signal(n, 1), signal(n, 2)];
    expectClose(fft(add(mul(x, a), y)), add(mul(fft(x), a), fft(y)));
  });

  property.prop([lengths])("Parseval: ortho keeps the sum of squares", (n) => {
    const x = signal(n);
    const power = (z: Complex): number => np.sum(np.square(np.complex.abs(z))).item() as number;
    const y = fft(x, null, -1, "ortho");
    expect(Math.abs(power(y) / power(x) - 1)).toBeLessThan(1e-13);
  });

  property.prop([lengths, fc.constantFrom("backward" as const, "ortho" as const, "forward" as const)])(
    "inverse",
    (n, norm) => {
      const x = signal(n);
      expectClose(ifft(fft(x, null, -1, norm), null, -1, norm), x);
      const real = irfft(rfft(x.real, null, -1, norm), n, -1, norm);
      expectClose({ real, imag: x.imag }, x);
      const half: Complex = np.fft.ihfft(x.real, null, -1, norm);
      expectClose({ real: np.fft.hfft(half, n, -1, norm), imag: x.imag }, x);
    },
  );

  property.prop([fc.integer({ min: 1, max: 24 }), fc.integer({ min: 0, max: 23 })])(
    "shift: what comes later turns each frequency",
    (n, shift) => {
      const x = signal(n);
      const later: Complex = { real: np.roll(x.real, shift), imag: np.roll(x.imag, shift) };
      expectClose(fft(later), mul(fft(x), wave(n, shift % n)));
    },
  );

  property.prop([fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })])(
    "convolution: products of transforms",
    (m, n) => {
      const [x, y] = [noise(m, 1), noise(n, 2)];
      const length = m + n - 1;
      const product = irfft(mul(rfft(x, length), rfft(y, length)), length);
      const direct = numbers(np.convolve(x, y));
      numbers(product).forEach((value, i) => {
        expect(value).toBeCloseTo(direct[i] as number, 10);
      });
    },
  );

  property.prop([lengths])("rfft is the first half of fft; fftshift and ifftshift undo each other", (n) => {
    const x = noise(n, 3);
    const kept = Math.floor(n / 2) + 1;
    const whole = fft(x);
    expectClose(rfft(x), {
      real: whole.real.at(np.slice(kept)).get(),
      imag: whole.imag.at(np.slice(kept)).get(),
    });
    expect(numbers(np.fft.ifftshift(np.fft.fftshift(x)))).toEqual(numbers(x));
    expectClose(np.fft.ifftshift(np.fft.fftshift(whole)), whole);
  });
});

describe("transforms of transforms", () => {
  const x = signal(12);
  const grid: Complex = { real: np.reshape(x.real, [3, 4]), imag: np.reshape(x.imag, [3, 4]) };

  test("fft2 is fft along both axes, in any order", () => {
    const both = np.fft.fft2(grid);
    expectClose(fft(fft(grid, null, 0), null, 1), both);
    expectClose(np.fft.fftn(grid, null, [1, 0]), both);
    expectClose(np.fft.ifft2(both), grid);
  });

  test("vmap transforms each line, jit of vmap too", () => {
    const lines = vmap((z: Complex) => fft(z))(grid);
    expectClose(lines, fft(grid));
    expectClose(jit(vmap((z: Complex) => fft(z), 1, 1))(grid), fft(grid, null, 0));
  });

  test("derivatives agree with finite differences, to second order", () => {
    const power = ({ real, imag }: Complex): NDArray => {
      const y = fft({ real: np.sin(real), imag });
      return np.sum(np.multiply(np.square(np.complex.abs(y)), np.arange(1, 8)));
    };
    checkGrads(power, [signal(7)]);
    checkGrads((z: NDArray) => np.sum(np.power(irfft(rfft(z, 8), 9), 3)), [noise(7, 1)]);
  });

  test("the gradient of a power spectrum is real and of the signal's shape", () => {
    const g = grad((z: NDArray) => np.sum(np.square(np.complex.abs(rfft(z)))))(noise(9, 2));
    expect([g.dtype, g.shape]).toEqual(["float64", [9]]);
  });
});

describe("complex arithmetic", () => {
  const z: Complex = { real: np.array([3, 0, -1e30]), imag: np.array([-4, 0, 0]) };

  test("values", () => {
    expect(numbers(np.complex.abs(z))).toEqual([5, 0, Math.fround(1e30)]);
    expect(np.complex.angle({ real: np.array([0, -1, 1]), imag: np.array([2, 0, 0]) }).toArray()).toEqual(
      [Math.PI / 2, Math.PI, 0].map(Math.fround),
    );
    const square = mul(z, np.complex.conj(z));
    expect(square.real.toArray()).toEqual([25, 0, Number.POSITIVE_INFINITY]);
    expect(square.imag.toArray()).toEqual([0, 0, 0]);
    expect(add(2, { real: np.array(1), imag: np.array(1) }).real.item()).toBe(3);
  });

  test("the derivative of the absolute value is 0 at 0", () => {
    const g = grad((w: Complex) => np.sum(np.complex.abs(w)))({
      real: np.array([3, 0]),
      imag: np.array([-4, 0]),
    });
    const derivatives = [...numbers(g.real), ...numbers(g.imag)];
    [0.6, 0, -0.8, 0].forEach((expected, i) => {
      expect(derivatives[i]).toBeCloseTo(expected, 6);
    });
  });
});
