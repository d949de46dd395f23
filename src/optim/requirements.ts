import { ArgumentError } from "../core/index.ts";

/** `params`, or an error if `update` was called without. */
export const requireParams = <P>(where: string, params: P | undefined): P => {
  if (params !== undefined) return params;
  throw new ArgumentError(
    `${where}: update needs the parameters; call optimizer.update(grads, state, params).`,
  );
};

/** What `update` got as `extras[name]`, or an error if that is missing. */
export const requireExtra = <T>(where: string, name: string, extra: T | undefined): T => {
  if (extra !== undefined) return extra;
  throw new ArgumentError(
    `${where}: update needs ${name}; call optimizer.update(grads, state, params, { ${name}, … }).`,
  );
};

/** Refuses an option unless it is a whole number of at least `least`. */
export const requireWhole = (where: string, name: string, x: number, least: number): void => {
  if (Number.isSafeInteger(x) && x >= least) return;
  throw new ArgumentError(`${where}: ${name} must be a whole number of at least ${least}; got ${x}.`);
};
