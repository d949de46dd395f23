import { Command, InvalidArgumentError } from "commander";

/** What a person can choose on the command line. */
export interface MnistOptions {
  /** Passes over the training images. */
  readonly epochs: number;
  /** Images in a step. */
  readonly batch: number;
  /** Seed of the one random key everything is drawn from. */
  readonly seed: number;
}

/** A parser of whole numbers from `min` to `max`, whose refusal commander prints. */
const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isInteger(value) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };

/** Reads the options from `process.argv`; on a mistake it prints what was wrong and exits, as does `--help`. */
export function parseOptions(argv: readonly string[], defaults: MnistOptions): MnistOptions {
  return new Command("mnist")
    .description("Train a classifier of handwritten digits and test it on the 10,000 held-out images.")
    .option("-e, --epochs <n>", "passes over the training images", wholeNumber(1, 1000), defaults.epochs)
    .option("-b, --batch <n>", "images in a step", wholeNumber(1, 60000), defaults.batch)
    .option("-s, --seed <n>", "seed of the random key", wholeNumber(0, 2 ** 32 - 1), defaults.seed)
    .allowExcessArguments(false)
    .parse(argv)
    .opts<MnistOptions>();
}
