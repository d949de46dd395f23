import { grad, lax, type NDArray, nn, numpy as np, random } from "cotangent";
import { fromOnnx, OnnxError, toOnnx } from "cotangent/onnx";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeModel } from "../../src/onnx/decode-model.ts";
import { integersOf } from "../../src/onnx/elements.ts";
import { encodeModel } from "../../src/onnx/encode-model.ts";
import { operatorNames } from "../../src/onnx/import/operators.ts";
import type { GraphProto, NodeProto } from "../../src/onnx/model.ts";
import { call, functionOf, ints, modelOf, node, tensor } from "./models.ts";

/*
 * Models with bytes changed, cut out, doubled or put in. Each is read, or refused with a reason; nothing else comes of it,
 * and it takes no longer, and no more memory, than the model does.
 */

const NUM_RUNS = 3000;
const SEED = 20;

const key = random.key(0);
const mlp = nn.sequential(nn.dense(4), nn.pointwise(nn.relu), nn.dense(2));
const x = random.normal(key, [3, 5]);
const params = mlp.init(key, [3, 5]);

const models: readonly Uint8Array[] = [
  toOnnx((p: typeof params, y: NDArray) => mlp.apply(p, y))(params, x),
  toOnnx(grad((p: typeof params) => np.sum(mlp.apply(p, x))))(params),
  toOnnx((y: NDArray) => [np.sort(y, 1), y.at(1).get(), np.cumsum(y, 0), np.pad(y, 1), np.argmax(y, 1)])(x),
  toOnnx((y: NDArray) =>
    lax.scan(
      (carry: NDArray, row: NDArray): [NDArray, NDArray] => {
        const next = lax.cond(
          np.sum(row).greater(0),
          (v: NDArray) => v.add(row),
          (v: NDArray) => v.mul(0.5),
          carry,
        );
        return [next, next];
      },
      np.zeros([5]),
      y,
    ),
  )(x),
  modelOf({
    nodes: [
      node("Conv", ["x", "w"], ["c"], { pads: [1, 1, 1, 1], strides: [2, 2] }),
      node("MaxPool", ["c"], ["m"], { kernel_shape: [2, 2] }),
      node("Shape", ["m"], ["s"], { end: 1 }),
      node("Concat", ["s", "rest"], ["target"], { axis: 0 }),
      node("Reshape", ["m", "target"], ["f"]),
      node("Slice", ["f", "from", "to"], ["y"]),
      node("Expand", ["y", "long"], ["z"]),
    ],
    constants: [
      tensor("w", np.ones([2, 1, 3, 3])),
      ints("rest", [-1]),
      ints("from", [0, 1]),
      ints("to", [1, 3]),
      ints("long", [4, 2]),
    ],
    inputs: { x: ["float32", [1, 1, 6, 6]] },
    outputs: { z: "float32" },
  }),
  modelOf({
    nodes: [call("Fourth", ["x"], ["y"]), call("Square", ["y"], ["z"])],
    functions: [
      functionOf("Square", ["a"], ["b"], [node("Mul", ["a", "a"], ["b"])]),
      functionOf("Fourth", ["a"], ["b"], [call("Square", ["a"], ["c"]), call("Square", ["c"], ["b"])]),
    ],
    inputs: { x: ["float32", [2]] },
    outputs: { z: "float32" },
  }),
];

const change = fc.record({
  kind: fc.constantFrom("flip", "set", "cut", "repeat", "insert", "grow"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 12 }),
  byte: fc.integer({ min: 0, max: 255 }),
});
type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

const changed = (bytes: Uint8Array, { kind, at, length, byte }: Change): Uint8Array => {
  const place = Math.floor(at * bytes.length);
  const end = Math.min(place + length, bytes.length);
  const join = (...parts: readonly Uint8Array[]): Uint8Array =>
    Uint8Array.from(parts.flatMap((part) => [...part]));
  const out = Uint8Array.from(bytes);
  switch (kind) {
    case "flip":
      if (place < out.length) out[place] = (out[place] as number) ^ (1 << (byte & 7));
      return out;
    case "set":
      return out.fill(byte, place, end);
    case "cut":
      return join(bytes.subarray(0, place), bytes.subarray(end));
    case "repeat":
      return join(bytes.subarray(0, end), bytes.subarray(place));
    case "insert":
      return join(bytes.subarray(0, place), new Uint8Array(length).fill(byte), bytes.subarray(place));
    case "grow":
      // A long varint in the place of a short one: lengths, counts and axes of absurd size.
      return join(
        bytes.subarray(0, place),
        new Uint8Array(1 + (length % 8)).fill(255),
        Uint8Array.of(byte & 127),
        bytes.subarray(place + 1),
      );
  }
};

/** What comes of a model: "accepted", or the reason why it was refused. */
const verdictOf = (bytes: Uint8Array): string => {
  try {
    fromOnnx(bytes);
    return "accepted";
  } catch (error) {
    if (error instanceof OnnxError) return error.reason;
    throw error;
  }
};

