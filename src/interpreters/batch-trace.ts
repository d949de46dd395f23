import type { NDArray } from "../array/index.ts";
import {
  type BatchAxis,
  bindCustomJvp,
  bindCustomVjp,
  type CustomJvp,
  type CustomVjp,
  type FlatFunction,
  inLivePlaces,
  type Params,
  type Primitive,
  type Tangent,
  type Trace,
  Tracer,
  tracerInside,
  withTrace,
} from "../core/index.ts";
import { batchedAtFront, reduceSum } from "../primitives/broadcast.ts";
import { without } from "../primitives/rules.ts";
import { moveAxis } from "../primitives/shape.ts";

/** One example of a batch, standing for all of them: `value` holds them along `axis`. */
export class BatchTracer extends Tracer {
  declare readonly trace: BatchTrace;
  readonly value: NDArray;
  readonly axis: number;

  constructor(trace: BatchTrace, value: NDArray, axis: number) {
    super(trace, without(value.shape, axis), value.dtype, value.weakType);
    this.value = value;
    this.axis = axis;
  }
}

/** Vectorization: each primitive is replaced by its batching rule, which runs in the traces below. */
export class BatchTrace implements Trace {
  readonly level: number;
  readonly transform = "vmap";
  readonly size: number;
  /** What collective operations call this axis. */
  readonly axisName: string | undefined;
  /** Whose tracers it takes for its own: several traces share one while they work on the same batch. */
  readonly batch: object;
  alive = true;

  constructor(level: number, { size, axisName, batch }: BatchSpec) {
    this.level = level;
    this.size = size;
    this.axisName = axisName;
    this.batch = batch ?? this;
  }

  #isOwn(x: NDArray): x is BatchTracer {
    return x instanceof BatchTracer && x.trace.batch === this.batch;
  }

  wrap(value: NDArray, axis: BatchAxis): NDArray {
    return axis === null ? value : new BatchTracer(this, value, axis);
  }

  valueOf(x: NDArray): NDArray {
    return this.#isOwn(x) ? x.value : x;
  }

  axisOf(x: NDArray): BatchAxis {
    return this.#isOwn(x) ? x.axis : null;
  }

  processPrimitive(primitive: Primitive, inputs: readonly NDArray[], params: Params): readonly NDArray[] {
    const values = inputs.map((x) => this.valueOf(x));
    const axes = inputs.map((x) => this.axisOf(x));
    const here = this.axisName !== undefined && "axisName" in params && params.axisName === this.axisName;
    const result =
      here && primitive.collect !== undefined
        ? primitive.collect(values, axes, this.size, params)
        : primitive.batch(values, axes, this.size, params, this.axisName);
    return result.outputs.map((x, i) => this.wrap(x, result.axes[i] ?? null));
  }

  processCustomJvp(call: CustomJvp, inputs: readonly NDArray[]): readonly NDArray[] {
    const axes = inputs.map((x) => this.axisOf(x));
    const batched: CustomJvp = {
      name: call.name,
      fun: (...args) => callBatchedToFront(call.fun, args, axes, this),
      jvp: (primals, tangents) => {
        const n = primals.length;
        const live = tangents.map(isArray);
        let outLive: readonly boolean[] = [];
        const results = callBatchedToFront(
          (...args) => {
            let next = n;
            const seeds = live.map((isLive) => (isLive ? (args[next++] as NDArray) : null));
            const inner = call.jvp(args.slice(0, n), seeds);
            outLive = inner.tangents.map(isArray);
            return [...inner.outputs, ...inner.tangents.filter(isArray)];
          },
          [...primals, ...tangents.filter(isArray)],
          [...axes, ...axes.filter((_, i) => live[i])],
          this,
        );
        const outputs = results.slice(0, outLive.length);
        return { outputs, tangents: inLivePlaces(outLive, results, outputs.length) };
      },
    };
    const outputs = bindCustomJvp(
      batched,
      inputs.map((x) => this.valueOf(x)),
    );
    // The rule says nothing about what the function closes over: a transform inside treats that as usual.
    if (tracerInside(this, outputs) !== undefined) return call.fun(...inputs);
    return outputs.map((x) => this.wrap(x, 0));
  }

  processCustomVjp(call: CustomVjp, inputs: readonly NDArray[]): readonly NDArray[] {
    const axes = inputs.map((x) => this.axisOf(x));
    const batched: CustomVjp = {
      name: call.name,
      fun: (...args) => callBatchedToFront(call.fun, args, axes, this),
      fwd: (...args) => {
        let count = 0;
        const results = callBatchedToFront(
          (...xs) => {
            const { outputs, residuals } = call.fwd(...xs);
            count = outputs.length;
            return [...outputs, ...residuals];
          },
          args,
          axes,
          this,
        );
        return { outputs: results.slice(0, count), residuals: results.slice(count) };
      },
      bwd: (residuals, cotangents) =>
        callBatchedBackward(call.bwd, residuals, cotangents, this).map((ct, i): Tangent => {
          const axis = axes[i] ?? null;
          // An input that the whole batch shares receives the sum over the batch.
          return ct === null ? null : axis === null ? reduceSum(ct, [0]) : moveAxis(ct, 0, axis);
        }),
    };
    const outputs = bindCustomVjp(
      batched,
      inputs.map((x) => this.valueOf(x)),
    );
    if (tracerInside(this, outputs) !== undefined) return call.fun(...inputs);
    return outputs.map((x) => this.wrap(x, 0));
  }
}

