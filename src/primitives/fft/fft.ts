import {
  allocate,
  ConcreteArray,
  denseData,
  formatShape,
  isFloat,
  type NDArray,
  sameShape,
} from "../../array/index.ts";
import {
  type Aval,
  aval,
  bind,
  type Chooser,
  DTypeError,
  definePrimitive,
  describeAval,
  type ExampleSpec,
  isLinearInput,
  type Primitive,
  ShapeError,
  type TransposeInput,
} from "../../core/index.ts";
import { batchedAtFront, zerosLike } from "../broadcast.ts";
import { allWeak } from "../elementwise/base.ts";
import { linesOf } from "../lines.ts";
import { buildFft } from "./nest.ts";
import { transformNumbers } from "./reference.ts";

/** Parameters of `fft`. */
export interface FftParams {
  /** The axis that is transformed. */
  readonly axis: number;
}

/** The elements of a pair, transformed line by line. */
const evaluateFft = (
  real: ConcreteArray,
  imag: ConcreteArray,
  { axis }: FftParams,
  { shape, dtype, weakType }: Aval,
): ConcreteArray[] => {
  const { outer, length, inner } = linesOf(shape, axis);
  const [re, im] = [denseData(real), denseData(imag)];
  const [outRe, outIm] = [allocate(dtype, re.length), allocate(dtype, re.length)];
  for (let line = 0; line < outer * inner; line++) {
    const start = Math.floor(line / inner) * length * inner + (line % inner);
    const x = { re: new Float64Array(length), im: new Float64Array(length) };
    for (let k = 0; k < length; k++) {
      x.re[k] = re[start + k * inner] as number;
      x.im[k] = im[start + k * inner] as number;
    }
    const y = transformNumbers(x);
    for (let k = 0; k < length; k++) {
      outRe[start + k * inner] = y.re[k] as number;
      outIm[start + k * inner] = y.im[k] as number;
    }
  }
  return [new ConcreteArray(outRe, shape, dtype, weakType), new ConcreteArray(outIm, shape, dtype, weakType)];
};

const drawFft = (choose: Chooser): ExampleSpec<FftParams> => {
  const shape = choose.shape({ minRank: 1, maxRank: 3 });
  const axis = choose.int(0, shape.length - 1);
  // Powers of two, small primes and their products, and primes that are taken round by a convolution.
  shape[axis] = choose.pick([1, 2, 3, 4, 5, 6, 8, 9, 12, 17, 19]);
  const dtype = choose.floatDType();
  return {
    inputs: [
      { shape, dtype },
      { shape, dtype },
    ],
    params: { axis },
  };
};

/**
 * The discrete Fourier transform along one axis, of a pair (real, imaginary) to a pair: X[k] = Σ x[j] exp(−2πi·jk/n).
 *
 * It is the only direction there is: with real and imaginary parts changed places before and behind, it is the sum with
 * exp(+2πi·jk/n). That is its transpose too: as a map of pairs of real arrays it is [C S; −S C] with symmetric C and S,
 * the transpose [C −S; S C].
 */
export const fftPrimitive: Primitive<FftParams> = definePrimitive<FftParams>({
  name: "fft",
  abstractEval: ([x, y], { axis }) => {
    const [real, imag] = [x as Aval, y as Aval];
    if (!sameShape(real.shape, imag.shape) || real.dtype !== imag.dtype) {
      throw new ShapeError(
        `fft: the real and the imaginary part must have one shape and dtype; got ${describeAval(real)} and ${describeAval(imag)}.`,
      );
    }
    if (!isFloat(real.dtype)) throw new DTypeError(`fft: takes float arrays; got ${describeAval(real)}.`);
    if (!(Number.isInteger(axis) && axis >= 0 && axis < real.shape.length)) {
      throw new ShapeError(`fft: axis ${axis} is not an axis of shape ${formatShape(real.shape)}.`);
    }
    if (real.shape[axis] === 0) {
      throw new ShapeError(
        `fft: axis ${axis} of shape ${formatShape(real.shape)} has no elements to transform.`,
      );
    }
    const part = aval(real.shape, real.dtype, allWeak([real, imag]));
    return [part, part];
  },
  evaluate: ([x, y], params, [output]) =>
    evaluateFft(x as ConcreteArray, y as ConcreteArray, params, output as Aval),
  jvp: ([x, y], [tx, ty], params) => {
    const outputs = bind(fftPrimitive, [x as NDArray, y as NDArray], params);
    const [real, imag] = [tx ?? null, ty ?? null];
    return { outputs, tangents: bind(fftPrimitive, pairOf(real, imag), params) };
  },
  transpose: ([ctReal, ctImag], inputs, params) => {
    const [real, imag] = pairOf(ctReal ?? null, ctImag ?? null);
    const [turnedImag, turnedReal] = bind(fftPrimitive, [imag, real], params);
    return [turnedReal as NDArray, turnedImag as NDArray].map((ct, i) =>
      isLinearInput(inputs[i] as TransposeInput) ? ct : null,
    );
  },
  batch: (inputs, axes, size, { axis }) => {
    const moved = inputs.map((x, i) => batchedAtFront(x, axes[i] as number | null, size));
    return { outputs: bind(fftPrimitive, moved, { axis: axis + 1 }), axes: [0, 0] };
  },
  lowering: {
    kind: "nest",
    build: (nest, { axis }, [x]) => buildFft(nest, linesOf((x as Aval).shape, axis)),
  },
  args: { example: drawFft },
});

/** Two parts of which one, not both, may be zero throughout. */
const pairOf = (real: NDArray | null, imag: NDArray | null): readonly [NDArray, NDArray] => [
  real ?? zerosLike(imag as NDArray),
  imag ?? zerosLike(real as NDArray),
];

/**
 * The discrete Fourier transform along `axis`: X[k] = Σ x[j] exp(−2πi·jk/n), not scaled. For the inverse (times n) let
 * the parts change places on both sides.
 *
 * @throws ShapeError if the parts differ in shape or dtype, or the axis is empty or not there; DTypeError unless floats.
 * @example
 * fft(arrayFrom([1, 2]), arrayFrom([0, 0]), 0); // [[3, -1], [0, 0]]
 */
export const fft = (real: NDArray, imag: NDArray, axis: number): readonly [real: NDArray, imag: NDArray] => {
  const [re, im] = bind(fftPrimitive, [real, imag], { axis });
  return [re as NDArray, im as NDArray];
};
