export {
  type Averaging,
  accuracy,
  confusionMatrix,
  type PrecisionRecall,
  type PrecisionRecallOptions,
  perplexity,
  precisionRecallF1,
  topKAccuracy,
} from "./classification.ts";
