/** The ratio of a circle's circumference to its diameter. */
export const pi: number = Math.PI;
/** The base of the natural logarithm. */
export const e: number = Math.E;
/** Euler's constant γ, the limit of 1 + 1/2 + … + 1/n − log n. */
export const eulerGamma = 0.5772156649015329;
/** Positive infinity. */
export const inf: number = Number.POSITIVE_INFINITY;
/** Not a number. */
export const nan: number = Number.NaN;
/** A new axis of length 1, among the indices of `x.at(…)`. */
export const newaxis = null;

/** The name of a dtype, for `np.zeros(3, np.float32)`. */
export const float32 = "float32";
export const float64 = "float64";
export const int32 = "int32";
export const uint32 = "uint32";
export const bool = "bool";
export const int8 = "int8";
export const int16 = "int16";
export const uint8 = "uint8";
export const uint16 = "uint16";
export const float16 = "float16";
export const bfloat16 = "bfloat16";
