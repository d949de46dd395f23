import { describe, expectTypeOf, it } from "vitest";
import type { DType, NDArray, Shape } from "../../src/array/index.ts";
import type { ClosedJaxpr } from "../../src/core/index.ts";
import {
  checkpoint,
  customJvp,
  customVjp,
  evalShape,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacobian,
  jacrev,
  jit,
  jvp,
  linearize,
  linearTranspose,
  makeJaxpr,
  valueAndGrad,
  vjp,
  vmap,
} from "../../src/transforms/index.ts";
import { map } from "../../src/tree/index.ts";

interface Params {
  readonly w: NDArray;
  readonly layers: readonly { readonly b: NDArray; readonly scale?: NDArray }[];
}
interface Batch {
  readonly images: NDArray;
  readonly labels: NDArray;
}

declare const params: Params;
declare const batch: Batch;
declare const x: NDArray;
declare const loss: (params: Params, batch: Batch) => NDArray;
declare const lossWithAux: (
  params: Params,
  batch: Batch,
) => readonly [NDArray, { readonly accuracy: NDArray; readonly n: number }];
declare const model: (
  params: Params,
  x: NDArray,
) => { readonly logits: NDArray; readonly hidden: [NDArray, NDArray] };
declare const power: (x: NDArray, n: number, name: string) => NDArray;

describe("grad", () => {
  it("has the parameters of the function and the tree of the first", () => {
    expectTypeOf(grad(loss)).returns.toEqualTypeOf<Params>();
    expectTypeOf(grad(loss)(params, batch)).toEqualTypeOf<Params>();
    expectTypeOf(grad(loss)).parameter(1).toEqualTypeOf<Batch>();
    // @ts-expect-error: an argument is missing
    grad(loss)(params);
    // @ts-expect-error: not the parameters of the function
    grad(loss)(batch, params);
    // @ts-expect-error: one argument too many
    grad(loss)(params, batch, 1);
  });

  it("accepts numbers where it differentiates, and what the function takes elsewhere", () => {
    grad(loss)({ w: 1, layers: [{ b: 2 }] }, batch);
    grad((a: NDArray, b: NDArray) => a.mul(b))(3, x);
    // @ts-expect-error: the second argument reaches the function as it is, and that takes an array
    grad((a: NDArray, b: NDArray) => a.mul(b))(3, 4);
    grad((a: NDArray, b: NDArray) => a.mul(b), { argnums: [0, 1] })(3, 4);
    grad((a: NDArray, b: NDArray) => a.mul(b), { argnums: 1 })(x, 4);
    // @ts-expect-error: the first argument is not differentiated
    grad((a: NDArray, b: NDArray) => a.mul(b), { argnums: 1 })(3, 4);
    expectTypeOf(grad(power)(x, 3, "cube")).toEqualTypeOf<NDArray>();
    // @ts-expect-error: a string is no number
    grad(power)(x, "3", "cube");
    // @ts-expect-error: a string is no array
    grad(loss)({ w: "1", layers: [] }, batch);
  });

  it("has one tree for each of several argnums, in their order", () => {
    expectTypeOf(grad(loss, { argnums: 1 })(params, batch)).toEqualTypeOf<Batch>();
    expectTypeOf(grad(loss, { argnums: [1, 0] })(params, batch)).toEqualTypeOf<[Batch, Params]>();
    expectTypeOf(grad(loss, { argnums: [0] })(params, batch)).toEqualTypeOf<[Params]>();
    expectTypeOf(grad(loss, { argnums: -1 })(params, batch)).toEqualTypeOf<Batch>();
    expectTypeOf(grad(loss, { argnums: [-2, -1] })(params, batch)).toEqualTypeOf<[Params, Batch]>();
    expectTypeOf(grad(loss, { argnums: 1, hasAux: false })(params, batch)).toEqualTypeOf<Batch>();
  });

  it("gives aux as arrays", () => {
    type Aux = { readonly accuracy: NDArray; readonly n: NDArray };
    expectTypeOf(grad(lossWithAux, { hasAux: true })(params, batch)).toEqualTypeOf<
      [gradient: Params, aux: Aux]
    >();
    expectTypeOf(valueAndGrad(lossWithAux, { hasAux: true })(params, batch)).toEqualTypeOf<
      [value: [value: NDArray, aux: Aux], gradient: Params]
    >();
    expectTypeOf(grad(lossWithAux, { hasAux: true, argnums: [1] })(params, batch)[0]).toEqualTypeOf<
      [Batch]
    >();
    // @ts-expect-error: without hasAux the function must return a scalar
    grad(lossWithAux);
    // @ts-expect-error: with hasAux it must return a pair
    grad(loss, { hasAux: true });
  });

  it("refuses what it cannot differentiate", () => {
    // @ts-expect-error: a tree is no scalar
    grad(model);
    // @ts-expect-error: a promise is no scalar
    grad(async (a: NDArray) => a);
    // @ts-expect-error: not a function
    grad(3);
    // @ts-expect-error: no such option
    grad(loss, { argnum: 1 });
    // @ts-expect-error: positions are numbers
    grad(loss, { argnums: "0" });
  });

  it("composes with itself and with jit", () => {
    const f = (a: NDArray): NDArray => a;
    expectTypeOf(grad(grad(f))(1)).toEqualTypeOf<NDArray>();
    expectTypeOf(jit(grad(loss))(params, batch)).toEqualTypeOf<Params>();
    expectTypeOf(grad(jit(loss))(params, batch)).toEqualTypeOf<Params>();
  });
});

