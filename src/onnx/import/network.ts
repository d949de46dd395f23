import { type NDArray, sizeOf } from "../../array/index.ts";
import { bind } from "../../core/index.ts";
import * as lax from "../../lax/index.ts";
import * as np from "../../numpy/index.ts";
import { fftPrimitive } from "../../primitives/fft/fft.ts";
import type { Operation, Operator } from "./operation.ts";
import { checkSize } from "./value.ts";

/** Windows along the spatial axes, which come behind the batch and the features. */
interface Spatial {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before and behind each axis. */
  readonly pads: readonly (readonly [number, number])[];
}

const spatialOf = (op: Operation, x: NDArray, kernel: readonly number[]): Spatial => {
  const k = x.ndim - 2;
  if (k < 1 || kernel.length !== k)
    return op.fail("bad-operands", `a kernel of ${kernel.length} axes does not fit ${x.ndim}.`);
  const strides = op.ints("strides") ?? kernel.map(() => 1);
  const dilations = op.ints("dilations") ?? kernel.map(() => 1);
  const given = op.ints("pads") ?? [...kernel, ...kernel].map(() => 0);
  if (strides.length !== k || dilations.length !== k || given.length !== 2 * k)
    return op.fail("bad-attribute", `strides, dilations and pads must fit ${k} axes.`);
  if ([...kernel, ...strides, ...dilations].some((n) => n < 1) || given.some((n) => n < 0 || n > 2 ** 24))
    return op.fail("bad-attribute", "kernels, strides and dilations must be at least 1, pads at least 0.");
  const auto = op.text("auto_pad", "NOTSET");
  const pads = kernel.map((n, i): readonly [number, number] => {
    if (auto === "NOTSET" || auto === "") return [given[i] as number, given[k + i] as number];
    if (auto === "VALID") return [0, 0];
    if (auto !== "SAME_UPPER" && auto !== "SAME_LOWER")
      return op.fail("bad-attribute", `auto_pad "${auto}" is not known.`);
    const length = x.shape[i + 2] as number;
    const stride = strides[i] as number;
    const reach = (n - 1) * (dilations[i] as number) + 1;
    const total = Math.max(0, (Math.ceil(length / stride) - 1) * stride + reach - length);
    const less = Math.floor(total / 2);
    return auto === "SAME_UPPER" ? [less, total - less] : [total - less, less];
  });
  return { kernel, strides, dilations, pads };
};

/** A vector along the axis of features. */
const alongFeatures = (v: NDArray, rank: number): NDArray =>
  v.reshape([-1, ...new Array<number>(Math.max(0, rank - 2)).fill(1)]);

/** Refuses pads that make an operand larger than what is made: few of its elements may be in the result. */
const checkPadded = (x: NDArray, pads: Spatial["pads"]): void => {
  const padded = x.shape.slice(2).map((n, i) => n + (pads[i]?.[0] ?? 0) + (pads[i]?.[1] ?? 0));
  checkSize([...x.shape.slice(0, 2), ...padded]);
};

const conv: Operator = (op) => {
  const [x, w] = op.arrays(0, 2) as [NDArray, NDArray];
  const shape = op.ints("kernel_shape") ?? w.shape.slice(2);
  if (String(shape) !== String(w.shape.slice(2)))
    return op.fail("bad-attribute", `kernel_shape [${shape}] is not that of [${w.shape}].`);
  const { strides, dilations, pads } = spatialOf(op, x, w.shape.slice(2));
  checkPadded(x, pads);
  const y = lax.convGeneralDilated(
    x,
    w,
    strides,
    pads.map(([low, high]) => [low, high] as const),
    {
      rhsDilation: dilations,
      featureGroupCount: op.int("group", 1),
    },
  );
  return withBias(op, y);
};

const withBias = (op: Operation, y: NDArray): NDArray =>
  op.optional(2) === undefined ? y : np.add(y, alongFeatures(op.array(2), y.ndim));

