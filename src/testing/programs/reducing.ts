import { type NDArray, sizeOf } from "../../array/index.ts";
import { broadcastInDim, reduceSum } from "../../primitives/broadcast.ts";
import { dotGeneral } from "../../primitives/dot.ts";
import { add, cos, exp, log, stopGradient, sub } from "../../primitives/elementwise/index.ts";
import { cumlogsumexp, cumprod, cumsum, reduceMax, reduceProd } from "../../primitives/reduction/index.ts";
import { range } from "../../primitives/rules.ts";
import type { Facts } from "./program.ts";
import { type Bounds, GREATEST_SIZE, type Operation } from "./scope.ts";

interface Reduction {
  readonly name: string;
  readonly f: (x: NDArray, axes: readonly number[]) => NDArray;
  /** Bounds of the result of `n` elements. */
  readonly bounds: (x: Facts, n: number) => Bounds;
}

/** log Σ exp(x − max x) + max x, as people write it: the maximum is held fast. */
const logSumExp = (x: NDArray, axes: readonly number[]): NDArray => {
  const kept = range(x.shape.length).filter((axis) => !axes.includes(axis));
  const top = stopGradient(reduceMax(x, axes));
  const sum = reduceSum(exp(sub(x, broadcastInDim(top, x.shape, kept))), axes);
  return add(log(sum), top);
};

const REDUCTIONS: readonly Reduction[] = [
  { name: "reduceSum", f: reduceSum, bounds: (x, n) => ({ bound: n * x.bound, slope: n * x.slope }) },
  {
    name: "reduceProd∘cos",
    f: (x, axes) => reduceProd(cos(x), axes),
    bounds: (x, n) => ({ bound: 1, slope: n * x.slope }),
  },
];

const CUMULATIVE: readonly Reduction[] = [
  {
    name: "cumsum",
    f: (x, [axis]) => cumsum(x, axis as number),
    bounds: (x, n) => ({ bound: n * x.bound, slope: n * x.slope }),
  },
  {
    name: "cumprod∘cos",
    f: (x, [axis]) => cumprod(cos(x), axis as number, true),
    bounds: (x, n) => ({ bound: 1, slope: n * x.slope }),
  },
  {
    name: "cumlogsumexp",
    f: (x, [axis]) => cumlogsumexp(x, axis as number),
    bounds: (x, n) => ({ bound: x.bound + Math.log(n + 1), slope: x.slope }),
  },
];

const reducing: Operation = (scope) => {
  const place = scope.pickFloat(({ shape }) => shape.length > 0);
  if (place === undefined) return;
  const facts = scope.facts(place);
  const isCumulative = scope.choose.bool();
  const axes = isCumulative
    ? [scope.choose.int(0, facts.shape.length - 1)]
    : range(facts.shape.length).filter(() => !scope.choose.bool());
  const n = axes.reduce((size, axis) => size * (facts.shape[axis] as number), 1);
  const reduction = scope.choose.pick(isCumulative ? CUMULATIVE : REDUCTIONS);
  scope.emit(
    reduction.name,
    [place],
    (x) => [reduction.f(x as NDArray, axes)],
    reduction.bounds(facts, Math.max(1, n)),
  );
};

/** Products summed over one pair of axes of equal length, with another pair as batch where there is one. */
const product: Operation = (scope) => {
  const left = scope.pickFloat(({ shape }) => shape.length > 0);
  if (left === undefined) return;
  const x = scope.facts(left);
  const axis = scope.choose.int(0, x.shape.length - 1);
  const n = x.shape[axis] as number;
  const right = scope.pick((y) => y.dtype === x.dtype && y.shape.includes(n)) as number;
  const y = scope.facts(right);
  const other = scope.choose.pick(range(y.shape.length).filter((a) => y.shape[a] === n));
  const pairs = range(x.shape.length).flatMap((a) =>
    range(y.shape.length).flatMap((b) =>
      a !== axis && b !== other && x.shape[a] === y.shape[b] ? [[a, b] as const] : [],
    ),
  );
  const batch = pairs.length > 0 && scope.choose.bool() ? [scope.choose.pick(pairs)] : [];
  const numbers = {
    lhsContracting: [axis],
    rhsContracting: [other],
    lhsBatch: batch.map(([a]) => a),
    rhsBatch: batch.map(([, b]) => b),
  };
  const size = (sizeOf(x.shape) / Math.max(1, n)) * (sizeOf(y.shape) / Math.max(1, n));
  if (size > GREATEST_SIZE || x.shape.length + y.shape.length - 2 - batch.length > 4) return;
  scope.emit("dotGeneral", [left, right], (a, b) => [dotGeneral(a as NDArray, b as NDArray, numbers)], {
    bound: n * x.bound * y.bound,
    slope: n * (x.bound * y.slope + y.bound * x.slope),
  });
};

const normalizing: Operation = (scope) => {
  const place = scope.pickFloat(({ shape }) => shape.length > 0 && sizeOf(shape) > 0);
  if (place === undefined) return;
  const { shape, bound, slope } = scope.facts(place);
  const axis = scope.choose.int(0, shape.length - 1);
  scope.emit("logsumexp", [place], (x) => [logSumExp(x as NDArray, [axis])], {
    bound: bound + Math.log(shape[axis] as number),
    slope,
  });
};

/** Operations that combine many elements to one. */
export const REDUCING: readonly Operation[] = [reducing, product, normalizing];
