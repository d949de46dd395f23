import { type NDArray, numpy as np, random } from "cotangent";
import * as runtime from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { ConcreteArray, type DType } from "../../src/array/index.ts";
import { operatorNames } from "../../src/onnx/import/operators.ts";
import { fromOnnx } from "../../src/onnx/index.ts";
import { tensorFor } from "../../src/onnx/onnx-jit.ts";
import { requireNear } from "./closeness.ts";
import { type Described, graphOf, ints, modelOf, node, tensor } from "./models.ts";

/*
 * Operators of ordinary models, read and run by us, beside ONNX Runtime's results for the same file.
 */

const key = random.key(3);
const normal = (shape: readonly number[], n = 0): NDArray => random.normal(random.foldIn(key, n), shape);

const asArray = (data: unknown, dims: readonly number[], type: string): ConcreteArray => {
  if (data instanceof BigInt64Array) return new ConcreteArray(Int32Array.from(data, Number), dims, "int32");
  return new ConcreteArray(data as Float32Array, dims, type as DType);
};

const covered = new Set<string>();

/** Throws unless both give the same, within rounding. */
const requireSame = async (
  described: Described,
  feeds: { readonly [name: string]: NDArray },
  scale = 1,
): Promise<void> => {
  for (const { opType } of described.nodes) covered.add(opType);
  const bytes = modelOf(described);
  const session = await runtime.InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  const tensors = Object.entries(feeds).map(([name, x]) => {
    const isWide = described.inputs[name]?.[0] === "int64";
    const concrete = x as ConcreteArray;
    return [
      name,
      isWide
        ? new runtime.Tensor("int64", BigInt64Array.from(concrete.toTypedArray(), BigInt), [...x.shape])
        : (tensorFor(runtime, concrete) as runtime.Tensor),
    ] as const;
  });
  const results = await session.run(Object.fromEntries(tensors));
  const expected = Object.keys(described.outputs).map((name) => {
    const { data, dims, type } = results[name] as runtime.Tensor;
    return asArray(data, dims, type);
  });
  await session.release();
  const model = fromOnnx(bytes);
  const inputs = model.inputs.map(({ name }) => feeds[name] as NDArray);
  requireNear(model.apply(model.params, ...inputs), expected, scale);
};

/** One node on arrays that are all inputs. */
const one = (
  opType: string,
  feeds: readonly NDArray[],
  attributes: Parameters<typeof node>[3] = {},
  {
    lists = [],
    outputs = ["float32"],
    opset = 21,
  }: {
    readonly lists?: readonly (readonly number[] | undefined)[];
    readonly outputs?: readonly ("float32" | "int64" | "int32" | "bool")[];
    readonly opset?: number;
  } = {},
): Promise<void> => {
  const names = feeds.map((_, i) => `x${i}`);
  const known = lists.map((list, i) => (list === undefined ? "" : `k${i}`));
  const results = outputs.map((_, i) => `y${i}`);
  return requireSame(
    {
      nodes: [node(opType, [...names, ...known], results, attributes)],
      constants: lists.flatMap((list, i) => (list === undefined ? [] : [ints(`k${i}`, list)])),
      inputs: Object.fromEntries(feeds.map((x, i) => [`x${i}`, [x.dtype, x.shape] as const])),
      outputs: Object.fromEntries(outputs.map((type, i) => [`y${i}`, type])),
      opset,
    },
    Object.fromEntries(feeds.map((x, i) => [`x${i}`, x])),
    10,
  );
};

const x = normal([2, 3, 4]);
const positive = np.add(np.abs(x), 0.1);
const unit = np.tanh(x);
const pair = [x, normal([3, 1], 1)] as const;
const whole = np.array(
  [
    [7, -7, 5],
    [3, -2, 0],
  ],
  "int32",
);

