import { CotangentError } from "../core/index.ts";

/** Why a model was refused. */
export type OnnxReason =
  /** The bytes are no message, or end in the midst of one. */
  | "malformed"
  /** More or larger than what is read. */
  | "too-large"
  /** A tensor whose elements are not as many as its shape says, or a shape that is none. */
  | "bad-tensor"
  /** Elements are in another file. */
  | "external-data"
  /** An element type that arrays cannot have. */
  | "unknown-type"
  /** A version of the operators that is not read. */
  | "bad-version"
  /** An operator that is not known. */
  | "unknown-operator"
  /** A value that no node before gives, which a circle of nodes comes to as well, or one given twice. */
  | "bad-graph"
  /** An attribute of another kind, or one that is not known. */
  | "bad-attribute"
  /** Operands that an operator does not take. */
  | "bad-operands"
  /** Something that ONNX allows and that is not done here. */
  | "unsupported";

/** A model that was refused; `reason` says why, for programs. */
export class OnnxError extends CotangentError {
  override readonly name = "OnnxError";
  readonly reason: OnnxReason;

  constructor(reason: OnnxReason, message: string, options?: ErrorOptions) {
    super(`fromOnnx: ${message}`, options);
    this.reason = reason;
  }
}
