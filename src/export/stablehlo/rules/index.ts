import type { Primitive } from "../../../core/index.ts";
import { ARRAYS } from "./arrays.ts";
import { CUMULATIVE } from "./cumulative.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { INDEXING } from "./indexing.ts";
import { LINALG } from "./linalg.ts";
import { LU } from "./lu.ts";
import { ORDERING } from "./ordering.ts";
import { QR } from "./qr.ts";
import type { Rule } from "./rule.ts";

export type { Rule } from "./rule.ts";

/** The rules of primitives that have better ones than what their lowerings say. */
export const RULES: ReadonlyMap<Primitive, Rule> = /* @__PURE__ */ new Map(
  [...ELEMENTWISE, ...ARRAYS, ...INDEXING, ...ORDERING, ...CUMULATIVE, ...LINALG, LU, QR].map((rule) => [
    rule.primitive,
    rule,
  ]),
);