/** The transpose of a convolution: that of an operand with zeros put between its elements, by the kernel turned round. */
const convTranspose: Operator = (op) => {
  const [x, w] = op.arrays(0, 2) as [NDArray, NDArray];
  op.ints("kernel_shape");
  if (op.ints("output_shape") !== undefined)
    return op.fail("unsupported", "output_shape is not read; give pads and output_padding.");
  const { kernel, strides, dilations, pads } = spatialOf(op, x, w.shape.slice(2));
  if (!["NOTSET", "VALID", ""].includes(op.text("auto_pad", "NOTSET")))
    return op.fail("unsupported", "auto_pad is not read; give pads.");
  const more = op.ints("output_padding") ?? kernel.map(() => 0);
  const groups = op.int("group", 1);
  const [inputs = 0, outputs = 0] = w.shape;
  const spatial = kernel.map((_, i) => i + 2);
  // [inputs, outputs of a group, ...] → [outputs, inputs of a group, ...]
  const grouped = np.swapaxes(w.reshape([groups, inputs / groups, outputs, ...kernel]), 1, 2);
  const turned = np.flip(grouped.reshape([groups * outputs, inputs / groups, ...kernel]), spatial);
  const around = pads.map(([low, high], i): readonly [number, number] => {
    const reach = ((kernel[i] as number) - 1) * (dilations[i] as number);
    return [reach - low, reach - high + (more[i] ?? 0)];
  });
  checkSize(x.shape.map((n, axis) => (axis < 2 ? n : n * (strides[axis - 2] as number) + 2 ** 10)));
  const y = lax.convGeneralDilated(
    x,
    turned,
    kernel.map(() => 1),
    around,
    {
      lhsDilation: strides,
      rhsDilation: dilations,
      featureGroupCount: groups,
    },
  );
  return withBias(op, y);
};

/** Pads with those that windows need which begin inside and stick out behind, where lengths are rounded up. */
const roundedUp = (
  op: Operation,
  x: NDArray,
  { kernel, strides, dilations, pads }: Spatial,
): Spatial["pads"] => {
  if (!op.flag("ceil_mode")) return pads;
  return pads.map(([low, high], i) => {
    const [stride, length] = [strides[i] as number, x.shape[i + 2] as number];
    const reach = ((kernel[i] as number) - 1) * (dilations[i] as number) + 1;
    let count = Math.ceil((length + low + high - reach) / stride) + 1;
    if ((count - 1) * stride >= length + low) count--;
    return [low, Math.max(high, (count - 1) * stride + reach - length - low)];
  });
};

const whole = <T>(list: readonly T[], filling: T): T[] => [filling, filling, ...list];

const maxPool: Operator = (op) => {
  const x = op.array(0);
  if (op.outputCount > 1) return op.fail("unsupported", "the places of the greatest elements are not given.");
  if (op.int("storage_order", 0) !== 0) return op.fail("unsupported", "storage_order must be 0.");
  const spatial = spatialOf(op, x, op.ints("kernel_shape") ?? []);
  const { kernel, strides, dilations } = spatial;
  const pads = roundedUp(op, x, spatial);
  checkWindows(x, spatial, pads);
  return lax.reduceWindowMax(
    x,
    whole(kernel, 1),
    whole(strides, 1),
    whole<readonly [number, number]>(pads, [0, 0]),
    undefined,
    whole(dilations, 1),
  );
};

/** Refuses windows that are more than are made. */
const checkWindows = (x: NDArray, { kernel }: Spatial, pads: Spatial["pads"]): void => {
  checkPadded(x, pads);
  checkSize(kernel);
};

