import type { Arbitrary } from "fast-check";
import { type DType, isFloat } from "../../array/index.ts";
import type { ArgumentSpec, Chooser } from "../../core/index.ts";
import { flatten, type TreeDef } from "../../tree/index.ts";
import { chooserFrom } from "../chooser.ts";
import { drawn, type Source } from "../tape.ts";
import { callsOf } from "./calls.ts";
import {
  binary,
  choice,
  comparison,
  conversion,
  integers,
  logic,
  unary,
  withConstant,
} from "./elementwise.ts";
import { INDEXING } from "./indexing.ts";
import { type Facts, Program } from "./program.ts";
import { REARRANGING } from "./rearranging.ts";
import { REDUCING } from "./reducing.ts";
import { type Operation, Scope } from "./scope.ts";

/** What programs are drawn. */
export interface ProgramOptions {
  /** The dtypes of floating-point values; default both. */
  readonly floats?: readonly DType[];
  /** The most steps; a step is one to about five equations. Default 16. */
  readonly maxSteps?: number;
  /** Whether functions with a VJP rule of their own are called, which forward mode refuses; default false. */
  readonly reverseOnly?: boolean;
  /** Whether loops run until a condition holds, which reverse mode refuses; default false. */
  readonly forwardOnly?: boolean;
}

const ELEMENTWISE: readonly Operation[] = [
  unary,
  binary,
  withConstant,
  choice,
  conversion,
  comparison,
  integers,
  logic,
];

/** After one step in so many a program ends. */
const END_EVERY = 20;

/** Inputs hold numbers from −2 to 2 on the grid of `elements.ts`. */
const FLOATS = { min: -2, max: 2 };
const INTEGERS = { min: -2, max: 3 };

/** `leaves` in a tree: one alone, in a list, in a record, or groups of them within one. */
export const drawTree = (choose: Chooser, leaves: readonly unknown[], depth = 0): unknown => {
  const kind = choose.pick(["bare", "list", "record"]);
  const [first] = leaves;
  if (leaves.length === 1 && (kind === "bare" || depth > 1)) return first;
  const cut = leaves.length > 1 && depth < 2 ? choose.int(1, leaves.length - 1) : leaves.length;
  const groups =
    cut === leaves.length
      ? leaves
      : [drawTree(choose, leaves.slice(0, cut), depth + 1), drawTree(choose, leaves.slice(cut), depth + 1)];
  if (kind === "record")
    return Object.fromEntries(groups.map((group, i) => [["w", "b", "c", "a"][i] ?? `k${i}`, group]));
  return [...groups];
};

const drawInput = (choose: Chooser, floats: readonly DType[], isFirst: boolean): ArgumentSpec => {
  const dtype = isFirst ? choose.pick(floats) : choose.pick([...floats, ...floats, "int32", "bool"] as const);
  const shape = choose.shape({ maxRank: 3 });
  return { shape, dtype, elements: isFloat(dtype) ? FLOATS : INTEGERS };
};

const factsOf = ({ shape, dtype }: ArgumentSpec): Facts => ({
  shape,
  dtype,
  bound: dtype === "bool" ? 1 : 3,
  slope: isFloat(dtype) ? 1 : 0,
});

/** A list of arguments, some of which are trees, with the given leaves; and the leaves in the order of the tree. */
const drawArguments = <T>(
  source: Source,
  leaves: readonly T[],
): { readonly tree: TreeDef; readonly leaves: readonly T[] } => {
  const choose = chooserFrom(source);
  const wrapped = leaves.map((leaf) => new Leaf(leaf));
  const args = choose.bool() ? [source.span(() => drawTree(choose, wrapped))] : wrapped;
  const [ordered, tree] = flatten(args as unknown[]);
  return { tree: tree as TreeDef, leaves: (ordered as Leaf<T>[]).map((leaf) => leaf.value) };
};

/** Keeps what it holds from being taken for a part of the tree. */
class Leaf<T> {
  readonly value: T;
  constructor(value: T) {
    this.value = value;
  }
}

/** Draw a program. */
export const drawProgram = (
  source: Source,
  {
    floats = ["float64", "float32"],
    maxSteps = 16,
    reverseOnly = false,
    forwardOnly = false,
  }: ProgramOptions = {},
): Program => {
  const choose = chooserFrom(source);
  const specs = Array.from({ length: choose.int(1, 4) }, (_, i) =>
    source.span(() => drawInput(choose, floats, i === 0)),
  );
  const { tree, leaves } = drawArguments(source, specs);
  const scope = new Scope(choose, leaves.map(factsOf), {
    floats,
    reverseOnly,
    forwardOnly,
    depth: 0,
    gridded: leaves.length,
  });
  const calls: Operation[] = [];
  const drawSteps = (inner: Scope, most: number): void => {
    for (let count = 0, more = true; more && count < most; count++) {
      more = source.span(() => {
        if (choose.int(0, END_EVERY - 1) === 0) return false;
        const family = choose.pick([ELEMENTWISE, REARRANGING, REDUCING, INDEXING, ELEMENTWISE, calls]);
        choose.pick(family)(inner);
        return true;
      });
    }
  };
  calls.push(...callsOf((inner) => drawSteps(inner, 4)));
  drawSteps(scope, maxSteps);

  // The newest float is returned, and some other values.
  const places = [scope.newestFloat()];
  for (let extra = choose.int(0, 2); extra > 0; extra--) places.push(choose.int(0, scope.values.length - 1));
  const [ordered, outTree] = flatten(
    drawTree(
      choose,
      places.map((place) => new Leaf(place)),
    ),
  );
  const outputs = (ordered as Leaf<number>[]).map((leaf) => leaf.value);
  return new Program(leaves, tree, scope.steps, outputs, outTree as TreeDef);
};

/**
 * An arbitrary of well-typed programs: pure functions of trees of arrays, of one to about thirty equations that share
 * values, with calls of programs within. They print as jaxprs and shrink by dropping steps.
 *
 * @example
 * fc.assert(fc.property(programs(), (program) => String(program).startsWith("{ lambda")), { numRuns: 5 });
 */
export const programs = (options: ProgramOptions = {}): Arbitrary<Program> =>
  drawn((source) => drawProgram(source, options));
