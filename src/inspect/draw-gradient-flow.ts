import { ArgumentError } from "../core/index.ts";
import { axisScale, drawAxes, drawCurve, type Frame, tickWidth } from "./axes.ts";
import { formatNumber } from "./format.ts";
import type { FlowHistory, ParameterFlow } from "./gradient-flow.ts";
import { element, type Markup, type PictureOptions, picture, SERIES, text, textWidth } from "./svg.ts";

/** Panels over the steps of a history. */
const PANELS: readonly {
  readonly title: string;
  readonly of: (flow: ParameterFlow) => number;
  readonly log: boolean;
}[] = [
  { title: "‖gradient‖", of: (flow) => flow.gradientNorm, log: true },
  { title: "‖update‖ / ‖weights‖", of: (flow) => flow.updateRatio, log: true },
  { title: "share of dead units", of: (flow) => flow.dead, log: false },
];

const PANEL_WIDTH = 330;
const PANEL_HEIGHT = 190;
const GAP = 30;
/** The height of a row of histograms. */
const ROW = 46;
/** How many steps of each array have a histogram drawn. */
const COLUMNS = 5;

/** The lightness of a curve tells early from late arrays where there are more than colours. */
const seriesOf = (i: number, count: number): number =>
  count <= SERIES ? i : Math.floor((i * SERIES) / count);

/** The histogram of one gradient as bars in a box; its range below. */
const drawHistogram = ({ histogram, nonFinite }: ParameterFlow, frame: Frame, series: number): Markup => {
  const { edges, counts } = histogram;
  const most = Math.max(1, ...counts);
  const bar = frame.width / counts.length;
  const bars = counts.map((count, i) => {
    const height = ((frame.height - 14) * count) / most;
    return count === 0
      ? ""
      : element("rect", {
          class: `fill-${series}`,
          x: frame.left + i * bar,
          y: frame.top + frame.height - 14 - height,
          width: Math.max(0.5, bar - 0.5),
          height,
        });
  });
  const base = frame.top + frame.height - 14;
  const ends = [edges[0] ?? 0, edges.at(-1) ?? 0].map((x) => formatNumber(x, 2));
  const small = { class: "faint", style: "font-size:9px" };
  return element(
    "g",
    {},
    ...bars,
    element("line", { class: "axis", x1: frame.left, x2: frame.left + frame.width, y1: base, y2: base }),
    text(frame.left, base + 10, ends[0] as string, small),
    text(frame.left + frame.width, base + 10, ends[1] as string, { ...small, "text-anchor": "end" }),
    ...(nonFinite === 0
      ? []
      : [
          text(frame.left + frame.width / 2, frame.top + 10, `${nonFinite} not finite`, {
            class: "bad",
            "text-anchor": "middle",
            style: "font-size:9px",
          }),
        ]),
  );
};

/**
 * A history of gradients as one picture: norms of gradients, updates beside weights, dead units, over the steps; below,
 * for each array, histograms of its gradient at up to five steps.
 *
 * @returns the text of an SVG file.
 * @throws ArgumentError if the history has no step, or no parameter.
 * @example
 * const [flow, params] = [gradientFlow(), { w: np.ones([3]) }];
 * const history = flow.record(flow.init(params), flow.measure(params, params, params));
 * drawGradientFlow(history).startsWith("<svg"); // true
 */
export const drawGradientFlow = (history: FlowHistory, { theme = "auto" }: PictureOptions = {}): string => {
  const { names, steps } = history;
  if (steps.length === 0 || names.length === 0)
    throw new ArgumentError(
      "drawGradientFlow: the history must have a step and a parameter; record one first.",
    );
  const count = names.length;
  const panels = PANELS.map(({ title, of, log }, p) => {
    const numbers = steps.flatMap(({ parameters }) => parameters.map(of));
    const top = 34;
    const y = axisScale(log ? numbers : [0, 1], [top + PANEL_HEIGHT, top], { log, count: 4 });
    return { title, of, y, top, p };
  });
  // All panels leave as much room for numbers as the widest needs.
  const label = Math.max(...panels.map(({ y }) => tickWidth(y))) + 16;
  const stepsAt = steps.map(({ step }) => step);
  const drawn = panels.flatMap(({ title, of, y, top, p }): Markup[] => {
    const left = label + p * (PANEL_WIDTH + label + GAP);
    const frame: Frame = { left, top, width: PANEL_WIDTH, height: PANEL_HEIGHT };
    const x = axisScale(stepsAt, [left, left + PANEL_WIDTH], { nice: false, count: 5 });
    return [
      ...drawAxes(frame, x, y, { x: "step", y: title }),
      ...names.map((_, i) =>
        drawCurve(
          steps.map(({ step, parameters }) => [step, of(parameters[i] as ParameterFlow)] as const),
          x,
          y,
          seriesOf(i, count),
        ),
      ),
    ];
  });
  const nameWidth = Math.max(...names.map((n) => textWidth(n))) + 24;
  const width = 3 * (PANEL_WIDTH + label) + 2 * GAP + 16;
  const shown = [
    ...new Set(
      Array.from({ length: COLUMNS }, (_, i) => Math.round((i * (steps.length - 1)) / (COLUMNS - 1))),
    ),
  ];
  const top = 34 + PANEL_HEIGHT + 76;
  const cell = (width - nameWidth - 16) / COLUMNS;
  const rows = names.flatMap((name, i): Markup[] => {
    const y = top + i * ROW;
    return [
      element("rect", { class: `fill-${seriesOf(i, count)}`, x: 8, y: y + 12, width: 10, height: 10, rx: 2 }),
      text(24, y + 21, name),
      ...shown.map((at, column) =>
        drawHistogram(
          steps[at]?.parameters[i] as ParameterFlow,
          { left: nameWidth + 8 + column * cell, top: y, width: cell - 16, height: ROW - 6 },
          seriesOf(i, count),
        ),
      ),
    ];
  });
  return picture(
    width,
    top + count * ROW + 8,
    "gradient flow",
    [
      ...drawn,
      text(8, top - 12, "gradients", { class: "title" }),
      ...shown.map((at, column) =>
        text(nameWidth + 8 + column * cell, top - 12, `step ${steps[at]?.step}`, { class: "faint" }),
      ),
      ...rows,
    ],
    { theme },
  );
};
