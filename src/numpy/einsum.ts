import type { ArrayLike, NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { type Contraction, contractionPath } from "./einsum-path.ts";
import { type Label, labelLengths, parseEinsum } from "./einsum-spec.ts";
import { promote } from "./operands.ts";
import { contract } from "./products.ts";
import { sum } from "./reductions.ts";

/** An array whose axes have labels. */
interface Labelled {
  readonly array: NDArray;
  readonly labels: readonly Label[];
}

/** Only the diagonal along axes with one label. */
const withoutRepeats = ({ array, labels }: Labelled): Labelled => {
  const second = labels.findIndex((label, i) => labels.indexOf(label) !== i);
  if (second < 0) return { array, labels };
  const first = labels.indexOf(labels[second] as Label);
  const n = array.shape[first] as number;
  // The diagonal of two axes brought to the end is every (n + 1)-th element of their rows in one.
  const others = prim.range(labels.length).filter((axis) => axis !== first && axis !== second);
  const matrices = prim.transpose(array, [...others, first, second]);
  const shape = others.map((axis) => array.shape[axis] as number);
  const rows = prim.reshape(matrices, [...shape, n * n]);
  const diagonal = prim.sliceInDim(rows, 0, n * n, others.length, n + 1);
  return withoutRepeats({
    array: diagonal,
    labels: [...others.map((axis) => labels[axis] as Label), labels[first] as Label],
  });
};

/** Summed over labels that nobody else has. */
const withoutLonely = ({ array, labels }: Labelled, needed: ReadonlySet<Label>): Labelled => {
  const axes = prim.range(labels.length).filter((axis) => !needed.has(labels[axis] as Label));
  if (axes.length === 0) return { array, labels };
  return { array: sumKeepingType(array, axes), labels: labels.filter((label) => needed.has(label)) };
};

const sumKeepingType = (x: NDArray, axes: readonly number[]): NDArray =>
  x.dtype === "bool" ? prim.reduceOr(x, axes) : sum(x, axes, { dtype: x.dtype });

/** An axis of length 1 that stands for a longer one is summed away: it broadcasts. */
const withoutBroadcasting = ({ array, labels }: Labelled, lengths: ReadonlyMap<Label, number>): Labelled => {
  const keep = labels.map((label, axis) => array.shape[axis] === lengths.get(label));
  if (keep.every(Boolean)) return { array, labels };
  return {
    array: prim.reshape(
      array,
      array.shape.filter((_, axis) => keep[axis]),
    ),
    labels: labels.filter((_, axis) => keep[axis]),
  };
};

/** The product of two arrays, summed over labels that are not needed any more. */
const multiplyPair = (x: Labelled, y: Labelled, needed: ReadonlySet<Label>): Labelled => {
  const shared = x.labels.filter((label) => y.labels.includes(label));
  const batch = shared.filter((label) => needed.has(label));
  const contracted = shared.filter((label) => !needed.has(label));
  const free = ({ labels }: Labelled): Label[] => labels.filter((label) => !shared.includes(label));
  const axes = ({ labels }: Labelled, names: readonly Label[]): number[] =>
    names.map((name) => labels.indexOf(name));
  return {
    array: contract(x.array, y.array, {
      lhsContracting: axes(x, contracted),
      rhsContracting: axes(y, contracted),
      lhsBatch: axes(x, batch),
      rhsBatch: axes(y, batch),
    }),
    labels: [...batch, ...free(x), ...free(y)],
  };
};

/** The result: axes in the order of the output, those that only broadcast stretched. */
const arranged = (
  { array, labels }: Labelled,
  output: readonly Label[],
  lengths: ReadonlyMap<Label, number>,
): NDArray => {
  const present = output.filter((label) => labels.includes(label));
  const ordered = prim.transpose(
    array,
    present.map((label) => labels.indexOf(label)),
  );
  return prim.broadcastInDim(
    ordered,
    output.map((label) => lengths.get(label) as number),
    present.map((label) => output.indexOf(label)),
  );
};

const neededBy = (terms: readonly Labelled[], output: readonly Label[]): ReadonlySet<Label> =>
  new Set([...output, ...terms.flatMap((term) => term.labels)]);

const contractAlong = (
  operands: readonly Labelled[],
  path: readonly Contraction[],
  output: readonly Label[],
): Labelled => {
  let terms = operands.map((term, i) =>
    withoutLonely(
      term,
      neededBy(
        operands.filter((_, k) => k !== i),
        output,
      ),
    ),
  );
  for (const [i, j] of path) {
    const others = terms.filter((_, k) => k !== i && k !== j);
    const needed = neededBy(others, output);
    terms = [...others, multiplyPair(terms[i] as Labelled, terms[j] as Labelled, needed)];
  }
  return terms[0] as Labelled;
};

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Subscripts as text, and the operands. */
const asSubscripts = (
  args: readonly (string | ArrayLike | readonly number[])[],
): readonly [subscripts: string, arrays: readonly ArrayLike[]] => {
  const [first, ...rest] = args;
  if (typeof first === "string") return [first, rest as readonly ArrayLike[]];
  const arrays: ArrayLike[] = [];
  const terms: string[] = [];
  let output = "";
  args.forEach((arg, i) => {
    const isLabels = Array.isArray(arg);
    const isLast = i === args.length - 1 && i % 2 === 0;
    if (isLabels !== (i % 2 === 1 || isLast)) {
      throw new ArgumentError(
        "einsum: give subscripts as text first, or after each operand a list of the labels of its axes.",
      );
    }
    if (!isLabels) arrays.push(arg as ArrayLike);
    else {
      const term = (arg as readonly number[]).map((label) => LETTERS[label] ?? "?").join("");
      if (isLast) output = `->${term}`;
      else terms.push(term);
    }
  });
  return [terms.join(",") + output, arrays];
};

/**
 * Einstein summation: products of elements of the operands, summed over every label that the output does not have.
 * Repeated labels in a term take its diagonal; `...` stands for axes that broadcast; without `->` the output has the
 * labels that occur once, in alphabetical order. Several operands are multiplied in the cheapest order, two at a time.
 *
 * Labels may be given as numbers too, a list after each operand and one for the output.
 *
 *     einsum("ij,jk->ik", x, y);              // the matrix product
 *     einsum(x, [0, 1], y, [1, 2], [0, 2]);   // the same
 *     einsum("...ii->...", x);                // traces of matrices
 *
 * @example
 * np.einsum("ij,jk->ik", np.array([[1, 2]]), np.array([[3], [4]])); // [[11]]
 */
export function einsum(subscripts: string, ...arrays: readonly ArrayLike[]): NDArray;
export function einsum(...arraysAndLabels: readonly (ArrayLike | readonly number[])[]): NDArray;
export function einsum(...args: readonly (string | ArrayLike | readonly number[])[]): NDArray {
  const [subscripts, arrays] = asSubscripts(args);
  if (arrays.length === 0) throw new ArgumentError("einsum: needs at least one operand.");
  const operands = promote("einsum", arrays);
  const spec = parseEinsum(subscripts, operands);
  const lengths = labelLengths(spec, operands);
  const terms = operands.map((array, i) =>
    withoutRepeats(withoutBroadcasting({ array, labels: spec.inputs[i] as readonly Label[] }, lengths)),
  );
  const path = contractionPath(
    terms.map((term) => term.labels),
    spec.output,
    lengths,
  );
  return arranged(contractAlong(terms, path, spec.output), spec.output, lengths);
}

/**
 * The order in which `einsum` multiplies operands: pairs of places in the list of those that remain.
 *
 * @example
 * np.einsumPath("ij,jk,k->i", np.ones([2, 3]), np.ones([3, 4]), np.ones([4]))[0]; // [1, 2]
 */
export const einsumPath = (subscripts: string, ...arrays: readonly ArrayLike[]): readonly Contraction[] => {
  const operands = promote("einsumPath", arrays);
  const spec = parseEinsum(subscripts, operands);
  return contractionPath(spec.inputs, spec.output, labelLengths(spec, operands));
};
