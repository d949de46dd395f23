/** What the page asks about an image, and what it is told. */

export type DigitsQuery =
  | { readonly action: "load"; readonly file: Uint8Array }
  | {
      readonly action: "read";
      /** float32[784], from 0 for paper to 1 for ink. */
      readonly pixels: Float32Array;
      /** The digit whose score is explained; by default the one that is read. */
      readonly explained: number | undefined;
    };

export interface Loaded {
  /** What the file says of the network, such as its accuracy on the test images. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Reading {
  /** One for each digit. */
  readonly probabilities: Float32Array;
  readonly digit: number;
  readonly explained: number;
  /** The gradient of the log-probability of the explained digit by each pixel, float32[784]. */
  readonly gradient: Float32Array;
}
