import { quantileSorted, ticks } from "d3-array";
import { contours } from "d3-contour";
import { ArgumentError } from "../core/index.ts";
import { axisScale, drawAxes, type Frame, tickWidth } from "./axes.ts";
import { formatNumber } from "./format.ts";
import type { Landscape } from "./landscape.ts";
import { element, type Markup, type PictureOptions, picture, text, textWidth } from "./svg.ts";

/** Options of `drawLandscape`. */
export interface DrawLandscapeOptions extends PictureOptions {
  /** Whether levels lie evenly in the logarithm of the loss. Default: if the largest loss is 20 times the least. */
  readonly log?: boolean;
  /** About how many lines of one loss there are. Default 12. */
  readonly levels?: number;
  /** The side of the plane, in pixels. Default 420. */
  readonly size?: number;
}

/** Losses at which lines are drawn, and none beyond the steepest hundredth of the plane. */
const levelsOf = (sorted: readonly number[], count: number, log: boolean): readonly number[] => {
  const [low, high] = [sorted[0] as number, quantileSorted([...sorted], 0.99) as number];
  if (!(high > low)) return [];
  if (!log) return ticks(low, high, count).filter((level) => level > low);
  const [from, to] = [Math.log(low), Math.log(high)];
  return Array.from({ length: count }, (_, i) => Math.exp(from + ((to - from) * (i + 1)) / (count + 1)));
};

/** Room above the plane. */
const TOP = 34;

type Ring = readonly (readonly number[])[];

/**
 * A landscape as lines of equal loss, darker the higher it is, with the parameters in the middle.
 *
 * @returns the text of an SVG file.
 * @throws ArgumentError if no loss is finite.
 * @example
 * drawLandscape(lossLandscape((w: NDArray) => w.square().sum(), np.ones([3]))).startsWith("<svg"); // true
 */
export const drawLandscape = (
  { alphas, betas, losses }: Landscape,
  { levels = 12, size = 420, log, theme = "auto" }: DrawLandscapeOptions = {},
): string => {
  const finite = losses
    .flat()
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const [lowest, highest] = [finite[0], finite.at(-1)];
  if (lowest === undefined || highest === undefined)
    throw new ArgumentError("drawLandscape: no loss of the landscape is finite.");
  const isLog = (log ?? highest > 20 * lowest) && lowest > 0;
  const thresholds = levelsOf(finite, levels, isLog);
  const y = axisScale(betas, [TOP + size, TOP], { nice: false });
  const left = tickWidth(y) + 16;
  const frame: Frame = { left, top: TOP, width: size, height: size };
  const x = axisScale(alphas, [left, left + size], { nice: false });

  // Cells of d3-contour have their values in their middles.
  const place = ([column, row]: readonly number[]): readonly [number, number] => {
    const at = (steps: readonly number[], i: number): number =>
      (steps[0] as number) +
      ((i - 0.5) / (steps.length - 1)) * ((steps.at(-1) as number) - (steps[0] as number));
    const inside = (value: number, low: number): number => Math.min(Math.max(value, low), low + size);
    return [inside(x.map(at(alphas, column as number)), left), inside(y.map(at(betas, row as number)), TOP)];
  };
  const numbers = losses.flat().map((loss) => (Number.isFinite(loss) ? loss : highest));
  const shapes = contours()
    .size([alphas.length, betas.length])
    .thresholds([...thresholds])(numbers);
  const ringPath = (ring: Ring): string =>
    `M${ring.map((p) => place(p).map((c) => Math.round(c * 10) / 10)).join("L")}Z`;
  const ringsOf = ({ coordinates }: (typeof shapes)[number]): readonly Ring[] =>
    coordinates.flatMap((polygon) => polygon as unknown as readonly Ring[]);
  // A region ends at the border of the plane, a line of equal loss does not run along it.
  const isAtBorder = (i: number, [x, y]: readonly number[]): boolean =>
    [x === left, x === left + size, y === TOP, y === TOP + size][i] as boolean;
  const linePath = (ring: Ring): string =>
    ring
      .map(place)
      .map((p, i, all) => {
        const before = all[i - 1];
        const skips =
          before === undefined || [0, 1, 2, 3].some((k) => isAtBorder(k, p) && isAtBorder(k, before));
        return `${skips ? "M" : "L"}${p.map((c) => Math.round(c * 10) / 10)}`;
      })
      .join("");
  const fills = shapes.map((shape) =>
    element("path", {
      class: "fill-0",
      "fill-opacity": 0.07,
      "fill-rule": "evenodd",
      d: ringsOf(shape).map(ringPath).join(""),
    }),
  );
  const lines = shapes.map((shape) =>
    element("path", { class: "stroke-0", "stroke-width": 0.8, d: ringsOf(shape).map(linePath).join("") }),
  );
  const taken: (readonly [number, number])[] = [[x.map(0), y.map(0)]];
  const labels = shapes.flatMap((shape): Markup[] => {
    const label = formatNumber(shape.value, 3);
    const half = textWidth(label, 10) / 2;
    const spots = ringsOf(shape).flatMap((ring) => ring.map(place));
    // The first place along the line that is inside and touches no other label.
    const spot = spots.find(
      ([a, b]) =>
        a > left + half + 4 &&
        a < left + size - half - 4 &&
        b > TOP + 10 &&
        b < TOP + size - 10 &&
        taken.every(([c, d]) => Math.abs(a - c) > 2 * half + 14 || Math.abs(b - d) > 16),
    );
    if (spot === undefined) return [];
    taken.push(spot);
    return [
      text(spot[0], spot[1] + 3.5, label, {
        class: "halo",
        "text-anchor": "middle",
        style: "font-size:10px",
      }),
    ];
  });
  const width = left + size + 16;
  return picture(
    width,
    size + TOP + 56,
    "loss landscape",
    [
      ...drawAxes(frame, x, y, { x: "first direction", y: "second direction" }),
      element("rect", { class: "axis", x: left, y: TOP, width: size, height: size }),
      ...fills,
      ...lines,
      ...labels,
      element("circle", { class: "fill-1", cx: x.map(0), cy: y.map(0), r: 4 }),
      text(left, size + 2 * TOP, `loss ${formatNumber(lowest, 3)} … ${formatNumber(highest, 3)}`, {
        class: "faint",
      }),
    ],
    { theme },
  );
};
