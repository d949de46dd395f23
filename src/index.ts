/**
 * Arrays, transforms of functions, and the namespaces of the array language.
 *
 * @module cotangent
 */

export {
  type ArrayLike,
  type Complex,
  type DType,
  type Index,
  type IndexedArray,
  NDArray,
  type NestedArray,
  type Shape,
  type Slice,
  type TypedArray,
} from "./array/index.ts";
export {
  ArgumentError,
  ClosedJaxpr,
  ConcretizationError,
  CotangentError,
  DifferentiationError,
  DTypeError,
  Jaxpr,
  JaxprTypeError,
  LeakedTracerError,
  ShapeError,
  TreeError,
} from "./core/index.ts";
export * as core from "./core/public.ts";
export * as data from "./data/index.ts";
export * as debug from "./debug/index.ts";
export * as lax from "./lax/index.ts";
export * as nn from "./nn/index.ts";
export * as numpy from "./numpy/index.ts";
export * as random from "./random/index.ts";
export * as scipy from "./scipy/index.ts";
export * from "./transforms/index.ts";
export * as tree from "./tree/index.ts";

import { evaluateCompiled } from "./calls/index.ts";
import { setAccelerator } from "./core/index.ts";

// Single operations on large arrays run compiled, too.
setAccelerator(evaluateCompiled);
