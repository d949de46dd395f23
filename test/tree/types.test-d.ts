import * as E from "fp-ts/lib/Either.js";
import * as O from "fp-ts/lib/Option.js";
import { describe, expectTypeOf, it } from "vitest";
import type { ConcreteArray } from "../../src/array/concrete.ts";
import type { ArrayLike, NDArray } from "../../src/array/ndarray.ts";
import {
  type Arrays,
  type Editable,
  flatten,
  flattenWithPath,
  fp,
  type Inputs,
  type Leaf,
  type LeavesUpTo,
  leaves,
  type MapLeaves,
  map,
  mapWithOptions,
  mapWithPath,
  type Path,
  type PyTree,
  reduce,
  structure,
  type TreeDef,
  transpose,
  unflatten,
  update,
} from "../../src/tree/index.ts";

interface Params {
  readonly layers: readonly { readonly w: NDArray; readonly b?: NDArray }[];
  readonly scale: number;
  readonly pair: readonly [NDArray, null];
}
type Mutable = { a: number; b: [NDArray, string]; c: Date; d: () => void };

declare const params: Params;
declare const mutable: Mutable;

describe("Leaf", () => {
  it("is the union of the leaves of a tree", () => {
    expectTypeOf<Leaf<Params>>().toEqualTypeOf<NDArray | number>();
    expectTypeOf<Leaf<Mutable>>().toEqualTypeOf<number | NDArray | string | Date | (() => void)>();
    expectTypeOf<Leaf<number>>().toEqualTypeOf<number>();
    expectTypeOf<Leaf<boolean[]>>().toEqualTypeOf<boolean>();
    expectTypeOf<Leaf<NDArray>>().toEqualTypeOf<NDArray>();
    expectTypeOf<Leaf<Float32Array | Map<string, number>>>().toEqualTypeOf<
      Float32Array | Map<string, number>
    >();
  });
  it("leaves out null, undefined and empty containers", () => {
    expectTypeOf<Leaf<null>>().toEqualTypeOf<never>();
    expectTypeOf<Leaf<undefined>>().toEqualTypeOf<never>();
    expectTypeOf<Leaf<[]>>().toEqualTypeOf<never>();
    // biome-ignore lint/complexity/noBannedTypes: the type of an object without keys is what is tested.
    expectTypeOf<Leaf<{}>>().toEqualTypeOf<never>();
    expectTypeOf<Leaf<{ a?: number | null }>>().toEqualTypeOf<number>();
  });
  it("survives any, unknown and types that contain themselves", () => {
    // biome-ignore lint/suspicious/noExplicitAny: how `any` passes through is what is tested.
    expectTypeOf<Leaf<any>>().toBeAny();
    expectTypeOf<Leaf<unknown>>().toBeUnknown();
    expectTypeOf<Leaf<{ a: unknown }>>().toBeUnknown();
    expectTypeOf<Leaf<PyTree<number>>>().toEqualTypeOf<number>();
    expectTypeOf<Leaf<PyTree<NDArray>>>().toEqualTypeOf<NDArray>();
    interface List {
      head: string;
      tail: List | null;
    }
    expectTypeOf<Leaf<List>>().toEqualTypeOf<string>();
  });
});

describe("MapLeaves", () => {
  it("keeps tuples, readonly, optional keys and null", () => {
    expectTypeOf<MapLeaves<Params, string>>().toEqualTypeOf<{
      readonly layers: readonly { readonly w: string; readonly b?: string }[];
      readonly scale: string;
      readonly pair: readonly [string, null];
    }>();
    expectTypeOf<MapLeaves<Mutable, boolean>>().toEqualTypeOf<{
      a: boolean;
      b: [boolean, boolean];
      c: boolean;
      d: boolean;
    }>();
    expectTypeOf<MapLeaves<[number, string?, ...NDArray[]], Date>>().toEqualTypeOf<
      [Date, Date?, ...Date[]]
    >();
    expectTypeOf<MapLeaves<NDArray, number>>().toEqualTypeOf<number>();
    expectTypeOf<MapLeaves<boolean | undefined, number>>().toEqualTypeOf<number | undefined>();
    expectTypeOf<MapLeaves<number | number[], string>>().toEqualTypeOf<string | string[]>();
    expectTypeOf<MapLeaves<Record<string, number>, string>>().toEqualTypeOf<Record<string, string>>();
    expectTypeOf<MapLeaves<never, string>>().toEqualTypeOf<never>();
  });
  it("survives any, unknown and types that contain themselves", () => {
    // biome-ignore lint/suspicious/noExplicitAny: how `any` passes through is what is tested.
    expectTypeOf<MapLeaves<any, number>>().toBeAny();
    expectTypeOf<MapLeaves<unknown, number>>().toBeUnknown();
    const tree = {} as MapLeaves<PyTree<number>, string>;
    expectTypeOf(tree).toExtend<PyTree<string>>();
    const strings: PyTree<string> = {} as PyTree<string>;
    expectTypeOf(strings).toExtend<MapLeaves<PyTree<number>, string>>();
  });
});