/** Reads models, and says how often each verdict came, and how long the slowest took. */
const verdicts = <T>(cases: fc.Arbitrary<T>, bytesOf: (example: T) => Uint8Array, numRuns: number) => {
  const reasons = new Map<string, number>();
  let slowest = 0;
  fc.assert(
    fc.property(cases, (example) => {
      const bytes = bytesOf(example);
      const begun = performance.now();
      const verdict = verdictOf(bytes);
      slowest = Math.max(slowest, performance.now() - begun);
      reasons.set(verdict, (reasons.get(verdict) ?? 0) + 1);
    }),
    { numRuns, seed: SEED },
  );
  return { reasons: [...reasons.keys()].sort(), slowest };
};

test("a model with changed bytes is read or refused with a reason, and at once", () => {
  const cases = fc.tuple(fc.constantFrom(...models), fc.array(change, { minLength: 1, maxLength: 3 }));
  const { reasons, slowest } = verdicts(
    cases,
    ([bytes, changes]) => changes.reduce(changed, bytes),
    NUM_RUNS,
  );
  expect(reasons).toContain("malformed");
  expect(reasons).toContain("accepted");
  expect(slowest).toBeLessThan(5000);
});

const OPERATORS = operatorNames();
const ODD_NUMBERS = [-1, 0, 1, 2, 3, 7, -9, 2 ** 20, 2 ** 31, -(2 ** 40), Number.MAX_SAFE_INTEGER];

/** A change of what a model says: where (counted round among the places there are), what, by what. */
const edit = fc.record({
  kind: fc.constantFrom(
    "operator",
    "input",
    "output",
    "drop",
    "double",
    "attribute",
    "dims",
    "type",
    "integers",
    "shape",
  ),
  at: fc.nat(50),
  which: fc.nat(5),
  number: fc.constantFrom(...ODD_NUMBERS),
  operator: fc.constantFrom(...OPERATORS),
});
type Edit = typeof edit extends fc.Arbitrary<infer E> ? E : never;

const replaced = <T>(list: readonly T[], at: number, change: (item: T) => T): T[] =>
  list.map((item, i) => (i === at % list.length ? change(item) : item));

const edited = (graph: GraphProto, { kind, at, which, number, operator }: Edit): GraphProto => {
  const { nodes, initializers, inputs } = graph;
  const names = [...inputs, ...initializers].map(({ name }) => name).concat(nodes.flatMap((n) => n.outputs));
  const name = names[(at * 7 + which) % names.length] as string;
  const withNode = (change: (item: NodeProto) => NodeProto): GraphProto => ({
    ...graph,
    nodes: replaced(nodes, at, change),
  });
  switch (kind) {
    case "operator":
      return withNode((n) => ({ ...n, opType: operator }));
    case "input":
      return withNode((n) => ({ ...n, inputs: replaced(n.inputs, which, () => name) }));
    case "output":
      return withNode((n) => ({ ...n, outputs: replaced(n.outputs, which, () => name) }));
    case "drop":
      return { ...graph, nodes: nodes.filter((_, i) => i !== at % nodes.length) };
    case "double":
      return { ...graph, nodes: nodes.flatMap((n, i) => (i === at % nodes.length ? [n, n] : [n])) };
    case "attribute":
      return withNode((n) => ({
        ...n,
        attributes: Object.fromEntries(
          Object.entries(n.attributes).map(([key, a]) => [
            key,
            a.kind === "int"
              ? { kind: "int", value: number }
              : a.kind === "ints"
                ? { kind: "ints", value: replaced(a.value, which, () => number) }
                : a.kind === "graph"
                  ? {
                      kind: "graph",
                      value: edited(a.value, { kind: "operator", at, which, number, operator }),
                    }
                  : a,
          ]),
        ),
      }));
    case "dims":
      return {
        ...graph,
        initializers: replaced(initializers, at, (t) => ({
          ...t,
          dims: replaced(t.dims, which, () => number),
        })),
      };
    case "type":
      return {
        ...graph,
        initializers: replaced(initializers, at, (t) => ({
          ...t,
          type: which % 2 === 0 ? "int32" : "int64",
        })),
      };
    case "integers":
      return {
        ...graph,
        initializers: initializers.map((t, i) =>
          t.type === "int64" && i % 3 === at % 3
            ? ints(
                t.name,
                replaced([...integersOf(t)].map(Number), which, () => number),
                [...t.dims],
              )
            : t,
        ),
      };
    case "shape":
      return {
        ...graph,
        inputs: replaced(inputs, at, (v) => ({
          ...v,
          shape: replaced(v.shape ?? [], which, () => Math.abs(number) % 2 ** 31),
        })),
      };
  }
};

test("a model that says something else is read or refused with a reason, and at once", () => {
  const protos = models.map(decodeModel);
  const cases = fc.tuple(fc.constantFrom(...protos), fc.array(edit, { minLength: 1, maxLength: 3 }));
  const { reasons, slowest } = verdicts(
    cases,
    ([model, edits]) => encodeModel({ ...model, graph: edits.reduce(edited, model.graph) }),
    NUM_RUNS,
  );
  // It met all these kinds of mistakes, or it would say little.
  expect(reasons).toEqual(
    expect.arrayContaining([
      "accepted",
      "bad-attribute",
      "bad-graph",
      "bad-operands",
      "bad-tensor",
      "too-large",
      "unsupported",
    ]),
  );
  expect(slowest).toBeLessThan(5000);
});