describe("valueAndGrad", () => {
  it("has the value and the gradient", () => {
    expectTypeOf(valueAndGrad(loss)(params, batch)).toEqualTypeOf<[value: NDArray, gradient: Params]>();
    expectTypeOf(valueAndGrad(loss, { argnums: [0, 1] })(params, batch)).toEqualTypeOf<
      [value: NDArray, gradient: [Params, Batch]]
    >();
  });
});

describe("jvp, linearize, vjp and linearTranspose", () => {
  it("take lists of arguments", () => {
    const [out, tangent] = jvp(model, [params, 1], [params, x]);
    expectTypeOf(out).toEqualTypeOf<{ readonly logits: NDArray; readonly hidden: [NDArray, NDArray] }>();
    expectTypeOf(tangent).toEqualTypeOf<typeof out>();
    // @ts-expect-error: a primal is missing
    jvp(model, [params], [params]);
    // @ts-expect-error: a tangent is missing
    jvp(model, [params, x], [params]);
    const [, , aux] = jvp(lossWithAux, [params, batch], [params, batch], { hasAux: true });
    expectTypeOf(aux).toEqualTypeOf<{ readonly accuracy: NDArray; readonly n: NDArray }>();
  });

  it("linearize takes one tangent an argument", () => {
    const [out, linear] = linearize(model, [params, x]);
    expectTypeOf(linear(params, 1)).toEqualTypeOf<typeof out>();
    // @ts-expect-error: a tangent is missing
    linear(params);
  });

  it("vjp takes a cotangent like the output, and gives one an argument", () => {
    const [out, pull] = vjp(model, [params, x]);
    expectTypeOf(out.hidden).toEqualTypeOf<[NDArray, NDArray]>();
    expectTypeOf(pull({ logits: 1, hidden: [x, 2] })).toEqualTypeOf<[params: Params, x: NDArray]>();
    // @ts-expect-error: not like the output
    pull({ logits: 1 });
    // @ts-expect-error: not like the output
    pull(x);
    const [value, , aux] = vjp(lossWithAux, [params, batch], { hasAux: true });
    expectTypeOf(value).toEqualTypeOf<NDArray>();
    expectTypeOf(aux.n).toEqualTypeOf<NDArray>();
  });

  it("linearTranspose takes arguments one by one", () => {
    const pull = linearTranspose((a: NDArray, b: { c: NDArray }) => [a, b.c] as const, x, { c: x });
    expectTypeOf(pull([1, x])).toEqualTypeOf<[a: NDArray, b: { c: NDArray }]>();
  });
});

describe("Jacobians", () => {
  it("have the tree of the output, each leaf the tree of the argument", () => {
    const f = (p: Params) => ({ y: p.w, z: [p.w, p.w] as [NDArray, NDArray] });
    type Row = Params;
    expectTypeOf(jacrev(f)(params)).toEqualTypeOf<{ y: Row; z: [Row, Row] }>();
    expectTypeOf(jacfwd(f)(params)).toEqualTypeOf<{ y: Row; z: [Row, Row] }>();
    expectTypeOf(jacobian(f)(params)).toEqualTypeOf<{ y: Row; z: [Row, Row] }>();
    expectTypeOf(jacrev((a: NDArray) => a)(1)).toEqualTypeOf<NDArray>();
    expectTypeOf(jacrev((a: NDArray, b: NDArray) => a.add(b), { argnums: [0, 1] })(1, 2)).toEqualTypeOf<
      [NDArray, NDArray]
    >();
    expectTypeOf(
      jacrev((a: NDArray, b: Batch) => a.add(b.images), { argnums: 1 })(x, batch),
    ).toEqualTypeOf<Batch>();
  });

  it("pass aux through", () => {
    const f = (a: NDArray) => [a, { n: 1 }] as const;
    expectTypeOf(jacfwd(f, { hasAux: true })(1)).toEqualTypeOf<
      [jacobian: NDArray, aux: { readonly n: NDArray }]
    >();
    expectTypeOf(hessian(f, { hasAux: true })(1)).toEqualTypeOf<
      [hessian: NDArray, aux: { readonly n: NDArray }]
    >();
  });

  it("hessian nests the tree of the argument twice, hvp gives one like the first argument", () => {
    const f = (p: { a: NDArray; b: NDArray }) => p.a.mul(p.b);
    type Row = { a: NDArray; b: NDArray };
    expectTypeOf(hessian(f)({ a: 1, b: 2 })).toEqualTypeOf<{ a: Row; b: Row }>();
    expectTypeOf(hvp(f, [{ a: 1, b: 2 }], [{ a: 1, b: 0 }])).toEqualTypeOf<Row>();
    // @ts-expect-error: a direction is missing
    hvp(f, [{ a: 1, b: 2 }], []);
  });
});

