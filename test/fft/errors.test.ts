import { ArgumentError, type Complex, DTypeError, numpy as np, ShapeError } from "cotangent";
import { describe, expect, test } from "vitest";
import { fft as bindFft } from "../../src/primitives/index.ts";

const x = np.ones([2, 3]);
const pair: Complex = { real: x, imag: x };

type ErrorClass = abstract new (...args: never[]) => Error;

/** Each call, the class of its error, and words that its message must have. */
const REFUSALS: readonly (readonly [call: () => unknown, type: ErrorClass, ...words: string[]])[] = [
  [() => np.fft.fft(np.array(1)), RangeError, "fft", "axis -1"],
  [() => np.fft.fft(x, 0), ArgumentError, "fft", "n must be", "0"],
  [() => np.fft.ifft(x, 2.5), ArgumentError, "ifft", "2.5"],
  [() => np.fft.rfft(x, -1), ArgumentError, "rfft", "-1"],
  [() => np.fft.fft(x, null, 2), RangeError, "fft", "axis 2"],
  [() => np.fft.fft(x, null, -1, "unitary" as "ortho"), ArgumentError, "fft", "ortho", "unitary"],
  [() => np.fft.fft(np.ones([2, 0])), ShapeError, "fft", "[2, 0]", "axis 1"],
  [() => np.fft.irfft(np.ones([2, 1])), ArgumentError, "irfft", "[2, 1]", "give the length"],
  [() => np.fft.fft({ real: x, imag: np.ones(3) }), ShapeError, "fft", "[2, 3]", "[3]"],
  [() => np.fft.fft({ real: 1, imag: 2 } as unknown as Complex), ArgumentError, "fft", "numpy.array"],
  [() => np.fft.fft([1, 2] as unknown as number), TypeError, "fft", "np.array"],
  [() => np.fft.rfft(pair as unknown as number), ArgumentError, "rfft", "real part"],
  [() => np.fft.ihfft(pair as unknown as number), ArgumentError, "ihfft", "pair"],
  [() => np.fft.fftn(x, [2], [0, 1]), ArgumentError, "fftn", "[2]", "[0, 1]"],
  [() => np.fft.fftn(x, [2, 2, 2]), ArgumentError, "fftn", "[2, 2, 2]", "2"],
  [() => np.fft.fft2(x, null, [1, -1]), ArgumentError, "fft2", "once", "[1, -1]"],
  [() => np.fft.fft2(np.ones(3)), RangeError, "fft2", "axis -2"],
  [() => np.fft.rfftn(x, null, []), ShapeError, "rfftn", "at least one axis"],
  [() => np.fft.ifftn(x, [1, 0]), ArgumentError, "ifftn", "s[1]", "0"],
  [() => np.fft.fftfreq(0), ArgumentError, "fftfreq", "0"],
  [() => np.fft.rfftfreq(1.5), ArgumentError, "rfftfreq", "1.5"],
  [() => np.fft.fftfreq(3, 1, "float8" as "float32"), ArgumentError, "fftfreq", "float8"],
  [() => np.fft.fftshift(x, 5), RangeError, "fftshift", "axis 5"],
  [() => bindFft(x, np.ones([2, 3], "float64"), 0), ShapeError, "fft", "float32[2, 3]", "float64[2, 3]"],
  [() => bindFft(np.ones(2, "int32"), np.ones(2, "int32"), 0), DTypeError, "fft", "int32[2]"],
  [() => bindFft(x, x, 2), ShapeError, "fft", "axis 2", "[2, 3]"],
];

describe("refusals name the function, what it got and what to do", () => {
  test.each(REFUSALS.map((refusal, i) => [i, refusal] as const))("%i", (_i, [call, type, ...words]) => {
    expect(call).toThrow(type);
    for (const word of words) expect(call).toThrow(word);
  });
});
