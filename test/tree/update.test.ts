import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { immerable, produce } from "immer";
import { describe, expect, it } from "vitest";
import { arrayFrom, type NDArray } from "../../src/array/index.ts";
import { registerPytreeNode, structure, update } from "../../src/tree/index.ts";
import { trees } from "./arbitraries.ts";

interface Params {
  readonly layers: readonly { readonly w: NDArray; readonly b: NDArray }[];
  readonly rate: number;
}
const layer = (n: number): Params["layers"][number] => ({ w: arrayFrom([n]), b: arrayFrom(n) });
const params: Params = { layers: [layer(0), layer(1)], rate: 1 };

describe("update", () => {
  it("edits a copy and shares what it leaves alone", () => {
    const b = arrayFrom(5);
    const next = update(params, (draft) => {
      const first = draft.layers[0];
      if (first) first.b = b;
    });
    expect(next === params).toBe(false);
    expect(next.layers[0]?.b).toBe(b);
    expect(next.layers[0]?.w).toBe(params.layers[0]?.w);
    expect(next.layers[1]).toBe(params.layers[1]);
    expect(params.layers[0]?.b === b).toBe(false);
  });

  it("gives back the same tree if nothing changed", () => {
    expect(update(params, () => {})).toBe(params);
    expect(
      update(params, (draft) => {
        draft.rate = 1;
      }),
    ).toBe(params);
  });

  it("ignores what the recipe returns", () => {
    const next = update(params, (draft) => Object.assign(draft, { rate: 2 }));
    expect(next.rate).toBe(2);
    expect(update(params, () => ({ rate: 3 }))).toBe(params);
  });

  it("hands out arrays as they are", () => {
    update(params, (draft) => {
      expect(draft.layers[0]?.w).toBe(params.layers[0]?.w);
    });
  });

  it("freezes nothing, whatever immer does elsewhere", () => {
    const data = new Float32Array(2);
    const next = update({ data, list: [1], deep: { a: 1 } }, (draft) => {
      draft.list.push(2);
      draft.deep = { a: 2 };
    });
    expect(Object.isFrozen(next)).toBe(false);
    expect(Object.isFrozen(next.list)).toBe(false);
    expect(Object.isFrozen(next.deep)).toBe(false);
    expect(next.data).toBe(data);
    expect(Object.isFrozen(produce({ a: 1 }, (draft) => void Object.assign(draft, { a: 2 })))).toBe(true);
  });

  it("edits frozen trees, objects without prototypes, Maps and Sets", () => {
    const frozen = Object.freeze({ a: Object.freeze([1]) });
    expect(update(frozen, (draft) => draft.a.push(2))).toEqual({ a: [1, 2] });
    const bare = Object.assign(Object.create(null) as { a: number }, { a: 1 });
    const edited = update(bare, (draft) => {
      draft.a = 2;
    });
    expect(Object.getPrototypeOf(edited)).toBe(null);
    expect([bare.a, edited.a]).toEqual([1, 2]);
    const tree = { map: new Map([["a", 1]]), set: new Set([1]) };
    const next = update(tree, (draft) => {
      draft.map.set("a", 2);
      draft.set.add(2);
    });
    deepStrictEqual(next, { map: new Map([["a", 2]]), set: new Set([1, 2]) });
    deepStrictEqual(tree, { map: new Map([["a", 1]]), set: new Set([1]) });
  });

  it("edits instances of registered classes that are immerable", () => {
    class Linear {
      readonly [immerable] = true;
      readonly w: { readonly value: number };
      constructor(value: number) {
        this.w = { value };
      }
    }
    registerPytreeNode(Linear, {
      flatten: (x) => [[x.w.value], null],
      unflatten: (_, [value]) => new Linear(value as number),
    });
    const model = { linear: new Linear(1) };
    const next = update(model, (draft) => {
      draft.linear.w.value = 2;
    });
    expect(next.linear).toBeInstanceOf(Linear);
    expect([model.linear.w.value, next.linear.w.value]).toEqual([1, 2]);
    expect(structure(next).equals(structure(model))).toBe(true);
    expect(update(new Linear(1), (draft) => Object.assign(draft.w, { value: 3 })).w.value).toBe(3);
  });

  it("keeps own keys that objects know", () => {
    const key = "__proto__";
    const tree = JSON.parse('{"__proto__": {"x": 1}, "a": 1}') as Record<string, { x: number }>;
    const next = update(tree, (draft) => {
      const own = draft[key];
      if (own) own.x = 2;
    });
    expect(Object.getOwnPropertyDescriptor(next, "__proto__")?.value).toEqual({ x: 2 });
    expect(Object.getPrototypeOf(next)).toBe(Object.prototype);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it("adds a key to any object without changing the rest", () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const holder = { tree, other: [tree] };
        const next = update(holder, (draft) => Object.assign(draft, { added: 1 }));
        deepStrictEqual(next, { ...holder, added: 1 });
        expect(next.tree).toBe(tree);
        expect(next.other).toBe(holder.other);
      }),
    );
  });

  it("refuses what has nothing to edit", () => {
    class Opaque {}
    registerPytreeNode(Opaque, { flatten: () => [[], null], unflatten: () => new Opaque() });
    expect(() => update(arrayFrom(1), () => {})).toThrow(
      "expected an object or an array to edit; got a leaf",
    );
    expect(() => update(3, () => {})).toThrow("got a leaf of type number");
    expect(() => update(null, () => {})).toThrow("got null");
    expect(() => update(new Opaque(), () => {})).toThrow("[immerable] = true");
    expect(() => update({}, 3 as never)).toThrow("expected a function");
  });

  it("refuses asynchronous recipes", async () => {
    const recipe = async (draft: { a: number }): Promise<void> => {
      await Promise.resolve();
      draft.a = 2;
    };
    expect(() => update({ a: 1 }, recipe)).toThrow("the recipe must finish at once");
    await new Promise((resolve) => setTimeout(resolve));
  });
});
