import type { NDArray } from "../../src/array/index.ts";
import {
  type BatchAxis,
  type Primitive,
  sameAval,
  type Tangent,
  UndefinedPrimal,
} from "../../src/core/index.ts";
import { batchedAtFront, zerosLike } from "../../src/primitives/broadcast.ts";
import { moveAxis } from "../../src/primitives/shape.ts";
import { type Application, drawApplication } from "../../src/testing/application.ts";
import { arrayMismatch, type Tolerance } from "../../src/testing/closeness.ts";
import { drawDirection } from "../../src/testing/elements.ts";
import { fixedSource } from "../../src/testing/fixed-source.ts";
import { drawLive, drawTangents } from "../../src/testing/laws/law.ts";
import { drawBatch } from "../../src/testing/laws/vmap.ts";
import { stack } from "../../src/testing/stack.ts";
import type { Source } from "../../src/testing/tape.ts";
import type { Mutation, Rule } from "./mutations.ts";

/*
 * A broken rule that gives what the right one gives is not broken: the product of two swapped operands, say. Whether a
 * mutation has an effect is found out by calling both rules themselves on many arguments, without any law.
 */

const SAMPLES = 80;
const ROUNDING = { rtol: 1e-9, atol: 1e-9 };
const NONE = { rtol: 0, atol: 0 };

/** What a rule returned: arrays, and what else tells results apart. */
interface Outcome {
  readonly arrays: readonly Tangent[];
  readonly facts: string;
}

const differ = (a: Outcome, b: Outcome, tolerance: Required<Tolerance>): boolean =>
  a.facts !== b.facts ||
  a.arrays.length !== b.arrays.length ||
  a.arrays.some((x, i) => {
    const y = b.arrays[i] ?? null;
    if (x === null && y === null) return false;
    const [p, q] = [x ?? zerosLike(y as NDArray), y ?? zerosLike(x as NDArray)];
    return !sameAval(p, q) || arrayMismatch(p, q, tolerance) !== undefined;
  });

type Call = (rules: Pick<Primitive, "jvp" | "transpose" | "batch">) => Outcome;

const jvpCall = (source: Source, application: Application): Call | undefined => {
  const live = drawLive(source, application);
  if (live.length === 0) return undefined;
  const tangents = drawTangents(source, application, live);
  return ({ jvp }) => {
    const result = jvp(application.inputs, tangents, application.params);
    return { arrays: [...result.outputs, ...result.tangents], facts: "" };
  };
};

const transposeCall = (source: Source, application: Application): Call | undefined => {
  const live = drawLive(source, application);
  if (live.length === 0) return undefined;
  const inputs = application.inputs.map((x, i) => (live.includes(i) ? new UndefinedPrimal(x) : x));
  const cts = application.outAvals.map((a) =>
    a.dtype.startsWith("float") ? drawDirection(source, a) : null,
  );
  if (cts.every((ct) => ct === null)) return undefined;
  return ({ transpose }) => ({ arrays: transpose(cts, inputs, application.params), facts: "" });
};

const batchCall = (source: Source, primitive: Primitive, other: boolean): Call | undefined => {
  const { application, size, batched, examples } = drawBatch(primitive, source, other);
  if (batched.length === 0) return undefined;
  const { inputs, params } = application;
  const axes = inputs.map((x, i): BatchAxis => (batched.includes(i) ? source.next(x.shape.length) : null));
  const stacked = inputs.map((x, i) => {
    const axis = axes[i];
    if (typeof axis !== "number") return x;
    return moveAxis(
      stack(
        examples.map((xs) => xs[i] as NDArray),
        x,
      ),
      0,
      axis,
    );
  });
  return ({ batch }) => {
    const result = batch(stacked, axes, size, params);
    return {
      arrays: result.outputs.map((x, i) => batchedAtFront(x, result.axes[i] ?? null, size)),
      facts: "",
    };
  };
};

const attempt = (call: Call, rules: Parameters<Call>[0]): Outcome => {
  try {
    return call(rules);
  } catch (error) {
    return { arrays: [], facts: `throws ${String(error)}` };
  }
};

const callOf = (rule: Rule, primitive: Primitive, source: Source, other: boolean): Call | undefined => {
  if (rule === "batch") return batchCall(source, primitive, other);
  const application = drawApplication(primitive, source);
  return rule === "jvp" ? jvpCall(source, application) : transposeCall(source, application);
};

/** Whether the broken rule ever gives something else than the right one on arguments that it is made for. */
export const hasEffect = (primitive: Primitive, mutation: Mutation): boolean => {
  const tolerance = mutation.rule === "batch" ? NONE : ROUNDING;
  const broken = { ...primitive, ...mutation.breakRule(primitive) };
  return Array.from({ length: SAMPLES }, (_, seed) => seed).some((seed) => {
    const call = callOf(mutation.rule, primitive, fixedSource(seed), seed % 3 === 2);
    if (call === undefined) return false;
    const right = attempt(call, primitive);
    return !right.facts.startsWith("throws") && differ(attempt(call, broken), right, tolerance);
  });
};
