export {
  addNoise,
  type CropOptions,
  colorJitter,
  cutout,
  type FillOptions,
  type FlipOptions,
  type JitterOptions,
  mixup,
  randomCrop,
  randomFlip,
  randomRotate,
  randomShift,
} from "./augment.ts";
export { type Batches, type BatchOptions, batches, type LastBatch } from "./batches.ts";
export { type CsvError, type CsvOptions, type CsvTable, parseCsv } from "./csv.ts";
export { type IdxArray, type IdxError, parseIdx } from "./idx.ts";
export { type SplitOptions, trainValidationSplit } from "./split.ts";
export {
  fitStandardizer,
  type Standardizer,
  type StandardizerOptions,
  standardize,
  unstandardize,
} from "./standardize.ts";
