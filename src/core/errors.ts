/**
 * The errors that people meet. Each says which function refused, what it got, and what to do. All derive from
 * `CotangentError`, so that a caller can tell a refusal by this library from any other failure.
 */
export class CotangentError extends Error {
  override readonly name: string = "CotangentError";
}

/** Shapes that do not fit one another or the operation. */
export class ShapeError extends CotangentError {
  override readonly name: string = "ShapeError";
}

/** Element types that do not fit one another or the operation. */
export class DTypeError extends CotangentError {
  override readonly name: string = "DTypeError";
}

/** A traced value was used where its numbers are needed: in a branch, a conversion, a printout. */
export class ConcretizationError extends CotangentError {
  override readonly name: string = "ConcretizationError";
}

/** A tracer outlived the transform that made it, usually through a variable outside the traced function. */
export class LeakedTracerError extends CotangentError {
  override readonly name: string = "LeakedTracerError";
}

/** A pytree has another structure than the one it is paired with, or a leaf that is not an array. */
export class TreeError extends CotangentError {
  override readonly name: string = "TreeError";
}

/** A function cannot be differentiated the way that was asked. */
export class DifferentiationError extends CotangentError {
  override readonly name: string = "DifferentiationError";
}

/** A jaxpr breaks the rules of the language. */
export class JaxprTypeError extends CotangentError {
  override readonly name: string = "JaxprTypeError";
}

/** An argument that the function does not take. */
export class ArgumentError extends CotangentError {
  override readonly name: string = "ArgumentError";
}
