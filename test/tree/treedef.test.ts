import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { registerPytreeNode, structure, TreeDef } from "../../src/tree/index.ts";
import { Pair, trees } from "./arbitraries.ts";

/** Whether two trees have one structure, by the definition. */
const alike = (a: unknown, b: unknown): boolean => {
  const kind = (x: unknown): unknown => {
    if (x === null || x === undefined) return x;
    const prototype = typeof x === "object" ? Object.getPrototypeOf(x) : "leaf";
    return prototype === null || [Object.prototype, Array.prototype, Pair.prototype].includes(prototype)
      ? [prototype]
      : "leaf";
  };
  const [x, y] = [kind(a), kind(b)];
  if (!Array.isArray(x) || !Array.isArray(y)) return x === y;
  if (x[0] !== y[0]) return false;
  if (a instanceof Pair && b instanceof Pair) {
    return a.tag === b.tag && alike(a.first, b.first) && alike(a.second, b.second);
  }
  const [p, q] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = Object.keys(p);
  return (
    names.length === Object.keys(q).length &&
    names.every((name) => Object.hasOwn(q, name) && alike(p[name], q[name]))
  );
};

describe("TreeDef", () => {
  it("is equal, and has an equal key, exactly where the structures are the same", () => {
    fc.assert(
      fc.property(trees, trees, (a, b) => {
        const [x, y] = [structure(a), structure(b)];
        const expected = alike(a, b);
        expect(x.equals(y)).toBe(expected);
        expect(y.equals(x)).toBe(expected);
        expect(x.key === y.key).toBe(expected);
        expect(x.equals(structure(a))).toBe(true);
        expect(x.key).toBe(structure(a).key);
      }),
      { numRuns: 1000 },
    );
  });

  it("has different keys for structures made to be confused", () => {
    const lookalikes: unknown[] = [
      1,
      null,
      undefined,
      [],
      {},
      Object.create(null),
      [1],
      [[1]],
      [1, 1],
      [[1], 1],
      [1, [1]],
      [[], []],
      [[[]]],
      { 0: 1 },
      { a: 1 },
      { a: null },
      { a: undefined },
      Object.assign(Object.create(null), { a: 1 }),
      { a: 1, b: 1 },
      { '"a":*,"b"': 1 },
      { 'a":*,"b': 1 },
      { "a,b": 1 },
      { a: { b: 1 } },
      { "a:{b": 1 },
      JSON.parse('{"__proto__": 1}'),
      JSON.parse('{"__proto__": {}}'),
      { constructor: 1 },
      { "": 1 },
      { "\ud800": 1 },
      { "\ufffd": 1 },
      { "\\ud800": 1 },
      new Pair(1, 1, "x"),
      new Pair(1, 1, 'x":*'),
      new Pair([1], 1, "x"),
      new Pair(1, null, "x"),
    ];
    const keys = lookalikes.map((tree) => structure(tree).key);
    expect(new Set(keys).size).toBe(lookalikes.length);
  });

  it("prints readably", () => {
    const print = (tree: unknown): string => structure(tree).toString();
    expect(print({ w: 1, b: [2, null] })).toBe("{b: [*, null], w: *}");
    expect(print(1)).toBe("*");
    expect(print([])).toBe("[]");
    expect(print({})).toBe("{}");
    expect(print({ "a b": undefined, $x_1: 1, "1a": 1 })).toBe('{$x_1: *, "1a": *, "a b": undefined}');
    expect(print(new Pair(1, [2], "x"))).toBe("Pair(first: *, second: [*])");
    expect(print(Object.assign(Object.create(null), { a: 1 }))).toBe("[Object: null prototype] {a: *}");
    expect(`${structure([1, 2])}`).toBe("[*, *]");
  });

  it("shares the structures of short arrays of leaves", () => {
    expect(structure([1, 2, 3])).toBe(structure(["a", "b", "c"]));
    expect(structure(new Array(40).fill(1)).equals(structure(new Array(40).fill(2)))).toBe(true);
    expect(structure(new Array(40).fill(1)).equals(structure(new Array(41).fill(2)))).toBe(false);
  });

  it("is itself a leaf", () => {
    expect(structure(structure([1]))).toBe(structure(1));
    expect(structure([1])).toBeInstanceOf(TreeDef);
  });
});

