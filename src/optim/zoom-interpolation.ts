import type { NDArray } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import type { LinePoint } from "./line.ts";

/** How far a value is above the tangent at `a`, over the square of the distance: the second-order part there. */
const bend = (a: LinePoint, b: LinePoint): NDArray => {
  const d = np.subtract(b.step, a.step);
  const above = np.subtract(np.subtract(b.value, a.value), np.multiply(a.slope, d));
  return np.divide(above, np.square(d));
};

/** Where the parabola through two values, with the slope at the first, is flat. */
const parabolaMinimum = (a: LinePoint, b: LinePoint): NDArray =>
  np.subtract(a.step, np.divide(a.slope, np.multiply(2, bend(a, b))));

/**
 * Where the cubic through three values, with the slope at the first, has its minimum; NaN if it has none, or if the third
 * place is the first. Its second-order part is a line, known at two places.
 */
const cubicMinimum = (a: LinePoint, b: LinePoint, c: LinePoint): NDArray => {
  const [db, dc] = [np.subtract(b.step, a.step), np.subtract(c.step, a.step)];
  const bendB = bend(a, b);
  const third = np.divide(np.subtract(bendB, bend(a, c)), np.subtract(db, dc));
  const second = np.subtract(bendB, np.multiply(third, db));
  const radical = np.subtract(np.square(second), np.multiply(3, np.multiply(third, a.slope)));
  // The root of the derivative in the form that keeps its digits where the cubic is nearly a parabola.
  return np.subtract(a.step, np.divide(a.slope, np.add(second, np.sqrt(radical))));
};

/**
 * A length within the interval of two others: the minimum of the cubic if it is not too near to the ends, else of the
 * parabola, else the middle.
 * (J. Nocedal and S. J. Wright, "Numerical optimization", 2nd ed., section 3.5.)
 */
export const stepBetween = (low: LinePoint, high: LinePoint, third: LinePoint): NDArray => {
  const [left, right] = [np.minimum(low.step, high.step), np.maximum(low.step, high.step)];
  const width = np.subtract(right, left);
  const isWithin = (x: NDArray, margin: number): NDArray => {
    const m = np.multiply(margin, width);
    return np.logicalAnd(np.greater(x, np.add(left, m)), np.less(x, np.subtract(right, m)));
  };
  const middle = np.multiply(0.5, np.add(low.step, high.step));
  const parabola = parabolaMinimum(low, high);
  const cubic = cubicMinimum(low, high, third);
  return np.where(isWithin(cubic, 0.2), cubic, np.where(isWithin(parabola, 0.1), parabola, middle));
};
