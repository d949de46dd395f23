import { isFloat, type NDArray } from "../../src/array/index.ts";
import {
  type BatchAxis,
  type BatchResult,
  isLinearInput,
  type JvpResult,
  type Params,
  type Primitive,
  sameAval,
  type Tangent,
  type TransposeInput,
} from "../../src/core/index.ts";
import { reduceSum } from "../../src/primitives/broadcast.ts";
import { add, mul, neg } from "../../src/primitives/elementwise/index.ts";
import { sliceInDim } from "../../src/primitives/padding.ts";
import { scalarLike } from "../../src/primitives/rules.ts";
import { rev } from "../../src/primitives/shape.ts";

/** The rules that are broken. */
export type Rule = "jvp" | "transpose" | "batch";

/** One way to break one rule of one primitive. */
export interface Mutation {
  readonly rule: Rule;
  /** What kind of mistake it is. */
  readonly kind: string;
  /** The kind, and where the mistake is made. */
  readonly name: string;
  /** The broken rule, which calls the right one. */
  breakRule(primitive: Primitive): Partial<Pick<Primitive, Rule>>;
}

const swapped = <T>(list: readonly T[], i: number): readonly T[] => {
  const result = [...list];
  [result[i], result[i + 1]] = [list[i + 1] as T, list[i] as T];
  return result;
};

const canSwap = (list: readonly (NDArray | null)[], i: number): boolean => {
  const [a, b] = [list[i], list[i + 1]];
  return a != null && b != null && sameAval(a, b);
};

const isNumber = (x: NDArray): boolean => x.dtype !== "bool";
const negated = (x: Tangent): Tangent => (x !== null && isNumber(x) ? neg(x) : x);
const scaled = (x: Tangent): Tangent => (x !== null && isFloat(x.dtype) ? mul(x, scalarLike(x, 1.5)) : x);
const shifted = (x: NDArray): NDArray => (isFloat(x.dtype) ? add(x, scalarLike(x, 0.25)) : x);
const reversed = (x: Tangent): Tangent =>
  x !== null && x.shape.length > 0 ? rev(x, [x.shape.length - 1]) : x;

type Jvp = Primitive["jvp"];
type Transpose = Primitive["transpose"];
type Batch = Primitive["batch"];

const jvpMutation = (kind: string, name: string, wrap: (right: Jvp) => Jvp): Mutation => ({
  rule: "jvp",
  kind,
  name,
  breakRule: (primitive) => ({ jvp: wrap(primitive.jvp.bind(primitive)) }),
});

/** A JVP whose tangents come out otherwise. */
const outTangents = (kind: string, change: (t: Tangent) => Tangent): Mutation =>
  jvpMutation(kind, kind, (right) => (primals, tangents, params): JvpResult => {
    const result = right(primals, tangents, params);
    return { outputs: result.outputs, tangents: result.tangents.map(change) };
  });

const jvpMutations = (inputs: number): Mutation[] => {
  const each = Array.from({ length: inputs }, (_, i) => i);
  return [
    outTangents("sign", negated),
    outTangents("factor", scaled),
    outTangents("dropped term", () => null),
    jvpMutation("wrong point", "wrong point", (right) => (primals, tangents, params) => ({
      outputs: right(primals, tangents, params).outputs,
      tangents: right(primals.map(shifted), tangents, params).tangents,
    })),
    ...each.map((i) =>
      jvpMutation("dropped term", `dropped term ${i}`, (right) => (primals, tangents, params) => {
        const kept = tangents.map((t, k) => (k === i ? null : t));
        const { outputs, tangents: ts } = right(
          primals,
          kept.every((t) => t === null) ? tangents : kept,
          params,
        );
        return { outputs, tangents: kept.every((t) => t === null) ? ts.map(() => null) : ts };
      }),
    ),
    ...each.map((i) =>
      jvpMutation(
        "sign",
        `sign of term ${i}`,
        (right) => (primals, tangents, params) =>
          right(
            primals,
            tangents.map((t, k) => (k === i ? negated(t) : t)),
            params,
          ),
      ),
    ),
    ...each.slice(1).map((i) =>
      jvpMutation(
        "swapped operands",
        `swapped operands ${i - 1} and ${i}`,
        (right) => (primals, tangents, params) => ({
          outputs: right(primals, tangents, params).outputs,
          tangents: right(canSwap(primals, i - 1) ? swapped(primals, i - 1) : primals, tangents, params)
            .tangents,
        }),
      ),
    ),
    ...each
      .slice(1)
      .map((i) =>
        jvpMutation(
          "swapped tangents",
          `swapped tangents ${i - 1} and ${i}`,
          (right) => (primals, tangents, params) =>
            right(primals, canSwap(primals, i - 1) ? swapped(tangents, i - 1) : tangents, params),
        ),
      ),
  ];
};

