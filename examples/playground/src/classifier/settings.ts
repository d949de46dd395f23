/**
 * What a person can choose about the classifier.
 */
import { isRecord } from "../worker/messages.ts";

export const datasets = ["spirals", "moons", "circles", "checkerboard"] as const;
export const optimizers = ["adam", "momentum", "sgd"] as const;
export const activations = ["tanh", "relu", "sigmoid"] as const;
export const widths = [2, 4, 8, 16, 32, 64] as const;
export const depths = [1, 2, 3] as const;
export const rates = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3] as const;

/** Steps between two pictures. */
export const speeds = [1, 5, 25, 100] as const;

export interface ClassifierSettings {
  readonly dataset: (typeof datasets)[number];
  readonly optimizer: (typeof optimizers)[number];
  readonly activation: (typeof activations)[number];
  /** Units of a hidden layer, and how many such layers there are. */
  readonly width: (typeof widths)[number];
  readonly depth: (typeof depths)[number];
  readonly rate: (typeof rates)[number];
  readonly speed: (typeof speeds)[number];
}

export const defaultSettings: ClassifierSettings = {
  dataset: "spirals",
  optimizer: "adam",
  activation: "tanh",
  width: 16,
  depth: 2,
  rate: 0.03,
  speed: 5,
};

const pick = <T>(known: readonly T[], x: unknown, otherwise: T): T =>
  known.find((each) => each === x) ?? otherwise;

/** Settings with every choice that is not one of ours replaced. */
export const checkedSettings = (x: unknown): ClassifierSettings => {
  const given = isRecord(x) ? x : {};
  return {
    dataset: pick(datasets, given["dataset"], defaultSettings.dataset),
    optimizer: pick(optimizers, given["optimizer"], defaultSettings.optimizer),
    activation: pick(activations, given["activation"], defaultSettings.activation),
    width: pick(widths, given["width"], defaultSettings.width),
    depth: pick(depths, given["depth"], defaultSettings.depth),
    rate: pick(rates, given["rate"], defaultSettings.rate),
    speed: pick(speeds, given["speed"], defaultSettings.speed),
  };
};
