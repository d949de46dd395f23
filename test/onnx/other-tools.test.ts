import { grad, type NDArray, numpy as np } from "cotangent";
import { fromOnnx, OnnxError } from "cotangent/onnx";
import { matchers } from "cotangent/testing/vitest";
import { expect, test } from "vitest";
import type { GraphProto } from "../../src/onnx/model.ts";
import { call, type Described, functionOf, graphOf, ints, modelOf, node, tensor } from "./models.ts";

expect.extend(matchers);

/*
 * What other tools write that the export does not, and what nobody writes but who means harm.
 */

const run = (described: Described, ...args: readonly NDArray[]): readonly NDArray[] => {
  const { params, apply } = fromOnnx(modelOf(described));
  return apply(params, ...args);
};

const refusal = (described: Described, ...args: readonly NDArray[]): string => {
  try {
    run(described, ...args);
  } catch (error) {
    if (error instanceof OnnxError) return `${error.reason}: ${error.message}`;
    throw error;
  }
  return "accepted";
};

const inner = (graph: GraphProto) => ({ kind: "graph", value: graph }) as const;

/** The operands a and b, known 64-bit integers, and what they make. */
const known = (nodes: Described["nodes"], type: "bool" | "int64"): Described => ({
  nodes,
  constants: [ints("a", [1, 2]), ints("b", [1, 5])],
  inputs: {},
  outputs: { y: type },
});

test("operands and results at the end may be named by nothing", () => {
  const x = np.ones([1, 1, 2, 2]);
  const image = ["float32", [1, 1, 2, 2]] as const;
  expect(
    run(
      {
        nodes: [
          node("Conv", ["x", "w", ""], ["c"]),
          node("MaxPool", ["c"], ["m", ""], { kernel_shape: [2, 2] }),
          node("Clip", ["m", "", ""], ["y"]),
        ],
        constants: [tensor("w", np.full([1, 1, 1, 1], 3))],
        inputs: { x: image },
        outputs: { y: "float32" },
      },
      x,
    )[0],
  ).toBeAllClose(np.full([1, 1, 1, 1], 3));
});

test("operands that are missing are named", () => {
  const vector = { x: ["float32", [2]] } as const;
  const outputs = { y: "float32" } as const;
  expect(refusal({ nodes: [node("MatMul", ["x"], ["y"])], inputs: vector, outputs })).toBe(
    'bad-operands: fromOnnx: the node MatMul that gives "y": operand 1 is missing.',
  );
  expect(
    refusal({ nodes: [node("BatchNormalization", ["x", "x"], ["y"])], inputs: vector, outputs }),
  ).toContain("operand 4 is missing");
});

test("truth values that are known stay truth values", () => {
  const equal = node("Equal", ["a", "b"], ["e"]);
  const joined = run(known([equal, node("Concat", ["e", "e"], ["y"], { axis: 0 })], "bool"));
  expect(joined[0]).toBeAllClose(np.array([true, false, true, false]));
  const chosen = run(known([equal, node("Where", ["e", "e", "e"], ["y"])], "bool"));
  expect(chosen[0]).toBeAllClose(np.array([true, false]));
  const made = run(known([equal, node("CastLike", ["a", "e"], ["t"]), node("Not", ["t"], ["y"])], "bool"));
  expect(made[0]).toBeAllClose(np.array([false, false]));
  expect(refusal(known([equal, node("Concat", ["e", "a"], ["y"], { axis: 0 })], "int64"))).toContain(
    "operands must have one type; got bool and int32",
  );
});

test("what is cast like a known truth value is one", () => {
  const [y] = run(
    {
      nodes: [node("Equal", ["a", "a"], ["e"]), node("CastLike", ["x", "e"], ["y"])],
      constants: [ints("a", [1, 2])],
      inputs: { x: ["float32", [2]] },
      outputs: { y: "bool" },
    },
    np.array([0.5, 0]),
  );
  expect(y).toBeAllClose(np.array([true, false]));
});

test("64-bit integers that arrays cannot hold are never taken for others", () => {
  const wide = (name: string, type: "int64" | "uint64", n: bigint) =>
    ({ name, type, dims: [1], data: new Uint8Array(BigInt64Array.of(BigInt.asIntN(64, n)).buffer) }) as const;
  const alike = {
    nodes: [node("Equal", ["a", "b"], ["y"])],
    constants: [wide("a", "int64", 2n ** 53n + 1n), wide("b", "int64", 2n ** 53n)],
    inputs: {},
    outputs: { y: "bool" },
  } as const;
  expect(refusal(alike)).toContain("which it does not fit");
  const unsigned = {
    nodes: [node("Identity", ["a"], ["y"])],
    constants: [wide("a", "uint64", 2n ** 64n - 1n)],
    inputs: {},
    outputs: { y: "int64" },
  } as const;
  expect(refusal(unsigned)).toContain("which it does not fit");
  const long = {
    nodes: [node("Range", ["a", "b", "c"], ["y"])],
    constants: [ints("a", [2 ** 40], []), ints("b", [2 ** 40 + 70_000], []), ints("c", [1], [])],
    inputs: {},
    outputs: { y: "int64" },
  } as const;
  expect(refusal(long)).toContain("which it does not fit");
});

