import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrayFrom } from "../../src/array/index.ts";
import {
  flatten,
  flattenLike,
  flattenWithPath,
  formatPath,
  leaves,
  registerPytreeNode,
  structure,
  unflatten,
} from "../../src/tree/index.ts";
import { Pair, trees } from "./arbitraries.ts";

/** The leaves of a tree, by the definition. */
const leavesByDefinition = (tree: unknown): unknown[] => {
  if (tree === null || tree === undefined) return [];
  if (Array.isArray(tree)) return tree.flatMap(leavesByDefinition);
  if (tree instanceof Pair) return [tree.first, tree.second].flatMap(leavesByDefinition);
  const prototype = typeof tree === "object" ? Object.getPrototypeOf(tree) : undefined;
  if (prototype !== null && prototype !== Object.prototype) return [tree];
  return Object.entries(tree)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, child]) => leavesByDefinition(child));
};

/** The same tree with the keys of every object added in the opposite order. */
const reversed = (tree: unknown): unknown => {
  if (Array.isArray(tree)) return tree.map(reversed);
  if (tree instanceof Pair) return new Pair(reversed(tree.first), reversed(tree.second), tree.tag);
  if (typeof tree !== "object" || tree === null) return tree;
  const prototype = Object.getPrototypeOf(tree);
  if (prototype !== null && prototype !== Object.prototype) return tree;
  const entries = Object.entries(tree).reverse();
  const copy = Object.fromEntries(entries.map(([key, child]) => [key, reversed(child)]));
  return prototype === null ? Object.assign(Object.create(null), copy) : copy;
};

describe("flatten", () => {
  it("lists the leaves in the order of the definition", () => {
    fc.assert(
      fc.property(trees, (tree) => {
        deepStrictEqual(leaves(tree), leavesByDefinition(tree));
      }),
    );
  });

  it("is undone by unflatten", () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const [values, treedef] = flatten(tree);
        expect(treedef.numLeaves).toBe(values.length);
        deepStrictEqual(unflatten(treedef, values), tree);
      }),
    );
  });

  it("undoes unflatten for leaves of any value", () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const treedef = structure(tree);
        const values = Array.from({ length: treedef.numLeaves }, (_, i) => `leaf ${i}`);
        const [again, same] = flatten(unflatten(treedef, values));
        deepStrictEqual(again, values);
        expect(same.equals(treedef)).toBe(true);
      }),
    );
  });

  it("doesn't depend on the order of keys", () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const [a, aDef] = flatten(tree);
        const [b, bDef] = flatten(reversed(tree));
        deepStrictEqual(a, b);
        expect(aDef.equals(bDef)).toBe(true);
        expect(aDef.key).toBe(bDef.key);
      }),
    );
  });

  it("takes arrays of this library for leaves, though they can be iterated over", () => {
    const x = arrayFrom([1, 2, 3]);
    const values = leaves({ x, y: [x] });
    expect(values.length).toBe(2);
    expect(values.every((leaf) => leaf === x)).toBe(true);
    expect(flatten(x)[0][0]).toBe(x);
  });

  it("takes everything for a leaf that isn't plain", () => {
    class Unregistered {}
    class List extends Array<number> {}
    const odd = [
      1n,
      Symbol.iterator,
      new Date(),
      new Map(),
      new Set(),
      new Uint8Array(2),
      new Unregistered(),
      new List(),
      Object.create({ inherited: 1 }),
      Object.create(Array.prototype),
      () => 0,
      class {},
      Promise.resolve(),
      /a/,
      new Number(1),
    ];
    const [values, treedef] = flatten(odd);
    expect(treedef.toString()).toBe(`[${odd.map(() => "*").join(", ")}]`);
    values.forEach((value, i) => {
      expect(value).toBe(odd[i]);
    });
  });

  it("has no leaves in null and undefined, and gives back the same of the two", () => {
    const tree = [null, undefined, { a: null, b: undefined }];
    expect(leaves(tree)).toEqual([]);
    deepStrictEqual(unflatten(structure(tree), []), tree);
  });

  it("counts own enumerable properties with string keys only", () => {
    const tree = Object.defineProperty({ a: 1, [Symbol("s")]: 2 }, "hidden", { value: 3 });
    expect(leaves(tree)).toEqual([1]);
  });

  it("reads holes of sparse arrays as undefined", () => {
    // biome-ignore lint/suspicious/noSparseArray: that is the point.
    deepStrictEqual(unflatten(structure([1, , 2]), [1, 2]), [1, undefined, 2]);
  });

  it("stops where isLeaf says so, at the root too", () => {
    const isLeaf = (node: unknown): boolean => Array.isArray(node) || node === null;
    const [values, treedef] = flatten({ a: [1, 2], b: null, c: 3 }, { isLeaf });
    expect(values).toEqual([[1, 2], null, 3]);
    expect(treedef.toString()).toBe("{a: *, b: *, c: *}");
    expect(flatten([1], { isLeaf })[0]).toEqual([[1]]);
  });

  it("asks isLeaf before it looks at children", () => {
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    expect(leaves([cyclic], { isLeaf: (node) => node === cyclic })).toEqual([cyclic]);
  });
});

