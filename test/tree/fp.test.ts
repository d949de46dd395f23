import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import type { Applicative1, Applicative2C } from "fp-ts/lib/Applicative.js";
import * as Apply from "fp-ts/lib/Applicative.js";
import * as C from "fp-ts/lib/Const.js";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as Id from "fp-ts/lib/Identity.js";
import * as N from "fp-ts/lib/number.js";
import * as O from "fp-ts/lib/Option.js";
import * as RA from "fp-ts/lib/ReadonlyArray.js";
import * as S from "fp-ts/lib/string.js";
import { describe, expect, it } from "vitest";
import { flattenWithPath, formatPath, fp, leaves, structure } from "../../src/tree/index.ts";
import { numberTrees } from "./arbitraries.ts";

const { Foldable, Functor, Traversable } = fp;

/** `Tree`s of numbers. */
const numbers = numberTrees.map((tree) => fp.fromPytree(tree) as fp.Tree<number>);
const f = (x: number): readonly number[] => [x, -x];
const g = (xs: readonly number[]): number => xs.length + (xs[0] ?? 0);
const toOption = (x: number): O.Option<number> => (x > -8 ? O.some(x * 2) : O.none);
const toEither = (x: number): E.Either<string, number> => (x > -8 ? E.right(x + 1) : E.left(`bad ${x}`));

describe("Tree", () => {
  it("is a raw tree taken apart, and comes back", () => {
    fc.assert(
      fc.property(numberTrees, (tree) => {
        deepStrictEqual(fp.toPytree(fp.fromPytree(tree)), tree);
      }),
    );
    expect(fp.fromPytree([null, 1], { isLeaf: (node) => node === null }).leaves).toEqual([null, 1]);
  });
});

describe("Functor", () => {
  it("obeys identity", () => {
    fc.assert(
      fc.property(numbers, (tree) => {
        deepStrictEqual(
          Functor.map(tree, (x) => x),
          tree,
        );
      }),
    );
  });

  it("obeys composition, though f makes leaves that look like nodes", () => {
    fc.assert(
      fc.property(numbers, (tree) => {
        const apart = Functor.map(Functor.map(tree, f), g);
        deepStrictEqual(
          Functor.map(tree, (x) => g(f(x))),
          apart,
        );
        deepStrictEqual(pipe(tree, fp.map(f), fp.map(g)), apart);
      }),
    );
  });

  it("maps with paths, lawfully", () => {
    fc.assert(
      fc.property(numbers, (tree) => {
        deepStrictEqual(
          Functor.mapWithIndex(tree, (_, x) => f(x)),
          Functor.map(tree, f),
        );
        const paths = Functor.mapWithIndex(tree, (path) => formatPath(path)).leaves;
        deepStrictEqual(
          paths,
          flattenWithPath(fp.toPytree(tree))[0].map(([path]) => formatPath(path)),
        );
      }),
    );
  });
});

describe("Foldable", () => {
  it("agrees with the list of leaves", () => {
    fc.assert(
      fc.property(numberTrees, (raw) => {
        const tree = fp.fromPytree(raw) as fp.Tree<number>;
        const list = leaves(raw) as number[];
        deepStrictEqual(
          Foldable.foldMap(RA.getMonoid<number>())(tree, (x) => [x]),
          list,
        );
        deepStrictEqual(
          Foldable.reduce(tree, "", (text, x) => `${text},${x}`),
          list.reduce((t, x) => `${t},${x}`, ""),
        );
        deepStrictEqual(
          Foldable.reduceRight(tree, "", (x, text) => `${text},${x}`),
          list.reduceRight((t, x) => `${t},${x}`, ""),
        );
      }),
    );
  });

  it("folds by foldMap as by reduce, in any monoid", () => {
    fc.assert(
      fc.property(numbers, (tree) => {
        const byFold = Foldable.foldMap(S.Monoid)(tree, String);
        expect(byFold).toBe(Foldable.reduce(tree, "", (text, x) => text + String(x)));
        expect(byFold).toBe(Foldable.reduceRight(tree, "", (x, text) => String(x) + text));
        expect(byFold).toBe(
          pipe(
            tree,
            fp.map(String),
            fp.foldMap(S.Monoid)((x) => x),
          ),
        );
      }),
    );
  });
});