const transposeMutation = (kind: string, name: string, wrap: (right: Transpose) => Transpose): Mutation => ({
  rule: "transpose",
  kind,
  name,
  breakRule: (primitive) => ({ transpose: wrap(primitive.transpose.bind(primitive)) }),
});

const outCotangents = (kind: string, change: (ct: Tangent) => Tangent): Mutation =>
  transposeMutation(kind, kind, (right) => (cts, inputs, params) => right(cts, inputs, params).map(change));

const avalOfInput = (
  x: TransposeInput,
): { shape: readonly number[]; dtype: NDArray["dtype"]; weakType: boolean } =>
  isLinearInput(x) ? x.aval : x;

const transposeMutations = (inputs: number): Mutation[] => {
  const each = Array.from({ length: inputs }, (_, i) => i);
  return [
    outCotangents("sign", negated),
    outCotangents("factor", scaled),
    outCotangents("dropped term", () => null),
    outCotangents("reversed", reversed),
    transposeMutation(
      "untransposed",
      "untransposed",
      (right) => (cts, ins, params) =>
        right(cts, ins, params).map((ct, i) => {
          const given = cts[0];
          const input = ins[i];
          return ct && given && input && sameAval(given, avalOfInput(input)) ? given : ct;
        }),
    ),
    ...each.map((i) =>
      transposeMutation(
        "dropped term",
        `dropped term ${i}`,
        (right) => (cts, ins, params) => right(cts, ins, params).map((ct, k) => (k === i ? null : ct)),
      ),
    ),
    ...each.slice(1).map((i) =>
      transposeMutation(
        "swapped operands",
        `swapped cotangents ${i - 1} and ${i}`,
        (right) => (cts, ins, params) => {
          const result = right(cts, ins, params);
          return canSwap(result, i - 1) ? swapped(result, i - 1) : result;
        },
      ),
    ),
    ...each.slice(1).map((i) =>
      transposeMutation(
        "swapped operands",
        `swapped inputs ${i - 1} and ${i}`,
        (right) => (cts, ins, params) => {
          const [a, b] = [ins[i - 1], ins[i]];
          if (
            !a ||
            !b ||
            isLinearInput(a) === isLinearInput(b) ||
            !sameAval(avalOfInput(a), avalOfInput(b))
          ) {
            return right(cts, ins, params);
          }
          return swapped(right(cts, swapped(ins, i - 1), params), i - 1);
        },
      ),
    ),
  ];
};

const batchMutation = (kind: string, name: string, wrap: (right: Batch) => Batch): Mutation => ({
  rule: "batch",
  kind,
  name,
  breakRule: (primitive) => ({ batch: wrap(primitive.batch.bind(primitive)) }),
});

const outBatch = (
  kind: string,
  change: (x: NDArray, axis: BatchAxis) => readonly [NDArray, BatchAxis],
): Mutation =>
  batchMutation(kind, kind, (right) => (inputs, axes, size, params, axisName): BatchResult => {
    const result = right(inputs, axes, size, params, axisName);
    const changed = result.outputs.map((x, i) => change(x, result.axes[i] ?? null));
    return { outputs: changed.map(([x]) => x), axes: changed.map(([, axis]) => axis) };
  });

