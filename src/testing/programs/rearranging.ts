import { type NDArray, type Shape, sizeOf } from "../../array/index.ts";
import { broadcastInDim } from "../../primitives/broadcast.ts";
import { concatenate } from "../../primitives/concatenate.ts";
import { pad, slice } from "../../primitives/padding.ts";
import { range, scalarLike } from "../../primitives/rules.ts";
import { reshape, rev, transpose } from "../../primitives/shape.ts";
import type { Facts } from "./program.ts";
import type { Operation, Scope } from "./scope.ts";

/** Bounds that a result takes over from an operand. */
export const bounds = ({ bound, slope }: Facts) => ({ bound, slope });

/** A step that keeps every element as it is and moves it elsewhere. */
const rearrangement =
  (name: string, make: (scope: Scope, x: Facts) => ((x: NDArray) => NDArray) | undefined): Operation =>
  (scope) => {
    const place = scope.pick(() => true);
    if (place === undefined) return;
    const facts = scope.facts(place);
    const f = make(scope, facts);
    if (f !== undefined) scope.emit(name, [place], (x) => [f(x as NDArray)], bounds(facts));
  };

const otherShapes = (shape: Shape): Shape[] => {
  const [first = 1, ...rest] = shape;
  return [[sizeOf(shape)], [1, ...shape], [...rest, first], shape.filter((n) => n !== 1)];
};

const reshaping = rearrangement("reshape", ({ choose }, { shape }) => {
  const target = choose.pick(otherShapes(shape));
  return (x) => reshape(x, target);
});

const transposition = rearrangement("transpose", ({ choose }, { shape }) => {
  const permutation = choose.permutation(range(shape.length));
  return (x) => transpose(x, permutation);
});

const reversal = rearrangement("rev", ({ choose }, { shape }) => {
  const dimensions = choose.subset(range(shape.length));
  return (x) => rev(x, dimensions);
});

const broadcasting = rearrangement("broadcastInDim", (scope, { shape }) => {
  const at = scope.choose.int(0, shape.length);
  const target = [...shape.slice(0, at), scope.choose.int(1, 3), ...shape.slice(at)];
  if (!scope.fits(target)) return undefined;
  const places = range(shape.length).map((axis) => (axis >= at ? axis + 1 : axis));
  return (x) => broadcastInDim(x, target, places);
});

const slicing = rearrangement("slice", ({ choose }, { shape }) => {
  const starts = shape.map((n) => choose.int(0, Math.max(0, n - 1)));
  const limits = shape.map((n, axis) => choose.int(Math.min(n, (starts[axis] as number) + 1), n));
  const strides = shape.map(() => choose.int(1, 2));
  return (x) => slice(x, starts, limits, strides);
});

const padding = rearrangement("pad", (scope, { shape, dtype }) => {
  if (dtype === "bool") return undefined;
  const config = shape.map(
    () => [scope.choose.int(0, 1), scope.choose.int(0, 1), scope.choose.int(0, 1)] as const,
  );
  const target = shape.map(
    (n, i) =>
      (n === 0 ? 0 : n + (n - 1) * (config[i]?.[2] ?? 0)) + (config[i]?.[0] ?? 0) + (config[i]?.[1] ?? 0),
  );
  return scope.fits(target) ? (x) => pad(x, scalarLike(x, 1), config) : undefined;
});

/** Values one after another along an axis: any that fit, the same one among them. */
const joining: Operation = (scope) => {
  const left = scope.pick(({ shape }) => shape.length > 0);
  if (left === undefined) return;
  const x = scope.facts(left);
  const axis = scope.choose.int(0, x.shape.length - 1);
  const right = scope.pick(
    (y) =>
      y.dtype === x.dtype &&
      y.shape.length === x.shape.length &&
      y.shape.every((n, a) => a === axis || n === x.shape[a]),
  ) as number;
  const y = scope.facts(right);
  const total = x.shape.map((n, a) => (a === axis ? n + (y.shape[a] as number) : n));
  if (!scope.fits(total)) return;
  scope.emit("concatenate", [left, right], (a, b) => [concatenate([a as NDArray, b as NDArray], axis)], {
    bound: Math.max(x.bound, y.bound),
    slope: Math.max(x.slope, y.slope),
  });
};

/** Operations that move elements about. */
export const REARRANGING: readonly Operation[] = [
  reshaping,
  transposition,
  broadcasting,
  joining,
  slicing,
  padding,
  reversal,
];
