import "cotangent";
import { describe, expect, test } from "vitest";
import { type DType, isStorage, type StorageDType } from "../../src/array/index.ts";
import {
  type Chooser,
  type ExampleSpec,
  type Params,
  type Primitive,
  registeredPrimitives,
} from "../../src/core/index.ts";
import { checkLaw, LAWS } from "../../src/testing/laws/index.ts";

/*
 * The laws that say nothing of finite differences, on arrays of storage types: each primitive as in registry.test.ts,
 * with the dtypes of its operands exchanged for narrower ones where it takes those.
 */

const NARROW: { readonly [dtype: string]: readonly StorageDType[] } = {
  float32: ["bfloat16", "float16"],
  float64: ["float16", "bfloat16"],
  int32: ["int8", "int16"],
  uint32: ["uint8", "uint16"],
};

/**
 * What takes no storage types: words of keys, and samplers, which draw 32 or 64 bits a number. The parameters of
 * `bitcastConvertType` name a type of the same width; test/numpy/storage.test.ts has JAX's results for it.
 */
const NOT_NARROW = ["bitcastConvertType", "randomBinomial", "randomGamma", "randomPoisson", "threefry2x32"];

/** An example with one narrower dtype for each of its dtypes; itself if the primitive refuses that. */
const narrowed = (primitive: Primitive, choose: Chooser, spec: ExampleSpec<Params>): ExampleSpec<Params> => {
  const chosen = new Map<DType, StorageDType>();
  const narrow = (dtype: DType): DType => {
    const options = NARROW[dtype];
    if (options === undefined) return dtype;
    const known = chosen.get(dtype) ?? choose.pick(options);
    chosen.set(dtype, known);
    return known;
  };
  const inputs = spec.inputs.map((input) => ({ ...input, dtype: narrow(input.dtype) }));
  try {
    primitive.abstractEval(
      inputs.map(({ shape, dtype }) => ({ shape, dtype, weakType: false })),
      spec.params,
    );
  } catch {
    return spec;
  }
  return { ...spec, inputs };
};

/** The primitive with narrower dtypes in its examples. */
const onStorage = (primitive: Primitive, isOther: boolean): Primitive => {
  const { args } = primitive;
  if (args === undefined) throw new TypeError(`${primitive.name} has no description of its arguments.`);
  const example = (choose: Chooser): ExampleSpec<Params> =>
    narrowed(primitive, choose, (isOther && args.otherDTypes ? args.otherDTypes : args.example)(choose));
  return { ...primitive, args: { ...args, example, otherDTypes: example } };
};

const NAMES = [
  "abstract evaluation = real shapes and dtypes",
  "jit = plain",
  "jit of derivatives = derivatives of jit = plain",
  "vmap = a loop",
  "vmap of vjp",
];

const laws = LAWS.filter(({ name }) => NAMES.some((known) => name.startsWith(known)));

test("all laws meant are found", () => expect(laws.map(({ name }) => name).length).toBe(NAMES.length));

const primitives = registeredPrimitives().filter((p) => p.args !== undefined && p.name !== "iota");

test("nearly all primitives take storage types", () => {
  const choose = (seed: number): Chooser => ({
    int: (min) => min,
    pick: (options) => options[seed % options.length] as (typeof options)[number],
    bool: () => seed % 2 === 1,
    shape: ({ minRank = 0, minLength = 1 } = {}) =>
      Array.from({ length: minRank }, () => Math.max(1, minLength)),
    subset: (options) => [...options],
    permutation: (options) => [...options],
    floatDType: () => "float32",
  });
  const takes = (primitive: Primitive, isOther: boolean): boolean =>
    [0, 1].some((seed) =>
      onStorage(primitive, isOther)
        .args?.example(choose(seed))
        .inputs.some(({ dtype }) => isStorage(dtype)),
    );
  const without = primitives.filter((p) => !takes(p, false) && !takes(p, true)).map((p) => p.name);
  expect(without.sort()).toEqual(NOT_NARROW);
});

for (const primitive of primitives.filter((p) => !NOT_NARROW.includes(p.name))) {
  describe(primitive.name, () => {
    const kinds = primitive.args?.otherDTypes === undefined ? [false] : [false, true];
    for (const law of laws) {
      if (law.excuse(primitive) !== undefined) continue;
      test(law.name, () => {
        for (const isOther of kinds) {
          const narrow = onStorage(primitive, isOther);
          if (law.excuse(narrow) === undefined) checkLaw(law, narrow, { numRuns: 4, timeLimit: 2000 });
        }
      }, 30_000);
    }
  });
}