/** The first example of a batch. */
const first = (x: NDArray, axis: number): NDArray => {
  const one = sliceInDim(x, 0, 1, axis);
  return x.dtype === "bool" ? x : reduceSum(one, [axis]);
};

const batchMutations = (inputs: number): Mutation[] => {
  const each = Array.from({ length: inputs }, (_, i) => i);
  return [
    outBatch("sign", (x, axis) => [negated(x) as NDArray, axis]),
    outBatch("factor", (x, axis) => [scaled(x) as NDArray, axis]),
    outBatch("wrong axis", (x, axis) => [x, axis === null ? null : (axis + 1) % x.shape.length]),
    outBatch("reversed", (x, axis) => [axis === null ? x : rev(x, [axis]), axis]),
    outBatch("lost batch", (x, axis) => {
      if (axis === null || x.dtype === "bool" || x.shape[axis] === 0) return [x, axis];
      return [first(x, axis), null];
    }),
    ...each.map((i) =>
      batchMutation(
        "dropped term",
        `lost batch of input ${i}`,
        (right) => (xs, axes, size, params, axisName) => {
          const axis = axes[i] ?? null;
          const others = axes.some((a, k) => k !== i && a !== null);
          const x = xs[i] as NDArray;
          if (axis === null || size === 0 || !others || x.dtype === "bool")
            return right(xs, axes, size, params, axisName);
          const [values, places] = [[...xs], [...axes]];
          values[i] = first(x, axis);
          places[i] = null;
          return right(values, places, size, params, axisName);
        },
      ),
    ),
    ...each.map((i) =>
      batchMutation(
        "wrong axis",
        `wrong axis of input ${i}`,
        (right) => (xs, axes, size, params, axisName) => {
          const axis = axes[i] ?? null;
          const x = xs[i] as NDArray;
          const other = axis === null ? -1 : x.shape.findIndex((n, a) => a !== axis && n === size);
          if (other < 0) return right(xs, axes, size, params, axisName);
          return right(
            xs,
            axes.map((a, k) => (k === i ? other : a)),
            size,
            params,
            axisName,
          );
        },
      ),
    ),
    ...each.slice(1).map((i) =>
      batchMutation(
        "swapped operands",
        `swapped operands ${i - 1} and ${i}`,
        (right) => (xs, axes, size, params, name) => {
          const fits = sameAval(unbatchedAval(xs, axes, i - 1), unbatchedAval(xs, axes, i));
          if (!fits) return right(xs, axes, size, params, name);
          return right(swapped(xs, i - 1), swapped(axes, i - 1), size, params, name);
        },
      ),
    ),
  ];
};

const unbatchedAval = (xs: readonly NDArray[], axes: readonly BatchAxis[], i: number) => {
  const { shape, dtype } = xs[i] as NDArray;
  return { shape: shape.filter((_, axis) => axis !== axes[i]), dtype, weakType: false };
};

/** Every way in which a rule of a primitive of so many inputs is broken. */
export const mutationsOf = (primitive: Primitive, inputs: number): readonly Mutation[] => {
  const makers: { readonly [R in Rule]: (inputs: number) => Mutation[] } = {
    jvp: jvpMutations,
    transpose: transposeMutations,
    batch: batchMutations,
  };
  return (["jvp", "transpose", "batch"] as const).flatMap((rule) =>
    primitive.missing[rule] === undefined ? makers[rule](inputs) : [],
  );
};

/** Run `body` while some rules of a primitive are others. */
export const withRules = <T>(
  primitive: Primitive,
  rules: Partial<Pick<Primitive<Params>, Rule>>,
  body: () => T,
): T => {
  const right: Partial<Pick<Primitive, Rule>> = {};
  for (const rule of Object.keys(rules) as Rule[]) Object.assign(right, { [rule]: primitive[rule] });
  Object.assign(primitive, rules);
  try {
    return body();
  } finally {
    Object.assign(primitive, right);
  }
};
