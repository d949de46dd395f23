import { formatLocation, type SourceLocation } from "../core/index.ts";
import type { CostReport, EquationCost } from "./cost.ts";
import { formatCount, formatNumber } from "./format.ts";
import {
  element,
  FONT_SIZE,
  type Markup,
  type PictureOptions,
  picture,
  SERIES,
  text,
  textWidth,
  tooltip,
} from "./svg.ts";

/** What the widths of a picture of costs mean. */
export type CostQuantity = "milliseconds" | "flops" | "bytesAccessed";

/** Options of `drawCost`. */
export interface DrawCostOptions extends PictureOptions {
  /** What widths mean. Default: time if it was measured, else operations. */
  readonly by?: CostQuantity;
  readonly width?: number;
}

/** A bar: a call, a line or an operation, and what it calls. */
interface Bar {
  readonly label: string;
  readonly where: string;
  readonly children: Map<string, Bar>;
  /** Whether it is an operation. */
  readonly isLeaf: boolean;
  count: number;
  flops: number;
  bytesAccessed: number;
  milliseconds: number;
}

const bar = (label: string, where: string, isLeaf: boolean): Bar => ({
  label,
  where,
  isLeaf,
  children: new Map(),
  count: 0,
  flops: 0,
  bytesAccessed: 0,
  milliseconds: 0,
});

const frameLabel = ({ file, line, functionName }: SourceLocation): string => {
  const place = `${file.split(/[\\/]/).at(-1)}:${line}`;
  return functionName === undefined || functionName === "<anonymous>" ? place : `${functionName} ${place}`;
};

const addTo = (into: Bar, { flops, bytesAccessed, milliseconds }: EquationCost): void => {
  into.count++;
  into.flops += flops;
  into.bytesAccessed += bytesAccessed;
  into.milliseconds += milliseconds;
};

const childOf = (parent: Bar, key: string, make: () => Bar): Bar => {
  const known = parent.children.get(key);
  if (known !== undefined) return known;
  const made = make();
  parent.children.set(key, made);
  return made;
};

/** Enter equations below `top`, under the calls that led to them; the equations of a loop under the loop. */
const enter = (top: Bar, costs: readonly EquationCost[]): void => {
  for (const each of costs) {
    let at = top;
    for (const frame of each.calls) {
      const where = formatLocation(frame);
      at = childOf(at, where, () => bar(frameLabel(frame), where, false));
      addTo(at, each);
    }
    const operation = childOf(at, `${each.label} operation`, () => bar(each.label, each.equation, true));
    addTo(operation, each);
    enter(operation, each.inside);
  }
};

const ROW = 22;
/** Bars narrower than this are not drawn. */
const NARROWEST = 1;

/** As much of a label as fits. */
const fitted = (label: string, width: number): string => {
  const room = Math.floor((width - 8) / textWidth("x"));
  if (room < 2) return "";
  return label.length <= room ? label : `${label.slice(0, room - 1)}…`;
};

const hash = (label: string): number =>
  [...label].reduce((h, c) => (h * 31 + (c.codePointAt(0) ?? 0)) >>> 0, 7);

const bytes = (n: number): string => `${formatCount(n)}B`;

const time = (milliseconds: number): string =>
  milliseconds < 1 ? `${formatNumber(1000 * milliseconds, 3)} µs` : `${formatNumber(milliseconds, 3)} ms`;

const numbers = ({
  milliseconds,
  flops,
  bytesAccessed,
}: {
  readonly milliseconds: number;
  readonly flops: number;
  readonly bytesAccessed: number;
}): string =>
  [
    ...(Number.isNaN(milliseconds) ? [] : [time(milliseconds)]),
    `${formatCount(flops)} operations`,
    `${bytes(bytesAccessed)} moved`,
  ].join(", ");

const depthOf = ({ children }: Bar): number => 1 + Math.max(0, ...[...children.values()].map(depthOf));

const drawBar = (
  each: Bar,
  by: CostQuantity,
  x: number,
  y: number,
  width: number,
  whole: number,
): Markup[] => {
  if (width < NARROWEST) return [];
  const label = each.isLeaf && each.count > 1 ? `${each.label} ×${each.count}` : each.label;
  const share = whole === 0 ? 0 : (100 * each[by]) / whole;
  const tip = `${label}, ${formatNumber(share, 3)} %\n${numbers(each)}\n${each.where}`;
  const role = each.isLeaf ? `tint-${hash(each.label) % SERIES}` : "surface";
  const own = element(
    "g",
    {},
    tooltip(tip),
    element("rect", { class: role, x, y, width: Math.max(NARROWEST, width - 1), height: ROW - 2, rx: 2 }),
    text(x + 4, y + ROW / 2 + FONT_SIZE / 2 - 3, fitted(label, width)),
  );
  const children = [...each.children.values()];
  // What is in a bar fills it: its own numbers are those of its children, but for loops, whose turns are shares.
  const sum = children.reduce((total, child) => total + child[by], 0);
  let left = x;
  return [
    own,
    ...children.flatMap((child) => {
      const part = sum === 0 ? 0 : (width * child[by]) / sum;
      const drawn = drawBar(child, by, left, y + ROW, part, whole);
      left += part;
      return drawn;
    }),
  ];
};

/**
 * Costs as bars within bars: the whole on top, below it the user's calls and lines, at the bottom operations; the wider,
 * the dearer. Resting the pointer on a bar shows its numbers.
 *
 * @returns the text of an SVG file.
 * @example
 * drawCost(cost((x: NDArray) => np.sin(x).sum(), { measureFor: 0 })(np.ones([4]))).startsWith("<svg"); // true
 */
export const drawCost = (
  { equations, equationByEquation, compiled }: CostReport,
  { by, width = 960, theme = "auto" }: DrawCostOptions = {},
): string => {
  const quantity = by ?? (Number.isNaN(equationByEquation.milliseconds) ? "flops" : "milliseconds");
  const root = bar("all equations", "", false);
  for (const each of equations) addTo(root, each);
  enter(root, equations);
  const top = compiled === undefined ? 34 : 52;
  const summary = (label: string, y: number, each: typeof equationByEquation): Markup =>
    text(8, y, `${label.padEnd(22)}${numbers(each)}, ${bytes(each.peakBytes)} alive at most`, {
      class: "faint",
    });
  return picture(
    width,
    top + depthOf(root) * ROW + 30,
    "costs",
    [
      summary("equation by equation", 20, equationByEquation),
      ...(compiled === undefined ? [] : [summary("compiled", 38, compiled)]),
      ...drawBar(root, quantity, 8, top, width - 16, root[quantity]),
      text(
        8,
        top + depthOf(root) * ROW + 16,
        `width: ${{ milliseconds: "time", flops: "operations", bytesAccessed: "bytes moved" }[quantity]}, each equation by itself`,
        { class: "faint" },
      ),
    ],
    { theme },
  );
};
