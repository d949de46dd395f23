import { isFloat, type NDArray } from "../../array/index.ts";
import type { FlatFunction } from "../../core/index.ts";
import { cond } from "../../lax/cond.ts";
import { foriLoop } from "../../lax/fori-loop.ts";
import { scan } from "../../lax/scan.ts";
import { whileLoop } from "../../lax/while-loop.ts";
import { broadcastInDim, reduceSum, zerosLike } from "../../primitives/broadcast.ts";
import { add } from "../../primitives/elementwise/add.ts";
import { mul } from "../../primitives/elementwise/arithmetic.ts";
import { convertElementType, lt, max, min } from "../../primitives/elementwise/index.ts";
import { reduceMax, reduceOr } from "../../primitives/reduction/index.ts";
import { range, scalarLike } from "../../primitives/rules.ts";
import { atUnitSpeed, type Body, drawInner, example, type Inner } from "./inner.ts";
import type { Facts } from "./program.ts";
import type { Operation, Scope } from "./scope.ts";

/**
 * A loop over the rows of a value: what an inner program makes of each is stacked, and added to a carry that decays.
 */
export const withScan =
  (body: Body): Operation =>
  (scope) => {
    const place = scope.pickFloat(({ shape }) => shape.length > 0);
    if (place === undefined) return;
    const inner = drawInner(scope, [place], body, { see: example, canReturnSeveral: false });
    const [output] = inner.outputs;
    if (output === undefined || !isFloat(output.dtype)) return;
    if (!scope.fits([scope.facts(place).shape[0] as number, ...output.shape])) return;
    const options = { reverse: scope.choose.bool() };
    const apply: FlatFunction = (...values) => {
      const captured = values.slice(0, inner.captured.length);
      const turn = (carry: NDArray, x: NDArray): readonly [NDArray, NDArray] => {
        const [y] = inner.run(...captured, x) as readonly [NDArray];
        return [add(mul(carry, scalarLike(carry, 0.5)), y), y];
      };
      return scan(turn, zerosLike(output), values.at(-1) as NDArray, options);
    };
    const { bound, slope } = output;
    scope.emit("scan", [...inner.captured, place], apply, { bound: 2 * bound, slope: 2 * slope }, output);
  };

/** An inner program, or half of what it gives, by a condition: any boolean of the program, or one known beforehand. */
export const withCond =
  (body: Body): Operation =>
  (scope) => {
    const place = scope.pickFloat();
    if (place === undefined) return;
    const inner = drawInner(scope, [place], body, { canReturnSeveral: false });
    const [output] = inner.outputs;
    if (output === undefined || !isFloat(output.dtype)) return;
    const isWhole = scope.choose.bool();
    const flag = scope.choose.bool() ? scope.pick(({ dtype }) => dtype === "bool") : undefined;
    const flags = flag === undefined ? [] : [flag];
    const apply: FlatFunction = (...values) => {
      const [captured, x] = [values.slice(0, inner.captured.length), values[inner.captured.length]];
      const whole = (y: NDArray): NDArray => inner.run(...captured, y)[0] as NDArray;
      const half = (y: NDArray): NDArray => mul(whole(y), scalarLike(output, 0.5));
      const [p] = values.slice(inner.captured.length + 1);
      const predicate = p === undefined ? isWhole : reduceOr(p, range(p.shape.length));
      return [cond(predicate, whole, half, x as NDArray)];
    };
    scope.emit("cond", [...inner.captured, place, ...flags], apply, output);
  };

/** The most turns of a loop that is not over rows. */
const MOST_TURNS = 3;

/** What repeats: half of a value, and the mean of what an inner program makes of it. */
interface Repeated {
  readonly inner: Inner;
  readonly place: number;
  readonly turn: (captured: readonly NDArray[], x: NDArray) => NDArray;
  /** Facts of the value after the last turn. */
  readonly after: Facts;
}

const drawRepeated = (scope: Scope, body: Body): Repeated | undefined => {
  const place = scope.pickFloat();
  if (place === undefined) return undefined;
  const x = scope.facts(place);
  const inner = drawInner(scope, [place], body, { see: atUnitSpeed, canReturnSeveral: false });
  const [output] = inner.outputs;
  if (output === undefined || output.dtype !== x.dtype) return undefined;
  const size = output.shape.reduce((n, m) => n * m, 1);
  const growth = Math.max(1, 0.5 + output.slope);
  return {
    inner,
    place,
    turn: (captured, value) => {
      const [y] = inner.run(...captured, value) as readonly [NDArray];
      const mean = mul(reduceSum(y, range(y.shape.length)), scalarLike(y, 1 / Math.max(1, size)));
      return add(mul(value, scalarLike(value, 0.5)), broadcastInDim(mean, value.shape, []));
    },
    after: {
      ...x,
      bound: x.bound + 2 * output.bound,
      slope: growth ** MOST_TURNS * x.slope + MOST_TURNS * growth ** MOST_TURNS * output.slope,
    },
  };
};

/** A loop of a number of turns that is known while tracing. */
export const withFor =
  (body: Body): Operation =>
  (scope) => {
    const repeated = drawRepeated(scope, body);
    if (repeated === undefined) return;
    const { inner, place, turn, after } = repeated;
    const turns = scope.choose.int(0, MOST_TURNS);
    const apply: FlatFunction = (...values) => {
      const captured = values.slice(0, inner.captured.length);
      return [foriLoop(0, turns, (_: NDArray, x: NDArray) => turn(captured, x), values.at(-1) as NDArray)];
    };
    scope.emit("foriLoop", [...inner.captured, place], apply, after);
  };

/** A loop of a number of turns that an integer of the program decides, which reverse mode refuses. */
export const withWhile =
  (body: Body): Operation =>
  (scope) => {
    const repeated = drawRepeated(scope, body);
    if (repeated === undefined) return;
    const { inner, place, turn, after } = repeated;
    const turns = scope.choose.int(0, MOST_TURNS);
    const count = scope.pick(({ dtype }) => dtype === "int32" || dtype === "bool");
    const counts = count === undefined ? [] : [count];
    const apply: FlatFunction = (...values) => {
      const captured = values.slice(0, inner.captured.length);
      const [x, n] = values.slice(inner.captured.length);
      const limit = n === undefined ? scalarLike({ dtype: "int32" }, turns) : turnsOf(n);
      const [, last] = whileLoop(
        ([i]: readonly [NDArray, NDArray]) => lt(i, limit),
        ([i, value]: readonly [NDArray, NDArray]): readonly [NDArray, NDArray] => [
          add(i, scalarLike(i, 1)),
          turn(captured, value),
        ],
        [scalarLike({ dtype: "int32" }, 0), x as NDArray],
      );
      return [last];
    };
    scope.emit("while", [...inner.captured, place, ...counts], apply, after);
  };

/** The greatest of some integers, brought between none and the most turns. */
const turnsOf = (n: NDArray): NDArray => {
  const integers = convertElementType(n, "int32");
  const greatest = integers.size === 0 ? scalarLike(integers, 0) : reduceMax(integers, range(n.shape.length));
  return max(min(greatest, scalarLike(integers, MOST_TURNS)), scalarLike(integers, 0));
};
