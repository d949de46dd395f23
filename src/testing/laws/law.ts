import { type Arbitrary, type IPropertyWithHooks, property, toStringMethod } from "fast-check";
import { isFloat, type NDArray } from "../../array/index.ts";
import { type Aval, describeAval, type Primitive, sameAval, type Tangent } from "../../core/index.ts";
import { zerosLike } from "../../primitives/broadcast.ts";
import { type Application, describeArrays } from "../application.ts";
import { chooserFrom } from "../chooser.ts";
import { arrayMismatch, formatMismatch, roundingTolerance, type Tolerance } from "../closeness.ts";
import { drawDirection } from "../elements.ts";
import { fixedSource } from "../fixed-source.ts";
import { drawn, type Source } from "../tape.ts";

/** A law does not hold; the message says where. */
export class LawViolation extends Error {
  override readonly name = "LawViolation";
}

/** Something that is true of every primitive. */
export interface Law {
  readonly name: string;
  /** Why the law says nothing about `primitive`, or `undefined` if it does. */
  excuse(primitive: Primitive): string | undefined;
  /** The law for one primitive, on arguments drawn from its description. */
  property(primitive: Primitive): IPropertyWithHooks<[Case]>;
}

/** How a law is checked. */
export interface LawOptions {
  /** How many cases are drawn; default 100. */
  readonly numRuns?: number;
  /** After so many milliseconds no more cases are drawn, if one has been checked; default: no limit. */
  readonly timeLimit?: number;
  /** Where the random numbers start; default: anywhere. */
  readonly seed?: number;
}

/** One case of a law: an application, and what else the law needs, named for a counterexample to show. */
export interface Case {
  readonly application: Application;
}

interface LawDefinition<C extends Case> {
  readonly name: string;
  excuse(primitive: Primitive): string | undefined;
  draw(primitive: Primitive, source: Source): C;
  /** Throws a `LawViolation`, or whatever the rules throw. */
  check(this: void, example: C): void;
}

/** Declare a law. */
export const defineLaw = <C extends Case>({ name, excuse, draw, check }: LawDefinition<C>): Law => ({
  name,
  excuse,
  property: (primitive) => {
    const cases: Arbitrary<C> = drawn((source) => printable(draw(primitive, source)));
    return property(cases, check) as unknown as IPropertyWithHooks<[Case]>;
  },
});

/** `example` with a description for fast-check to print. */
const printable = <C extends Case>(example: C): C => ({
  ...example,
  [toStringMethod]: () => describeCase(example),
});

const describeCase = ({ application, ...rest }: Case): string => {
  const more = Object.entries(rest).map(([name, value]) => `${name}:\n${describeDetail(value)}`);
  return [`\n${application}`, ...more].join("\n");
};

const describeDetail = (value: unknown): string => {
  const isArrays =
    Array.isArray(value) && value.every((x) => x === null || (typeof x === "object" && "dtype" in x));
  return isArrays ? describeArrays(value as readonly Tangent[]) : `  ${JSON.stringify(value)}`;
};

/** Throws unless each array has the shape and dtype of `expected`, and its elements within the tolerance. */
export const requireClose = (
  what: string,
  actual: readonly NDArray[],
  expected: readonly NDArray[],
  tolerance: Tolerance = {},
): void => {
  if (actual.length !== expected.length) {
    throw new LawViolation(`${what}: ${actual.length} arrays, expected ${expected.length}`);
  }
  expected.forEach((y, i) => {
    const x = actual[i] as NDArray;
    const name = expected.length === 1 ? what : `${what}, output ${i}`;
    if (!sameAval(x, y))
      throw new LawViolation(`${name}: got ${describeAval(x)}, expected ${describeAval(y)}`);
    const mismatch = arrayMismatch(x, y, { ...roundingTolerance(y.dtype), ...tolerance });
    if (mismatch !== undefined) throw new LawViolation(`${name}: ${formatMismatch(mismatch)}`);
  });
};

/** Tangents with zeros written out. */
export const instantiate = (tangents: readonly Tangent[], like: readonly NDArray[]): readonly NDArray[] =>
  like.map((x, i) => tangents[i] ?? zerosLike(x));

/** Some of `options` and at least one, where there is any. */
export const drawSome = <T>(source: Source, options: readonly T[]): T[] => {
  if (options.length === 0) return [];
  const one = source.next(options.length - 1);
  return options.filter((_, i) => source.next(1) === 1 || i === one);
};

/** The inputs that tangents flow to in one case: some of those that are differentiable, at least one. */
export const drawLive = (source: Source, application: Application): number[] =>
  drawSome(
    source,
    application.inputs.flatMap((_, i) => (application.differentiable[i] ? [i] : [])),
  );

/** A tangent for each input, `null` where none flows. */
export const drawTangents = (source: Source, { inputs }: Application, live: readonly number[]): Tangent[] =>
  inputs.map((x, i) => (live.includes(i) ? drawDirection(source, x) : null));

/** Cotangents of some outputs that are floats, at least one where there is any. */
export const drawCotangents = (source: Source, application: Application): Tangent[] => {
  const { outAvals } = application;
  const isFloating = (i: number): boolean => isFloat((outAvals[i] as Aval).dtype);
  const live = drawSome(
    source,
    outAvals.flatMap((_, i) => (isFloating(i) ? [i] : [])),
  );
  return outAvals.map((a, i) => (live.includes(i) ? drawDirection(source, a) : null));
};

/** How many applications are looked at to see what a primitive's arguments are like. */
export const SAMPLES = 40;

const differentiability = new WeakMap<Primitive, boolean>();

/** Whether derivatives of the primitive are ever asked for: some input and some output can be floating-point. */
export const isDifferentiable = (primitive: Primitive): boolean => {
  const known = differentiability.get(primitive);
  if (known !== undefined) return known;
  const { args } = primitive;
  const answer =
    args !== undefined &&
    Array.from({ length: SAMPLES }, (_, seed) => fixedSource(seed)).some((source) => {
      const { inputs, params } = args.example(chooserFrom(source));
      const avals = inputs.map(({ shape, dtype }) => ({ shape, dtype, weakType: false }));
      const takesFloats = inputs.some(
        (x, i) => isFloat(x.dtype) && (args.differentiable?.includes(i) ?? true),
      );
      return takesFloats && primitive.abstractEval(avals, params).some((a) => isFloat(a.dtype));
    });
  differentiability.set(primitive, answer);
  return answer;
};

/** Why a law of derivatives says nothing about a primitive. */
export const derivativeExcuse = (primitive: Primitive): string | undefined => {
  if (!isDifferentiable(primitive)) return "no tangent flows through it";
  return primitive.missing.jvp;
};

/** Draw until there is an input that tangents can flow to; the last draw in any case. */
export const drawDifferentiable = (source: Source, draw: () => Application): Application => {
  let application = source.span(draw);
  for (let tries = 0; tries < 20 && !application.differentiable.some(Boolean); tries++)
    application = source.span(draw);
  return application;
};
