import { ConcreteArray, type NDArray } from "../array/index.ts";
import { ConcretizationError } from "../core/index.ts";

/** A constant of a program, which must have a value. */
export const requireConcrete = (x: NDArray | undefined): ConcreteArray => {
  if (x instanceof ConcreteArray) return x;
  throw new ConcretizationError(
    "toOnnx: the function closes over a value that an enclosing transform traces. Export outside of grad, vmap and jit, " +
      "and put these into the function that is exported: toOnnx(grad(f)).",
  );
};

/** An argument of a function that runs outside of JavaScript, which must have a value. */
export const requireConcreteArgument = (x: NDArray, name: string): ConcreteArray => {
  if (x instanceof ConcreteArray) return x;
  throw new ConcretizationError(
    `onnxJit: the argument "${name}" is traced: ONNX Runtime needs its numbers, so it cannot be called inside grad, vmap ` +
      "or jit. Put these into the function that is exported: onnxJit(grad(f)).",
  );
};
