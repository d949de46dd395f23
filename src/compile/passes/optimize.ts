import type { ClosedJaxpr } from "../../core/index.ts";
import { canonicalReductionRules } from "./canonicalize-reductions.ts";
import { inCarried } from "./carried.ts";
import { eliminateCommonSubexpressions } from "./eliminate-common-subexpressions.ts";
import { eliminateDeadCode } from "./eliminate-dead-code.ts";
import { eliminateDeadResults } from "./eliminate-dead-results.ts";
import { evaluationRules } from "./fold-constants.ts";
import { inlineCalls } from "./inline-calls.ts";
import { diagonalRules } from "./multiply-diagonals.ts";
import type { Pass } from "./pass.ts";
import { Rules, rewriteWith } from "./rewrite.ts";
import { Scopes } from "./scopes.ts";
import { simplificationRules } from "./simplify.ts";
import { widenStorage } from "./widen-storage.ts";

/** A program, and which checkpoint each of its equations comes from. */
export interface Optimized {
  readonly closed: ClosedJaxpr;
  readonly scopes: Scopes;
}

/** Programs are done after two or three rounds; each goes through all equations. */
const MOST_ROUNDS = 8;

/** All that goes by rules in one go, which saves rounds. */
const rewrite = rewriteWith(
  new Rules([...evaluationRules, ...diagonalRules, ...simplificationRules, ...canonicalReductionRules]),
);

const ROUND: readonly Pass[] = [
  widenStorage,
  rewrite,
  eliminateCommonSubexpressions,
  eliminateDeadResults,
  eliminateDeadCode,
];

/** The program with the bodies of its loops and branches optimized. */
const optimizeCarried: Pass = (closed, scopes = new Scopes()) =>
  inCarried(closed, (inner) => optimize(inner).closed, scopes);

/**
 * The same program with less to do: calls written out, constants folded, common subexpressions computed once, dead code
 * dropped, in loops and branches too, everything simplified until nothing changes. Inputs and outputs keep their number, shapes and dtypes; weak
 * types of outputs may differ. There are never more equations than there are with calls written out, but for a view
 * where a mask goes into windows.
 *
 * @example
 * const { closed } = optimize(makeJaxpr(grad(loss))(params));
 */
export const optimize = (closed: ClosedJaxpr): Optimized => {
  const scopes = new Scopes();
  // Rules that ask whether something is used once should not see the same thing twice.
  const inlined = eliminateCommonSubexpressions(inlineCalls(closed, scopes), scopes);
  let program = optimizeCarried(eliminateDeadCode(eliminateDeadResults(inlined, scopes)), scopes);
  // Done as soon as each pass in turn has left the same program alone.
  for (let i = 0, idle = 0; i < MOST_ROUNDS * ROUND.length && idle < ROUND.length; i++) {
    const before = program;
    program = (ROUND[i % ROUND.length] as Pass)(before, scopes);
    idle = program === before ? idle + 1 : 0;
  }
  return { closed: program, scopes };
};
