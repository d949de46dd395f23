import { setTraceObserver, type TraceEvent } from "../transforms/retrace.ts";
import { write } from "./write.ts";

/**
 * Say whenever a function under `jit` is traced, and why: what is not as it was in the call before. Tracing and compiling
 * take longer than most runs, so a function that is traced in every step is slow. Returns a function that ends it.
 *
 * @param tell what to do with each event; default: print a line for all but first tracings.
 * @example
 * const stop = debug.explainRetraces();
 * step(params, batch); // jit: "step" is traced again (2 tracings): argument [1] changed from float32[32] to float32[7].
 * stop();
 */
export const explainRetraces = (tell: (event: TraceEvent) => void = printRetrace): (() => void) => {
  const before = setTraceObserver((event) => {
    before?.(event);
    tell(event);
  });
  return () => {
    setTraceObserver(before);
  };
};

const printRetrace = ({ name, count, reason }: TraceEvent): void => {
  if (count > 1) write(`jit: "${name}" is traced again (${count} tracings): ${reason}.`);
};
