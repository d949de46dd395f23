import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Index, type NDArray, type NestedArray, type Slice, sizeOf } from "../../src/array/index.ts";
import * as np from "../../src/numpy/index.ts";

/** An array of the given shape whose elements all differ. */
const counted = (shape: readonly number[]): NDArray => np.reshape(np.arange(sizeOf(shape)), shape);

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 3 });

const sliceOf = (n: number): fc.Arbitrary<Slice> => {
  const end = fc.option(fc.integer({ min: -n - 2, max: n + 2 }));
  const step = fc.constantFrom(1, 2, 3, -1, -2);
  return fc.tuple(end, end, step).map(([start, stop, by]) => np.slice(start, stop, by));
};

/** A shape and basic indices of some of its axes. */
const basicIndexing: fc.Arbitrary<readonly [number[], Index[]]> = shapes.chain((shape) =>
  fc
    .tuple(...shape.map((n) => fc.oneof(sliceOf(n), ...(n > 0 ? [fc.integer({ min: -n, max: n - 1 })] : []))))
    .chain((indices) =>
      fc
        .integer({ min: 0, max: indices.length })
        .map((count): readonly [number[], Index[]] => [shape, indices.slice(0, count)]),
    ),
);

/** JavaScript's own reading of a nested array by positions and slices. */
const readNested = (x: NestedArray, indices: readonly Index[]): NestedArray => {
  const [index, ...rest] = indices;
  if (index === undefined) return x;
  const list = x as NestedArray[];
  if (typeof index === "number") return readNested(list.at(index) as NestedArray, rest);
  const { start, stop, step } = index as Slice;
  const n = list.length;
  const positions: number[] = [];
  const count = (i: number | null, otherwise: number): number =>
    i === null ? otherwise : i < 0 ? Math.max(i + n, -1) : i;
  if (step > 0) {
    const first = start !== null && start < -n ? 0 : count(start, 0);
    const last = stop !== null && stop < -n ? 0 : count(stop, n);
    for (let i = first; i < Math.min(last, n); i += step) positions.push(i);
  } else {
    const last = stop !== null && stop < -n ? -1 : count(stop, -1);
    for (let i = Math.min(count(start, n - 1), n - 1); i > last; i += step) positions.push(i);
  }
  return positions.map((i) => readNested(list[i] as NestedArray, rest));
};

describe("indexing", () => {
  it("reads what nested JavaScript arrays read", () => {
    fc.assert(
      fc.property(basicIndexing, ([shape, indices]) => {
        const x = counted(shape);
        expect(
          x
            .at(...indices)
            .get()
            .toArray(),
        ).toEqual(readNested(x.toArray(), indices));
      }),
    );
  });

  it("gives back what was set, and leaves everything else", () => {
    fc.assert(
      fc.property(basicIndexing, ([shape, indices]) => {
        const x = counted(shape);
        const places = x.at(...indices);
        const values = np.add(np.multiply(counted(places.get().shape), 7), 1000);
        const y = places.set(values);
        expect(
          y
            .at(...indices)
            .get()
            .toArray(),
        ).toEqual(values.toArray());
        expect(
          y
            .at(...indices)
            .set(places.get())
            .toArray(),
        ).toEqual(x.toArray());
        expect(places.add(values).toArray()).toEqual(places.set(np.add(places.get(), values)).toArray());
        expect(places.mul(3).toArray()).toEqual(places.set(np.multiply(places.get(), 3)).toArray());
      }),
    );
  });

  it("by arrays of positions is the same as by slices", () => {
    fc.assert(
      fc.property(basicIndexing, ([shape, indices]) => {
        const x = counted(shape);
        const asArrays = indices.map((index, axis) => {
          if (typeof index === "number") return index;
          return np
            .arange(shape[axis] as number)
            .at(index)
            .get();
        });
        // Index arrays one axis at a time are slices; all at once they would be paired.
        const step = asArrays.reduceRight<NDArray>(
          (y, index, axis) => y.at(...shape.slice(0, axis).map(() => np.slice(null)), index as Index).get(),
          x,
        );
        expect(step.toArray()).toEqual(
          x
            .at(...indices)
            .get()
            .toArray(),
        );
      }),
    );
  });
});

