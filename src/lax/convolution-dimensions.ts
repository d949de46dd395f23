import { ArgumentError } from "../core/index.ts";

/**
 * Which axis is which in the operands and in the result of a convolution, a letter an axis: `N` the batch and `C` the
 * features of the operand and of the result, `O` and `I` the output and input features of the kernel, and any other
 * letters, the same in all three, for spatial axes: `["NHWC", "HWIO", "NHWC"]`.
 */
export type ConvDimensionNumbers = readonly [lhs: string, rhs: string, out: string];

/** The axes of one array of a convolution. */
export interface ConvAxes {
  /** The batch of the operand and the result, the output features of the kernel. */
  readonly batch: number;
  /** The features of the operand and the result, the input features of the kernel. */
  readonly feature: number;
  /** In the order in which the kernel has them. */
  readonly spatial: readonly number[];
}

/** The axes of the operand, the kernel and the result. */
export interface ConvDimensions {
  readonly lhs: ConvAxes;
  readonly rhs: ConvAxes;
  readonly out: ConvAxes;
}

/** "NCHW" and its like, with digits for the spatial axes. */
const defaultNumbers = (spatialRank: number): ConvDimensionNumbers => {
  const spatial = Array.from({ length: spatialRank }, (_, i) => String(i)).join("");
  return [`NC${spatial}`, `OI${spatial}`, `NC${spatial}`];
};

/**
 * Read dimension numbers; those of `["NCHW", "OIHW", "NCHW"]` if there are none.
 *
 * @throws ArgumentError that names the string that is not as it must be.
 */
export const convDimensions = (
  name: string,
  rank: number,
  numbers: ConvDimensionNumbers = defaultNumbers(rank - 2),
): ConvDimensions => {
  const [lhs, rhs, out] = numbers;
  const letters = [...rhs].filter((letter) => letter !== "O" && letter !== "I");
  const axesOf = (spec: string, label: string, batch: string, feature: string): ConvAxes => {
    const list = [...spec];
    const wanted = [batch, feature, ...letters];
    if (
      list.length !== rank ||
      new Set(list).size !== rank ||
      !wanted.every((letter) => list.includes(letter))
    ) {
      throw new ArgumentError(
        `${name}: the dimension numbers of ${label} must be ${rank} different letters, "${batch}", "${feature}" and the ` +
          `spatial axes of the kernel "${rhs}"; got "${spec}".`,
      );
    }
    return {
      batch: list.indexOf(batch),
      feature: list.indexOf(feature),
      spatial: letters.map((letter) => list.indexOf(letter)),
    };
  };
  return {
    lhs: axesOf(lhs, "the operand", "N", "C"),
    rhs: axesOf(rhs, "the kernel", "O", "I"),
    out: axesOf(out, "the result", "N", "C"),
  };
};
