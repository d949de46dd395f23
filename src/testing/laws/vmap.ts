import { ConcreteArray, type NDArray } from "../../array/index.ts";
import type { BatchAxis, FlatFunction, Tangent } from "../../core/index.ts";
import { moveAxis } from "../../primitives/shape.ts";
import { jvpFlat } from "../../transforms/jvp.ts";
import { vjpFlat } from "../../transforms/vjp.ts";
import { vmap } from "../../transforms/vmap.ts";
import { Application } from "../application.ts";
import { chooserFrom } from "../chooser.ts";
import type { Tolerance } from "../closeness.ts";
import { drawArray, drawDirection } from "../elements.ts";
import { stack } from "../stack.ts";
import type { Source } from "../tape.ts";
import {
  type Case,
  defineLaw,
  derivativeExcuse,
  drawCotangents,
  drawDifferentiable,
  drawLive,
  drawSome,
  drawTangents,
  instantiate,
  requireClose,
} from "./law.ts";

/** Inputs of a function, where some differ between the examples of a batch and others do not. */
interface Batch {
  readonly size: number;
  /** For each input either one value for the whole batch, or one an example. */
  readonly inputs: readonly (NDArray | readonly NDArray[])[];
}

const isShared = (x: NDArray | readonly NDArray[]): x is NDArray => !Array.isArray(x);

const exampleOf = ({ inputs }: Batch, i: number): NDArray[] =>
  inputs.map((x) => (isShared(x) ? x : (x[i] as NDArray)));

/**
 * Throws unless `vmap` of `fun` over the batch gives what a loop over its examples gives, for batch axes in every place.
 * `like` are inputs of one example.
 */
export const requireBatched = (
  what: string,
  fun: FlatFunction,
  batch: Batch,
  like: readonly NDArray[],
  tolerance: Tolerance = {},
): void => {
  const { inputs, size } = batch;
  const examples = Array.from({ length: size }, (_, i) => fun(...exampleOf(batch, i)));
  const outputs = size === 0 ? fun(...like) : (examples[0] as readonly NDArray[]);
  const expected = outputs.map((y, k) =>
    stack(
      examples.map((ys) => ys[k] as NDArray),
      y,
    ),
  );
  const inFront = inputs.map((x, i) => (isShared(x) ? x : stack(x, like[i] as NDArray)));
  const places = Math.max(
    1,
    ...inputs.map((x, i) => (isShared(x) ? 0 : (like[i] as NDArray).shape.length + 1)),
  );
  for (let place = 0; place < places; place++) {
    // Each input that is batched runs through all its places; inputs are shifted so that they do not all move alike.
    const axes = inputs.map(
      (x, i): BatchAxis => (isShared(x) ? null : (place + i) % ((like[i] as NDArray).shape.length + 1)),
    );
    const placed = inFront.map((x, i) => (axes[i] === null ? x : moveAxis(x, 0, axes[i] as number)));
    const batched = vmap((...xs: NDArray[]): readonly NDArray[] => fun(...xs), axes, 0, { axisSize: size });
    requireClose(
      `${what} over axes [${axes.map(String).join(", ")}]`,
      batched(...placed),
      expected,
      tolerance,
    );
  }
};

/** What one primitive does to one example does not depend on the others, not even its rounding. */
const EXACT: Tolerance = { rtol: 0, atol: 0 };

const drawSize = (source: Source): number => [2, 1, 3, 2, 3, 0][source.next(5)] as number;

interface BatchCase extends Case {
  readonly application: Application;
  readonly size: number;
  /** Which inputs differ between the examples of the batch. */
  readonly batched: readonly number[];
  /** The applications of the batch: they share parameters and the inputs that are not batched. */
  readonly examples: readonly Application[];
}

/** Draw an application whose shapes and parameters serve several lists of elements. */
export const drawBatch = (
  primitive: Application["primitive"],
  source: Source,
  other: boolean,
): Omit<BatchCase, "examples"> & { readonly examples: readonly (readonly ConcreteArray[])[] } => {
  const { args } = primitive;
  if (args === undefined) throw new TypeError(`${primitive.name} has no description of its arguments.`);
  const choose = chooserFrom(source);
  const { inputs, params } = other && args.otherDTypes ? args.otherDTypes(choose) : args.example(choose);
  const application = new Application(
    primitive,
    params,
    inputs.map((spec) => drawArray(source, spec)),
  );
  const size = drawSize(source);
  const batched = drawSome(
    source,
    inputs.map((_, i) => i),
  );
  const examples = Array.from({ length: size }, () =>
    inputs.map((spec, i) =>
      batched.includes(i) ? drawArray(source, spec) : (application.inputs[i] as ConcreteArray),
    ),
  );
  return { application, size, batched, examples };
};

const noInputs = (primitive: Application["primitive"]): string | undefined => primitive.missing.batch;

