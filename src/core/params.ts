/** The static parameters of an application of a primitive: plain data, or jaxprs. */
export type Params = object;

/** The parameters of a primitive that has none. */
export const NO_PARAMS: Params = Object.freeze({});
