import { type ArrayLike, asArray, type DType, type NDArray } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { valueAndGrad } from "../transforms/index.ts";
import { scalarOf } from "./moments.ts";
import { requireExtra, requireParams } from "./requirements.ts";
import type { UpdateExtras } from "./transformation.ts";
import { dotTrees, dtypeOfTree, mapTrees } from "./trees.ts";

/** A place on a line: how far, the loss there and how fast it changes; all scalars of the dtype of the parameters. */
export interface LinePoint {
  readonly step: NDArray;
  readonly value: NDArray;
  readonly slope: NDArray;
}

/** The line that a search goes along. */
export interface Line<P> {
  readonly dtype: DType;
  /** Where it begins. */
  readonly start: LinePoint;
  /** The gradient there, like the parameters. */
  readonly startGrad: P;
  /** The parameters at a distance. */
  at(step: NDArray): P;
  /** The loss alone, at a distance. */
  valueAt(step: NDArray): NDArray;
  /** The loss, its slope and its gradient at a distance. */
  pointAt(step: NDArray): { readonly point: LinePoint; readonly grad: P };
  /** The gradient at a distance. */
  gradAt(step: NDArray): P;
}

/** `x` where the loss is known, or else the one number that no loss is below. */
export const infiniteIfNaN = (x: NDArray): NDArray => np.where(np.isnan(x), Number.POSITIVE_INFINITY, x);

/** The chosen one of two trees, at each place. */
export const choose = <T>(where: string, pred: NDArray, yes: T, no: T): T =>
  mapTrees<T>(where, { yes, no }, (x, y) => np.where(pred, x, y as NDArray));

/**
 * The line from the parameters along updates.
 *
 * @throws ArgumentError that names what `update` was called without.
 */
export const lineAlong = <P>(
  where: string,
  updates: P,
  optionalParams: P | undefined,
  extras: UpdateExtras<P> | undefined,
): Line<P> => {
  const params = requireParams(where, optionalParams);
  const value = requireExtra(where, "value", extras?.value);
  const grad = requireExtra(where, "grad", extras?.grad);
  const valueFn = requireExtra(where, "valueFn", extras?.valueFn);
  const dtype = dtypeOfTree(where, params);
  const scalar = (x: ArrayLike): NDArray =>
    scalarOf(typeof x === "number" ? x : asArray(x, `${where}, value`), dtype);
  const like = (tree: unknown): P =>
    mapTrees<P>(where, { params, grad: tree }, (p, g) => np.astype(g as NDArray, p.dtype));
  const slopeOf = (gradient: P): NDArray => np.astype(dotTrees(where, { updates, gradient }), dtype);
  const at = (step: NDArray): P =>
    mapTrees<P>(where, { params, updates }, (p, u) =>
      np.astype(np.add(p, np.multiply(step, u as NDArray)), p.dtype),
    );
  const both = valueAndGrad(valueFn as (params: unknown) => NDArray) as unknown as (
    params: P,
  ) => readonly [NDArray, P];
  return {
    dtype,
    start: { step: np.zeros([], dtype), value: scalar(value), slope: slopeOf(grad) },
    startGrad: like(grad),
    at,
    valueAt: (step) => scalar(valueFn(at(step))),
    pointAt: (step) => {
      const [v, g] = both(at(step));
      return { point: { step, value: scalar(v), slope: slopeOf(g) }, grad: like(g) };
    },
    gradAt: (step) => like(both(at(step))[1]),
  };
};

/** Updates times the length of a step. */
export const scaleUpdates = <P>(where: string, updates: P, step: NDArray): P =>
  mapTrees<P>(where, { updates }, (u) => np.multiply(np.astype(step, u.dtype), u));
