import { grad, jit, type NDArray, nn, numpy as np, random, valueAndGrad, vmap } from "cotangent";
import { fromOnnx, OnnxError, toOnnx } from "cotangent/onnx";
import { adam, applyUpdates } from "cotangent/optim";
import { checkGrads } from "cotangent/testing";
import { describe, expect, test } from "vitest";
import type { FunctionProto } from "../../src/onnx/model.ts";
import { requireNear } from "./closeness.ts";
import { call, functionOf, graphOf, ints, modelOf, node, tensor } from "./models.ts";

const key = random.key(0);

describe("training a model that was read", () => {
  const x = random.normal(key, [16, 4]);
  const y = np.argmax(x, 1);
  const bytes = modelOf({
    nodes: [
      node("Gemm", ["x", "w1", "b1"], ["h"], { transB: 1 }),
      node("Relu", ["h"], ["r"]),
      node("Gemm", ["r", "w2", "b2"], ["logits"]),
    ],
    constants: [
      tensor("w1", random.normal(random.key(1), [8, 4])),
      tensor("b1", np.zeros([8])),
      tensor("w2", random.normal(random.key(2), [8, 4]).mul(0.1)),
      tensor("b2", np.zeros([4])),
    ],
    inputs: { x: ["float32", ["batch", 4]] },
    outputs: { logits: "float32" },
  });
  const model = fromOnnx(bytes);
  const loss = (params: typeof model.params): NDArray =>
    nn.losses.softmaxCrossEntropyWithIntegerLabels(model.apply(params, x)[0] as NDArray, y).mean();

  test("its parameters have names and gradients", () => {
    expect(Object.keys(model.params)).toEqual(["w1", "b1", "w2", "b2"]);
    expect(checkGrads(loss, [model.params], { order: 1 })._tag).toBe("Right");
  });

  test("it learns, compiled", () => {
    const optimizer = adam(0.05);
    const step = jit((params: typeof model.params, state: ReturnType<typeof optimizer.init>) => {
      const [value, gradient] = valueAndGrad(loss)(params);
      const [updates, next] = optimizer.update(gradient, state, params);
      return { params: applyUpdates(params, updates), state: next, value };
    });
    let at = step(model.params, optimizer.init(model.params));
    const first = at.value.item() as number;
    for (let i = 0; i < 60; i++) at = step(at.params, at.state);
    expect(at.value.item()).toBeLessThan(0.2 * first);
  });

  test("each example of a batch, and other batches", () => {
    const whole = model.apply(model.params, x)[0] as NDArray;
    const rows = vmap((row: NDArray) =>
      (model.apply(model.params, row.reshape([1, 4]))[0] as NDArray).reshape([4]),
    )(x);
    requireNear([rows], [whole], 10);
  });
});

describe("what a model says of itself", () => {
  test("names, shapes and dtypes; 64-bit integers are int32", () => {
    const model = fromOnnx(
      modelOf({
        nodes: [node("Gather", ["table", "ids"], ["y"])],
        constants: [tensor("table", np.ones([5, 2]))],
        inputs: { ids: ["int64", ["n", 3]] },
        outputs: { y: "float32" },
      }),
    );
    expect(model.inputs).toEqual([{ name: "ids", shape: ["n", 3], dtype: "int32" }]);
    expect(model.outputs).toEqual([{ name: "y", shape: null, dtype: "float32" }]);
    const [y] = model.apply(model.params, np.zeros([2, 3], "int32")) as [NDArray];
    expect(y.shape).toEqual([2, 3, 2]);
  });

  test("an initializer that is listed as an input too is a parameter", () => {
    const model = fromOnnx(
      modelOf({
        nodes: [node("Mul", ["x", "w"], ["y"])],
        constants: [tensor("w", np.array([3, 4]))],
        inputs: { x: ["float32", [2]], w: ["float32", [2]] },
        outputs: { y: "float32" },
      }),
    );
    expect(model.inputs.map(({ name }) => name)).toEqual(["x"]);
    expect(model.apply(model.params, np.array([1, 2]))[0]?.toArray()).toEqual([3, 8]);
  });
});

