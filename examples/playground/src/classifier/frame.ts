/** What the page asks of a run, and what it is told. */
import type { ClassifierSettings } from "./settings.ts";

/** The plane reaches from −extent to extent; all points lie there, but for the noise of a few. */
export const extent = 2.2;
/** It is coloured in so many places along each side. */
export const gridSize = 64;

export interface Progress {
  readonly step: number;
  readonly train: { readonly loss: number; readonly accuracy: number };
  readonly test: { readonly loss: number; readonly accuracy: number };
}

export type ClassifierQuery =
  | { readonly action: "begin"; readonly settings: ClassifierSettings; readonly seed: number }
  | {
      readonly action: "advance";
      readonly steps: number;
      /** Whether curves are drawn, too, which takes longer than all else. */
      readonly withCurves: boolean;
    };

/** Points as the page draws them: x, y, x, y, … */
export interface PlainPoints {
  readonly x: Float32Array;
  readonly y: Int32Array;
}

export interface Frame {
  readonly progress: Progress;
  readonly classes: number;
  /** Probabilities of the classes, place by place, row by row. */
  readonly plane: Float32Array;
  readonly points: { readonly train: PlainPoints; readonly test: PlainPoints } | undefined;
  readonly curves: { readonly loss: string; readonly flow: string | undefined } | undefined;
}
