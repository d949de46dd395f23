import { expect } from "vitest";
import { type ConcreteArray, isFloat, type NDArray, sizeOf } from "../../../src/array/index.ts";
import {
  type ArgumentSpec,
  type ArgumentsDescription,
  type BatchAxis,
  bind,
  type Chooser,
  type ExampleSpec,
  type FlatFunction,
  type Params,
  type Primitive,
  type Tangent,
} from "../../../src/core/index.ts";
import { callBatched } from "../../../src/interpreters/batch-trace.ts";
import { zerosLike } from "../../../src/primitives/broadcast.ts";
import { sliceInDim } from "../../../src/primitives/padding.ts";
import { without } from "../../../src/primitives/rules.ts";
import { reshape } from "../../../src/primitives/shape.ts";
import { jvpFlat } from "../../../src/transforms/jvp.ts";
import { vjpFlat } from "../../../src/transforms/vjp.ts";
import { arrayOf, elementsOf } from "./golden-indexing.ts";

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
const randomNumbers = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

const chooserOf = (random: () => number): Chooser => {
  const chooser: Chooser = {
    int: (min, max) => min + Math.floor(random() * (max - min + 1)),
    pick: (options) => options[chooser.int(0, options.length - 1)] as (typeof options)[number],
    bool: () => random() < 0.5,
    shape: ({ minRank = 0, maxRank = 4, minLength = 0, maxLength = 3 } = {}) =>
      Array.from({ length: chooser.int(minRank, maxRank) }, () =>
        // Empty arrays are worth a try now and then, but show little.
        Math.max(minLength, random() < 0.05 ? 0 : chooser.int(1, maxLength)),
      ),
    subset: (options) => options.filter(() => chooser.bool()),
    permutation: (options) =>
      options
        .map((option) => ({ option, key: random() }))
        .sort((a, b) => a.key - b.key)
        .map(({ option }) => option),
    floatDType: () => chooser.pick(["float32", "float64"] as const),
  };
  return chooser;
};

const drawArray = ({ shape, dtype, elements = {} }: ArgumentSpec, random: () => number): ConcreteArray => {
  const { min = dtype === "uint32" ? 0 : -3, max = 3, distinct = false } = elements;
  const size = sizeOf(shape);
  const chooser = chooserOf(random);
  const values = distinct
    ? chooser.permutation(
        Array.from({ length: size }, (_, i) => min + ((i + random() / 2) * (max - min)) / size),
      )
    : Array.from({ length: size }, () =>
        isFloat(dtype) ? min + random() * (max - min) : chooser.int(min, max),
      );
  return arrayOf(dtype === "bool" ? values.map((v) => Math.abs(v % 2)) : values, shape, dtype);
};

const inFloat64 = <P extends Params>(example: ExampleSpec<P>): ExampleSpec<P> => ({
  params: example.params,
  inputs: example.inputs.map((spec) => (isFloat(spec.dtype) ? { ...spec, dtype: "float64" } : spec)),
});

const dot = (xs: readonly Tangent[], ys: readonly Tangent[]): number => {
  let sum = 0;
  xs.forEach((x, i) => {
    const y = ys[i];
    if (!x || !y) return;
    const b = elementsOf(y);
    elementsOf(x).forEach((a, k) => {
      sum += a * (b[k] as number);
    });
  });
  return sum;
};

const expectNear = (got: NDArray, expected: NDArray, tolerance: number, what: string): void => {
  expect([got.dtype, got.shape], what).toEqual([expected.dtype, expected.shape]);
  const b = elementsOf(expected);
  elementsOf(got).forEach((a, i) => {
    const e = b[i] as number;
    if (!(Object.is(a, e) || Math.abs(a - e) <= tolerance * (1 + Math.abs(e)))) {
      expect(`${a} at ${i}`, what).toBe(`${e} at ${i}`);
    }
  });
};

/** Random directions for the differentiable inputs. */
const drawTangents = (inputs: readonly NDArray[], random: () => number): Tangent[] =>
  inputs.map((x) =>
    isFloat(x.dtype)
      ? drawArray({ shape: x.shape, dtype: x.dtype, elements: { min: -1, max: 1 } }, random)
      : null,
  );

const checkAdjoint = (
  fun: FlatFunction,
  inputs: readonly NDArray[],
  random: () => number,
  what: string,
): void => {
  const tangents = drawTangents(inputs, random);
  const forward = jvpFlat(fun, inputs, tangents);
  const cotangents = drawTangents(forward.outputs, random);
  const backward = vjpFlat(fun, inputs).pullback(cotangents);
  backward.forEach((ct, i) => {
    if (ct) expect([ct.dtype, ct.shape], what).toEqual([inputs[i]?.dtype, inputs[i]?.shape]);
  });
  expect(dot(backward, tangents), `${what}: transpose`).toBeCloseTo(dot(cotangents, forward.tangents), 8);
};

