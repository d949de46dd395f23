import type { Label } from "./einsum-spec.ts";

/** A pair of places in the list of remaining operands; their product goes to the end of the list. */
export type Contraction = readonly [first: number, second: number];

type Term = ReadonlySet<Label>;

const costOf = (labels: Iterable<Label>, lengths: ReadonlyMap<Label, number>): number => {
  let cost = 1;
  for (const label of labels) cost *= lengths.get(label) as number;
  return cost;
};

const union = (a: Term, b: Term): Set<Label> => new Set([...a, ...b]);

/** The labels that the product of two terms keeps: those of the output and of other terms. */
const remaining = (both: Term, others: readonly Term[], output: Term): Set<Label> =>
  new Set([...both].filter((label) => output.has(label) || others.some((term) => term.has(label))));

const MOST_FOR_OPTIMAL = 6;

interface Plan {
  readonly cost: number;
  readonly path: readonly Contraction[];
}

/** The cheapest of all orders, found by trying them, each branch given up when it costs more than the best. */
const optimal = (
  terms: readonly Term[],
  output: Term,
  lengths: ReadonlyMap<Label, number>,
): readonly Contraction[] => {
  let best: Plan = { cost: Number.POSITIVE_INFINITY, path: [] };
  const search = (left: readonly Term[], cost: number, path: readonly Contraction[]): void => {
    if (cost >= best.cost) return;
    if (left.length === 1) {
      best = { cost, path };
      return;
    }
    for (let i = 0; i < left.length; i++) {
      for (let j = i + 1; j < left.length; j++) {
        const both = union(left[i] as Term, left[j] as Term);
        const others = left.filter((_, k) => k !== i && k !== j);
        const product = remaining(both, others, output);
        search([...others, product], cost + costOf(both, lengths), [...path, [i, j]]);
      }
    }
  };
  search(terms, 0, []);
  return best.path;
};

/** The pair that leaves the smallest product, compared with its operands, first; then the next. */
const greedy = (
  terms: readonly Term[],
  output: Term,
  lengths: ReadonlyMap<Label, number>,
): readonly Contraction[] => {
  const path: Contraction[] = [];
  let left = terms;
  while (left.length > 1) {
    let best: { readonly gain: number; readonly cost: number; readonly pair: Contraction } | undefined;
    for (let i = 0; i < left.length; i++) {
      for (let j = i + 1; j < left.length; j++) {
        const [a, b] = [left[i] as Term, left[j] as Term];
        const both = union(a, b);
        const others = left.filter((_, k) => k !== i && k !== j);
        const size = costOf(remaining(both, others, output), lengths);
        const gain = size - costOf(a, lengths) - costOf(b, lengths);
        const cost = costOf(both, lengths);
        if (best === undefined || gain < best.gain || (gain === best.gain && cost < best.cost)) {
          best = { gain, cost, pair: [i, j] };
        }
      }
    }
    const [i, j] = (best as NonNullable<typeof best>).pair;
    const others = left.filter((_, k) => k !== i && k !== j);
    left = [...others, remaining(union(left[i] as Term, left[j] as Term), others, output)];
    path.push([i, j]);
  }
  return path;
};

/** In which order to multiply operands, two at a time: the cheapest for few, a good one for many. */
export const contractionPath = (
  inputs: readonly (readonly Label[])[],
  output: readonly Label[],
  lengths: ReadonlyMap<Label, number>,
): readonly Contraction[] => {
  const terms = inputs.map((labels) => new Set(labels));
  const wanted = new Set(output);
  return terms.length <= MOST_FOR_OPTIMAL ? optimal(terms, wanted, lengths) : greedy(terms, wanted, lengths);
};
