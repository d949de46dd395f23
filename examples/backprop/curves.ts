/**
 * A picture of losses, step by step.
 */

/*
 * What is used of two libraries. Their own declarations do not compile where those of libraries are checked too, so the
 * compiler is not shown them.
 */
interface PlotModule {
  plot(options: object): Element;
  lineY(data: readonly object[], options: object): object;
  text(data: readonly object[], options: object): object;
  selectLast(options: object): object;
}

interface LinkedomModule {
  parseHTML(text: string): { readonly document: object };
}

const packages: { readonly plot: string; readonly linkedom: string } = {
  plot: "@observablehq/plot",
  linkedom: "linkedom",
};
const Plot = (await import(packages.plot)) as PlotModule;
const { parseHTML } = (await import(packages.linkedom)) as LinkedomModule;

export interface Curve {
  readonly name: string;
  /** The loss before each step. */
  readonly losses: readonly number[];
}

/** An SVG of curves over steps, on a logarithmic axis, each with its name at its end. */
export const drawCurves = (title: string, curves: readonly Curve[], every = 5): string => {
  const points = curves.flatMap(({ name, losses }) =>
    losses.flatMap((loss, step) => (step % every === 0 && loss > 0 ? [{ name, loss, step }] : [])),
  );
  const { document } = parseHTML("<html><body></body></html>");
  const picture = Plot.plot({
    document,
    width: 760,
    height: 440,
    marginRight: 90,
    marginTop: 40,
    x: { label: "step" },
    y: { label: title, type: "log", grid: true },
    color: { scheme: "Observable10" },
    marks: [
      Plot.lineY(points, { x: "step", y: "loss", stroke: "name" }),
      Plot.text(
        points,
        Plot.selectLast({
          x: "step",
          y: "loss",
          z: "name",
          text: "name",
          fill: "name",
          dx: 6,
          textAnchor: "start",
        }),
      ),
    ],
  });
  picture.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return `${picture.outerHTML}\n`;
};
