import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrayFrom } from "../../src/array/index.ts";
import {
  all,
  formatPath,
  leaves,
  map,
  mapWithOptions,
  mapWithPath,
  reduce,
  structure,
  transpose,
  unflatten,
} from "../../src/tree/index.ts";
import { numberTrees, Pair, trees } from "./arbitraries.ts";

const message = (f: () => unknown): string => {
  try {
    f();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("expected an error");
};

describe("map", () => {
  it("applies to every leaf and keeps the structure", () => {
    fc.assert(
      fc.property(trees, (tree) => {
        deepStrictEqual(
          map((x) => x, tree),
          tree,
        );
        const seen: unknown[] = [];
        map((x) => seen.push(x), tree);
        deepStrictEqual(seen, leaves(tree));
        expect(structure(map(() => 0, tree)).equals(structure(tree))).toBe(true);
      }),
    );
  });

  it("applies to what stands in the same place of several trees", () => {
    const sum = map(
      (x, y, z) => x + y + z,
      { a: 1, b: [2, 3] },
      { b: [20, 30], a: 10 },
      { a: 100, b: [200, 300] },
    );
    expect(sum).toEqual({ a: 111, b: [222, 333] });
    fc.assert(
      fc.property(numberTrees, (tree) => {
        const twice = map((x, y) => Number(x) + Number(y), tree, tree);
        deepStrictEqual(
          twice,
          map((x) => 2 * Number(x), tree),
        );
      }),
    );
  });

  it("gives whole subtrees of the later trees, where the first has leaves", () => {
    expect(map((x, y) => [x, y], { a: 1, b: 2 }, { a: { deep: [1] }, b: null })).toEqual({
      a: [1, { deep: [1] }],
      b: [2, null],
    });
    expect(map((x, y) => [x, y], 1, [1, 2])).toEqual([1, [1, 2]]);
  });

  it("visits the leaves once each, in order", () => {
    const seen: number[] = [];
    map((x) => seen.push(x), { b: [3, 4], a: [1, 2] });
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it("passes nothing but leaves", () => {
    expect(map((...args: unknown[]) => args.length, [1, 2])).toEqual([1, 1]);
  });

  it("rebuilds registered classes", () => {
    const pair = map((x) => Number(x) + 1, new Pair(1, [2], "x") as { first: unknown; second: unknown });
    deepStrictEqual(pair, new Pair(2, [3], "x"));
  });

  it("names the place where trees differ and shows both", () => {
    const params = { layers: [{ w: 1, b: 2 }] };
    expect(message(() => map((x) => x, params, { layers: [{ w: [1], b: 2, c: 3 }] } as never))).toBe(
      "map: tree 2 must have the structure of the first tree, or begin with it. They differ at layers[0]: " +
        'the first tree has a plain object without, tree 2 has a plain object with the key "c".\n' +
        "  the first tree: {layers: [{b: *, w: *}]}\n" +
        "  tree 2:         {layers: [{b: *, c: *, w: [*]}]}",
    );
    expect(message(() => map((x) => x, params, params, { layers: [] } as never))).toContain(
      "They differ at layers: the first tree has an array of length 1, tree 3 has an array of length 0.",
    );
    expect(message(() => map((x) => x, [null], [1]))).toContain(
      "at [0]: the first tree has null, tree 2 has a leaf.",
    );
    expect(message(() => map((x) => x, [1], 1 as never))).toContain("at the root");
    expect(() => map((x) => x, [1], [1, 2])).toThrow(TypeError);
  });

  it("shortens structures too long to read", () => {
    const wide = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key${i}`, i]));
    const text = message(() => map((x) => x, wide, { ...wide, extra: 1 }));
    expect(text.length).toBeLessThan(1200);
    expect(text).toContain('"extra"');
  });
});

describe("mapWithOptions", () => {
  it("takes isLeaf", () => {
    const isLeaf = (node: unknown): boolean => node === null;
    expect(mapWithOptions({ isLeaf }, (x: number | null) => x ?? 0, [1, null])).toEqual([1, 0]);
    expect(
      mapWithOptions({ isLeaf: Array.isArray }, (x: number[]) => x.length, { a: [1, 2], b: [] }),
    ).toEqual({
      a: 2,
      b: 0,
    });
  });
  it("takes more trees", () => {
    const isLeaf = (node: unknown): boolean => node === null;
    const pick = (x: number | null, y: number | null): number | null => x ?? y;
    expect(mapWithOptions({ isLeaf }, pick, [1, null], [10, 20])).toEqual([1, 20]);
    expect(() => mapWithOptions({ isLeaf }, pick, [1, null], [10])).toThrow(
      "mapWithOptions: tree 2 must have",
    );
  });
});

describe("mapWithPath", () => {
  it("gives each leaf with its path", () => {
    const tree = { layers: [{ w: 1 }, { w: 2 }] };
    expect(mapWithPath((path, x) => `${formatPath(path)}=${x}`, tree)).toEqual({
      layers: [{ w: "layers[0].w=1" }, { w: "layers[1].w=2" }],
    });
    expect(mapWithPath((path, x, y) => [path.length, x, y], [1], [2])).toEqual([[1, 1, 2]]);
    expect(() => mapWithPath(() => 0, [1], [])).toThrow("mapWithPath: tree 2");
  });
});

describe("formatPath", () => {
  it("writes a path as a program would", () => {
    expect(formatPath(["layers", 0, "w"], "params")).toBe("params.layers[0].w");
    expect(formatPath([])).toBe("");
    expect(formatPath([], "x")).toBe("x");
    expect(formatPath([0, "a"])).toBe("[0].a");
    expect(formatPath(["a b", "0", "", "ünï", "__proto__"])).toBe('["a b"]["0"][""].ünï.__proto__');
  });
});

describe("reduce", () => {
  it("combines the leaves in order", () => {
    expect(reduce((text, x) => text + x, { b: ["c", null, "d"], a: "a" }, ">")).toBe(">acd");
    fc.assert(
      fc.property(numberTrees, (tree) => {
        const total = reduce((sum, x) => sum + Number(x), tree, 0);
        expect(total).toBe(leaves(tree).reduce<number>((sum, x) => sum + Number(x), 0));
      }),
    );
  });
  it("gives the start for a tree without leaves, and takes isLeaf", () => {
    expect(reduce(() => 1, [null, {}], 7)).toBe(7);
    expect(reduce((n) => n + 1, [null, [1, 2]], 0, { isLeaf: (node) => node === null })).toBe(3);
  });
});

describe("all", () => {
  it("asks for every leaf to be true", () => {
    expect(all({ a: true, b: [1, "x"], c: null })).toBe(true);
    expect(all({ a: true, b: [0] })).toBe(false);
    expect(all([])).toBe(true);
    expect(all([arrayFrom(true)])).toBe(true);
    expect(all([arrayFrom([0])])).toBe(false);
    expect(() => all([arrayFrom([1, 2])])).toThrow("only an array of size 1");
  });
});

describe("transpose", () => {
  it("turns a tree of trees inside out", () => {
    const outer = structure([0, 0]);
    const inner = structure({ a: 0, b: [0] });
    expect(
      transpose(outer, inner, [
        { a: 1, b: [2] },
        { a: 3, b: [4] },
      ]),
    ).toEqual({ a: [1, 3], b: [[2, 4]] });
  });

  it("is its own inverse", () => {
    fc.assert(
      fc.property(numberTrees, numberTrees, (a, b) => {
        const [outer, inner] = [structure(a), structure(b)];
        let next = 0;
        const tree = unflatten(
          outer,
          Array.from({ length: outer.numLeaves }, () => map(() => next++, b)),
        );
        const turned = transpose(outer, inner, tree);
        if (outer.numLeaves > 0) deepStrictEqual(transpose(inner, outer, turned), tree);
        expect(leaves(turned).sort()).toEqual(leaves(tree).sort());
      }),
    );
  });

  it("names the place that doesn't fit", () => {
    const [outer, inner] = [structure([0, 0]), structure({ a: 0 })];
    expect(() => transpose(outer, inner, [{ a: 1 }, { b: 1 }])).toThrow(
      'has a plain object with the key "a"',
    );
    expect(() => transpose(outer, inner, [{ a: 1 }])).toThrow("an array of length 2");
  });
});
