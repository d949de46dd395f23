/**
 * Looking into programs while they run: printing under every transform, finding where a NaN comes from, tracers that
 * leaked, functions that are traced again, and what a backward pass keeps.
 *
 * @module
 */

export { checkInfs, checkNans, type FiniteCheckOptions, NonFiniteError } from "./check-finite.ts";
export { checkLeaks, type TracerLeak } from "./check-leaks.ts";
export { explainRetraces } from "./explain-retraces.ts";
export { callback, print } from "./print.ts";
export { printSavedResiduals, type Residual, savedResiduals } from "./saved-residuals.ts";
