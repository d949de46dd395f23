import type { ConcreteArray } from "../../array/index.ts";
import { sizeOf } from "../../array/index.ts";
import { ClosedJaxpr, hasEffects, Jaxpr, type Params } from "../../core/index.ts";
import { broadcastInDimPrimitive } from "../../primitives/broadcast.ts";
import { iotaPrimitive } from "../../primitives/iota.ts";
import { fillRules } from "./fill-rules.ts";
import { knownScalar, SMALL } from "./known-values.ts";
import type { Pass } from "./pass.ts";
import { onAny, type Rule, type RuleEntry, Rules, rewriteWith } from "./rewrite.ts";

/** Inputs with more elements are not worth the time, which a compilation should not take. */
const MOST_INPUT_ELEMENTS = 1 << 16;

/** What is cheaper to make when it is needed than to keep. */
const NOT_KEPT: ReadonlySet<string> = new Set([broadcastInDimPrimitive.name, iotaPrimitive.name]);

/** Whether there is a program or a function among some parameters: what it takes to evaluate it, nobody knows. */
const carriesCode = (value: unknown): boolean => {
  if (typeof value === "function" || value instanceof ClosedJaxpr || value instanceof Jaxpr) return true;
  if (Array.isArray(value)) return value.some(carriesCode);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return false;
  return Object.values(value).some(carriesCode);
};

const isPlain = (params: Params): boolean => !carriesCode(params);

/** Evaluate what is known, by the reference evaluation of the primitive. */
const evaluateKnown: Rule = ({ primitive, inputs, params, outputs, program }) => {
  if (hasEffects({ primitive, params }) || NOT_KEPT.has(primitive.name)) return undefined;
  if (outputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0) > SMALL) return undefined;
  const values: ConcreteArray[] = [];
  for (const atom of inputs) {
    const value = program.valueOf(atom);
    if (value === undefined || value.size > MOST_INPUT_ELEMENTS) return undefined;
    values.push(value);
  }
  if (!isPlain(params)) return undefined;
  // Several results that are scalars throughout would be several equations in the place of one.
  return primitive.evaluate(values, params, outputs).map((result) => {
    const scalar = outputs.length === 1 ? knownScalar(result) : undefined;
    return scalar === undefined ? program.constant(result) : program.full(scalar, result.shape);
  });
};

/** The rules that `foldConstants` adds to those of arrays that are one scalar throughout. */
export const evaluationRules: readonly RuleEntry[] = [onAny(evaluateKnown)];

/**
 * Evaluate equations whose inputs are known, if the results are small (up to 1024 elements) or one scalar throughout.
 * Scalars become literals, arrays that are one scalar throughout become `broadcastInDim` of a literal, and other arrays
 * become constants. What has effects or carries a program is left alone.
 *
 * @example
 * // b = neg 1.0; c = broadcastInDim[shape=(9,)] b; d = exp c  →  d = broadcastInDim[shape=(9,)] 0.36787945
 */
export const foldConstants: Pass = rewriteWith(new Rules([...fillRules, ...evaluationRules]));
