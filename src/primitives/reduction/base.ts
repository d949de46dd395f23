import {
  allocate,
  ConcreteArray,
  type DTypeKind,
  dtypeInfo,
  type NDArray,
  sizeOf,
} from "../../array/index.ts";
import {
  type Aval,
  aval,
  type Chooser,
  DTypeError,
  describeAval,
  type ElementRange,
  type ExampleSpec,
} from "../../core/index.ts";
import { type AxesParams, groupedData, reducedShape } from "../broadcast.ts";
import { range } from "../rules.ts";

/*
 * What all reductions have in common.
 */

/** Throws a DTypeError unless `x` has a dtype of a kind that `name` takes. */
export const checkKind = (name: string, x: Aval, kinds: readonly DTypeKind[]): void => {
  if (!kinds.includes(dtypeInfo(x.dtype).kind)) {
    throw new DTypeError(
      `${name}: takes ${kinds.join(", ")} arrays; got ${describeAval(x)}. Convert with astype.`,
    );
  }
};

/** The abstract evaluation of a reduction that keeps the dtype. */
export const reductionAval =
  (name: string, kinds: readonly DTypeKind[]) =>
  ([x]: readonly Aval[], { axes }: AxesParams): readonly Aval[] => {
    const input = x as Aval;
    checkKind(name, input, kinds);
    return [aval(reducedShape(name, input, axes), input.dtype, input.weakType)];
  };

/** Fold the elements of each group, starting from `initial`; floats are folded in float64. */
export const foldGroups = (
  x: ConcreteArray,
  axes: readonly number[],
  { shape, dtype, weakType }: Aval,
  initial: number,
  step: (sofar: number, element: number) => number,
): ConcreteArray => {
  const data = groupedData(x, axes);
  const out = allocate(dtype, sizeOf(shape));
  const group = out.length === 0 ? 0 : data.length / out.length;
  for (let i = 0, at = 0; i < out.length; i++) {
    let sofar = initial;
    for (let k = 0; k < group; k++) sofar = step(sofar, data[at++] as number);
    out[i] = sofar;
  }
  return new ConcreteArray(out, shape, dtype, weakType);
};

/** An example of a reduction over some axes; `nonEmpty` if an axis of length 0 must not be reduced. */
export const drawReduction = (
  choose: Chooser,
  dtype: NDArray["dtype"],
  elements: ElementRange,
  nonEmpty = false,
): ExampleSpec<AxesParams> => {
  const shape = choose.shape();
  const axes = range(shape.length).filter((axis) => !nonEmpty || shape[axis] !== 0);
  return { inputs: [{ shape, dtype, elements }], params: { axes: choose.subset(axes) } };
};
