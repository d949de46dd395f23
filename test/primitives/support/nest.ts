import { ConcreteArray, denseData, sizeOf } from "../../../src/array/index.ts";
import type { Params, Primitive } from "../../../src/core/index.ts";
import type { ScalarType } from "../../../src/kernel/expr.ts";
import { type Nest, NestBuilder } from "../../../src/kernel/nest.ts";
import { runNest } from "../../../src/kernel/run-nest.ts";
import { scalarTypeOf } from "../../../src/kernel/scalar-type.ts";

/** The nest of an application of a primitive. */
export const nestOf = (primitive: Primitive, inputs: readonly ConcreteArray[], params: Params): Nest => {
  const { lowering } = primitive;
  if (lowering?.kind !== "nest") throw new TypeError(`${primitive.name} has no nest.`);
  const outputs = primitive.abstractEval(inputs, params);
  const [from, to] = [inputs, outputs].map((list) =>
    list.map(({ dtype, shape }) => ({ type: scalarTypeOf(dtype), size: sizeOf(shape) })),
  ) as [{ type: ScalarType; size: number }[], { type: ScalarType; size: number }[]];
  const nest = new NestBuilder(from, to);
  lowering.build(nest, params, inputs, outputs);
  return nest.finish();
};

/** What the nest of a primitive makes of its inputs. */
export const evaluateNest = (
  primitive: Primitive,
  inputs: readonly ConcreteArray[],
  params: Params,
): readonly ConcreteArray[] => {
  const data = runNest(nestOf(primitive, inputs, params), inputs.map(denseData));
  return primitive
    .abstractEval(inputs, params)
    .map(
      ({ shape, dtype, weakType }, i) =>
        new ConcreteArray(data[i] as ReturnType<typeof denseData>, shape, dtype, weakType),
    );
};
