/**
 * Ten digits as lines of a pen, on a square of side 1, for who can't or won't draw.
 */
import type { Stroke } from "./strokes.ts";

/** Points of an arc, angles in turns clockwise from the right. */
const arc = (x: number, y: number, rx: number, ry: number, from: number, to: number): Stroke =>
  Array.from({ length: 25 }, (_, i) => {
    const angle = 2 * Math.PI * (from + ((to - from) * i) / 24);
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });

export const samples: readonly (readonly Stroke[])[] = [
  [arc(0.5, 0.5, 0.2, 0.32, 0, 1)],
  [
    [
      [0.44, 0.28],
      [0.54, 0.18],
      [0.52, 0.82],
    ],
  ],
  [[...arc(0.5, 0.36, 0.2, 0.19, 0.55, 1.1), [0.3, 0.81], [0.72, 0.8]]],
  [[...arc(0.48, 0.34, 0.18, 0.16, 0.6, 1.22), ...arc(0.48, 0.65, 0.21, 0.18, 0.8, 1.42)]],
  [
    [
      [0.36, 0.18],
      [0.28, 0.54],
      [0.72, 0.52],
    ],
    [
      [0.64, 0.2],
      [0.62, 0.84],
    ],
  ],
  [[[0.7, 0.19], [0.38, 0.2], [0.35, 0.47], ...arc(0.48, 0.63, 0.21, 0.2, 0.7, 1.4)]],
  [[[0.62, 0.16], [0.44, 0.36], [0.33, 0.6], ...arc(0.49, 0.66, 0.17, 0.17, 0.5, 1.5)]],
  [
    [
      [0.28, 0.22],
      [0.72, 0.2],
      [0.52, 0.5],
      [0.44, 0.84],
    ],
  ],
  [[...arc(0.5, 0.33, 0.15, 0.15, 0.25, 1.25), ...arc(0.5, 0.66, 0.18, 0.18, 0.75, 1.75)]],
  [[...arc(0.49, 0.35, 0.17, 0.17, 0, 1), [0.66, 0.4], [0.63, 0.62], [0.58, 0.84]]],
];
