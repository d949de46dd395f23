import { ConcreteArray, offsetOf, stridesOf, viewOf } from "../array/index.ts";
import {
  type BatchAxis,
  bind,
  type ConcreteInputs,
  definePrimitive,
  type Params,
  type Primitive,
} from "../core/index.ts";
import { moveAxis } from "../primitives/shape.ts";

/** One batch around a callback. */
interface Batch {
  readonly size: number;
  /** Which arrays have an axis for it. */
  readonly batched: readonly boolean[];
}

/** Parameters of `debugCallback`. */
export interface DebugCallbackParams extends Params {
  /** What a jaxpr prints for it. */
  readonly name: string;
  readonly callback: (...arrays: readonly ConcreteArray[]) => void;
  /** The batches around it, the outermost first: their axes are in front of those of the arrays, in this order. */
  readonly batches: readonly Batch[];
}

const elementOf = (x: ConcreteArray, i: number): ConcreteArray => {
  const [stride = 0, ...strides] = stridesOf(x);
  return viewOf(x, x.shape.slice(1), strides, offsetOf(x) + i * stride);
};

/** Call once for each example, those of the outermost batch in order. */
const callEach = (
  inputs: ConcreteInputs,
  batches: readonly Batch[],
  callback: DebugCallbackParams["callback"],
): void => {
  const [batch, ...rest] = batches;
  if (batch === undefined) {
    // What a callback keeps must not be a view of a large array.
    callback(...inputs.map((x) => new ConcreteArray(x.toTypedArray(), x.shape, x.dtype, x.weakType)));
    return;
  }
  for (let i = 0; i < batch.size; i++) {
    callEach(
      inputs.map((x, k) => (batch.batched[k] ? elementOf(x, i) : x)),
      rest,
      callback,
    );
  }
};

/**
 * Calls a JavaScript function with the values of some arrays, for what it does besides: printing, recording. It has no
 * results, so it changes nothing that is computed, and happens as often and in the order as it is written. Derivatives go
 * past it; a batch calls once for each example.
 */
export const debugCallback: Primitive<DebugCallbackParams> = definePrimitive<DebugCallbackParams>({
  name: "debugCallback",
  abstractEval: () => [],
  evaluate: (inputs, { callback, batches }) => {
    callEach(inputs, batches, callback);
    return [];
  },
  jvp: (primals, _tangents, params) => ({ outputs: bind(debugCallback, primals, params), tangents: [] }),
  transpose: (_cotangents, inputs) => inputs.map(() => null),
  batch: (inputs, axes: readonly BatchAxis[], size, params) => {
    const batched = axes.map((axis) => axis !== null);
    const inFront = inputs.map((x, i) => {
      const axis = axes[i] ?? null;
      return axis === null ? x : moveAxis(x, axis, 0);
    });
    const batches = [{ size, batched }, ...params.batches];
    return { outputs: bind(debugCallback, inFront, { ...params, batches }), axes: [] };
  },
  effectful: true,
  args: { missing: "it calls a function for its effects, of which no law can tell; tested by test/debug" },
  formatParams: ({ name }) => [`callback=${name}`],
});