describe("registerPytreeNode", () => {
  /** A new class, always called Box, as the structures of its instances. */
  const register = <A>(auxKey?: (aux: A) => string): ((aux: A) => TreeDef) => {
    class Box {
      readonly aux: A;
      constructor(aux: A) {
        this.aux = aux;
      }
    }
    registerPytreeNode(Box, {
      flatten: (box) => [[1], box.aux],
      unflatten: (aux) => new Box(aux),
      ...(auxKey && { auxKey }),
    });
    return (aux) => structure([new Box(aux)]);
  };
  const box = register<unknown>();
  const same = (a: unknown, b: unknown): boolean => {
    const [x, y] = [box(a), box(b)];
    expect(x.key === y.key).toBe(x.equals(y));
    return x.equals(y);
  };

  it("tells classes apart, also of one name", () => {
    const other = register<unknown>();
    expect(box(1).equals(other(1))).toBe(false);
    expect(box(1).key).not.toBe(other(1).key);
  });

  it("compares auxiliary data by content if it's plain", () => {
    expect(same({ a: [1, "x"], b: null }, { b: null, a: [1, "x"] })).toBe(true);
    expect(same({ a: 1 }, { a: 2 })).toBe(false);
    expect(same({ a: 1 }, { a: "1" })).toBe(false);
    expect(same([1, [2]], [1, 2])).toBe(false);
    expect(same({}, Object.create(null))).toBe(false);
    expect(same({ a: undefined }, {})).toBe(false);
    expect(same(Number.NaN, Number.NaN)).toBe(true);
    expect(same(0, -0)).toBe(false);
    expect(same(1n, 1)).toBe(false);
    expect(same("null", null)).toBe(false);
    expect(same("true", true)).toBe(false);
    expect(same(undefined, null)).toBe(false);
    expect(same({ "a:1,b": 1 }, { a: 1, b: 1 })).toBe(false);
  });

  it("compares functions, symbols and instances of classes by identity", () => {
    const f = (): number => 1;
    const s = Symbol("s");
    const date = new Date(0);
    expect(same(f, f)).toBe(true);
    expect(same([f], [f])).toBe(true);
    expect(same([f], [(): number => 1])).toBe(false);
    expect(same([s], [s])).toBe(true);
    expect(same([s], [Symbol("s")])).toBe(false);
    expect(same([Symbol.for("s")], [Symbol.for("s")])).toBe(true);
    expect(same([date], [date])).toBe(true);
    expect(same([date], [new Date(0)])).toBe(false);
  });

  it("survives auxiliary data that contains itself", () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(same(loop, loop)).toBe(true);
    expect(same([loop], [loop])).toBe(true);
    expect(same(loop, [loop])).toBe(false);
  });

  it("lets a class say what tells its auxiliary data apart", () => {
    const caseless = register<string>((aux) => aux.toLowerCase());
    expect(caseless("Relu").equals(caseless("relu"))).toBe(true);
    expect(caseless("Relu").key).toBe(caseless("relu").key);
    expect(caseless("tanh").equals(caseless("relu"))).toBe(false);
  });

  it("doesn't include subclasses", () => {
    class Sub extends Pair {}
    expect(structure(new Sub(1, 2, "x")).toString()).toBe("*");
  });

  it("refuses what it can't register", () => {
    const options = { flatten: () => [[], null] as const, unflatten: () => ({}) };
    class Twice {}
    registerPytreeNode(Twice, options);
    expect(() => registerPytreeNode(Twice, options)).toThrow("Twice is registered already");
    expect(() => registerPytreeNode(Object, options)).toThrow("Object is a node of trees already");
    expect(() => registerPytreeNode(Array as unknown as new () => object, options)).toThrow(
      "Array is a node",
    );
    expect(() => registerPytreeNode(3 as unknown as new () => object, options)).toThrow(
      "expected a class; got 3",
    );
  });

  it("refuses to register arrays", async () => {
    const { ConcreteArray, NDArray } = await import("../../src/array/index.ts");
    const options = { flatten: () => [[], null] as const, unflatten: () => ({}) as never };
    expect(() => registerPytreeNode(NDArray, options)).toThrow("arrays are always leaves");
    expect(() => registerPytreeNode(ConcreteArray, options)).toThrow("ConcreteArray is an array");
  });

  it("says which class gives something else than children and auxiliary data", () => {
    class Broken {}
    registerPytreeNode(Broken, {
      flatten: () => new Map() as unknown as readonly [readonly unknown[], null],
      unflatten: () => new Broken(),
    });
    expect(() => structure([new Broken()])).toThrow("flatten of Broken: expected [children, aux]");
  });

  it("names children by keys that may depend on the auxiliary data", () => {
    class Bag {
      readonly items: ReadonlyMap<string, unknown>;
      constructor(items: ReadonlyMap<string, unknown>) {
        this.items = items;
      }
    }
    registerPytreeNode(Bag, {
      flatten: (bag) => [[...bag.items.values()], [...bag.items.keys()]],
      unflatten: (names, children) => new Bag(new Map(names.map((name, i) => [name, children[i]]))),
      keys: (names) => names,
    });
    const bag = new Bag(
      new Map([
        ["p", 1],
        ["q", 2],
      ]),
    );
    expect(structure(bag).toString()).toBe("Bag(p: *, q: *)");
  });
});