describe("arguments that do not fit", () => {
  const { params, apply } = fromOnnx(
    modelOf({
      nodes: [node("MatMul", ["a", "b"], ["m"]), node("Mul", ["m", "w"], ["y"])],
      constants: [tensor("w", np.ones([3]))],
      inputs: { a: ["float32", ["n", "n"]], b: ["float32", ["n", 3]] },
      outputs: { y: "float32" },
    }),
  );
  const [a, b] = [np.ones([2, 2]), np.ones([2, 3])];
  test.each([
    [() => apply(params, a), "the model takes 2 inputs (a, b); got 1"],
    [() => apply(params, a.astype("float64"), b), 'the input "a" is float32; got float64[2, 2]'],
    [() => apply(params, np.ones([2, 3]), b), 'the input "a" has shape [n, n]; got float32[2, 3]'],
    [() => apply(params, a, np.ones([3, 3])), 'the input "b" has shape [n, 3]; got float32[3, 3]'],
    [() => apply({}, a, b), 'the parameter "w" is missing'],
    [() => apply({ ...params, v: a }, a, b), 'the model has no parameter "v"'],
    [() => apply({ w: np.ones([4]) }, a, b), 'the parameter "w" is float32[3]; got float32[4]'],
  ])("%#", (call, message) => {
    expect(call).toThrow(message);
  });
});

describe("functions of a model", () => {
  const io = { inputs: { x: ["float32", [2]] }, outputs: { y: "float32" } } as const;
  const square = functionOf("Square", ["a"], ["b"], [node("Mul", ["a", "a"], ["b"])]);
  const fourth = functionOf(
    "Fourth",
    ["a"],
    ["b"],
    [call("Square", ["a"], ["x"]), call("Square", ["x"], ["b"])],
  );
  const read = (...functions: readonly FunctionProto[]) =>
    fromOnnx(modelOf({ nodes: [call("Fourth", ["x"], ["y"])], functions, ...io }));

  test("they call one another, and their names are their own", () => {
    const { params, apply } = read(square, fourth);
    expect(apply(params, np.array([2, 3]))[0]?.toArray()).toEqual([16, 81]);
  });
  test("they have a version of the operators of their own", () => {
    const axes = ints("axes", [0]);
    const constant = node("Constant", [], ["axes"], { value: { kind: "tensor", value: axes } });
    const sum = functionOf("Fourth", ["a"], ["b"], [constant, node("ReduceSum", ["a", "axes"], ["b"])], 13);
    const old = functionOf("Fourth", ["a"], ["b"], [node("ReduceSum", ["a"], ["b"], { axes: [0] })], 11);
    for (const f of [sum, old]) {
      const { params, apply } = read(f);
      expect(apply(params, np.array([2, 3]))[0]?.toArray()).toEqual([5]);
    }
    expect(() => read({ ...square, name: "Fourth", opsets: new Map([["", 3]]) })).toThrow(
      "the function Fourth uses version 3 of the standard operators",
    );
  });
  test("what none defines, defines twice, or in a circle, is refused", () => {
    expect(() => read(fourth)).toThrow("the operator test.Square is not known");
    expect(() => read(square, square, fourth)).toThrow("the function Square is given twice");
    expect(() => read(fourth, { ...fourth, name: "Square" })).toThrow("the function Square calls itself");
    const { params, apply } = read({ ...square, name: "Fourth", outputs: ["b", "a"] });
    expect(apply(params, np.array([2, 3]))[0]?.toArray()).toEqual([4, 9]);
    expect(() => read({ ...square, name: "Fourth", outputs: [] })).toThrow("gives 0 results");
    expect(() => read({ ...square, name: "Fourth", inputs: [] })).toThrow(
      'reads "a", which no node before it gives',
    );
    expect(() => read({ ...square, name: "Fourth", attributes: ["p"] })).toThrow(
      "functions that take attributes",
    );
  });
  test("so is what few bytes make much of", () => {
    const twice = Array.from({ length: 40 }, (_, i) =>
      functionOf(
        i === 0 ? "Fourth" : `f${i}`,
        ["a"],
        ["b"],
        i === 39
          ? [node("Neg", ["a"], ["b"])]
          : [call(`f${i + 1}`, ["a"], ["c"]), call(`f${i + 1}`, ["c"], ["b"])],
      ),
    );
    expect(() => read(...twice)).toThrow("come to more than 200000 nodes");
  });
  test("those of the export are the primitives that they stand for", () => {
    const f = (x: NDArray): NDArray => np.sum(np.tan(x));
    const { params, apply } = fromOnnx(toOnnx(f)(np.zeros([2], "float64")));
    const x = np.array([0.5, 1], "float64");
    const slope = grad((y: NDArray) => apply(params, y)[0] as NDArray)(x);
    requireNear([slope], [grad(f)(x)]);
  });
  test("and are refused with what they were not written with", () => {
    const bits = (attributes: Parameters<typeof node>[3]) =>
      modelOf({
        nodes: [{ ...node("reducePrecision", ["x"], ["y"], attributes), domain: "cotangent" }],
        ...io,
      });
    expect(() => fromOnnx(bits({ exponentBits: 4, mantissaBits: 3 }))).not.toThrow();
    expect(() => fromOnnx(bits({ exponentBits: 4 }))).toThrow('it needs the whole number "mantissaBits"');
    expect(() => fromOnnx(bits({ exponentBits: 0, mantissaBits: 3 }))).toThrow("exponentBits");
    expect(() => fromOnnx(bits({ exponentBits: 4, mantissaBits: 3, more: 1 }))).toThrow(
      'the attribute "more" is not known',
    );
    const round = modelOf({
      nodes: [{ ...node("round", ["x"], ["y"], { roundingMethod: "UP" }), domain: "cotangent" }],
      ...io,
    });
    expect(() => fromOnnx(round)).toThrow('"roundingMethod" cannot be "UP"');
  });
});