describe("keys that objects know", () => {
  const hostile = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2, "toString": 3}');

  it("come back as own properties and change no prototype", () => {
    const [values, treedef] = flatten(hostile);
    const tree = unflatten(treedef, values) as object;
    expect(Object.keys(tree).sort()).toEqual(["__proto__", "constructor", "toString"]);
    expect(Object.getPrototypeOf(tree)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(tree, "__proto__")).toEqual({
      value: { polluted: 1 },
      writable: true,
      enumerable: true,
      configurable: true,
    });
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("are missed where they are not own", () => {
    expect(flattenLike(structure(hostile), { a: 1, b: 2, c: 3 })).toBeUndefined();
    expect(flattenLike(structure({ toString: 1 }), { x: 1 })).toBeUndefined();
  });
});

describe("endless trees", () => {
  it("are refused with the place where they close", () => {
    const tree: Record<string, unknown> = { a: 1 };
    tree["layers"] = [0, { up: tree }];
    expect(() => flatten(tree)).toThrow("tree.layers[1].up is the same object as tree.");
    const list: unknown[] = [1];
    list.push([list]);
    expect(() => flatten({ list })).toThrow("tree.list[1][0] is the same object as tree.list.");
    expect(() => flatten(tree)).toThrow(TypeError);
  });

  it("are refused through registered classes", () => {
    class Node {
      next: unknown;
    }
    registerPytreeNode(Node, {
      flatten: (node) => [[node.next], null],
      unflatten: () => new Node(),
      keys: ["next"],
    });
    const node = new Node();
    node.next = [node];
    expect(() => flatten(node)).toThrow("tree.next[0] is the same object as tree.");
  });

  it("are told from trees that are only deep, and from shared branches", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 10_000; i++) deep = { k: [deep] };
    expect(() => flatten(deep)).toThrow(/more than 1000 levels deep, at tree\.k\[0\]\.k\[0\]/);
    expect(() => flatten(deep)).toThrow(RangeError);
    const shared = [1, 2];
    expect(leaves([shared, { shared }])).toEqual([1, 2, 1, 2]);
    const closed: unknown[] = [shared, shared];
    closed.push(closed);
    expect(() => flatten(closed)).toThrow("tree[2] is the same object as tree.");
  });

  it("may be 1000 levels deep", () => {
    let deep: unknown = 7;
    for (let i = 0; i < 1000; i++) deep = i % 2 === 0 ? [deep] : { k: deep };
    const [values, treedef] = flatten(deep);
    expect(values).toEqual([7]);
    deepStrictEqual(unflatten(treedef, values), deep);
    expect(treedef.equals(structure(deep))).toBe(true);
    expect(treedef.key).toBe(structure(deep).key);
    expect(flattenLike(treedef, deep)).toEqual([7]);
  });

  it("leave errors of user code as they are", () => {
    const tree = {
      get broken(): number {
        throw new Error("mine");
      },
    };
    expect(() => flatten(tree)).toThrow("mine");
  });
});

describe("unflatten", () => {
  it("refuses another number of leaves", () => {
    const treedef = structure({ w: 1, b: [2, null] });
    expect(() => unflatten(treedef, [1])).toThrow(
      "unflatten: got 1 leaves for a structure with 2: {b: [*, null], w: *}.",
    );
    expect(() => unflatten(treedef, [1, 2, 3])).toThrow(TypeError);
  });
});

describe("flattenWithPath", () => {
  it("says where each leaf stands", () => {
    const [entries] = flattenWithPath({ layers: [{ w: 1 }, null, new Pair(2, [3], "x")], "my key": 4 });
    expect(entries.map(([path, leaf]) => [formatPath(path, "params"), leaf])).toEqual([
      ["params.layers[0].w", 1],
      ["params.layers[2].first", 2],
      ["params.layers[2].second[0]", 3],
      ['params["my key"]', 4],
    ]);
  });

  it("gives paths that lead to the leaves and differ", () => {
    const follow = (tree: unknown, path: readonly (string | number)[]): unknown =>
      path.reduce<unknown>((node, step) => (node as Record<string, unknown>)[step], tree);
    fc.assert(
      fc.property(trees, (tree) => {
        const [entries] = flattenWithPath(tree);
        for (const [path, leaf] of entries) expect(follow(tree, path)).toBe(leaf);
        expect(new Set(entries.map(([path]) => formatPath(path))).size).toBe(entries.length);
      }),
    );
  });
});
