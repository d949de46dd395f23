import type { NDArray } from "../../array/index.ts";
import {
  bind,
  bind1,
  definePrimitive,
  isLinearInput,
  NO_PARAMS,
  type Params,
  type Primitive,
} from "../../core/index.ts";
import * as kernel from "../../kernel/expr.ts";
import {
  batchElementwise,
  broadcastScalar,
  elementwiseArgs,
  elementwiseAval,
  elementwiseLowering,
  mapElements,
  NUMBER,
  unbroadcast,
} from "./base.ts";

/**
 * Addition. It comes before the other elementwise primitives, because derivatives are sums: the chain rule of all the
 * others, and the accumulation of cotangents, are built from it.
 */
export const addPrimitive: Primitive = definePrimitive<Params>({
  name: "add",
  abstractEval: elementwiseAval("add", NUMBER),
  evaluate: (inputs, _params, [output]) => [mapElements((x, y) => x + y, inputs, output as NDArray)],
  jvp: (primals, [tx, ty], params) => {
    const outputs = bind(addPrimitive, primals, params);
    const { shape } = outputs[0] as NDArray;
    const x = tx ? broadcastScalar(tx, shape) : null;
    const y = ty ? broadcastScalar(ty, shape) : null;
    return { outputs, tangents: [addTangents(x, y)] };
  },
  transpose: ([ct], inputs) =>
    inputs.map((x) => (ct && isLinearInput(x) ? unbroadcast(ct, x.aval.shape) : null)),
  batch: (inputs, axes, size, params) => batchElementwise(addPrimitive, inputs, axes, size, params),
  lowering: elementwiseLowering((_, x, y) => kernel.add(x, y)),
  args: elementwiseArgs([{}, {}], NO_PARAMS, { otherDTypes: ["int32", "uint32"] }),
});

/** `x + y`. */
export const add = (x: NDArray, y: NDArray): NDArray => bind1(addPrimitive, [x, y], NO_PARAMS);

/** The sum of two cotangents or tangents, either of which may be zero (`null`). */
export const addTangents = (x: NDArray | null, y: NDArray | null): NDArray | null =>
  x === null ? y : y === null ? x : add(x, y);
