import fc from "fast-check";
import { registerPytreeNode } from "../../src/tree/index.ts";

/** A registered class with two children and a name that is auxiliary data. */
export class Pair {
  readonly first: unknown;
  readonly second: unknown;
  readonly tag: string;
  constructor(first: unknown, second: unknown, tag: string) {
    this.first = first;
    this.second = second;
    this.tag = tag;
  }
}

registerPytreeNode(Pair, {
  flatten: (pair) => [[pair.first, pair.second], pair.tag],
  unflatten: (tag, [first, second]) => new Pair(first, second, tag),
  keys: ["first", "second"],
});

/** Keys that objects know already, that look like syntax, or that are neither. */
export const keys: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "then",
    "length",
    "0",
    "10",
    "2",
    "",
  ),
  fc.constantFrom("a", "b", "w"),
  fc.constantFrom('"', "]", "}", ":*", '"a":*,"b"', "a,b", "\\", '\\"', "\ud800", "é"),
  fc.string({ maxLength: 3 }),
);

/** Trees of everything that is a node, with `leaf` for leaves. */
export const treesOf = (leaf: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaf,
      fc.constantFrom(null, undefined),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(keys, tie("tree"), { maxKeys: 4 }),
      fc
        .tuple(tie("tree"), tie("tree"), fc.constantFrom("x", "y"))
        .map(([first, second, tag]) => new Pair(first, second, tag)),
    ),
  })).tree;

const opaque = [
  () => 1,
  new Date(0),
  new Map([[1, 2]]),
  new Float32Array(2),
  Symbol("s"),
  /x/,
  new (class Other {})(),
];

/** Trees whose leaves are of every type that a leaf may have. */
export const trees: fc.Arbitrary<unknown> = treesOf(
  fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.string(), fc.bigInt(), fc.constantFrom(...opaque)),
);

/** Trees whose leaves are whole numbers. */
export const numberTrees: fc.Arbitrary<unknown> = treesOf(fc.integer({ min: -9, max: 9 }));
