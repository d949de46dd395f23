import type { ArrayLike } from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";
import { operand } from "../numpy/operands.ts";
import { element, type Markup, type PictureOptions, picture, text, textWidth, tooltip } from "./svg.ts";

/** Options of `drawConfusion`. */
export interface ConfusionOptions extends PictureOptions {
  /** The names of the classes; default their numbers. */
  readonly labels?: readonly string[];
}

/** The darkest that a cell gets: the number in it must still be read. */
const DARKEST = 0.5;

const percent = (part: number, whole: number): string =>
  whole === 0 ? "–" : `${Math.round((100 * part) / whole)} %`;

/**
 * A confusion matrix, as `nn.metrics.confusionMatrix` counts it: a row a true class, a column a prediction, each cell as
 * dark as its share of its row; at the ends of rows the recall, at those of columns the precision.
 *
 * @param matrix [classes, classes]
 * @returns the text of an SVG file.
 * @throws ShapeError unless the matrix is square; ArgumentError if there are not as many labels as classes.
 * @example
 * const labels = np.array([0, 1, 1], "int32");
 * drawConfusion(nn.metrics.confusionMatrix(labels, labels, 2), { labels: ["cat", "dog"] }).startsWith("<svg"); // true
 */
export const drawConfusion = (
  matrix: ArrayLike,
  { labels, theme = "auto" }: ConfusionOptions = {},
): string => {
  const array = operand(matrix, "drawConfusion");
  const [classes, columns] = array.shape;
  if (array.ndim !== 2 || classes !== columns || classes === undefined || classes === 0)
    throw new ShapeError(`drawConfusion: the matrix must be square; got ${describeAval(array)}.`);
  const names = labels ?? Array.from({ length: classes }, (_, i) => String(i));
  if (names.length !== classes) {
    throw new ArgumentError(
      `drawConfusion: there are ${classes} classes and ${names.length} labels; give each class one.`,
    );
  }
  const counts = (array.toArray() as number[][]).map((row) => row.map(Number));
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const widest = Math.max(
    ...counts.flat().map((n) => textWidth(String(n))),
    ...names.map((n) => textWidth(n)),
  );
  const side = Math.max(34, widest + 12);
  const [cellWidth, cellHeight] = [side, Math.min(side, 40)];
  const left = Math.max(textWidth("precision"), ...names.map((n) => textWidth(n))) + 24;
  const top = 52;
  const middle = { "text-anchor": "middle" };
  const faint = { ...middle, class: "faint" };
  const centre = (j: number): number => left + (j + 0.5) * cellWidth;
  const line = (i: number): number => top + (i + 0.5) * cellHeight + 4;

  const cells = counts.flatMap((row, i) =>
    row.flatMap((count, j): Markup[] => {
      const share = count / Math.max(1, sum(row));
      const cell = element("rect", {
        class: `fill-${i === j ? 0 : 1}`,
        "fill-opacity": DARKEST * share,
        x: left + j * cellWidth,
        y: top + i * cellHeight,
        width: cellWidth,
        height: cellHeight,
      });
      const number = text(centre(j), line(i), String(count), count === 0 ? faint : middle);
      const tip = tooltip(`${names[i]} taken for ${names[j]}: ${count}, ${percent(count, sum(row))}`);
      return [element("g", {}, tip, cell, number)];
    }),
  );
  const right = left + classes * cellWidth;
  const bottom = top + classes * cellHeight;
  const diagonal = counts.map((row, i) => row[i] as number);
  const total = sum(counts.flat());
  return picture(
    right + textWidth("recall") + 24,
    bottom + 56,
    "confusion matrix",
    [
      ...cells,
      element("rect", { class: "axis", x: left, y: top, width: right - left, height: bottom - top }),
      text((left + right) / 2, 18, "predicted", { ...middle, class: "title" }),
      text(left - 12, top - 10, "true", { class: "title", "text-anchor": "end" }),
      ...names.map((label, j) => text(centre(j), top - 10, label, middle)),
      ...names.map((label, i) => text(left - 12, line(i), label, { "text-anchor": "end" })),
      text(right + 12, top - 10, "recall", { class: "faint" }),
      ...counts.map((row, i) =>
        text(right + 12, line(i), percent(diagonal[i] as number, sum(row)), { class: "faint" }),
      ),
      text(left - 12, bottom + 20, "precision", { class: "faint", "text-anchor": "end" }),
      ...names.map((_, j) =>
        text(
          centre(j),
          bottom + 20,
          percent(diagonal[j] as number, sum(counts.map((row) => row[j] as number))),
          faint,
        ),
      ),
      text(left, bottom + 44, `${total} examples, ${percent(sum(diagonal), total)} right`, {
        class: "faint",
      }),
    ],
    { theme },
  );
};
