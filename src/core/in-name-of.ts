import { CotangentError } from "./errors.ts";

/** What a message begins with: the name of the function that refuses. */
const NAME = /^[\w.()\u2026]+: /;

type ErrorClass = new (message: string, options: ErrorOptions) => Error;

const isRefusal = (error: unknown): error is Error =>
  (error instanceof CotangentError || error instanceof RangeError || error instanceof TypeError) &&
  NAME.test(error.message);

/**
 * What `f` gives, the work of a function that leaves it to others. What these refuse is refused in the name of the function that a
 * person called, which stands in place of theirs; their own error is the cause.
 *
 * Not for functions that call what people gave them: errors of those are theirs.
 */
export const inNameOf = <T>(name: string, f: () => T): T => {
  try {
    return f();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const Same = error.constructor as ErrorClass;
    throw new Same(error.message.replace(NAME, `${name}: `), { cause: error });
  }
};
