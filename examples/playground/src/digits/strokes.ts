/**
 * From the lines of a pen to an image as MNIST has them: the digit fits into 20 × 20 pixels, and its ink is balanced on
 * the middle of 28 × 28.
 *
 * @see http://yann.lecun.com/exdb/mnist/ on how the images of the data set were made.
 */

/** One line: points in any unit. */
export type Stroke = readonly (readonly [x: number, y: number])[];

export const imageSize = 28;
const BOX = 20;
/** Half the width of a pen in pixels of the image, and how far its edge fades. */
const PEN = 1.05;
const FADE = 0.9;

interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const boundsOf = (points: Stroke): Bounds => {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
};

/** How far a place is from the line between two points. */
const distance = (x: number, y: number, [x0, y0]: Stroke[number], [x1, y1]: Stroke[number]): number => {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / length));
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
};

/** Ink of each pixel, from 0 to 1, with the middle of pixel (0, 0) at (0.5, 0.5). */
const inked = (strokes: readonly Stroke[]): Float32Array => {
  const image = new Float32Array(imageSize * imageSize);
  for (const stroke of strokes) {
    const segments =
      stroke.length === 1 ? [[stroke[0], stroke[0]]] : stroke.slice(1).map((p, i) => [stroke[i], p]);
    for (const [from, to] of segments as [Stroke[number], Stroke[number]][]) {
      for (let i = 0; i < image.length; i++) {
        const away = distance((i % imageSize) + 0.5, Math.floor(i / imageSize) + 0.5, from, to);
        const ink = Math.max(0, Math.min(1, (PEN + FADE / 2 - away) / FADE));
        image[i] = Math.max(image[i] as number, ink);
      }
    }
  }
  return image;
};

/** The middle of all ink. */
const balance = (image: Float32Array): readonly [x: number, y: number] => {
  let [sum, x, y] = [0, 0, 0];
  image.forEach((ink, i) => {
    sum += ink;
    x += ink * ((i % imageSize) + 0.5);
    y += ink * (Math.floor(i / imageSize) + 0.5);
  });
  return sum === 0 ? [imageSize / 2, imageSize / 2] : [x / sum, y / sum];
};

const moved = (
  strokes: readonly Stroke[],
  f: (x: number, y: number) => readonly [number, number],
): Stroke[] => strokes.map((stroke) => stroke.map(([x, y]) => f(x, y)));

/** float32[784], from 0 for paper to 1 for ink; all paper if there is no line. */
export const imageOf = (strokes: readonly Stroke[]): Float32Array => {
  const points = strokes.flat();
  if (points.length === 0) return new Float32Array(imageSize * imageSize);
  const { left, top, width, height } = boundsOf(points);
  // A dot has no size to fit.
  const scale = (BOX - 2 * PEN) / Math.max(width, height, 1e-9);
  const [midX, midY] = [left + width / 2, top + height / 2];
  const isDot = Math.max(width, height) < 1e-6;
  const fitted = moved(strokes, (x, y) => [
    imageSize / 2 + (isDot ? 0 : (x - midX) * scale),
    imageSize / 2 + (isDot ? 0 : (y - midY) * scale),
  ]);
  const [x0, y0] = balance(inked(fitted));
  // Not further than the image reaches.
  const shift = (at: number, side: number): number => {
    const room = (imageSize - (isDot ? 0 : side * scale)) / 2 - PEN;
    return Math.max(-room, Math.min(room, imageSize / 2 - at));
  };
  const [dx, dy] = [shift(x0, width), shift(y0, height)];
  return inked(moved(fitted, (x, y) => [x + dx, y + dy]));
};
