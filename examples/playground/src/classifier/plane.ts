/**
 * Draws the plane: in each place the colour of the class that the network expects there, and the points.
 */
import { colourOf, css, type Rgb } from "../common/colours.ts";
import { extent, gridSize, type PlainPoints } from "./frame.ts";

/** How much of the colour of a class stands over the ground where the network is sure. */
const STRENGTH = 0.62;

const classColours = (): readonly Rgb[] => ["--series-0", "--series-1", "--series-2"].map(colourOf);

/** The colours of all classes, each as strong as its probability, over the colour of the ground. */
const mixed = (plane: Float32Array, at: number, colours: readonly Rgb[], ground: Rgb): Rgb => {
  const channel = (c: 0 | 1 | 2): number => {
    const sum = colours.reduce((total, colour, k) => total + (plane[at + k] as number) * colour[c], 0);
    return ground[c] + (sum - ground[c]) * STRENGTH;
  };
  // Where the network is not sure, the colours fade.
  const surest = Math.max(...colours.map((_, k) => plane[at + k] as number));
  const sure = (surest - 1 / colours.length) / (1 - 1 / colours.length);
  const faded = (c: 0 | 1 | 2): number => ground[c] + (channel(c) - ground[c]) * (0.25 + 0.75 * sure);
  return [faded(0), faded(1), faded(2)];
};

export interface PlaneDrawing {
  readonly classes: number;
  readonly plane: Float32Array;
  readonly train: PlainPoints;
  readonly test: PlainPoints;
}

export const drawPlane = (canvas: HTMLCanvasElement, { classes, plane, train, test }: PlaneDrawing): void => {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const [colours, ground, ink] = [classColours().slice(0, classes), colourOf("--card"), colourOf("--ink")];
  const image = new ImageData(gridSize, gridSize);
  for (let i = 0; i < gridSize * gridSize; i++) {
    image.data.set([...mixed(plane, i * classes, colours, ground), 255], 4 * i);
  }
  const small = new OffscreenCanvas(gridSize, gridSize);
  small.getContext("2d")?.putImageData(image, 0, 0);
  const size = canvas.width;
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, size, size);

  const place = (x: number): number => ((x / extent + 1) / 2) * size;
  const draw = ({ x, y }: PlainPoints, isTest: boolean): void => {
    y.forEach((label, i) => {
      const [left, top] = [place(x[2 * i] as number), place(-(x[2 * i + 1] as number))];
      context.beginPath();
      context.arc(left, top, size / (isTest ? 150 : 110), 0, 2 * Math.PI);
      context.fillStyle = css(isTest ? ground : (colours[label] as Rgb));
      context.fill();
      context.lineWidth = size / 400;
      context.strokeStyle = css(isTest ? (colours[label] as Rgb) : ink);
      context.stroke();
    });
  };
  draw(train, false);
  draw(test, true);
};