/** Batching a primitive is the same as a loop. */
export const vmapLaw = defineLaw<BatchCase>({
  name: "vmap = a loop of plain calls",
  excuse: noInputs,
  draw: (primitive, source) => {
    const { examples, ...rest } = drawBatch(primitive, source, source.next(2) === 2);
    return { ...rest, examples: examples.map((xs) => rest.application.withInputs(xs)) };
  },
  check: ({ application, size, batched, examples }) => {
    const { inputs, fun } = application;
    requireBatched(
      "vmap",
      fun,
      {
        size,
        inputs: inputs.map((x, i) => (batched.includes(i) ? examples.map((e) => e.inputs[i] as NDArray) : x)),
      },
      inputs,
      EXACT,
    );
  },
});

interface DerivativeBatchCase extends Case {
  readonly application: Application;
  readonly size: number;
  readonly live: readonly number[];
  /** Inputs and tangents (or cotangents) together: one list for the whole batch, or one an example. */
  readonly primals: Batch["inputs"];
  readonly directions: Batch["inputs"];
  /** Directions of one example, `null` for those that are zero. */
  readonly like: readonly Tangent[];
}

const drawDerivativeBatch = (
  primitive: Application["primitive"],
  source: Source,
  drawLike: (application: Application, live: readonly number[]) => Tangent[],
): DerivativeBatchCase => {
  let drawnBatch = source.span(() => drawBatch(primitive, source, false));
  drawDifferentiable(source, () => {
    drawnBatch = drawBatch(primitive, source, false);
    return drawnBatch.application;
  });
  const { application, size, batched, examples } = drawnBatch;
  const live = drawLive(source, application);
  const like = drawLike(application, live);
  const primalsBatched = source.next(3) > 0;
  const directions = like.flatMap((t): Batch["inputs"] => {
    if (t === null) return [];
    const differs = source.next(3) > 0 || !primalsBatched;
    return [differs ? Array.from({ length: size }, () => drawDirection(source, t)) : t];
  });
  return {
    application,
    size,
    live,
    primals: live.map((i) =>
      primalsBatched && batched.includes(i)
        ? examples.map((xs) => xs[i] as NDArray)
        : (application.inputs[i] as ConcreteArray),
    ),
    directions,
    like,
  };
};

const someDiffer = (inputs: Batch["inputs"]): boolean => inputs.some((x) => !isShared(x));

/** Batching commutes with forward-mode differentiation. */
export const vmapOfJvpLaw = defineLaw<DerivativeBatchCase>({
  name: "vmap of jvp = a loop",
  excuse: (primitive) => derivativeExcuse(primitive) ?? noInputs(primitive),
  draw: (primitive, source) =>
    drawDerivativeBatch(primitive, source, (application, live) => drawTangents(source, application, live)),
  check: ({ application, size, live, primals, directions, like }) => {
    const n = live.length;
    const inputs = [...primals, ...directions];
    if (!someDiffer(inputs)) return;
    const fun: FlatFunction = (...args) => {
      const { outputs, tangents } = jvpFlat(application.restrictedTo(live), args.slice(0, n), args.slice(n));
      return [...outputs, ...instantiate(tangents, outputs)];
    };
    const one = live.map((i) => application.inputs[i] as NDArray);
    requireBatched("vmap of jvp", fun, { size, inputs }, [...one, ...live.map((i) => like[i] as NDArray)]);
  },
});

/** Batching commutes with reverse-mode differentiation. */
export const vmapOfVjpLaw = defineLaw<DerivativeBatchCase>({
  name: "vmap of vjp = a loop",
  excuse: (primitive) => derivativeExcuse(primitive) ?? noInputs(primitive),
  draw: (primitive, source) =>
    drawDerivativeBatch(primitive, source, (application) => drawCotangents(source, application)),
  check: ({ application, size, live, primals, directions, like }) => {
    const n = live.length;
    const inputs = [...primals, ...directions];
    if (!someDiffer(inputs)) return;
    const fun: FlatFunction = (...args) => {
      const xs = args.slice(0, n);
      let next = n;
      const cts = like.map((ct) => (ct === null ? null : (args[next++] as NDArray)));
      return instantiate(vjpFlat(application.restrictedTo(live), xs).pullback(cts), xs);
    };
    const one = live.map((i) => application.inputs[i] as NDArray);
    requireBatched("vmap of vjp", fun, { size, inputs }, [...one, ...like.filter((ct) => ct !== null)]);
  },
});

/** The same elements in other places. */
export const rolled = (x: NDArray): NDArray => {
  const from = x.toTypedArray();
  const to = from.slice();
  for (let i = 0; i < to.length; i++) to[i] = from[(i + 1) % from.length] as number;
  return new ConcreteArray(to, x.shape, x.dtype);
};
