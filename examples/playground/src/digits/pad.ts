/**
 * A sheet to draw on: by pointer, or by keys (arrows move the pen, Space puts it down and lifts it).
 */

import { colourOf, css } from "../common/colours.ts";
import { h } from "../common/dom.ts";
import { themeChanged } from "../common/theme.ts";
import type { Stroke } from "./strokes.ts";

const SIZE = 560;
/** A key moves the pen so far; the sheet has side 1. */
const KEY_STEP = 0.04;
const PEN_WIDTH = 0.07;

export interface Pad {
  readonly element: HTMLCanvasElement;
  readonly show: (strokes: readonly Stroke[]) => void;
}

type Point = Stroke[number];

const KEYS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const within = (x: number): number => Math.max(0.03, Math.min(0.97, x));

export const createPad = (onChange: (strokes: readonly Stroke[]) => void): Pad => {
  let strokes: Point[][] = [];
  let pen: Point = [0.5, 0.25];
  let isDown = false;
  let usesKeys = false;
  const element = h("canvas", {
    class: "pad",
    width: String(SIZE),
    height: String(SIZE),
    tabindex: "0",
    role: "application",
    "aria-label":
      "Sheet to draw a digit on. Arrow keys move the pen, Space puts it down and lifts it, Delete clears the sheet.",
  });

  const paint = (): void => {
    const context = element.getContext("2d");
    if (context === null) return;
    context.fillStyle = css(colourOf("--sunken"));
    context.fillRect(0, 0, SIZE, SIZE);
    context.strokeStyle = css(colourOf("--ink"));
    context.lineWidth = PEN_WIDTH * SIZE;
    context.lineCap = "round";
    context.lineJoin = "round";
    for (const [first, ...rest] of strokes) {
      if (first === undefined) continue;
      context.beginPath();
      context.moveTo(first[0] * SIZE, first[1] * SIZE);
      for (const [x, y] of rest.length === 0 ? [first] : rest) context.lineTo(x * SIZE, y * SIZE);
      context.stroke();
    }
    if (!usesKeys || document.activeElement !== element) return;
    context.beginPath();
    context.arc(pen[0] * SIZE, pen[1] * SIZE, PEN_WIDTH * SIZE * 0.5, 0, 2 * Math.PI);
    context.lineWidth = 3;
    context.strokeStyle = css(colourOf(isDown ? "--backward" : "--accent"));
    context.stroke();
  };

  const changed = (): void => {
    paint();
    onChange(strokes);
  };

  const place = ({ clientX, clientY }: PointerEvent): Point => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height];
  };

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    usesKeys = false;
    isDown = false;
    element.setPointerCapture(event.pointerId);
    strokes.push([place(event)]);
    changed();
  });
  element.addEventListener("pointermove", (event) => {
    if (!element.hasPointerCapture(event.pointerId)) return;
    strokes.at(-1)?.push(place(event));
    changed();
  });
  element.addEventListener("keydown", (event) => {
    const direction = KEYS[event.key];
    const known = direction !== undefined || [" ", "Delete", "Backspace", "Escape"].includes(event.key);
    if (!known || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    usesKeys = true;
    if (direction !== undefined) {
      pen = [within(pen[0] + KEY_STEP * direction[0]), within(pen[1] + KEY_STEP * direction[1])];
      if (isDown) strokes.at(-1)?.push(pen);
    } else if (event.key === " ") {
      isDown = !isDown;
      if (isDown) strokes.push([pen]);
    } else {
      strokes = [];
      isDown = false;
    }
    changed();
  });
  for (const type of ["focus", "blur"]) element.addEventListener(type, paint);
  document.addEventListener(themeChanged, paint);
  paint();

  return {
    element,
    show: (next) => {
      strokes = next.map((stroke) => [...stroke]);
      isDown = false;
      usesKeys = false;
      changed();
    },
  };
};
