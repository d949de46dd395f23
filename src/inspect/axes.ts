import { extent, range, ticks } from "d3-array";
import { scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";
import { formatNumber } from "./format.ts";
import { element, FONT_SIZE, type Markup, SERIES, text, textWidth } from "./svg.ts";

/** Where a plot's data is drawn: the rectangle between its axes. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A scale of an axis. */
export interface AxisScale {
  readonly map: (x: number) => number;
  readonly ticks: readonly number[];
  /** Whether a number has a place on it: finite, and positive where the scale is logarithmic. */
  readonly has: (x: number) => boolean;
}

/** Powers of ten, not too many of them; over less than a decade, round numbers. */
const logTicks = (low: number, high: number, count: number): readonly number[] => {
  const [from, to] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  if (to <= from) return ticks(low, high, count).filter((x) => x > 0);
  const every = Math.ceil((to - from + 1) / count);
  const exponents = range(from, to + 1).filter((e) => (to - e) % every === 0);
  return exponents.map((e) => Number(`1e${e}`));
};

/** A scale from the numbers that must fit to pixels. */
export const axisScale = (
  numbers: Iterable<number>,
  pixels: readonly [number, number],
  options: { readonly log?: boolean; readonly count?: number; readonly nice?: boolean } = {},
): AxisScale => {
  const { log = false, count = 5, nice = true } = options;
  const has = (x: number): boolean => Number.isFinite(x) && (!log || x > 0);
  const [low = log ? 0.1 : 0, high = 1] = extent([...numbers].filter(has));
  // One number alone stands in the middle.
  const margin = low !== high ? 0 : log ? 0 : Math.abs(low) / 2 || 1;
  const domain: [number, number] = low === high && log ? [low / 2, high * 2] : [low - margin, high + margin];
  const scale = log ? scaleLog(domain, pixels) : scaleLinear(domain, pixels);
  if (nice && !log) scale.nice(count);
  return { map: (x) => scale(x), ticks: log ? logTicks(...domain, count) : scale.ticks(count), has };
};

/** How wide the numbers at a vertical axis are. */
export const tickWidth = ({ ticks }: AxisScale): number =>
  Math.max(0, ...ticks.map((x) => textWidth(formatNumber(x))));

/** Both axes with grid, numbers and labels; the label of the vertical one stands above it. */
export const drawAxes = (
  { left, top, width, height }: Frame,
  x: AxisScale,
  y: AxisScale,
  labels: { readonly x?: string; readonly y?: string },
): readonly Markup[] => {
  const bottom = top + height;
  // Numbers that would touch the one before are left out.
  let free = Number.NEGATIVE_INFINITY;
  const columns = x.ticks.flatMap((tick): Markup[] => {
    const [at, label] = [x.map(tick), formatNumber(tick)];
    const mark = element("line", { class: "axis", x1: at, x2: at, y1: bottom, y2: bottom + 4 });
    if (at - textWidth(label) / 2 < free) return [mark];
    free = at + textWidth(label) / 2 + 8;
    return [mark, text(at, bottom + 6 + FONT_SIZE, label, { class: "faint", "text-anchor": "middle" })];
  });
  const rows = y.ticks.flatMap((tick) => {
    const at = y.map(tick);
    return [
      element("line", { class: "grid", x1: left, x2: left + width, y1: at, y2: at }),
      text(left - 8, at + 4, formatNumber(tick), { class: "faint", "text-anchor": "end" }),
    ];
  });
  return [
    ...rows,
    ...columns,
    element("line", { class: "axis", x1: left, x2: left + width, y1: bottom, y2: bottom }),
    ...(labels.x === undefined
      ? []
      : [
          text(left + width, bottom + 10 + 2 * FONT_SIZE, labels.x, {
            class: "faint",
            "text-anchor": "end",
          }),
        ]),
    ...(labels.y === undefined ? [] : [text(left - 8, top - 12, labels.y, { class: "title" })]),
  ];
};

/** Points beyond which a curve is thinned: no screen shows more. */
const MOST_POINTS = 1500;

type Point = readonly [x: number, y: number];

/** Of many points the lowest and the highest of each stretch, so that no peak is lost. */
export const thinned = (points: readonly Point[]): readonly Point[] => {
  if (points.length <= MOST_POINTS) return points;
  const size = Math.ceil((2 * points.length) / MOST_POINTS);
  const kept: Point[] = [];
  for (let start = 0; start < points.length; start += size) {
    const stretch = points.slice(start, start + size);
    const gap = stretch.find(([, y]) => !Number.isFinite(y));
    const low = stretch.reduce((a, b) => (b[1] < a[1] ? b : a));
    const high = stretch.reduce((a, b) => (b[1] > a[1] ? b : a));
    kept.push(...[...new Set([low, high, ...(gap === undefined ? [] : [gap])])].sort((a, b) => a[0] - b[0]));
  }
  return kept;
};

/** A curve through points, broken where a number has no place on its axis. When colours are used up, lines are dashed. */
export const drawCurve = (points: readonly Point[], x: AxisScale, y: AxisScale, series: number): Markup => {
  const path = line<Point>()
    .defined(([a, b]) => x.has(a) && y.has(b))
    .x(([a]) => x.map(a))
    .y(([, b]) => y.map(b))
    .digits(1)(thinned(points));
  return path === null
    ? ""
    : element("path", {
        class: `stroke-${series % SERIES}`,
        "stroke-width": 1.8,
        "stroke-linejoin": "round",
        "stroke-dasharray": series < SERIES ? undefined : "6 3",
        d: path,
      });
};

/** Places for labels as near to where they belong as they go without touching one another. */
export const spreadOut = (places: readonly number[], gap: number, low: number, high: number): number[] => {
  const order = places.map((_, i) => i).sort((a, b) => (places[a] as number) - (places[b] as number));
  const spread = [...places];
  let free = low;
  for (const i of order) {
    spread[i] = Math.max(spread[i] as number, free);
    free = (spread[i] as number) + gap;
  }
  let limit = high;
  for (const i of order.toReversed()) {
    spread[i] = Math.min(spread[i] as number, limit);
    limit = (spread[i] as number) - gap;
  }
  return spread;
};