describe("Traversable", () => {
  it("obeys identity", () => {
    fc.assert(
      fc.property(numbers, (tree) => {
        deepStrictEqual(
          Traversable.traverse(Id.Applicative)(tree, (x) => x),
          tree,
        );
      }),
    );
  });

  it("obeys naturality", () => {
    fc.assert(
      fc.property(numbers, (tree) => {
        // A transformation of applicatives: Either to Option.
        const after = O.fromEither(Traversable.traverse(E.Applicative)(tree, toEither));
        deepStrictEqual(
          Traversable.traverse(O.Applicative)(tree, (x) => O.fromEither(toEither(x))),
          after,
        );
      }),
    );
  });

  it("obeys composition", () => {
    fc.assert(
      fc.property(numbers, (tree) => {
        const both = Apply.getApplicativeComposition(O.Applicative, E.Applicative);
        const inner = (x: number): O.Option<E.Either<string, number>> => pipe(toOption(x), O.map(toEither));
        const once = fp.traverse(both as never)(inner as never)(tree);
        const twice = pipe(
          tree,
          fp.traverse(O.Applicative)(toOption),
          O.map(fp.traverse(E.Applicative)(toEither)),
        );
        deepStrictEqual(once, twice);
      }),
    );
  });

  it("is consistent with Functor and Foldable", () => {
    fc.assert(
      fc.property(numbers, (tree) => {
        deepStrictEqual(Traversable.traverse(Id.Applicative)(tree, f), Functor.map(tree, f));
        const Gather: Applicative2C<C.URI, string> = C.getApplicative(S.Monoid);
        const gathered: string = fp.traverse(Gather)((x: number) => C.make<string>(String(x)))(tree);
        expect(gathered).toBe(Foldable.foldMap(S.Monoid)(tree, String));
      }),
    );
  });

  it("sequences as it traverses with the identity", () => {
    fc.assert(
      fc.property(numbers, (tree) => {
        const effects = Functor.map(tree, toOption);
        deepStrictEqual(
          Traversable.sequence(O.Applicative)(effects),
          Traversable.traverse(O.Applicative)(tree, toOption),
        );
      }),
    );
  });

  it("runs effects in the order of the leaves", () => {
    const tree = fp.fromPytree({ b: [3, -9], a: [-8, 2] });
    expect(fp.traverse(E.Applicative)(toEither)(tree)).toEqual(E.left("bad -8"));
  });
});

describe("traversePytree", () => {
  it("checks raw trees, keeping their structure", () => {
    const check = fp.traversePytree(E.Applicative)(toEither);
    expect(check({ w: [1, 2], b: null })).toEqual(E.right({ w: [2, 3], b: null }));
    expect(check({ w: [1, -9] })).toEqual(E.left("bad -9"));
  });

  it("is traverse between fromPytree and toPytree", () => {
    const F: Applicative1<O.URI> = O.Applicative;
    fc.assert(
      fc.property(numberTrees, (tree) => {
        const wrapped = pipe(
          fp.fromPytree(tree) as fp.Tree<number>,
          fp.traverse(F)(toOption),
          O.map(fp.toPytree),
        );
        deepStrictEqual(fp.traversePytree(F)(toOption)(tree), wrapped);
      }),
    );
  });
});

describe("getEq", () => {
  const eq = fp.getEq(N.Eq);
  it("is an equivalence that sees structure and leaves", () => {
    fc.assert(
      fc.property(numberTrees, numberTrees, (a, b) => {
        const [x, y] = [fp.fromPytree(a), fp.fromPytree(b)] as [fp.Tree<number>, fp.Tree<number>];
        const expected = structure(a).equals(structure(b)) && String(leaves(a)) === String(leaves(b));
        expect(eq.equals(x, y)).toBe(expected);
        expect(eq.equals(y, x)).toBe(expected);
        expect(eq.equals(x, fp.map((n: number) => n)(x))).toBe(true);
      }),
    );
    expect(eq.equals(fp.fromPytree([1, 2]), fp.fromPytree([1, 3]))).toBe(false);
    expect(eq.equals(fp.fromPytree([1]), fp.fromPytree({ a: 1 }))).toBe(false);
  });
});
