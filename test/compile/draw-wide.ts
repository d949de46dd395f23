import { type NDArray, sizeOf } from "../../src/array/index.ts";
import type { Chooser, Primitive } from "../../src/core/index.ts";
import * as np from "../../src/numpy/index.ts";
import { Application, drawApplication } from "../../src/testing/application.ts";
import { chooserFrom } from "../../src/testing/chooser.ts";
import { drawArray } from "../../src/testing/elements.ts";
import type { Source } from "../../src/testing/tape.ts";
import { type Disguise, disguise } from "./disguise.ts";
import type { Bound } from "./support.ts";

/** Elements of one operand: reference evaluations are slow, and so is drawing. */
const GREATEST_SIZE = 600;

/** Draws ranks up to 6, and lengths up to 9 that leave tails behind vectors. */
const wide = (source: Source): Chooser => {
  const choose = chooserFrom(source);
  return {
    ...choose,
    shape: (options = {}) => {
      const shape = choose.shape({ maxRank: 6, maxLength: choose.pick([3, 5, 9]), ...options });
      while (sizeOf(shape) > GREATEST_SIZE) {
        const longest = shape.indexOf(Math.max(...shape));
        shape[longest] = Math.max(options.minLength ?? 1, Math.ceil((shape[longest] as number) / 2));
      }
      return shape;
    },
  };
};

/** An application on operands of ranks up to 6 with odd lengths. */
const drawWide = (primitive: Primitive, source: Source): Application => {
  const { args } = primitive;
  const other = source.next(2) === 0;
  if (args === undefined) throw new TypeError(`${primitive.name} has no description of its arguments.`);
  const choose = wide(source);
  const { inputs, params } = other && args.otherDTypes ? args.otherDTypes(choose) : args.example(choose);
  try {
    return new Application(
      primitive,
      params,
      inputs.map((spec) => drawArray(source, spec)),
    );
  } catch (error) {
    // More elements than there are distinct numbers in the range.
    if (error instanceof RangeError) return drawApplication(primitive, source, other);
    throw error;
  }
};

/** An application whose operands are windows in every way an array can be one. */
export const drawDisguised = (
  primitive: Primitive,
  source: Source,
): { readonly application: Application; readonly disguises: readonly Disguise[] } => {
  const application = drawWide(primitive, source);
  const choose = chooserFrom(source);
  const disguises = application.inputs.map((x) => disguise(choose, x));
  return { application: application.withInputs(disguises.map(({ operand }) => operand)), disguises };
};

/** Sums that are added up in another order, and the functions whose accuracy is 4 ulp on either side. */
export const boundOf = ({ lowering }: Primitive): Bound => {
  switch (lowering?.kind) {
    case "reduction":
    case "dot":
    case "nest":
      return { ulps: 8, ofLargest: 1e-6 };
    default:
      return { ulps: 8 };
  }
};

/**
 * What is compared of a result: factors of singular matrices, which are drawn here too, are not unique, but their product
 * is, and so are singular values.
 */
export const comparable = ({ name }: Primitive, outputs: readonly NDArray[]): readonly NDArray[] => {
  const [a, b, c] = outputs as readonly [NDArray, NDArray, NDArray];
  if (name === "qr") return [np.matmul(a, b)];
  return name === "svd" ? [b, np.matmul(np.multiply(a, np.expandDims(b, -2)), c)] : outputs;
};
