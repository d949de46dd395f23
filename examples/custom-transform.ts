/**
 * A transform of one's own: interval arithmetic. `bounds(f)` turns a function of numbers into one of intervals, which
 * returns an interval that holds f(x) for every x in the intervals given (but for the rounding of floats).
 *
 * Like the transforms of the library it reads the jaxpr of the function, one equation at a time, with rules of its own.
 *
 *     npx tsx examples/custom-transform.ts
 */
import { fileURLToPath } from "node:url";
import { ClosedJaxpr, core, makeJaxpr, type NDArray, numpy as np } from "cotangent";

/** All numbers from `low` to `high`, element by element of two arrays of one shape. */
export interface Interval {
  readonly low: NDArray;
  readonly high: NDArray;
}

/** What an equation does to intervals. */
type Rule = (inputs: readonly Interval[], equation: core.Equation) => Interval;

const hull = (...candidates: readonly NDArray[]): Interval => ({
  low: candidates.reduce((a, b) => np.minimum(a, b)),
  high: candidates.reduce((a, b) => np.maximum(a, b)),
});

/** A function that grows with each input: its bounds are at the ends. */
const increasing: Rule = (inputs, equation) => {
  const [low] = core.applyEquation(
    equation,
    inputs.map((x) => x.low),
  );
  const [high] = core.applyEquation(
    equation,
    inputs.map((x) => x.high),
  );
  return { low: low as NDArray, high: high as NDArray };
};

const negative: Rule = ([x]) => ({ low: (x as Interval).high.neg(), high: (x as Interval).low.neg() });

/** The extremes of a product are among those of the ends. */
const product: Rule = ([x, y]) => {
  const [a, b] = [x as Interval, y as Interval];
  return hull(a.low.mul(b.low), a.low.mul(b.high), a.high.mul(b.low), a.high.mul(b.high));
};

/** The least square is 0 where the interval holds 0. */
const square: Rule = ([x]) => {
  const { low, high } = x as Interval;
  const ends = hull(low.square(), high.square());
  const holdsZero = low.mul(high).lessEqual(0);
  return { low: np.where(holdsZero, 0, ends.low), high: ends.high };
};

/** Whether a point of the form offset + period n lies between two numbers. */
const holdsPoint = ({ low, high }: Interval, offset: number, period: number): NDArray =>
  np.floor(high.sub(offset).div(period)).greaterEqual(np.ceil(low.sub(offset).div(period)));

/** Between its ends, a sine may pass through its crests. */
const sine: Rule = ([x]) => {
  const interval = x as Interval;
  const ends = hull(np.sin(interval.low), np.sin(interval.high));
  return {
    low: np.where(holdsPoint(interval, -Math.PI / 2, 2 * Math.PI), -1, ends.low),
    high: np.where(holdsPoint(interval, Math.PI / 2, 2 * Math.PI), 1, ends.high),
  };
};

const rules: ReadonlyMap<string, Rule> = new Map([
  ...["add", "exp", "log", "tanh", "logistic", "max", "min", "reduceSum", "reduceMax"].map(
    (n) => [n, increasing] as const,
  ),
  ...["broadcastInDim", "reshape", "transpose", "convertElementType"].map((n) => [n, increasing] as const),
  ["neg", negative],
  [
    "sub",
    ([x, y], equation) => {
      const [a, b] = [x as Interval, y as Interval];
      const [low] = core.applyEquation(equation, [a.low, b.high]);
      const [high] = core.applyEquation(equation, [a.high, b.low]);
      return { low: low as NDArray, high: high as NDArray };
    },
  ],
  ["mul", product],
  ["square", square],
  ["sin", sine],
]);

const exact = (x: NDArray): Interval => ({ low: x, high: x });

/** Run a jaxpr on intervals. */
const interpret = ({ jaxpr, consts }: ClosedJaxpr, inputs: readonly Interval[]): readonly Interval[] =>
  core.interpretJaxpr<Interval>(
    jaxpr,
    consts.map(exact),
    inputs,
    (equation, xs) => {
      // A function compiled by jit is an equation that carries a jaxpr of its own.
      if ("jaxpr" in equation.params && equation.params.jaxpr instanceof ClosedJaxpr) {
        return interpret(equation.params.jaxpr, xs);
      }
      const rule = rules.get(equation.primitive.name);
      if (rule === undefined) throw new Error(`bounds: there is no rule for ${equation.toString()}`);
      return [rule(xs, equation)];
    },
    (literal) => exact(literal.value),
  );

/**
 * `f` of intervals.
 *
 * @example
 * bounds((x) => np.sin(x).mul(x))({ low: np.array(0), high: np.array(1) }); // from 0 to sin(1)
 */
export const bounds =
  (f: (...xs: NDArray[]) => NDArray) =>
  (...inputs: readonly Interval[]): Interval => {
    const closed = makeJaxpr(f)(...inputs.map((x) => x.low));
    return interpret(closed, inputs)[0] as Interval;
  };

/** How often each primitive appears in the jaxpr of a function: another interpreter, of one line. */
export const census = (closed: ClosedJaxpr): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { primitive } of closed.jaxpr.equations) {
    counts.set(primitive.name, (counts.get(primitive.name) ?? 0) + 1);
  }
  return counts;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const f = (x: NDArray): NDArray => np.sin(x).mul(x).add(np.exp(x.neg()));
  const { low, high } = bounds(f)({ low: np.array([0, 1]), high: np.array([1, 3]) });
  console.log(String(makeJaxpr(f)(np.array([0, 1]))));
  console.log("census:", Object.fromEntries(census(makeJaxpr(f)(np.array([0, 1])))));
  console.log("for x in [0, 1] and [1, 3], f(x) lies between", String(low), "and", String(high));
}
