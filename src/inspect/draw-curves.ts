import type { NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import { operand } from "../numpy/operands.ts";
import { axisScale, drawAxes, drawCurve, type Frame, spreadOut, tickWidth } from "./axes.ts";
import {
  element,
  FONT_SIZE,
  type Markup,
  type PictureOptions,
  picture,
  SERIES,
  text,
  textWidth,
} from "./svg.ts";

/** Numbers over steps: one a step, or pairs of a step and its number. */
export type Curve = NDArray | readonly number[] | readonly (readonly [step: number, value: number])[];

/** Options of `drawCurves`. */
export interface CurveOptions extends PictureOptions {
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** Whether the vertical axis is logarithmic. Default: if all numbers are positive and the largest is 20 times the least. */
  readonly log?: boolean;
  readonly width?: number;
  readonly height?: number;
}

type Point = readonly [x: number, y: number];

const pointsOf = (name: string, curve: Curve): readonly Point[] => {
  if (Array.isArray(curve)) {
    return (curve as readonly (number | Point)[]).map((value, step) =>
      typeof value === "number" ? [step, value] : value,
    );
  }
  const array = operand(curve as NDArray, "drawCurves");
  if (array.ndim !== 1) {
    throw new ArgumentError(
      `drawCurves: a curve is a vector of numbers; "${name}" has the shape [${array.shape.join(", ")}].`,
    );
  }
  return [...np.asarray(array).toTypedArray()].map((value, step) => [step, Number(value)]);
};

const isWide = (numbers: readonly number[]): boolean => {
  const finite = numbers.filter(Number.isFinite);
  return finite.length > 0 && Math.min(...finite) > 0 && Math.max(...finite) > 20 * Math.min(...finite);
};

/**
 * Curves over steps, such as losses, each with its name at its end.
 *
 * @param curves a number for each step, by name: `{ train: [1, 0.5, 0.3], test: [1.1, 0.7, 0.6] }`.
 * @returns the text of an SVG file.
 * @throws ArgumentError if there is no curve, or one is no vector.
 * @example
 * drawCurves({ train: [1, 0.5, 0.3], test: [1.1, 0.7, 0.6] }, { yLabel: "loss" }).startsWith("<svg"); // true
 */
export const drawCurves = (
  curves: Readonly<Record<string, Curve>>,
  { xLabel = "step", yLabel = "loss", width = 720, height = 400, log, theme = "auto" }: CurveOptions = {},
): string => {
  const series = Object.entries(curves).map(([name, curve]) => ({ name, points: pointsOf(name, curve) }));
  if (series.length === 0) throw new ArgumentError("drawCurves: there must be at least one curve.");
  const values = series.flatMap(({ points }) => points.map(([, y]) => y));
  const isLog = log ?? isWide(values);
  const nameWidth = Math.max(...series.map(({ name }) => textWidth(name)));
  const [top, bottom] = [34, 44];
  const y = axisScale(values, [height - bottom, top], { log: isLog });
  const left = tickWidth(y) + 16;
  const right = nameWidth + 16;
  const frame: Frame = { left, top, width: width - left - right, height: height - top - bottom };
  const steps = series.flatMap(({ points }) => points.map(([x]) => x));
  const x = axisScale(steps, [left, left + frame.width], { nice: false });
  const ends = series.map(({ points }) => points.findLast(([a, b]) => x.has(a) && y.has(b)));
  const places = spreadOut(
    ends.map((end) => (end === undefined ? top : y.map(end[1]))),
    FONT_SIZE + 2,
    top,
    height - bottom,
  );
  return picture(
    width,
    height,
    `${yLabel} over ${xLabel}`,
    [
      ...drawAxes(frame, x, y, { x: xLabel, y: yLabel }),
      ...series.map(({ points }, i) => drawCurve(points, x, y, i)),
      ...series.flatMap(({ name }, i): Markup[] => {
        const at = places[i] as number;
        const end = ends[i];
        const mark =
          end === undefined
            ? []
            : [
                element("circle", {
                  class: `fill-${i % SERIES}`,
                  cx: x.map(end[0]),
                  cy: y.map(end[1]),
                  r: 2.5,
                }),
              ];
        return [...mark, text(left + frame.width + 8, at + 4, name, { class: `fill-${i % SERIES}` })];
      }),
    ],
    { theme },
  );
};