describe("Inputs", () => {
  it("lets numbers and booleans stand for arrays", () => {
    expectTypeOf<Inputs<NDArray>>().toEqualTypeOf<ArrayLike>();
    expectTypeOf<Inputs<ConcreteArray>>().toEqualTypeOf<ArrayLike>();
    expectTypeOf<Inputs<Params>>().toEqualTypeOf<{
      readonly layers: readonly { readonly w: ArrayLike; readonly b?: ArrayLike }[];
      readonly scale: number;
      readonly pair: readonly [ArrayLike, null];
    }>();
    expectTypeOf<Inputs<[x: NDArray, n: string]>>().toEqualTypeOf<readonly [x: ArrayLike, n: string]>();
    expectTypeOf<Inputs<NDArray | null>>().toEqualTypeOf<ArrayLike | null>();
    expectTypeOf<Inputs<NDArray | number[]>>().toEqualTypeOf<ArrayLike | readonly number[]>();
  });
  it("leaves everything else alone", () => {
    expectTypeOf<Inputs<Mutable>>().toEqualTypeOf<{
      readonly a: number;
      readonly b: readonly [ArrayLike, string];
      readonly c: Date;
      readonly d: () => void;
    }>();
    expectTypeOf<Inputs<(x: NDArray) => NDArray>>().toEqualTypeOf<(x: NDArray) => NDArray>();
    expectTypeOf<Inputs<"relu" | "tanh">>().toEqualTypeOf<"relu" | "tanh">();
    // biome-ignore lint/suspicious/noExplicitAny: how `any` passes through is what is tested.
    expectTypeOf<Inputs<any>>().toBeAny();
    expectTypeOf<Inputs<unknown>>().toBeUnknown();
    expectTypeOf<Params>().toExtend<Inputs<Params>>();
  });
  it("takes readonly tuples where a result is taken apart", () => {
    const repeat = <const C>(turn: (carry: Arrays<C>) => Inputs<Arrays<C>>, init: C): Arrays<C> =>
      [turn, init] as never;
    const turn = ([x, y]: readonly [NDArray, NDArray]): readonly [NDArray, NDArray] => [y, x];
    const [first] = repeat((carry) => turn(carry), [0, 1] as const);
    expectTypeOf(first).toEqualTypeOf<NDArray>();
  });
  it("types the arguments of a transformed function", () => {
    const lift = <A extends readonly unknown[], B>(f: (...args: A) => B) =>
      f as unknown as (...args: Inputs<A>) => Arrays<B>;
    const f = lift((x: NDArray, p: { readonly w: NDArray; name?: string }) => [x, p.w, 1] as const);
    expectTypeOf(f).toBeCallableWith(2, { w: true });
    expectTypeOf(f).parameter(0).toEqualTypeOf<ArrayLike>();
    expectTypeOf(f).returns.toEqualTypeOf<readonly [NDArray, NDArray, NDArray]>();
  });
});

describe("Arrays", () => {
  it("turns numbers and booleans into arrays", () => {
    expectTypeOf<Arrays<number>>().toEqualTypeOf<NDArray>();
    expectTypeOf<Arrays<boolean>>().toEqualTypeOf<NDArray>();
    expectTypeOf<Arrays<ArrayLike | null>>().toEqualTypeOf<NDArray | null>();
    expectTypeOf<Arrays<Params>>().toEqualTypeOf<{
      readonly layers: readonly { readonly w: NDArray; readonly b?: NDArray }[];
      readonly scale: NDArray;
      readonly pair: readonly [NDArray, null];
    }>();
    expectTypeOf<Arrays<Mutable>>().toEqualTypeOf<{
      a: NDArray;
      b: [NDArray, string];
      c: Date;
      d: () => void;
    }>();
  });
  it("survives any, unknown and types that contain themselves", () => {
    // biome-ignore lint/suspicious/noExplicitAny: how `any` passes through is what is tested.
    expectTypeOf<Arrays<any>>().toBeAny();
    expectTypeOf<Arrays<unknown>>().toBeUnknown();
    expectTypeOf<Arrays<PyTree<number>>>().toExtend<PyTree<NDArray>>();
  });
});

describe("Editable", () => {
  it("takes readonly away everywhere but in leaves", () => {
    expectTypeOf<Editable<Params>>().toEqualTypeOf<{
      layers: { w: NDArray; b?: NDArray }[];
      scale: number;
      pair: [NDArray, null];
    }>();
    expectTypeOf(update(params, (draft) => draft.layers.push({ w: draft.pair[0] }))).toEqualTypeOf<Params>();
  });
});