const isArray = (x: Tangent): x is NDArray => x !== null;

/** What one use of `vmap` fixes. */
export interface BatchSpec {
  readonly size: number;
  readonly axisName: string | undefined;
  /** Set for a function that may close over tracers of a batch in progress, which are examples of this one. */
  readonly batch?: object;
}

/** Call a function of single examples on batches; tells where each output has its batch axis. */
export const callBatched = (
  fun: FlatFunction,
  inputs: readonly NDArray[],
  axes: readonly BatchAxis[],
  spec: BatchSpec,
): { readonly outputs: readonly NDArray[]; readonly axes: readonly BatchAxis[] } =>
  withTrace(
    (level) => new BatchTrace(level, spec),
    (trace) => {
      const outputs = fun(...inputs.map((x, i) => trace.wrap(x, axes[i] ?? null)));
      return { outputs: outputs.map((x) => trace.valueOf(x)), axes: outputs.map((x) => trace.axisOf(x)) };
    },
  );

/**
 * `callBatched` for functions that come with a rule: all outputs have their batch axis in front, so that the function
 * and its rule agree on where it is, and each example of the batch has a cotangent of its own.
 */
const callBatchedToFront = (
  fun: FlatFunction,
  inputs: readonly NDArray[],
  axes: readonly BatchAxis[],
  spec: BatchSpec,
): readonly NDArray[] => {
  const result = callBatched(fun, inputs, axes, spec);
  return result.outputs.map((x, i) => batchedAtFront(x, result.axes[i] ?? null, spec.size));
};

/** A backward rule on batches of residuals and cotangents, which have their batch axis in front, as have its results. */
export const callBatchedBackward = (
  bwd: CustomVjp["bwd"],
  residuals: readonly NDArray[],
  cotangents: readonly NDArray[],
  spec: BatchSpec,
): readonly Tangent[] => {
  const all = [...residuals, ...cotangents];
  let live: readonly boolean[] = [];
  const results = callBatchedToFront(
    (...xs) => {
      const cts = bwd(xs.slice(0, residuals.length), xs.slice(residuals.length));
      live = cts.map(isArray);
      return cts.filter(isArray);
    },
    all,
    all.map(() => 0),
    spec,
  );
  return inLivePlaces(live, results);
};
