import {
  CotangentError,
  describeAval,
  formatLocation,
  Origin,
  readOriginsAtOnce,
  setTracerObserver,
  type Tracer,
} from "../core/index.ts";

/** A stand-in for an array that outlived the transform that made it. */
export interface TracerLeak {
  /** Shape and dtype. */
  readonly aval: string;
  /** The transform that made it. */
  readonly transform: string;
  /** The user's line that made it, `file:line:column`, if that is known. */
  readonly source: string | undefined;
  readonly message: string;
}

interface Watched {
  readonly ref: WeakRef<Tracer>;
  readonly aval: string;
  readonly transform: string;
  readonly origin: Origin;
}

type Collect = () => void;

/** After the present task, as whatever a WeakRef gave out in it stays alive so long. */
const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 0);
  });

/**
 * Call `f`, a function that traces (jitted, a gradient, …), and find the tracers that somebody still holds when it is done:
 * traced functions that store arrays in variables outside do that, and using these later is an error far from its cause.
 * Looks by collecting garbage, so the engine must offer that: run Node with `--expose-gc`.
 *
 * @returns one entry a leak, with the line that made it; none if all is well.
 * @throws CotangentError if garbage cannot be collected on demand.
 * @example
 * const leaks = await debug.checkLeaks(() => jit(step)(params)); // node --expose-gc
 * for (const { message } of leaks) console.warn(message);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.checking_leaks.html
 */
export const checkLeaks = async (f: () => unknown): Promise<readonly TracerLeak[]> => {
  const { gc } = globalThis as { readonly gc?: Collect };
  if (typeof gc !== "function") {
    throw new CotangentError(
      "debug.checkLeaks: tracers that leaked are found by collecting garbage, which this engine does not do on demand. " +
        "Run Node with --expose-gc.",
    );
  }
  const watched: Watched[] = [];
  const before = setTracerObserver((tracer) => {
    before?.(tracer);
    watched.push({
      ref: new WeakRef(tracer),
      aval: describeAval(tracer),
      transform: tracer.trace.transform,
      origin: Origin.here(),
    });
  });
  const wasEager = readOriginsAtOnce(true);
  try {
    f();
  } finally {
    setTracerObserver(before);
    readOriginsAtOnce(wasEager);
  }
  await nextTask();
  gc();
  await nextTask();
  gc();
  return watched.flatMap(({ ref, aval, transform, origin }): readonly TracerLeak[] => {
    if (ref.deref() === undefined) return [];
    const source = origin.location && formatLocation(origin.location);
    const message =
      `An array of ${aval} that ${transform} traced${source === undefined ? "" : ` at ${source}`} is still held by somebody. ` +
      "Return what is to be kept instead of storing it in a variable outside of the function.";
    return [{ aval, transform, source, message }];
  });
};