test("what a transform refuses, it refuses in its own name", () => {
  const { params, apply } = fromOnnx(toOnnx((x: NDArray) => np.nextafter(x, 1))(np.zeros([2])));
  expect(() => grad((x: NDArray) => np.sum(apply(params, x)[0] as NDArray))(np.zeros([2]))).toThrow(
    /^nextafter has no JVP rule/,
  );
});

describe("models that are refused", () => {
  const x = { x: ["float32", [2]] } as const;
  const y = { y: "float32" } as const;
  const refusal = (bytes: Uint8Array): OnnxError => {
    try {
      fromOnnx(bytes);
    } catch (error) {
      if (error instanceof OnnxError) return error;
      throw error;
    }
    throw new Error("it was accepted");
  };
  const nested = (depth: number): ReturnType<typeof graphOf> =>
    graphOf({
      nodes: [
        depth === 0
          ? node("Identity", ["x"], ["r"])
          : node("If", ["c"], ["r"], {
              then_branch: { kind: "graph", value: nested(depth - 1) },
              else_branch: { kind: "graph", value: nested(0) },
            }),
      ],
      inputs: {},
      outputs: { r: "float32" },
    });
  test.each([
    ["malformed", "no bytes", new Uint8Array()],
    ["malformed", "text", new TextEncoder().encode("this is not a model at all, but it is text")],
    [
      "malformed",
      "an end in the midst",
      modelOf({ nodes: [node("Sin", ["x"], ["y"])], inputs: x, outputs: y }).slice(0, -9),
    ],
    [
      "bad-version",
      "old operators",
      modelOf({ nodes: [node("Sin", ["x"], ["y"])], inputs: x, outputs: y, opset: 7 }),
    ],
    [
      "bad-version",
      "new operators",
      modelOf({ nodes: [node("Sin", ["x"], ["y"])], inputs: x, outputs: y, opset: 99 }),
    ],
    [
      "unknown-operator",
      "an operator",
      modelOf({ nodes: [node("Frobnicate", ["x"], ["y"])], inputs: x, outputs: y }),
    ],
    [
      "unknown-operator",
      "a domain",
      modelOf({ nodes: [{ ...node("Sin", ["x"], ["y"]), domain: "com.example" }], inputs: x, outputs: y }),
    ],
    [
      "bad-graph",
      "a circle",
      modelOf({
        nodes: [node("Sin", ["b"], ["a"]), node("Sin", ["a"], ["b"]), node("Sin", ["b"], ["y"])],
        inputs: x,
        outputs: y,
      }),
    ],
    [
      "bad-graph",
      "a missing input",
      modelOf({ nodes: [node("Add", ["x", "z"], ["y"])], inputs: x, outputs: y }),
    ],
    ["bad-graph", "a missing output", modelOf({ nodes: [node("Sin", ["x"], ["z"])], inputs: x, outputs: y })],
    [
      "bad-graph",
      "a name given twice",
      modelOf({ nodes: [node("Sin", ["x"], ["y"]), node("Cos", ["x"], ["y"])], inputs: x, outputs: y }),
    ],
    [
      "bad-graph",
      "too few results",
      modelOf({ nodes: [node("Sin", ["x"], ["y", "z"])], inputs: x, outputs: y }),
    ],
    [
      "bad-graph",
      "another type than it says",
      modelOf({ nodes: [node("IsNaN", ["x"], ["y"])], inputs: x, outputs: y }),
    ],
    [
      "bad-attribute",
      "an attribute that is not known",
      modelOf({ nodes: [node("Sin", ["x"], ["y"], { speed: 3 })], inputs: x, outputs: y }),
    ],
    [
      "bad-attribute",
      "an attribute of another kind",
      modelOf({ nodes: [node("Elu", ["x"], ["y"], { alpha: "big" })], inputs: x, outputs: y }),
    ],
    [
      "bad-operands",
      "shapes that do not fit",
      modelOf({
        nodes: [node("Add", ["x", "w"], ["y"])],
        constants: [tensor("w", np.ones([3]))],
        inputs: x,
        outputs: y,
      }),
    ],
    [
      "bad-operands",
      "types that differ",
      modelOf({
        nodes: [node("Add", ["x", "w"], ["y"])],
        constants: [tensor("w", np.ones([2], "float64"))],
        inputs: x,
        outputs: y,
      }),
    ],
    [
      "bad-tensor",
      "fewer bytes than its shape says",
      modelOf({
        nodes: [node("Add", ["x", "w"], ["y"])],
        constants: [{ name: "w", type: "float32", dims: [2], data: new Uint8Array(7) }],
        inputs: x,
        outputs: y,
      }),
    ],
    [
      "bad-tensor",
      "an axis of negative length",
      modelOf({
        nodes: [node("Add", ["x", "w"], ["y"])],
        constants: [{ name: "w", type: "float32", dims: [-2], data: new Uint8Array(8) }],
        inputs: x,
        outputs: y,
      }),
    ],
    [
      "too-large",
      "a shape of 2^40 elements",
      modelOf({
        nodes: [node("Expand", ["x", "s"], ["y"])],
        constants: [ints("s", [2 ** 20, 2 ** 19, 2])],
        inputs: x,
        outputs: y,
      }),
    ],
    [
      "too-large",
      "an array for each turn of a very long loop",
      modelOf({
        nodes: [
          node("ConstantOfShape", ["s"], ["z"]),
          node("ReduceSum", ["z"], ["t"], { keepdims: 0 }),
          node("Add", ["x", "t"], ["y"]),
        ],
        constants: [ints("s", [2 ** 30, 4])],
        inputs: x,
        outputs: y,
      }),
    ],
    [
      "too-large",
      "graphs in graphs in graphs",
      modelOf({
        nodes: [
          node("If", ["c"], ["y"], {
            then_branch: { kind: "graph", value: nested(30) },
            else_branch: { kind: "graph", value: nested(0) },
          }),
        ],
        inputs: { ...x, c: ["bool", []] },
        outputs: y,
      }),
    ],
    [
      "unsupported",
      "shapes that depend on values",
      modelOf({
        nodes: [node("Reshape", ["x", "s"], ["y"])],
        inputs: { ...x, s: ["int64", [1]] },
        outputs: y,
      }),
    ],
    [
      "unsupported",
      "64-bit integers that are computed with",
      modelOf({
        nodes: [node("Cast", ["big"], ["f"], { to: 1 }), node("Add", ["x", "f"], ["y"])],
        constants: [ints("big", [2 ** 40])],
        inputs: x,
        outputs: y,
      }),
    ],
  ] as const)("%s: %s", (reason, _what, bytes) => {
    const error = refusal(bytes);
    expect([error.reason, error.message.startsWith("fromOnnx: ")]).toEqual([reason, true]);
  });

  test.each([
    // Field 9 of the tensor, its data, becomes field 13, where they are said to be.
    { what: "data in another file", from: 9, to: 13, reason: "external-data" },
    // Field 8, its name, becomes field 3, which says what segment it is.
    { what: "a segment of a tensor", from: 8, to: 3, reason: "unsupported" },
  ])("$what", ({ from, to, reason }) => {
    const bytes = modelOf({
      nodes: [node("Add", ["x", "weights"], ["y"])],
      constants: [tensor("weights", np.ones([2]))],
      inputs: x,
      outputs: y,
    });
    const start = Buffer.from(bytes).lastIndexOf("weights") - 2;
    const changed = Uint8Array.from(bytes);
    changed[bytes.indexOf(from * 8 + 2, start)] = to * 8 + 2;
    expect(refusal(changed).reason).toBe(reason);
  });
});
