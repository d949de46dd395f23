import { formatShape, type NDArray, type Shape, sizeOf } from "../../array/index.ts";
import * as random from "../../random/index.ts";
import { makeJaxpr } from "../../transforms/index.ts";
import type { AnyLayer } from "./layer.ts";

/** What a table says of a layer. */
export interface SummaryRow {
  /** How many layers it lies inside. */
  readonly depth: number;
  readonly kind: string;
  readonly outputShape: Shape;
  /** How many numbers are learned in it and in all inside it. */
  readonly parameters: number;
}

/** How many numbers are learned in a layer; none are drawn. */
const countParameters = (layer: AnyLayer, inputShape: Shape): number => {
  const { outAvals } = makeJaxpr((key: NDArray) => layer.init(key, inputShape))(random.key(0));
  return outAvals.reduce((n, { shape }) => n + sizeOf(shape), 0);
};

/**
 * The rows of a model's table: the model, then all layers inside it, each in front of its own.
 *
 * @example
 * nn.summaryRows(nn.dense(10), [1, 784]);
 * // [{ depth: 0, kind: "dense", outputShape: [1, 10], parameters: 7850 }]
 */
export const summaryRows = (model: AnyLayer, inputShape: Shape): readonly SummaryRow[] => {
  const rows: SummaryRow[] = [];
  const visit = (layer: AnyLayer, shape: Shape, depth: number): void => {
    rows.push({
      depth,
      kind: layer.kind,
      outputShape: layer.outputShape(shape),
      parameters: countParameters(layer, shape),
    });
    for (const part of layer.parts?.(shape) ?? []) visit(part.layer, part.inputShape, depth + 1);
  };
  visit(model, inputShape, 0);
  return rows;
};

/**
 * A table of a model: each layer, the shape of what comes out of it, how many parameters it has.
 *
 * @throws ShapeError if a layer does not take what the one before gives.
 * @example
 * console.log(nn.summary(model, [1, 28, 28, 1]));
 */
export const summary = (model: AnyLayer, inputShape: Shape): string => {
  const rows = summaryRows(model, inputShape).map(
    ({ depth, kind, outputShape, parameters }): Line => [
      "  ".repeat(depth) + kind,
      formatShape(outputShape),
      parameters.toLocaleString("en"),
    ],
  );
  const table: readonly Line[] = [["layer", "output", "parameters"], ...rows];
  const width = (column: 0 | 1 | 2): number => Math.max(...table.map((row) => row[column].length));
  const widths = [width(0), width(1), width(2)] as const;
  const [head, ...body] = table.map(([layer, output, parameters]) =>
    [layer.padEnd(widths[0]), output.padEnd(widths[1]), parameters.padStart(widths[2])].join("  "),
  ) as [string, ...string[]];
  return [head, "─".repeat(head.length), ...body].join("\n");
};

/** A line of the table: layer, output, parameters. */
type Line = readonly [layer: string, output: string, parameters: string];
