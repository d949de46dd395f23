import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fixedSource } from "../../src/testing/fixed-source.ts";
import { drawn, type Source } from "../../src/testing/tape.ts";

/** The smallest counterexample that fast-check finds to `holds`. */
const counterexample = <T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => boolean, seed = 1): T => {
  const result = fc.check(fc.property(arbitrary, holds), { seed, numRuns: 1000 });
  expect(result.failed).toBe(true);
  return (result.counterexample as [T])[0];
};

/** A list as it is usually drawn: before each item it is decided whether there is one. */
const list = (source: Source): number[] => {
  const items: number[] = [];
  const more = (): boolean =>
    source.span(() => {
      if (source.next(9) === 0) return false;
      items.push(source.next(1000));
      return true;
    });
  while (items.length < 30 && more());
  return items;
};

describe("drawn values", () => {
  test("are made of choices between 0 and their bounds, both included", () => {
    const seen = new Set(
      fc.sample(
        drawn((source) => source.next(3)),
        { numRuns: 200, seed: 1 },
      ),
    );
    expect([...seen].sort()).toEqual([0, 1, 2, 3]);
  });

  test("are the same for the same seed", () => {
    const parameters = { numRuns: 20, seed: 7 };
    expect(fc.sample(drawn(list), parameters)).toEqual(fc.sample(drawn(list), parameters));
  });

  test.each([1, 2, 3, 4, 5])("shrink a number to the least one that fails (seed %i)", (seed) => {
    const numbers = drawn((source) => source.next(1_000_000));
    expect(counterexample(numbers, (n) => n < 1234, seed)).toBe(1234);
  });

  test.each([1, 2, 3, 4, 5])("shrink a list by leaving out items (seed %i)", (seed) => {
    expect(counterexample(drawn(list), (items) => items.every((n) => n < 700), seed)).toEqual([700]);
    expect(counterexample(drawn(list), (items) => items.length < 3, seed)).toEqual([0, 0, 0]);
    const twice = (items: readonly number[]): boolean => items.filter((n) => n > 10).length < 2;
    expect(counterexample(drawn(list), twice, seed)).toEqual([11, 11]);
  });

  test("shrink through choices that decide how many follow", () => {
    const matrix = drawn((source) => {
      const n = source.next(5);
      return Array.from({ length: n }, () => Array.from({ length: n }, () => source.next(9)));
    });
    expect(counterexample(matrix, (rows) => rows.flat().every((x) => x < 4))).toEqual([[4]]);
  });

  test("come to an end where every choice fails", () => {
    expect(counterexample(drawn(list), () => false)).toEqual([]);
  });

  test("leave out simpler choices that cannot be drawn from", () => {
    const even = drawn((source) => {
      const n = source.next(1000);
      if (n % 2 === 1) throw new RangeError("odd");
      return n;
    });
    const evenFirst = drawn((source) => (source.next(1) === 0 ? 0 : source.next(10)));
    expect(
      fc.check(
        fc.property(evenFirst, (n) => n < 5),
        { seed: 1, numRuns: 500 },
      ).counterexample,
    ).toEqual([5]);
    expect(() => fc.sample(even, { numRuns: 50, seed: 1 })).toThrow("odd");
  });

  test("refuse bounds below 0", () => {
    expect(() =>
      fc.sample(
        drawn((source) => source.next(-1)),
        1,
      ),
    ).toThrow(RangeError);
  });
});

test("a fixed source repeats itself, and covers its range", () => {
  const draw = (seed: number): number[] => {
    const source = fixedSource(seed);
    return Array.from({ length: 300 }, () => source.span(() => source.next(4)));
  };
  expect(draw(3)).toEqual(draw(3));
  expect(draw(3)).not.toEqual(draw(4));
  expect([...new Set(draw(0))].sort()).toEqual([0, 1, 2, 3, 4]);
});
