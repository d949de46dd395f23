import { type DType, isFloat, type NDArray, sizeOf } from "../../array/index.ts";
import { type Chooser, type FlatFunction, traceToJaxpr } from "../../core/index.ts";
import { mul } from "../../primitives/elementwise/arithmetic.ts";
import { scalarLike } from "../../primitives/rules.ts";
import type { Facts, Step } from "./program.ts";

/*
 * Programs are kept tame: no value becomes large, nor changes fast, so that differences in float64 tell derivatives
 * apart, and no pole or kink is near. Bounds are worked out while a program is drawn, and what exceeds them is scaled.
 */
const GREATEST_BOUND = 8;
const GREATEST_SLOPE = 8;

/** Arrays of programs stay small. */
export const GREATEST_SIZE = 24;

/** What bounds an operation gives: the greatest magnitude and the greatest slope of its results. */
export interface Bounds {
  readonly bound: number;
  readonly slope: number;
}

/** What steps may be drawn. */
export interface ScopeOptions {
  /** The dtypes that floating-point values may have. */
  readonly floats: readonly DType[];
  /** Whether forward mode is never asked for, so that functions with a VJP rule of their own may be called. */
  readonly reverseOnly: boolean;
  /** Whether reverse mode is never asked for, so that loops may run until a condition holds. */
  readonly forwardOnly: boolean;
  /** How many programs this one is part of. */
  readonly depth: number;
  /** How many values are inputs that came from outside: their elements lie on the grid of `elements.ts`. */
  readonly gridded: number;
}

/** What a program draws from and writes to: the values there are, and the steps that made them. */
export class Scope {
  readonly choose: Chooser;
  readonly values: Facts[];
  readonly steps: Step[] = [];
  readonly floats: readonly DType[];
  readonly reverseOnly: boolean;
  readonly forwardOnly: boolean;
  readonly depth: number;
  readonly gridded: number;

  constructor(
    choose: Chooser,
    start: readonly Facts[],
    { floats, reverseOnly, forwardOnly, depth, gridded }: ScopeOptions,
  ) {
    this.choose = choose;
    this.values = [...start];
    this.floats = floats;
    this.reverseOnly = reverseOnly;
    this.forwardOnly = forwardOnly;
    this.depth = depth;
    this.gridded = gridded;
  }

  facts(place: number): Facts {
    return this.values[place] as Facts;
  }

  /** The place of some value for which `fits` holds, more often a new one; `undefined` if there is none. */
  pick(fits: (facts: Facts, place: number) => boolean): number | undefined {
    const places = this.values.flatMap((facts, place) => (fits(facts, place) ? [place] : [])).reverse();
    if (places.length === 0) return undefined;
    return this.choose.pick(places.slice(0, this.choose.int(1, places.length)));
  }

  /** Some floating-point value for which `fits` holds. */
  pickFloat(fits: (facts: Facts) => boolean = () => true): number | undefined {
    return this.pick((facts) => isFloat(facts.dtype) && fits(facts));
  }

  /** The floating-point value that was made last. */
  newestFloat(): number {
    return this.values.findLastIndex(({ dtype }) => isFloat(dtype));
  }

  /** Add a step whose outputs have the given bounds, then what it takes to keep them tame. Returns their places. */
  emit(
    name: string,
    operands: readonly number[],
    apply: FlatFunction,
    ...bounds: readonly Bounds[]
  ): readonly number[] {
    const avals = traceToJaxpr(
      apply,
      operands.map((i) => ({ ...this.facts(i), weakType: false })),
      "makeJaxpr",
    ).outAvals;
    const outputs = avals.map(({ shape, dtype }, i): Facts => {
      const { bound, slope } = bounds[i] ?? (bounds[0] as Bounds);
      return isFloat(dtype)
        ? { shape, dtype, bound, slope }
        : { shape, dtype, bound: Math.min(bound, 2 ** 32), slope: 0 };
    });
    const first = this.#push({ name, operands, apply, outputs });
    return outputs.map((facts, i) => (isFloat(facts.dtype) ? this.#tamed(first + i) : first + i));
  }

  /** Whether a result of this shape would be small enough. */
  fits(shape: readonly number[]): boolean {
    return sizeOf(shape) <= GREATEST_SIZE && shape.length <= 4;
  }

  #push(step: Step): number {
    const first = this.values.length;
    this.steps.push(step);
    this.values.push(...step.outputs);
    return first;
  }

  #tamed(place: number): number {
    const { bound, slope, shape, dtype } = this.facts(place);
    const excess = Math.max(bound / GREATEST_BOUND, slope / GREATEST_SLOPE);
    if (excess <= 1) return place;
    const factor = 2 ** -Math.ceil(Math.log2(excess));
    const scale: FlatFunction = (x) => [mul(x as NDArray, scalarLike(x as NDArray, factor))];
    return this.#push({
      name: "scale",
      operands: [place],
      apply: scale,
      outputs: [{ shape, dtype, bound: bound * factor, slope: slope * factor }],
    });
  }
}

/** A way to extend a program. It may do nothing where no value fits it. */
export type Operation = (scope: Scope) => void;
