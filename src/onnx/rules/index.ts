import type { Rule } from "../rule.ts";
import { CONVERSION } from "./conversion.ts";
import { CUMULATIVE } from "./cumulative.ts";
import { ELEMENTARY } from "./elementary.ts";
import { INDEXING } from "./indexing.ts";
import { POOLING } from "./pooling.ts";
import { PRODUCTS } from "./products.ts";
import { ARG } from "./reduction.ts";
import { SHAPE } from "./shape.ts";
import { SORTING } from "./sorting.ts";
import { WINDOWS } from "./windows.ts";

/** Rules by the name of the primitive. What has none goes by its lowering. */
export const RULES: ReadonlyMap<string, Rule> = new Map([
  ...ARG,
  ...CONVERSION,
  ...CUMULATIVE,
  ...ELEMENTARY,
  ...INDEXING,
  ...POOLING,
  ...PRODUCTS,
  ...SHAPE,
  ...SORTING,
  ...WINDOWS,
]);

/** Primitives that no file can hold, and why. */
export const REFUSED: { readonly [name: string]: string | undefined } = {
  debugCallback: "a file cannot call back to JavaScript. Take the calls of debug out of the function.",
  customLinear:
    "it carries a function of JavaScript. Write the linear map with operations of numpy, or export what is around it.",
};