describe("LeavesUpTo", () => {
  it("is the leaves of a tree of the same structure, and subtrees of one that goes further", () => {
    expectTypeOf<LeavesUpTo<Params, Params>>().toEqualTypeOf<NDArray | number>();
    expectTypeOf<LeavesUpTo<{ a: number; b: [number] }, { a: string; b: [Date] }>>().toEqualTypeOf<
      string | Date
    >();
    expectTypeOf<LeavesUpTo<{ a: number; b: number }, { a: number[]; b: string }>>().toEqualTypeOf<
      number[] | string
    >();
    expectTypeOf<LeavesUpTo<[number, null, number], [{ m: NDArray }, null, NDArray]>>().toEqualTypeOf<
      { m: NDArray } | NDArray
    >();
    expectTypeOf<LeavesUpTo<number[], [string, Date][]>>().toEqualTypeOf<[string, Date]>();
  });
});

describe("functions", () => {
  it("flatten and unflatten", () => {
    const [values, treedef] = flatten(params);
    expectTypeOf(values).toEqualTypeOf<(NDArray | number)[]>();
    expectTypeOf(treedef).toEqualTypeOf<TreeDef<Params>>();
    expectTypeOf(unflatten(treedef, values)).toEqualTypeOf<Params>();
    expectTypeOf(unflatten(treedef, ["a"])).toEqualTypeOf<MapLeaves<Params, string>>();
    expectTypeOf(structure(mutable)).toExtend<TreeDef>();
    expectTypeOf(leaves([1, "a"] as const)).toEqualTypeOf<(1 | "a")[]>();
    expectTypeOf(flattenWithPath(params)[0]).toEqualTypeOf<[path: Path, leaf: NDArray | number][]>();
  });
  it("map", () => {
    expectTypeOf(map((x) => String(x), params)).toEqualTypeOf<MapLeaves<Params, string>>();
    expectTypeOf(map((x) => x + 1, { a: 1, b: [2, 3] })).toEqualTypeOf<{ a: number; b: number[] }>();
    expectTypeOf(map((x, y) => x + y, { a: 1 }, { a: 2 })).toEqualTypeOf<{ a: number }>();
    map(
      (x, y, z) => {
        expectTypeOf(x).toEqualTypeOf<number>();
        expectTypeOf(y).toEqualTypeOf<string>();
        expectTypeOf(z).toEqualTypeOf<Date[]>();
      },
      { a: 1 },
      { a: "" },
      { a: [new Date()] },
    );
    mapWithPath(
      (path, x, y) => {
        expectTypeOf(path).toEqualTypeOf<Path>();
        expectTypeOf(x).toEqualTypeOf<NDArray | number>();
        expectTypeOf(y).toEqualTypeOf<NDArray | number>();
      },
      params,
      params,
    );
    expectTypeOf(mapWithOptions({}, (x: number) => String(x), [1])).toEqualTypeOf<PyTree<string>>();
    // @ts-expect-error -- a number has no toUpperCase
    map((x) => x.toUpperCase(), [1]);
  });
  it("map of functions that are named elsewhere, and of generic trees", () => {
    const half = (x: number): number => x / 2;
    expectTypeOf(map(half, [1, 2] as [number, number])).toEqualTypeOf<[number, number]>();
    const zeros = <T>(tree: T): MapLeaves<T, number> => map(() => 0, tree);
    expectTypeOf(zeros({ a: "x", b: null })).toEqualTypeOf<{ a: number; b: null }>();
    // @ts-expect-error -- half takes numbers
    map(half, ["a"]);
  });
  it("reduce and transpose", () => {
    expectTypeOf(
      reduce((n, x) => n + (typeof x === "number" ? 1 : x.size), params, 0),
    ).toEqualTypeOf<number>();
    const turned = transpose(structure([0, 0] as [number, number]), structure({ a: 0 }), [
      { a: "" },
      { a: "" },
    ]);
    expectTypeOf(turned).toEqualTypeOf<{ a: [string, string] }>();
  });
  it("fp-ts", () => {
    const doubled = fp.map((x: number) => x * 2)(fp.fromPytree([1, 2]));
    expectTypeOf(doubled).toEqualTypeOf<fp.Tree<number>>();
    const checked = fp.traversePytree(O.Applicative)((x: NDArray | number) => O.some(String(x)))(params);
    expectTypeOf(checked).toEqualTypeOf<O.Option<MapLeaves<Params, string>>>();
    const either = fp.traversePytree(E.Applicative)((x: number) => (x > 0 ? E.right(x) : E.left("no")))([1]);
    expectTypeOf(either).toEqualTypeOf<E.Either<string, number[]>>();
  });
});