test("the part of a shape that ends before its first axis is empty", () => {
  const [y] = run(
    {
      nodes: [node("Shape", ["x"], ["y"], { end: -3 })],
      inputs: { x: ["float32", [2, 3]] },
      outputs: { y: "int64" },
    },
    np.ones([2, 3]),
  );
  expect(y?.shape).toEqual([0]);
});

test("constants of a graph inside hide values around it of the same name", () => {
  const branch = (value: number): GraphProto =>
    graphOf({
      nodes: [node("Identity", ["k"], ["z"])],
      constants: [tensor("k", np.array(value))],
      inputs: {},
      outputs: { z: "float32" },
    });
  const described: Described = {
    nodes: [node("If", ["c"], ["y"], { then_branch: inner(branch(7)), else_branch: inner(branch(9)) })],
    constants: [tensor("k", np.array(1))],
    inputs: { c: ["bool", []] },
    outputs: { y: "float32" },
  };
  expect(run(described, np.array(true))[0]).toBeAllClose(np.array(7));
  expect(run(described, np.array(false))[0]).toBeAllClose(np.array(9));
});

test("an initializer that is given twice is refused", () => {
  expect(
    refusal({
      nodes: [node("Identity", ["w"], ["y"])],
      constants: [tensor("w", np.ones([1])), tensor("w", np.zeros([1]))],
      inputs: {},
      outputs: { y: "float32" },
    }),
  ).toBe('bad-graph: fromOnnx: the initializer "w" is given twice.');
});

test("before version 20, a Fourier transform goes along the second axis", () => {
  const x = np.arange(6).astype("float32").reshape([1, 2, 3, 1]);
  const model = (opset: number): Described => ({
    nodes: [node("DFT", ["x"], ["y"])],
    inputs: { x: ["float32", [1, 2, 3, 1]] },
    outputs: { y: "float32" },
    opset,
  });
  const [old] = run(model(17), x);
  expect((old as NDArray).at(0, 0, [0, 1, 2], 0).get()).toBeAllClose(np.array([3, 5, 7]));
  const [recent] = run(model(20), x);
  expect((recent as NDArray).at(0, [0, 1], 0, 0).get()).toBeAllClose(np.array([3, 12]));
});

test("a triangle beyond all diagonals is all or nothing", () => {
  const model = (upper: number, k: number): Described => ({
    nodes: [node("Trilu", ["x", "k"], ["y"], { upper })],
    constants: [ints("k", [k], [])],
    inputs: { x: ["float32", [2, 3]] },
    outputs: { y: "float32" },
  });
  const x = np.ones([2, 3]);
  for (const far of [2 ** 31, Number.MAX_SAFE_INTEGER]) {
    expect(run(model(1, far), x)[0]).toBeAllClose(np.zeros([2, 3]));
    expect(run(model(1, -far), x)[0]).toBeAllClose(x);
    expect(run(model(0, far), x)[0]).toBeAllClose(x);
    expect(run(model(0, -far), x)[0]).toBeAllClose(np.zeros([2, 3]));
  }
});

const ones = { x: ["float32", [2]] } as const;
const result = { y: "float32" } as const;

