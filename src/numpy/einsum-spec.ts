import { formatShape, type NDArray } from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";

/** A label of an axis: a letter, or `…0`, `…1`, … for the axes that an ellipsis stands for, counted from the last. */
export type Label = string;

/** What an einsum computes: a label for each axis of each operand and of the result. */
export interface EinsumSpec {
  readonly inputs: readonly (readonly Label[])[];
  readonly output: readonly Label[];
}

const ELLIPSIS = "...";

const refuse = (subscripts: string, reason: string): ArgumentError =>
  new ArgumentError(`einsum: cannot read "${subscripts}": ${reason}.`);

/** The labels of one term, with an ellipsis kept as one label. */
const labelsOf = (term: string, subscripts: string): Label[] => {
  const labels: Label[] = [];
  for (let i = 0; i < term.length; i++) {
    const c = term[i] as string;
    if (c === ".") {
      if (term.slice(i, i + 3) !== ELLIPSIS)
        throw refuse(subscripts, "a point stands only in an ellipsis, ...");
      if (labels.includes(ELLIPSIS)) throw refuse(subscripts, "a term has at most one ellipsis");
      labels.push(ELLIPSIS);
      i += 2;
    } else if (/[A-Za-z]/.test(c)) labels.push(c);
    else throw refuse(subscripts, `axes are named by letters; found "${c}"`);
  }
  return labels;
};

const ellipsisLabels = (count: number): Label[] =>
  Array.from({ length: count }, (_, i) => `…${count - 1 - i}`);

const expand = (labels: readonly Label[], count: number): Label[] =>
  labels.flatMap((label) => (label === ELLIPSIS ? ellipsisLabels(count) : [label]));

/** Without an output: labels that occur once, in alphabetical order, after the axes of ellipses. */
const implicitOutput = (inputs: readonly (readonly Label[])[], longest: number): Label[] => {
  const counts = new Map<Label, number>();
  for (const label of inputs.flat())
    if (!label.startsWith("…")) counts.set(label, (counts.get(label) ?? 0) + 1);
  const once = [...counts].filter(([, count]) => count === 1).map(([label]) => label);
  return [...ellipsisLabels(longest), ...once.sort()];
};

/**
 * Read subscripts such as "ij,jk->ik".
 *
 * @throws ArgumentError if they cannot be read; ShapeError if they do not fit the operands.
 */
export const parseEinsum = (subscripts: string, operands: readonly NDArray[]): EinsumSpec => {
  const [left, right, ...rest] = subscripts.replace(/\s/g, "").split("->");
  if (left === undefined || rest.length > 0) throw refuse(subscripts, "there is more than one ->");
  const terms = left.split(",").map((term) => labelsOf(term, subscripts));
  if (terms.length !== operands.length) {
    throw refuse(subscripts, `it has ${terms.length} terms, but there are ${operands.length} operands`);
  }
  let longest = 0;
  const inputs = terms.map((labels, i) => {
    const x = operands[i] as NDArray;
    const named = labels.filter((label) => label !== ELLIPSIS).length;
    const more = x.ndim - named;
    if (labels.includes(ELLIPSIS) ? more < 0 : more !== 0) {
      throw new ShapeError(
        `einsum: term ${i} of "${subscripts}" names ${named} axes, but operand ${i} is ${describeAval(x)}.`,
      );
    }
    longest = Math.max(longest, more);
    return expand(labels, more);
  });
  const output =
    right === undefined ? implicitOutput(inputs, longest) : expand(labelsOf(right, subscripts), longest);
  const known = new Set(inputs.flat());
  output.forEach((label, i) => {
    if (!known.has(label)) throw refuse(subscripts, `the output has ${label}, which no operand has`);
    if (output.indexOf(label) !== i) throw refuse(subscripts, `the output has ${label} twice`);
  });
  return { inputs, output };
};

/** The length of each label; axes of length 1 broadcast, as in JAX. */
export const labelLengths = (spec: EinsumSpec, operands: readonly NDArray[]): ReadonlyMap<Label, number> => {
  const lengths = new Map<Label, number>();
  spec.inputs.forEach((labels, i) => {
    const { shape } = operands[i] as NDArray;
    labels.forEach((label, axis) => {
      const n = shape[axis] as number;
      const known = lengths.get(label);
      if (known === undefined || known === 1) lengths.set(label, n);
      else if (n !== known && n !== 1) {
        throw new ShapeError(
          `einsum: ${label} has length ${known} in one operand and ${n} in operand ${i}, of shape ${formatShape(shape)}.`,
        );
      }
    });
  });
  return lengths;
};
