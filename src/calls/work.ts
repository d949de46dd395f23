import { sizeOf } from "../array/index.ts";
import { ClosedJaxpr, type Equation } from "../core/index.ts";

/*
 * How long the reference evaluation of a program takes, roughly: enough to tell whether compiling it first pays.
 */

/** Nanoseconds for an equation, whatever the size of its arrays, and for each element. */
const EQUATION = 700;
const ELEMENT = 5;

/** Compiling a loop takes some milliseconds. */
const COMPILATION = 4e6;

/** A loop whose number of turns is not known is taken to make this many. */
const USUAL_TURNS = 10;

const works = new WeakMap<ClosedJaxpr, number>();

/** An estimate, in nanoseconds, for one evaluation by reference; jaxprs that equations carry are counted. */
export const workOf = (closed: ClosedJaxpr): number => {
  let work = works.get(closed);
  if (work === undefined) {
    work = closed.jaxpr.equations.reduce((sum, equation) => sum + workOfEquation(equation), 0);
    works.set(closed, work);
  }
  return work;
};

const workOfEquation = ({ inputs, outputs, params, primitive: { lowering } }: Equation): number => {
  let carried = 0;
  for (const value of Object.values(params) as readonly unknown[]) {
    for (const item of Array.isArray(value) ? value : [value])
      if (item instanceof ClosedJaxpr) carried += workOf(item);
  }
  // A product touches each pair of elements that it multiplies: m·n·k is the root of (m·k)(k·n)(m·n).
  const sizes = [...inputs, ...outputs].map(({ aval }) => sizeOf(aval.shape));
  const elements =
    lowering?.kind === "dot" ? Math.sqrt(sizes.reduce((a, b) => a * b, 1)) : Math.max(0, ...sizes);
  const turns = "length" in params ? Number(params.length) : lowering?.kind === "while" ? USUAL_TURNS : 1;
  return EQUATION + ELEMENT * elements + turns * carried;
};

/** Whether a program with this much work should be compiled before it runs. */
export const isWorthCompiling = (work: number): boolean => work >= COMPILATION;
