export {
  hinge,
  type LabelSmoothingOptions,
  type MarginOptions,
  multiclassSvm,
  sigmoidBinaryCrossEntropy,
  smoothLabels,
  softmaxCrossEntropy,
  softmaxCrossEntropyWithIntegerLabels,
} from "./classification.ts";
export { type CtcOptions, ctc } from "./ctc.ts";
export {
  absoluteError,
  huber,
  logCosh,
  mae,
  mse,
  type PoissonNllOptions,
  poissonNll,
  squaredError,
} from "./regression.ts";
export {
  type CosineOptions,
  cosineDistance,
  cosineSimilarity,
  klDivergence,
  type TripletOptions,
  tripletMargin,
} from "./similarity.ts";
