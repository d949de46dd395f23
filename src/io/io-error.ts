import { type Either, left } from "fp-ts/lib/Either.js";

/** Why bytes were refused. */
export interface IoError {
  /** What kind of mistake it is: `truncated`, `bad-magic`, `bad-header`, `unknown-dtype`, `bad-shape`, `wrong-length`, … */
  readonly reason: IoReason;
  /** What is wrong, in words, beginning with the name of the function. */
  readonly message: string;
}

/** The kinds of mistakes. */
export type IoReason =
  | "truncated"
  | "bad-magic"
  | "bad-version"
  | "bad-header"
  | "unknown-dtype"
  | "bad-shape"
  | "wrong-length"
  | "overlap"
  | "too-large"
  | "out-of-range"
  | "not-finite"
  | "mismatch"
  | "missing"
  | "not-readable";

/** A refusal. */
export const refuse = (where: string, reason: IoReason, message: string): Either<IoError, never> =>
  left({ reason, message: `${where}: ${message}` });

/** How values are read that our dtypes do not hold as they are. */
export interface ReadOptions {
  /** Whether NaN and infinities are taken; default "keep". */
  readonly nonFinite?: "keep" | "refuse";
}
