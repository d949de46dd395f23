import { arithmeticRules } from "./arithmetic-rules.ts";
import { dotRules } from "./dot-rules.ts";
import { elementwiseRules } from "./elementwise-rules.ts";
import { fillRules } from "./fill-rules.ts";
import { logicRules } from "./logic-rules.ts";
import type { Pass } from "./pass.ts";
import { poolingRules } from "./pooling-rules.ts";
import { reductionRules } from "./reduction-rules.ts";
import { type RuleEntry, Rules, rewriteWith } from "./rewrite.ts";
import { shapeRules } from "./shape-rules.ts";
import { transpositionRules } from "./transposition-rules.ts";
import { windowRules } from "./window-rules.ts";

/** The rules of `simplify`. Each file of rules says which bits its rules may change. */
export const simplificationRules: readonly RuleEntry[] = [
  ...fillRules,
  ...arithmeticRules,
  ...logicRules,
  ...shapeRules,
  ...windowRules,
  ...poolingRules,
  ...reductionRules,
  ...dotRules,
  ...elementwiseRules,
  ...transpositionRules,
];

/**
 * Do the same with less, by algebra and by what is known of shapes: neutral operands, double negations, conversions and
 * rearrangements that undo each other, arrays that are one scalar throughout. What becomes unnecessary is left for
 * `eliminateDeadCode`.
 *
 * @example
 * // b = broadcastInDim[shape=(3,)] 1.0; c = mul b a; d = neg c; e = neg d  →  e is a
 */
export const simplify: Pass = rewriteWith(new Rules(simplificationRules));