/** Random subscripts with lengths: every label has one length. */
const einsums = fc
  .tuple(
    fc.array(fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 3 }),
  )
  .map(([terms, output]) => ({
    terms,
    output: [...new Set(output)].filter((label) => terms.some((term) => term.includes(label))),
  }));

const LENGTHS: { readonly [label: string]: number } = { a: 2, b: 3, c: 1, d: 2 };

/** Einstein's convention as its definition says: a sum over all values of all labels. */
const sumOfProducts = (
  terms: readonly string[][],
  output: readonly string[],
  arrays: readonly NDArray[],
): NDArray => {
  const labels = [...new Set(terms.flat())];
  const data = arrays.map((x) => x.toTypedArray());
  const result = new Map<string, number>();
  const places = labels.reduce<{ [label: string]: number }[]>(
    (all, label) =>
      all.flatMap((p) => Array.from({ length: LENGTHS[label] as number }, (_, i) => ({ ...p, [label]: i }))),
    [{}],
  );
  for (const place of places) {
    const product = terms.reduce((p, term, i) => {
      const flat = term.reduce((at, label) => at * (LENGTHS[label] as number) + (place[label] as number), 0);
      return p * (data[i]?.[flat] as number);
    }, 1);
    const key = output.map((label) => place[label]).join();
    result.set(key, (result.get(key) ?? 0) + product);
  }
  return np.array(
    [...result].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum),
    {
      dtype: "int32",
      shape: output.map((label) => LENGTHS[label] as number),
    },
  );
};

describe("einsum", () => {
  it("is the sum of products that the subscripts say", () => {
    fc.assert(
      fc.property(einsums, ({ terms, output }) => {
        const arrays = terms.map((term, i) =>
          np.remainder(np.add(np.multiply(counted(term.map((l) => LENGTHS[l] as number)), 5), i + 1), 7),
        );
        const subscripts = `${terms.map((term) => term.join("")).join(",")}->${output.join("")}`;
        expect(np.einsum(subscripts, ...arrays).toArray()).toEqual(
          sumOfProducts(terms, output, arrays).toArray(),
        );
      }),
    );
  });
});

describe("rearrangements", () => {
  it("split and concatenate undo each other", () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 4 }), (shape, parts) => {
        const x = counted(shape);
        expect(np.concatenate(np.arraySplit(x, parts)).toArray()).toEqual(x.toArray());
      }),
    );
  });

  it("rolling back, flipping twice and transposing twice give the array again", () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: -9, max: 9 }), (shape, by) => {
        const x = counted(shape);
        for (const y of [np.roll(np.roll(x, by), -by), np.flip(np.flip(x, 0), 0), x.T.T]) {
          expect(y.toArray()).toEqual(x.toArray());
        }
      }),
    );
  });

  it("sorting is taking along the positions of argsort", () => {
    fc.assert(
      fc.property(shapes, fc.boolean(), (shape, descending) => {
        const x = np.remainder(np.multiply(counted(shape), 7), 5);
        const order = np.argsort(x, -1, { descending });
        expect(np.takeAlongAxis(x, order, -1).toArray()).toEqual(np.sort(x, -1, { descending }).toArray());
      }),
    );
  });

  it("searchsorted finds the place before and after equal elements", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 12 }),
        fc.integer({ min: -1, max: 10 }),
        (list, v) => {
          const sorted = [...list].sort((a, b) => a - b);
          const a = np.array(sorted, "int32");
          expect(np.searchsorted(a, v).item()).toBe(sorted.filter((n) => n < v).length);
          expect(np.searchsorted(a, v, { side: "right" }).item()).toBe(sorted.filter((n) => n <= v).length);
        },
      ),
    );
  });
});
