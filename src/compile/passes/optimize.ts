import { ClosedJaxpr, Equation } from "../../core/index.ts";
import { canonicalReductionRules } from "./canonicalize-reductions.ts";
import { eliminateCommonSubexpressions } from "./eliminate-common-subexpressions.ts";
import { eliminateDeadCode } from "./eliminate-dead-code.ts";
import { eliminateDeadResults } from "./eliminate-dead-results.ts";
import { evaluationRules } from "./fold-constants.ts";
import { inlineCalls } from "./inline-calls.ts";
import { diagonalRules } from "./multiply-diagonals.ts";
import { closedWith, constantsOf, type Pass } from "./pass.ts";
import { Rules, rewriteWith } from "./rewrite.ts";
import { Scopes } from "./scopes.ts";
import { simplificationRules } from "./simplify.ts";

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
  rewrite,
  eliminateCommonSubexpressions,
  eliminateDeadResults,
  eliminateDeadCode,
];

/** What `transform` makes of the closed jaxprs in a list of parameters, or `params` itself if it changes none. */
const mapCarried = (params: object, transform: (closed: ClosedJaxpr) => ClosedJaxpr): object => {
  let isChanged = false;
  const map = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(map);
    if (!(value instanceof ClosedJaxpr)) return value;
    const result = transform(value);
    isChanged ||= result !== value;
    return result;
  };
  const mapped = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, map(value)]));
  return isChanged ? mapped : params;
};

/** Whether an equation with these parameters carries closed jaxprs, alone or in lists. */
const carriesJaxprs = (params: object): boolean =>
  Object.values(params).some((value: unknown) =>
    Array.isArray(value) ? value.some((item) => item instanceof ClosedJaxpr) : value instanceof ClosedJaxpr,
  );

/** The program with the jaxprs that its equations carry optimized: the bodies of loops and branches. */
const optimizeCarried: Pass = (closed, scopes = new Scopes()) => {
  const { jaxpr } = closed;
  const equations = jaxpr.equations.map((equation) => {
    const { primitive, inputs, outputs, params, origin } = equation;
    if (!carriesJaxprs(params)) return equation;
    const optimized = mapCarried(params, (inner) => optimize(inner).closed);
    if (optimized === params) return equation;
    return scopes.put(new Equation(primitive, inputs, outputs, optimized, origin), scopes.of(equation));
  });
  const isSame = equations.every((equation, i) => equation === jaxpr.equations[i]);
  return isSame ? closed : closedWith(constantsOf(closed), jaxpr.inputs, equations, jaxpr.outputs);
};

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
  let program = optimizeCarried(
    eliminateDeadCode(eliminateDeadResults(inlineCalls(closed, scopes), scopes)),
    scopes,
  );
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = program;
    for (const pass of ROUND) program = pass(program, scopes);
    if (program === before) break;
  }
  return { closed: program, scopes };
};