/** Small files that ask for much. Each would take all memory, or minutes. */
const greedy: { readonly [what: string]: readonly [Described, string] } = {
  "more parts than there are results": [
    { nodes: [node("Split", ["x"], ["y"], { num_outputs: 2 ** 31 - 1 })], inputs: ones, outputs: result },
    "bad-attribute",
  ],
  "vectors of more components than there are axes": [
    {
      nodes: [node("GatherND", ["x", "i"], ["y"])],
      constants: [ints("i", [], [0, 2 ** 31 - 1])],
      inputs: ones,
      outputs: result,
    },
    "bad-operands",
  ],
  "pads of which nothing is kept": [
    {
      nodes: [
        node("Conv", ["i", "w"], ["y"], { strides: [2 ** 17, 2 ** 17], pads: new Array(4).fill(2 ** 16) }),
      ],
      constants: [tensor("w", np.ones([1, 1, 1, 1]))],
      inputs: { i: ["float32", [1, 1, 2, 2]] },
      outputs: result,
    },
    "too-large",
  ],
  "a loop of more turns than an array may have elements": [
    {
      nodes: [
        node("Loop", ["n", "", "x"], ["y"], {
          body: inner(
            graphOf({
              nodes: [node("Neg", ["v"], ["w"])],
              inputs: { i: ["int64", []], c: ["bool", []], v: ["float32", [2]] },
              outputs: { c: "bool", w: "float32" },
            }),
          ),
        }),
      ],
      constants: [ints("n", [2 ** 30], [])],
      inputs: ones,
      outputs: result,
    },
    "too-large",
  ],
  "thousands of functions that call one another": [
    {
      nodes: [call("f0", ["x"], ["y"])],
      functions: Array.from({ length: 20_000 }, (_, i) =>
        functionOf(
          `f${i}`,
          ["a"],
          ["b"],
          [i === 19_999 ? node("Neg", ["a"], ["b"]) : call(`f${i + 1}`, ["a"], ["b"])],
        ),
      ),
      inputs: ones,
      outputs: result,
    },
    "too-large",
  ],
  "a product of hundreds of operands": [
    {
      nodes: [
        node("Einsum", new Array<string>(300).fill("x"), ["y"], {
          equation: `${new Array(300).fill("a").join(",")}->a`,
        }),
      ],
      inputs: ones,
      outputs: result,
    },
    "too-large",
  ],
};

test.each(Object.keys(greedy))("%s: refused", (what) => {
  const [described, reason] = greedy[what] as (typeof greedy)[string];
  expect(refusal(described).split(":")[0]).toBe(reason);
});

test("long lists of integers do not pile up while a model is read", () => {
  const described: Described = {
    nodes: [
      node("Expand", ["a", "n"], ["e"]),
      ...Array.from({ length: 300 }, (_, i) => node("Add", ["e", "a"], [`v${i}`])),
      node("Identity", ["v299"], ["y"]),
    ],
    constants: [ints("a", [1], []), ints("n", [65_536])],
    inputs: {},
    outputs: { y: "int64" },
  };
  const start = performance.now();
  const [y] = run(described);
  expect(y?.shape).toEqual([65_536]);
  // Worked out number by number it was 25 seconds.
  expect(performance.now() - start).toBeLessThan(5000);
});

test("thousands of graphs inside see the names around them, which are not copied", () => {
  const branch = graphOf({ nodes: [], inputs: {}, outputs: { x: "float32" } });
  // The last node is refused, so that looking at names is all that is done.
  const described: Described = {
    nodes: [
      ...Array.from({ length: 20_000 }, (_, i) =>
        node("If", ["c"], [`y${i}`], { then_branch: inner(branch), else_branch: inner(branch) }),
      ),
      node("Neg", ["missing"], ["y"]),
    ],
    constants: [tensor("c", np.array(true))],
    inputs: ones,
    outputs: result,
  };
  const start = performance.now();
  expect(refusal(described)).toContain('reads "missing"');
  // With a copy of all names for each graph it was minutes.
  expect(performance.now() - start).toBeLessThan(4000);
});

test("pads of many times what is mirrored", () => {
  const [y] = run(
    {
      nodes: [node("Pad", ["x", "p"], ["y"], { mode: "reflect" })],
      constants: [ints("p", [0, 2 ** 20])],
      inputs: ones,
      outputs: result,
    },
    np.array([0, 1]),
  );
  expect(np.sum(y as NDArray).item()).toBe(2 ** 19 + 1);
});

test("the file must be bytes, and parameters arrays", () => {
  const bytes = modelOf({
    nodes: [node("Neg", ["w"], ["y"])],
    constants: [tensor("w", np.ones([2]))],
    inputs: {},
    outputs: result,
  });
  expect(() => fromOnnx(bytes.slice().buffer as unknown as Uint8Array)).toThrow(
    "fromOnnx: the file must be given as a Uint8Array; got ArrayBuffer. Of an ArrayBuffer, give new Uint8Array(buffer).",
  );
  const { apply } = fromOnnx(bytes);
  expect(() => apply({ w: 3 as unknown as NDArray })).toThrow(
    'fromOnnx: the parameter "w" is float32[2]; got float32[].',
  );
  const loss = (params: { readonly w: NDArray }): NDArray => np.sum(apply(params)[0] as NDArray);
  expect(grad(loss)({ w: np.ones([2]) }).w).toBeAllClose(np.array([-1, -1]));
});