const averagePool: Operator = (op) => {
  const x = op.array(0);
  const spatial = spatialOf(op, x, op.ints("kernel_shape") ?? []);
  const { kernel, strides, dilations, pads } = spatial;
  const all = roundedUp(op, x, spatial);
  checkWindows(x, spatial, all);
  const sums = (y: NDArray, around: Spatial["pads"]): NDArray =>
    lax.reduceWindowSum(
      y,
      whole(kernel, 1),
      whole(strides, 1),
      whole<readonly [number, number]>(around, [0, 0]),
      undefined,
      whole(dilations, 1),
    );
  const total = sums(x, all);
  const isWhole = all.every(([low, high]) => low === 0 && high === 0);
  const counted = op.flag("count_include_pad");
  if (isWhole || (counted && String(all) === String(pads))) return np.divide(total, sizeOf(kernel));
  // How many elements a window holds; those of pads count where that is asked, those behind rounded lengths never.
  const inside = x.shape
    .slice(2)
    .map((n, i) => (counted ? n + (pads[i]?.[0] ?? 0) + (pads[i]?.[1] ?? 0) : n));
  const around = all.map(([low, high], i): readonly [number, number] =>
    counted ? [0, high - (pads[i]?.[1] ?? 0)] : [low, high],
  );
  return np.divide(total, sums(np.ones([1, 1, ...inside], x.dtype), around));
};

const overSpace = (x: NDArray): number[] => Array.from({ length: Math.max(0, x.ndim - 2) }, (_, i) => i + 2);

const batchNormalization: Operator = (op) => {
  const [x, scale, bias, mean, variance] = op.arrays(0, 5) as [NDArray, NDArray, NDArray, NDArray, NDArray];
  const epsilon = op.float("epsilon", 1e-5);
  op.float("momentum", 0.9);
  op.int("spatial", 1);
  if (op.flag("training_mode") || op.outputCount > 1)
    return op.fail("unsupported", "statistics are not gathered; export the model for inference.");
  const [s, b, m, v] = [scale, bias, mean, variance].map((each) => alongFeatures(each, x.ndim)) as [
    NDArray,
    NDArray,
    NDArray,
    NDArray,
  ];
  return np.add(np.multiply(np.multiply(np.subtract(x, m), lax.rsqrt(np.add(v, epsilon))), s), b);
};

/** To a mean of 0 and a variance of 1 over axes; with the mean and the inverse deviation. */
const normalized = (x: NDArray, axes: readonly number[], epsilon: number): [NDArray, NDArray, NDArray] => {
  const mean = np.mean(x, [...axes], { keepdims: true });
  const centered = np.subtract(x, mean);
  const inverse = lax.rsqrt(
    np.add(np.mean(np.multiply(centered, centered), [...axes], { keepdims: true }), epsilon),
  );
  return [np.multiply(centered, inverse), mean, inverse];
};

const instanceNormalization: Operator = (op) => {
  const [x, scale, bias] = op.arrays(0, 3) as [NDArray, NDArray, NDArray];
  const [y] = normalized(x, overSpace(x), op.float("epsilon", 1e-5));
  return np.add(np.multiply(y, alongFeatures(scale, x.ndim)), alongFeatures(bias, x.ndim));
};

const layerNormalization: Operator = (op) => {
  const x = op.array(0);
  const axis = op.axis(op.int("axis", -1), x.ndim);
  op.int("stash_type", 1);
  const axes = Array.from({ length: x.ndim - axis }, (_, i) => axis + i);
  const [y, mean, inverse] = normalized(x, axes, op.float("epsilon", 1e-5));
  const scaled = np.multiply(y, op.array(1));
  const result = op.optional(2) === undefined ? scaled : np.add(scaled, op.array(2));
  return [result, mean, inverse].slice(0, op.outputCount);
};

const rmsNormalization: Operator = (op) => {
  const x = op.array(0);
  const axis = op.axis(op.int("axis", -1), x.ndim);
  op.int("stash_type", 1);
  const axes = Array.from({ length: x.ndim - axis }, (_, i) => axis + i);
  const square = np.mean(np.multiply(x, x), axes, { keepdims: true });
  return np.multiply(np.multiply(x, lax.rsqrt(np.add(square, op.float("epsilon", 1e-5)))), op.array(1));
};

