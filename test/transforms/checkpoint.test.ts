import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { reduceSum } from "../../src/primitives/broadcast.ts";
import { dotGeneral } from "../../src/primitives/dot.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { sin } from "../../src/primitives/elementwise/trigonometric.ts";
import {
  type CheckpointPolicy,
  checkpoint,
  checkpointName,
  checkpointPolicies,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jvp,
  linearize,
  valueAndGrad,
  vjp,
  vmap,
} from "../../src/transforms/index.ts";
import { counted, countOperations, expectClose, f64, i32, traced } from "./support.ts";

const sum = (x: NDArray): NDArray => reduceSum(x, [0]);
const product = (w: NDArray, x: NDArray): NDArray =>
  dotGeneral(w, x, { lhsContracting: [1], rhsContracting: [0], lhsBatch: [], rhsBatch: [] });
const batchedProduct = (w: NDArray, x: NDArray): NDArray =>
  dotGeneral(w, x, { lhsContracting: [2], rhsContracting: [1], lhsBatch: [0], rhsBatch: [0] });

const w = f64([
  [0.1, -0.2],
  [0.3, 0.4],
]);
const x = f64([0.5, -1]);

/** Two layers: two matrix products, two sines, of which one is named. */
const layers = (v: NDArray, y: NDArray): NDArray =>
  product(v, checkpointName(sin(product(v, checkpointName(sin(y), "first"))), "second"));
const loss = (f: typeof layers) => (v: NDArray, y: NDArray) => sum(mul(f(v, y), f(v, y)));

const policies: Record<string, CheckpointPolicy> = {
  ...(checkpointPolicies as Omit<
    typeof checkpointPolicies,
    "saveOnlyTheseNames" | "saveAnythingExceptTheseNames"
  >),
  saveOnlyTheseNames: checkpointPolicies.saveOnlyTheseNames("first"),
  saveAnythingExceptTheseNames: checkpointPolicies.saveAnythingExceptTheseNames("first"),
};

describe("with every policy", () => {
  test.each(Object.entries(policies))("%s, values and derivatives are those of the function", (_, policy) => {
    const f = checkpoint(layers, { policy });
    const [plain, checked] = [loss(layers), loss(f)];
    expectClose(f(w, x), layers(w, x).toArray());
    for (const argnums of [0, 1] as const) {
      const expected = grad(plain, { argnums })(w, x).toArray();
      expectClose(grad(checked, { argnums })(w, x), expected);
      expectClose(grad(jit(checked), { argnums })(w, x), expected);
      expectClose(jit(grad(checked, { argnums }))(w, x), expected);
      expectClose(hessian(checked, { argnums })(w, x), hessian(plain, { argnums })(w, x).toArray());
    }
    expectClose(jvp(f, [w, x], [w, x])[1], jvp(layers, [w, x], [w, x])[1].toArray());
    expectClose(linearize(f, [w, x])[1](w, x), jvp(layers, [w, x], [w, x])[1].toArray());
    const batch = f64([
      [0.5, -1],
      [1, 2],
    ]);
    expectClose(vmap(f, [null, 0])(w, batch), vmap(layers, [null, 0])(w, batch).toArray());
    expectClose(vmap(grad(checked), [null, 0])(w, batch), vmap(grad(plain), [null, 0])(w, batch).toArray());
    expectClose(jacrev(f, { argnums: 1 })(w, x), jacfwd(layers, { argnums: 1 })(w, x).toArray());
    expectClose(grad(loss(checkpoint(f, { policy })))(w, x), grad(plain)(w, x).toArray());
  });
});

