import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  broadcastPrefix,
  checkPrefix,
  checkSameStructure,
  flatten,
  flattenLike,
  flattenUpTo,
  leaves,
  map,
  registerPytreeNode,
  structure,
} from "../../src/tree/index.ts";
import { Pair, trees } from "./arbitraries.ts";

/** A registered class with any number of children. */
class Solo {
  readonly children: readonly unknown[];
  constructor(...children: readonly unknown[]) {
    this.children = children;
  }
}
registerPytreeNode(Solo, {
  flatten: (x) => [x.children, "x"],
  unflatten: (_, children) => new Solo(...children),
});

const names = ["primals", "tangents"] as const;

describe("checkSameStructure", () => {
  const check = (a: unknown, b: unknown): void =>
    checkSameStructure(structure(a), structure(b), { where: "jvp", names });

  it("passes exactly where structures are equal", () => {
    fc.assert(
      fc.property(trees, trees, (a, b) => {
        expect(() =>
          check(
            a,
            map(() => 0, a),
          ),
        ).not.toThrow();
        if (structure(a).equals(structure(b))) check(a, b);
        else expect(() => check(a, b)).toThrow(/^jvp: primals and tangents must have the same structure\./);
      }),
    );
  });

  it("names the first place where they differ and shows both", () => {
    expect(() => check({ w: 1, b: [2, null] }, { w: 1, b: [2, 3] })).toThrow(
      new TypeError(
        "jvp: primals and tangents must have the same structure. They differ at b[1]: primals has null, tangents has a leaf.\n" +
          "  primals:  {b: [*, null], w: *}\n" +
          "  tangents: {b: [*, *], w: *}",
      ),
    );
  });

  it.each([
    [1, [1], "a leaf", "an array of length 1"],
    [[1], [1, 2], "an array of length 1", "an array of length 2"],
    [null, undefined, "null", "undefined"],
    [{ a: 1 }, { b: 1 }, 'a plain object with the key "a"', 'a plain object with the key "b"'],
    [{ a: 1, b: 1 }, {}, 'a plain object with the keys "a", "b"', "a plain object without"],
    [{}, Object.create(null), "a plain object", "an object without a prototype"],
    [{}, new Pair(1, 2, "x"), "a plain object", "an instance of Pair"],
    [new Solo(1), new Solo(1, 2), "an instance of Solo with 1 children", "one with 2"],
    [new Solo(1, 2), new Pair(1, 2, "x"), "an instance of Solo", "an instance of Pair"],
    [new Pair(1, 2, "x"), new Pair(1, 2, "y"), 'an instance of Pair with auxiliary data "x"', 'one with "y"'],
  ])("says what each has: %j and %j", (a, b, left, right) => {
    expect(() => check(a, b)).toThrow(`differ at the root: primals has ${left}, tangents has ${right}.\n`);
    expect(() => check([0, { k: a }], [0, { k: b }])).toThrow(
      `differ at [1].k: primals has ${left}, tangents`,
    );
  });
});

describe("checkPrefix", () => {
  it("lets a tree go on where the prefix has leaves", () => {
    const check = (a: unknown, b: unknown): void =>
      checkPrefix(structure(a), structure(b), { where: "vmap", names: ["inAxes", "arguments"] });
    expect(() => check([0, 1], [{ a: 1 }, null])).not.toThrow();
    expect(() => check([0, [1]], [{ a: 1 }, 2])).toThrow(
      "vmap: arguments must have the structure of inAxes, or begin with it. They differ at [1]: inAxes has an array of length 1, arguments has a leaf.",
    );
  });
});

describe("flattenLike", () => {
  it("agrees with flatten where the structure is the same, and refuses elsewhere", () => {
    fc.assert(
      fc.property(trees, trees, (a, b) => {
        const [values, treedef] = flatten(b);
        deepStrictEqual(flattenLike(treedef, b), values);
        deepStrictEqual(flattenLike(structure(a), b), structure(a).equals(treedef) ? values : undefined);
      }),
      { numRuns: 500 },
    );
  });

  it("wants the same class and auxiliary data", () => {
    expect(flattenLike(structure(new Pair(0, 0, "x")), new Pair(1, 2, "x"))).toEqual([1, 2]);
    expect(flattenLike(structure(new Pair(0, 0, "x")), new Pair(1, 2, "y"))).toBeUndefined();
    expect(flattenLike(structure(new Pair(0, 0, "x")), [1, 2])).toBeUndefined();
    expect(flattenLike(structure({ a: 0 }), Object.assign(Object.create(null), { a: 1 }))).toBeUndefined();
  });

  it("wants leaves in the place of leaves", () => {
    expect(flattenLike(structure([0, 0]), [1, [2]])).toBeUndefined();
    expect(flattenLike(structure([0, 0]), [1, null])).toBeUndefined();
    expect(
      flattenLike(structure({ a: 0 }), Object.defineProperty({ b: 1 }, "a", { value: 1 })),
    ).toBeUndefined();
  });
});

describe("flattenUpTo", () => {
  it("gives the subtrees in the place of leaves", () => {
    expect(flattenUpTo(structure({ a: 0, b: [0] }), { a: { x: 1 }, b: [null] })).toEqual([{ x: 1 }, null]);
    fc.assert(
      fc.property(trees, trees, (a, b) => {
        const nested = map(() => b, a);
        deepStrictEqual(
          flattenUpTo(structure(a), nested),
          leaves(a).map(() => b),
        );
      }),
    );
  });

  it("names the place that differs", () => {
    expect(() => flattenUpTo(structure({ a: [0] }), { a: 1 })).toThrow(
      "flattenUpTo: the tree must have the structure of the structure, or begin with it. They differ at a:",
    );
  });
});

describe("broadcastPrefix", () => {
  it("repeats a leaf of the prefix for every leaf below its place", () => {
    const isLeaf = (node: unknown): boolean => node === null;
    expect(broadcastPrefix([0, null], [{ w: 1, b: [2, null] }, 3], { isLeaf })).toEqual([0, 0, null]);
    expect(broadcastPrefix(7, { a: 1, b: [2, 3] })).toEqual([7, 7, 7]);
    expect(broadcastPrefix([0, 1], [[], 3])).toEqual([1]);
    expect(() => broadcastPrefix([0, 1], [1])).toThrow("broadcastPrefix: the full tree must have");
  });

  it("gives one entry a leaf", () => {
    fc.assert(
      fc.property(trees, trees, (a, b) => {
        const nested = map(() => b, a);
        const expected = leaves(a).flatMap((leaf) => leaves(b).map(() => leaf));
        deepStrictEqual(broadcastPrefix(a, nested), expected);
      }),
    );
  });
});
