import { ConcreteArray, type NDArray } from "../../array/index.ts";

/*
 * The operators ReduceMax and ReduceMin may pass over NaN in ONNX Runtime, so that the export writes beside them whether
 * there is one, and puts NaN in. Our reductions keep NaN, so that what was written is the reduction alone. This finds it.
 */

/** What an array was made of by which of the three steps. */
interface Mark {
  readonly step: "isNaN" | "anyNaN" | "extreme";
  readonly of: NDArray;
}

const marks = /* @__PURE__ */ new WeakMap<NDArray, Mark>();

/** `made`, remembered as a step from `of`. */
export const marked = (made: NDArray, step: Mark["step"], of: NDArray): NDArray => {
  marks.set(made, { step, of });
  return made;
};

/** The operand of `isNaN` that truth values are of, if that is what they are. */
export const operandOfIsNaN = (x: NDArray): NDArray | undefined => {
  const mark = marks.get(x);
  return mark?.step === "isNaN" ? mark.of : undefined;
};

/** The reduction alone, if a choice is what the export writes around one. */
export const extremeBehind = (condition: NDArray, yes: NDArray, no: NDArray): NDArray | undefined => {
  const [any, extreme] = [marks.get(condition), marks.get(no)];
  const isWritten =
    any?.step === "anyNaN" &&
    extreme?.step === "extreme" &&
    any.of === extreme.of &&
    yes instanceof ConcreteArray &&
    yes.size === 1 &&
    Number.isNaN(Number(yes.item()));
  return isWritten ? no : undefined;
};