describe("what is computed again", () => {
  test("everything, when nothing may be saved", () => {
    const gradient = traced(grad((v: NDArray, y: NDArray) => sum(checkpoint(layers)(v, y))))(w, x);
    // The forward part is not needed for the gradient: what is left is one call that starts from the arguments.
    expect(gradient.jaxpr.equations.map((e) => e.primitive.name)).toEqual(["broadcastInDim", "checkpoint"]);
    expect(gradient.jaxpr.equations[1]?.inputs.slice(0, 2)).toEqual(gradient.jaxpr.inputs);
    const counts = countOperations(gradient);
    expect([counts.get("sin"), counts.get("cos"), counts.get("dotGeneral")]).toEqual([2, 1, 4]);
  });

  test.each<[string, CheckpointPolicy, number, number]>([
    // Of the value and the gradient together: sines and products, 2 and 5 if nothing is computed again.
    ["everythingSaveable", checkpointPolicies.everythingSaveable, 2, 5],
    ["nothingSaveable", checkpointPolicies.nothingSaveable, 4, 6],
    ["dotsSaveable", checkpointPolicies.dotsSaveable, 4, 5],
    ["dotsWithNoBatchDimsSaveable", checkpointPolicies.dotsWithNoBatchDimsSaveable, 4, 5],
    ["saveOnlyTheseNames first", checkpointPolicies.saveOnlyTheseNames("first"), 3, 6],
    ["saveOnlyTheseNames second", checkpointPolicies.saveOnlyTheseNames("second"), 3, 6],
    ["saveOnlyTheseNames both", checkpointPolicies.saveOnlyTheseNames("first", "second"), 2, 6],
    ["saveAnythingExceptTheseNames", checkpointPolicies.saveAnythingExceptTheseNames("first"), 2, 5],
  ])("%s", (_, policy, sines, products) => {
    const f = valueAndGrad((v: NDArray, y: NDArray) => sum(checkpoint(layers, { policy })(v, y)));
    const counts = countOperations(traced(f)(w, x));
    expect([counts.get("sin"), counts.get("dotGeneral")]).toEqual([sines, products]);
  });

  test("products with batch axes count as dots, but not for the policy that excludes them", () => {
    const g = (a: NDArray) => reduceSum(sin(sin(batchedProduct(a, a))), [0, 1, 2]);
    const products = (policy: CheckpointPolicy) =>
      countOperations(
        traced(valueAndGrad(checkpoint(g, { policy })))(
          f64([
            [
              [0.1, 0.2],
              [0.3, 0.4],
            ],
          ]),
        ),
      ).get("dotGeneral");
    // Forwards once, backwards twice.
    expect(products(checkpointPolicies.dotsSaveable)).toBe(3);
    expect(products(checkpointPolicies.dotsWithNoBatchDimsSaveable)).toBe(4);
  });

  test("saves what a policy of one's own says", () => {
    const seen = new Set<string>();
    const policy: CheckpointPolicy = ({ primitive }) => {
      seen.add(primitive.name);
      return primitive.name === "sin";
    };
    const f = valueAndGrad((v: NDArray, y: NDArray) => sum(checkpoint(layers, { policy })(v, y)));
    expect(countOperations(traced(f)(w, x)).get("sin")).toBe(2);
    expect([...seen]).toEqual(expect.arrayContaining(["sin", "dotGeneral"]));
  });

  test("stays inside a checkpoint equation, which a compiler must not merge with the first computation", () => {
    const closed = traced(valueAndGrad((y: NDArray) => checkpoint((z: NDArray) => sin(sin(z)))(y)))(f64(1));
    expect(closed.jaxpr.equations.map((e) => e.primitive.name)).toEqual(["sin", "sin", "checkpoint"]);
  });

  test("is also little for what is nested", () => {
    const inner = checkpoint((y: NDArray) => sin(sin(y)));
    const outer = checkpoint((y: NDArray) => sin(inner(sin(y))));
    const expected = grad((y: NDArray) => sin(sin(sin(sin(y)))))(f64(0.7)).toArray();
    expectClose(grad(outer)(f64(0.7)), expected);
    expectClose(grad(jit(outer))(f64(0.7)), expected);
    expectClose(grad(checkpoint(jit((y: NDArray) => sin(inner(sin(y))))))(f64(0.7)), expected);
  });
});

describe("checkpoint", () => {
  test("calls the function once a use", () => {
    const f = counted(sin);
    valueAndGrad(checkpoint(f))(f64(1));
    expect(f.calls()).toBe(1);
  });

  test("takes and gives trees, integers, closed-over tracers and constants", () => {
    const c = f64([1, 2]);
    const f = checkpoint(({ y, n }: { y: NDArray; n: NDArray }) => ({ out: [mul(y, c), n], none: null }));
    expectClose(f({ y: f64([3, 4]), n: i32(7) }), { out: [[3, 8], 7], none: null });
    const [, pull] = vjp(f, [{ y: f64([3, 4]), n: i32(7) }]);
    expectClose(pull({ out: [f64([1, 1]), i32(0)], none: null }), [{ y: [1, 2], n: 0 }]);
    const closing = (v: NDArray) => checkpoint((y: NDArray) => mul(sin(y), sin(v)))(v);
    expectClose(grad(closing)(f64(0.7)), 2 * Math.sin(0.7) * Math.cos(0.7));
    expectClose(grad((_: NDArray) => checkpoint(() => f64(3))())(f64(1)), 0);
    expectClose(grad(checkpoint((y: NDArray) => y))(f64(1)), 1);
  });

  test("of a function with known and unknown inputs recomputes from both", () => {
    const f = checkpoint((a: NDArray, b: NDArray) => add(sin(mul(a, b)), sin(b)));
    const plain = (a: NDArray, b: NDArray) => add(sin(mul(a, b)), sin(b));
    for (const argnums of [0, 1] as const) {
      expectClose(
        grad(f, { argnums })(f64(0.3), f64(2)),
        grad(plain, { argnums })(f64(0.3), f64(2)).toArray(),
      );
    }
  });
});

describe("checkpointName", () => {
  test("is the identity to all transforms", () => {
    const f = (y: NDArray) => checkpointName(sin(y), "kept");
    expectClose(f(f64(1)), Math.sin(1));
    expectClose(grad(f)(f64(1)), Math.cos(1));
    expectClose(vmap(jit(grad(f)))(f64([1])), [Math.cos(1)]);
    expect(String(traced(f)(1))).toBe(
      "{ lambda ; a:f32[]. let b:f32[] = sin a; c:f32[] = checkpointName[label=kept] b in (c,) }",
    );
  });
});