const checkDerivatives = (
  fun: FlatFunction,
  inputs: readonly ConcreteArray[],
  random: () => number,
  what: string,
): void => {
  // Now and then some tangents are zero, which rules treat apart.
  const tangents = drawTangents(inputs, random).map((t) => (t && random() < 0.2 ? null : t));
  const step = 1e-4;
  const moved = (sign: number): readonly NDArray[] =>
    fun(
      ...inputs.map((x, i) => {
        const t = tangents[i];
        if (!t) return x;
        const direction = elementsOf(t);
        return arrayOf(
          elementsOf(x).map((v, k) => v + sign * step * (direction[k] as number)),
          x.shape,
          x.dtype,
        );
      }),
    );
  const [high, low] = [moved(1), moved(-1)];
  const { outputs, tangents: got } = jvpFlat(fun, inputs, tangents);
  outputs.forEach((y, i) => {
    const below = elementsOf(low[i] as NDArray);
    const expected = elementsOf(high[i] as NDArray).map((v, k) => (v - (below[k] as number)) / (2 * step));
    expectNear(got[i] ?? zerosLike(y), arrayOf(expected, y.shape, y.dtype), 1e-5, `${what}: derivative`);
  });
};

const checkBatching = (
  fun: FlatFunction,
  specs: readonly ArgumentSpec[],
  chooser: Chooser,
  random: () => number,
  what: string,
): void => {
  const size = chooser.int(0, 5) === 0 ? 0 : chooser.int(1, 3);
  const axes: BatchAxis[] = specs.map((spec) => (random() < 0.6 ? chooser.int(0, spec.shape.length) : null));
  if (axes.every((axis) => axis === null)) return;
  const inputs = specs.map((spec, i) => {
    const axis = axes[i] as BatchAxis;
    if (axis === null) return drawArray(spec, random);
    return drawArray(
      { ...spec, shape: [...spec.shape.slice(0, axis), size, ...spec.shape.slice(axis)] },
      random,
    );
  });
  const batched = callBatched(fun, inputs, axes, { size, axisName: undefined });
  const member = (x: NDArray, axis: BatchAxis, b: number): NDArray =>
    axis === null ? x : reshape(sliceInDim(x, b, b + 1, axis), without(x.shape, axis));
  if (size === 0) {
    batched.outputs.forEach((y, i) => {
      expect(y.shape[batched.axes[i] as number], what).toBe(0);
    });
    return;
  }
  for (let b = 0; b < size; b++) {
    const expected = fun(...inputs.map((x, i) => member(x, axes[i] as BatchAxis, b)));
    expected.forEach((y, i) => {
      const got = member(batched.outputs[i] as NDArray, batched.axes[i] as BatchAxis, b);
      expectNear(got, y, 1e-6, `${what}: batching ${JSON.stringify(axes)}, member ${b}`);
    });
  }
};

/**
 * Hold the rules of a primitive against one another on arguments drawn from its description: its JVP against finite
 * differences, its transpose against its JVP, the same of the function that pairs input with output tangents, and
 * its batching against a loop.
 */
export const checkRules = <P extends Params>(primitive: Primitive<P>, count = 150): void => {
  const args = primitive.args as ArgumentsDescription<P>;
  for (let seed = 1; seed <= count; seed++) {
    const random = randomNumbers(seed * 7919);
    const chooser = chooserOf(random);
    const example = inFloat64(args.example(chooser));
    const what = `${primitive.name} #${seed} ${JSON.stringify(example)}`;
    const fun: FlatFunction = (...xs) => bind(primitive, xs, example.params);
    const inputs = example.inputs.map((spec) => drawArray(spec, random));
    checkDerivatives(fun, inputs, random, what);
    checkAdjoint(fun, inputs, random, what);
    const derivative: FlatFunction = (...xs) => {
      const tangents = jvpFlat(fun, xs.slice(0, inputs.length), xs.slice(inputs.length)).tangents;
      return tangents.map((t, i) => t ?? zerosLike(fun(...xs.slice(0, inputs.length))[i] as NDArray));
    };
    checkAdjoint(
      derivative,
      [...inputs, ...drawTangents(inputs, random).map((t, i) => t ?? (inputs[i] as NDArray))],
      random,
      `${what}, derivative`,
    );
    checkBatching(fun, example.inputs, chooser, random, what);
    const other = args.otherDTypes?.(chooser);
    if (other !== undefined) {
      const run: FlatFunction = (...xs) => bind(primitive, xs, other.params);
      checkBatching(
        run,
        other.inputs,
        chooser,
        random,
        `${primitive.name} #${seed} ${JSON.stringify(other)}`,
      );
    }
  }
};