const groupNormalization: Operator = (op) => {
  const [x, scale, bias] = op.arrays(0, 3) as [NDArray, NDArray, NDArray];
  const groups = op.int("num_groups", 0);
  op.int("stash_type", 1);
  const [n = 0, c = 0, ...space] = x.shape;
  if (groups < 1 || c % groups !== 0)
    return op.fail("bad-attribute", `${groups} groups do not divide ${c} features.`);
  const blocks = x.reshape([n, groups, c / groups, ...space]);
  const axes = Array.from({ length: blocks.ndim - 2 }, (_, i) => i + 2);
  const y = normalized(blocks, axes, op.float("epsilon", 1e-5))[0].reshape([...x.shape]);
  const each = (v: NDArray): NDArray =>
    alongFeatures(v.shape[0] === c ? v : np.repeat(v, c / groups), x.ndim);
  return np.add(np.multiply(y, each(scale)), each(bias));
};

const gemm: Operator = (op) => {
  const [a, b] = op.arrays(0, 2) as [NDArray, NDArray];
  const [alpha, beta] = [op.float("alpha", 1), op.float("beta", 1)];
  const contracted = [op.flag("transA") ? 0 : 1, op.flag("transB") ? 1 : 0] as const;
  if (a.ndim !== 2 || b.ndim !== 2) return op.fail("bad-operands", "it takes matrices.");
  const product = lax.dotGeneral(a, b, [
    [[contracted[0]], [contracted[1]]],
    [[], []],
  ]);
  const scaled = alpha === 1 ? product : np.multiply(product, alpha);
  if (op.optional(2) === undefined) return scaled;
  return np.add(scaled, beta === 1 ? op.array(2) : np.multiply(op.array(2), beta));
};

/** The discrete Fourier transform of numbers whose real and imaginary parts lie along the last axis. */
const dft: Operator = (op) => {
  const x = op.array(0);
  // An attribute before version 20, and another one where it is not given.
  const otherwise = op.version < 20 ? op.int("axis", 1) : -2;
  const axis = op.axis(op.optionalIntegers(2)?.[0] ?? otherwise, x.ndim);
  if (op.optional(1) !== undefined || op.flag("onesided"))
    return op.fail("unsupported", "a length and onesided are not read.");
  const inverse = op.flag("inverse");
  const parts = x.shape.at(-1);
  if ((parts !== 1 && parts !== 2) || axis === x.ndim - 1)
    return op.fail("bad-operands", "the last axis must hold a real and an imaginary part.");
  const part = (i: number): NDArray => lax.indexInDim(x, i, -1, false);
  const real = part(0);
  const imag = parts === 2 ? part(1) : np.zerosLike(real);
  const pair = inverse ? [imag, real] : [real, imag];
  const results = bind(fftPrimitive, pair, { axis }) as [NDArray, NDArray];
  const n = x.shape[axis] as number;
  const [re, im] = inverse ? [np.divide(results[1], n), np.divide(results[0], n)] : results;
  return np.stack([re, im], -1);
};

/** With more operands, how to go about it takes long to find out. */
const MAX_EINSUM = 32;

const einsum: Operator = (op) => {
  if (op.inputCount > MAX_EINSUM)
    return op.fail("too-large", `it has ${op.inputCount} operands; at most ${MAX_EINSUM} are read.`);
  return np.einsum(op.text("equation", ""), ...op.arrays());
};

/** Operators of neural networks. */
export const NETWORK: { readonly [opType: string]: Operator } = {
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Conv: conv,
  ConvTranspose: convTranspose,
  DFT: dft,
  Einsum: einsum,
  Gemm: gemm,
  GlobalAveragePool: (op) => np.mean(op.array(0), overSpace(op.array(0)), { keepdims: true }),
  GlobalMaxPool: (op) => np.max(op.array(0), overSpace(op.array(0)), { keepdims: true }),
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  MatMul: (op) => {
    const [x, y] = op.arrays(0, 2) as [NDArray, NDArray];
    return np.matmul(x, y);
  },
  MaxPool: maxPool,
  RMSNormalization: rmsNormalization,
};