describe("element by element", () => {
  for (const name of "Abs Neg Exp Sin Cos Tan Atan Asinh Sinh Cosh Tanh Sigmoid Relu Erf Sign Floor Ceil Round Softplus Softsign Reciprocal Identity HardSwish Mish Celu Elu Selu LeakyRelu HardSigmoid ThresholdedRelu Gelu".split(
    " ",
  ))
    test(name, () => one(name, [x]));
  for (const name of ["Sqrt", "Log", "Acosh"])
    test(name, () => one(name, [name === "Acosh" ? np.add(positive, 1) : positive]));
  for (const name of ["Asin", "Acos", "Atanh"]) test(name, () => one(name, [unit]));
  for (const name of ["Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean", "PRelu"])
    test(name, () => one(name, pair));
  for (const name of ["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"])
    test(name, () => one(name, pair, {}, { outputs: ["bool"] }));
  test("IsNaN, IsInf", async () => {
    const odd = np.array([1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    await one("IsNaN", [odd], {}, { outputs: ["bool"] });
    await one("IsInf", [odd], { detect_negative: 0 }, { outputs: ["bool"] });
    await one("IsInf", [odd], { detect_positive: 0 }, { outputs: ["bool"] });
  });
  test("attributes", async () => {
    await one("Elu", [x], { alpha: 0.7 });
    await one("LeakyRelu", [x], { alpha: 0.3 });
    await one("HardSigmoid", [x], { alpha: 0.3, beta: 0.4 });
    await one("Gelu", [x], { approximate: "tanh" });
    await one("Selu", [x], { alpha: 1.2, gamma: 0.9 });
  });
  test("Pow", () => one("Pow", [positive, normal([1, 3, 1], 2)]));
  test("whole numbers", async () => {
    const y = np.array(
      [
        [2, 2, -3],
        [2, 3, 1],
      ],
      "int32",
    );
    for (const name of ["Add", "Mul", "Div", "Max"]) await one(name, [whole, y], {}, { outputs: ["int32"] });
    for (const fmod of [0, 1]) await one("Mod", [whole, y], { fmod }, { outputs: ["int32"] });
    for (const name of ["BitwiseAnd", "BitwiseOr", "BitwiseXor"])
      await one(name, [whole, y], {}, { outputs: ["int32"] });
    await one("BitwiseNot", [whole], {}, { outputs: ["int32"] });
  });
  test("truth values", async () => {
    const [a, b] = [np.greater(x, 0), np.greater(pair[1], 0)];
    for (const name of ["And", "Or", "Xor"]) await one(name, [a, b], {}, { outputs: ["bool"] });
    await one("Not", [a], {}, { outputs: ["bool"] });
    await one("Where", [a, ...pair]);
  });
  test("Clip, with bounds left out", async () => {
    await one("Clip", [x, np.array(-0.5), np.array(0.5)]);
    await one("Clip", [x, np.array(-0.5)]);
  });
  test("Cast", async () => {
    await one("Cast", [x], { to: 6 }, { outputs: ["int32"] });
    await one("Cast", [whole], { to: 1 });
    await one("Cast", [x], { to: 9 }, { outputs: ["bool"] });
    await one("CastLike", [whole, x]);
  });
});

describe("shapes", () => {
  test("Reshape with 0 and -1", () => one("Reshape", [x], {}, { lists: [[0, -1]] }));
  test("Transpose", async () => {
    await one("Transpose", [x], { perm: [2, 0, 1] });
    await one("Transpose", [x]);
  });
  test("Flatten, Squeeze, Unsqueeze", async () => {
    for (const axis of [0, 1, 2, 3, -1]) await one("Flatten", [x], { axis });
    await one("Unsqueeze", [x], {}, { lists: [[0, -1]] });
    await one("Squeeze", [normal([1, 3, 1])], {}, { lists: [[0]] });
    await one("Squeeze", [normal([1, 3, 1])]);
  });
  test("Expand, Tile", async () => {
    await one("Expand", [normal([3, 1])], {}, { lists: [[2, 1, 4]] });
    await one("Tile", [x], {}, { lists: [[1, 2, 3]] });
  });
  test("Concat, Split", async () => {
    await one("Concat", [x, normal([2, 1, 4], 5)], { axis: -2 });
    await one("Split", [x], { axis: 2 }, { lists: [[1, 3]], outputs: ["float32", "float32"] });
    await one("Split", [normal([5])], { num_outputs: 3 }, { outputs: ["float32", "float32", "float32"] });
  });
  test("Slice, backwards and beyond the ends", async () => {
    await one(
      "Slice",
      [x],
      {},
      {
        lists: [
          [1, -3],
          [100, 100],
          [1, 2],
          [1, 2],
        ],
      },
    );
    await one(
      "Slice",
      [x],
      {},
      {
        lists: [
          [-1, 2],
          [-100, 0],
          [2, 1],
          [-1, -2],
        ],
      },
    );
    await one("Slice", [x], {}, { lists: [[0], [Number.MAX_SAFE_INTEGER]] });
  });
  test("Pad", async () => {
    await one("Pad", [x], {}, { lists: [[0, 1, 2, 1, 0, 1]] });
    await one("Pad", [x], { mode: "reflect" }, { lists: [[0, 1, 2, 1, 0, 1]] });
    await one("Pad", [x], { mode: "edge" }, { lists: [[0, 1, 2, 1, 0, 1]] });
    await one("Pad", [x], {}, { lists: [[0, -1, 0, 0, -1, 2]] });
  });
  test("Trilu, DepthToSpace, SpaceToDepth, Dropout", async () => {
    await one("Trilu", [normal([4, 5])], { upper: 0 });
    await one("Trilu", [normal([4, 5])]);
    for (const mode of ["DCR", "CRD"])
      await one("DepthToSpace", [normal([1, 8, 2, 3])], { blocksize: 2, mode });
    await one("SpaceToDepth", [normal([1, 2, 4, 6])], { blocksize: 2 });
    await one("Dropout", [x]);
  });
  test("shapes that are computed with, as exporters of other tools do", () =>
    requireSame(
      {
        nodes: [
          node("Shape", ["x"], ["s"]),
          node("Gather", ["s", "zero"], ["n"]),
          node("Unsqueeze", ["n", "axes"], ["n1"]),
          node("Concat", ["n1", "minus"], ["target"], { axis: 0 }),
          node("Reshape", ["x", "target"], ["flat"]),
          node("Size", ["x"], ["size"]),
          node("Div", ["size", "n"], ["columns"]),
          node("Range", ["zero", "columns", "one"], ["places"]),
          node("ConstantOfShape", ["target1"], ["ones"], {
            value: { kind: "tensor", value: tensor("", np.array([2])) },
          }),
          node("Cast", ["places"], ["scale"], { to: 1 }),
          node("Mul", ["flat", "scale"], ["scaled"]),
          node("Add", ["scaled", "ones"], ["y"]),
        ],
        constants: [
          ints("zero", [0], []),
          ints("one", [1], []),
          ints("axes", [0]),
          ints("minus", [-1]),
          ints("target1", [1, 1]),
        ],
        inputs: { x: ["float32", ["batch", 3, undefined]] },
        outputs: { y: "float32" },
      },
      { x },
    ));
});

describe("reductions", () => {
  for (const name of "ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSumExp".split(
    " ",
  ))
    test(name, async () => {
      await one(name, [x], {}, { lists: [[1, -1]] });
      await one(name, [x], { keepdims: 0 }, { lists: [[0]] });
      await one(name, [x]);
      await one(name, [x], { noop_with_empty_axes: 1 });
    });
  test("ReduceLogSum", () => one("ReduceLogSum", [positive], { keepdims: 0 }, { lists: [[2]] }));
  test("axes as attributes, of older versions", () =>
    one("ReduceMean", [x], { axes: [1], keepdims: 0 }, { opset: 13 }));
  test("ArgMax, ArgMin", async () => {
    const ties = np.array([
      [1, 3, 3],
      [2, 2, 0],
    ]);
    for (const name of ["ArgMax", "ArgMin"])
      for (const select_last_index of [0, 1])
        await one(name, [ties], { axis: 1, select_last_index }, { outputs: ["int64"] });
    await one("ArgMax", [x], { axis: -1, keepdims: 0 }, { outputs: ["int64"] });
  });
  test("CumSum", async () => {
    for (const exclusive of [0, 1])
      for (const reverse of [0, 1])
        await requireSame(
          {
            nodes: [node("CumSum", ["x", "a"], ["y"], { exclusive, reverse })],
            constants: [ints("a", [1], [])],
            inputs: { x: ["float32", [2, 3, 4]] },
            outputs: { y: "float32" },
          },
          { x },
        );
  });
  test("TopK", async () => {
    for (const largest of [0, 1])
      await one("TopK", [x], { axis: 1, largest }, { lists: [[2]], outputs: ["float32", "int64"] });
  });
  test("Softmax, LogSoftmax, also of older versions", async () => {
    for (const name of ["Softmax", "LogSoftmax"]) {
      await one(name, [x]);
      await one(name, [x], { axis: 1 });
      await one(name, [x], {}, { opset: 11 });
    }
  });
});

describe("reading and writing at places", () => {
  const rows = np.array(
    [
      [2, 0],
      [1, -1],
    ],
    "int32",
  );
  const indexed = (opType: string, attributes = {}, more: { readonly [name: string]: NDArray } = {}) =>
    requireSame(
      {
        nodes: [node(opType, ["x", "i", ...Object.keys(more)], ["y"], attributes)],
        inputs: {
          x: ["float32", [3, 4]],
          i: ["int64", [2, 2]],
          ...Object.fromEntries(
            Object.entries(more).map(([name, u]) => [name, ["float32", u.shape] as const]),
          ),
        },
        outputs: { y: "float32" },
      },
      { x: normal([3, 4], 8), i: rows, ...more },
    );
  test("Gather, GatherElements, GatherND", async () => {
    await indexed("Gather");
    await indexed("Gather", { axis: 1 });
    await indexed("GatherElements", { axis: 1 });
    await indexed("GatherND");
  });
  test("ScatterElements, ScatterND", async () => {
    for (const reduction of ["none", "add", "mul", "min", "max"]) {
      await indexed("ScatterElements", { axis: 1, reduction }, { u: normal([2, 2], 9) });
      await indexed("ScatterND", { reduction }, { u: normal([2], 9) });
    }
  });
});

describe("networks", () => {
  test("MatMul, of stacks and vectors", async () => {
    await one("MatMul", [x, normal([4, 5], 1)]);
    await one("MatMul", [normal([4]), normal([2, 4, 3], 1)]);
  });
  test("Gemm", async () => {
    await one("Gemm", [normal([4, 2]), normal([3, 4], 1), normal([3], 2)], {
      transA: 1,
      transB: 1,
      alpha: 0.5,
      beta: 1.5,
    });
    await one("Gemm", [normal([2, 4]), normal([4, 3], 1)]);
  });
  test("Einsum", () => one("Einsum", [x, normal([4, 5], 1)], { equation: "bij,jk->bki" }));
  const image = normal([2, 4, 7, 6]);
  test("Conv", async () => {
    await one("Conv", [image, normal([6, 4, 3, 2], 1), normal([6], 2)], {
      strides: [2, 1],
      pads: [1, 0, 2, 1],
    });
    await one("Conv", [image, normal([6, 2, 3, 2], 1)], { group: 2, dilations: [2, 2] });
    await one("Conv", [image, normal([4, 1, 2, 2], 1)], {
      group: 4,
      auto_pad: "SAME_UPPER",
      strides: [2, 2],
    });
    await one("Conv", [image, normal([4, 4, 2, 2], 1)], { auto_pad: "SAME_LOWER" });
    await one("Conv", [normal([1, 2, 9]), normal([3, 2, 4], 1)], { kernel_shape: [4] });
  });
  test("ConvTranspose", async () => {
    await one("ConvTranspose", [image, normal([4, 3, 3, 2], 1), normal([3], 2)], {
      strides: [2, 3],
      pads: [1, 0, 1, 1],
      output_padding: [1, 2],
    });
    await one("ConvTranspose", [image, normal([4, 3, 2, 2], 1)], { group: 2, dilations: [2, 1] });
  });
  test("pooling, with lengths rounded up", async () => {
    for (const ceil_mode of [0, 1]) {
      const attributes = { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1], ceil_mode };
      await one("MaxPool", [image], attributes);
      for (const count_include_pad of [0, 1])
        await one("AveragePool", [image], { ...attributes, count_include_pad });
    }
    await one("MaxPool", [image], { kernel_shape: [2, 2], dilations: [2, 2] });
    await one("GlobalAveragePool", [image]);
    await one("GlobalMaxPool", [image]);
  });
  const four = [normal([4], 3), normal([4], 4), normal([4], 5), np.add(np.abs(normal([4], 6)), 0.1)] as const;
  test("normalizations", async () => {
    await one("BatchNormalization", [image, ...four], { epsilon: 0.01 });
    await one("InstanceNormalization", [image, four[0], four[1]], { epsilon: 0.01 });
    await one("LayerNormalization", [x, normal([4], 3), normal([4], 4)]);
    await one("LayerNormalization", [x, normal([3, 4], 3)], { axis: 1, epsilon: 0.01 });
    await one("GroupNormalization", [image, four[0], four[1]], { num_groups: 2 });
    await one("RMSNormalization", [x, normal([4], 3)], {}, { opset: 23 });
  });
});

describe("loops and branches", () => {
  test("If, by a value", async () => {
    const branch = (opType: string) => ({
      kind: "graph" as const,
      value: graphOf({ nodes: [node(opType, ["x"], ["r"])], inputs: {}, outputs: { r: "float32" } }),
    });
    for (const chosen of [true, false])
      await requireSame(
        {
          nodes: [node("If", ["c"], ["y"], { then_branch: branch("Sin"), else_branch: branch("Exp") })],
          inputs: { c: ["bool", []], x: ["float32", [3]] },
          outputs: { y: "float32" },
        },
        { c: np.array(chosen), x: normal([3]) },
      );
  });
  const body = (condition: "given" | "computed") => ({
    kind: "graph" as const,
    value: graphOf({
      nodes: [
        node("Mul", ["v", "x"], ["next"]),
        node("ReduceSum", ["next"], ["total"], { keepdims: 0 }),
        condition === "given" ? node("Identity", ["goes"], ["on"]) : node("Less", ["total", "limit"], ["on"]),
        node("Identity", ["next"], ["stack"]),
      ],
      constants: [tensor("limit", np.array(50))],
      inputs: { i: ["int64", []], goes: ["bool", []], v: ["float32", [2]] },
      outputs: { on: "bool", next: "float32", ...(condition === "given" && { stack: "float32" }) },
    }),
  });
  test("Loop with a known number of turns, which stacks results", () =>
    requireSame(
      {
        nodes: [node("Loop", ["m", "", "x"], ["y", "ys"], { body: body("given") })],
        constants: [ints("m", [4], [])],
        inputs: { x: ["float32", [2]] },
        outputs: { y: "float32", ys: "float32" },
      },
      { x: np.array([1.5, 0.5]) },
    ));
  test("Loop until a condition fails, and at most so often", async () => {
    for (const most of [3, 100])
      await requireSame(
        {
          nodes: [node("Loop", ["m", "t", "x"], ["y"], { body: body("computed") })],
          constants: [ints("m", [most], []), tensor("t", np.array(true))],
          inputs: { x: ["float32", [2]] },
          outputs: { y: "float32" },
        },
        { x: np.array([1.5, 0.5]) },
      );
  });
});

test("every operator that is read is run above, or emitted by the export", () => {
  const byExport = ["BitCast", "BitShift", "CumProd", "DFT", "Scan", "Swish", "Constant"];
  expect(
    operatorNames()
      .filter((name) => !covered.has(name))
      .sort(),
  ).toEqual([...byExport].sort());
});