describe("jit, checkpoint and vmap", () => {
  it("keep the types of the function, and accept numbers", () => {
    expectTypeOf(jit(model)(params, 1)).toEqualTypeOf<{
      readonly logits: NDArray;
      readonly hidden: [NDArray, NDArray];
    }>();
    expectTypeOf(checkpoint(model)(params, 1).hidden).toEqualTypeOf<[NDArray, NDArray]>();
    expectTypeOf(vmap(model, [null, 0])(params, x).logits).toEqualTypeOf<NDArray>();
    // @ts-expect-error: an argument is missing
    jit(model)(params);
    // @ts-expect-error: not a string
    jit(model)(params, "x");
    // @ts-expect-error: axes are numbers
    vmap(model, [null, "0"]);
    // @ts-expect-error: no such option
    jit(model, { static: [0] });
  });

  it("give arrays for numbers that go through", () => {
    expectTypeOf(jit((a: NDArray, n: number) => ({ a, n }))(1, 2)).toEqualTypeOf<{
      a: NDArray;
      n: NDArray;
    }>();
  });

  it("keep functions generic in their trees usable", () => {
    const sgd = (p: Params, g: Params): Params => map((a, b) => a.sub(b), p, g);
    const step = jit((p: Params, b: Batch) => sgd(p, grad(loss)(p, b)));
    expectTypeOf(step(params, batch)).toEqualTypeOf<Params>();
  });
});

describe("tree.map", () => {
  it("keeps the tree and gives the leaves their types", () => {
    expectTypeOf(map((a) => a.neg(), params)).toEqualTypeOf<Params>();
    expectTypeOf(map((a) => a.shape, params).layers[0]?.b).toEqualTypeOf<readonly number[] | undefined>();
    map(
      (p, g) => {
        expectTypeOf(g).toEqualTypeOf<NDArray>();
        return p;
      },
      params,
      grad(loss)(params, batch),
    );
  });
});

describe("rules of one's own", () => {
  it("keep the types of the function", () => {
    const f = customJvp((p: Params, a: NDArray) => p.w.mul(a));
    expectTypeOf(f(params, 1)).toEqualTypeOf<NDArray>();
    f.defjvp(([p, a]: [Params, NDArray], [, t]: [Params, NDArray]) => [f(p, a), t]);
    // @ts-expect-error: the tangent must be like the output
    f.defjvp(([p, a]: [Params, NDArray]) => [f(p, a), { tangent: a }]);
    const g = customVjp((a: NDArray, b: Batch) => a.mul(b.images));
    expectTypeOf(g(1, batch)).toEqualTypeOf<NDArray>();
    g.defvjp(
      (a, b) => {
        expectTypeOf(a).toEqualTypeOf<NDArray>();
        expectTypeOf(b).toEqualTypeOf<Batch>();
        return [a, [a, b] as const];
      },
      (_res: readonly [NDArray, Batch], ct: NDArray) => [ct, null],
    );
    const noPair = (a: NDArray): NDArray => a;
    // @ts-expect-error: fwd must return the output and residuals
    g.defvjp(noPair, () => []);
    expectTypeOf(grad(f)(params, x)).toEqualTypeOf<Params>();
  });
});

describe("makeJaxpr and evalShape", () => {
  it("have the parameters of the function", () => {
    expectTypeOf(makeJaxpr(model)(params, 1)).toEqualTypeOf<ClosedJaxpr>();
    type ShapeDType = { readonly shape: Shape; readonly dtype: DType };
    expectTypeOf(evalShape(model)(params, 1).hidden[0].shape).toEqualTypeOf<ShapeDType["shape"]>();
    // @ts-expect-error: an argument is missing
    evalShape(model)(params);
  });
});
