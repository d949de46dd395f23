import {
  allocate,
  ConcreteArray as Concrete,
  type ConcreteArray,
  denseData,
  type NDArray,
  sizeOf,
} from "../../array/index.ts";
import {
  aval,
  bind,
  bind1,
  DifferentiationError,
  DTypeError,
  definePrimitive,
  describeAval,
  isLinearInput,
  NO_PARAMS,
  type Params,
  type Primitive,
} from "../../core/index.ts";
import * as kernel from "../../kernel/expr.ts";
import { scalarLike } from "../rules.ts";
import {
  ANY,
  allWeak,
  batchElementwise,
  broadcastScalar,
  checkDTypes,
  commonShape,
  elementwiseLowering,
  unbroadcast,
} from "./base.ts";

/**
 * Element by element, one of several arrays: `which` is an int32 index, or a boolean choosing between two. An index
 * beyond the ends takes the nearest case. The result is linear in the cases.
 */
export const selectNPrimitive: Primitive = definePrimitive<Params>({
  name: "selectN",
  storage: true,
  abstractEval: ([which, ...cases]) => {
    if (which === undefined || cases.length === 0) {
      throw new DTypeError(
        `selectN: needs an array to choose by and at least one case; got ${cases.length} cases.`,
      );
    }
    if (which.dtype !== "int32" && !(which.dtype === "bool" && cases.length <= 2)) {
      throw new DTypeError(
        `selectN: the first operand must be int32, or bool for up to two cases; got ${describeAval(which)} for ` +
          `${cases.length} cases.`,
      );
    }
    const dtype = checkDTypes("selectN", cases, ANY);
    return [aval(commonShape("selectN", [which, ...cases]), dtype, allWeak(cases))];
  },
  evaluate: ([which, ...cases], _params, [output]) => {
    const { shape, dtype, weakType } = output as NDArray;
    const out = allocate(dtype, sizeOf(shape));
    const index = denseData(which as ConcreteArray);
    const data = cases.map(denseData);
    const strides = cases.map((x) => (x.shape.length === 0 ? 0 : 1));
    const step = (which as ConcreteArray).shape.length === 0 ? 0 : 1;
    for (let i = 0; i < out.length; i++) {
      const k = Math.min(Math.max(index[i * step] as number, 0), cases.length - 1);
      out[i] = (data[k] as typeof out)[i * (strides[k] as number)] as number;
    }
    return [new Concrete(out, shape, dtype, weakType)];
  },
  jvp: (primals, tangents) => {
    const outputs = bind(selectNPrimitive, primals, NO_PARAMS);
    const [which, ...cases] = primals as readonly [NDArray, ...NDArray[]];
    const moving = tangents.slice(1);
    if (moving.every((t) => t === null)) return { outputs, tangents: [null] };
    const terms = cases.map((x, i) => moving[i] ?? scalarLike(x, 0));
    return { outputs, tangents: [broadcastScalar(selectN(which, ...terms), (outputs[0] as NDArray).shape)] };
  },
  transpose: ([ct], [which, ...cases]) => {
    if (!ct || which === undefined) return [null, ...cases.map(() => null)];
    if (isLinearInput(which)) {
      throw new DifferentiationError(
        "selectN: what is chosen depends on a tangent, so the choice is not linear and reverse mode cannot go back " +
          "through it. A JVP rule must be linear in its tangents: choose by primals.",
      );
    }
    const zero = scalarLike(ct, 0);
    return [
      null,
      ...cases.map((x, i) =>
        isLinearInput(x)
          ? unbroadcast(selectN(which, ...cases.map((_, k) => (k === i ? ct : zero))), x.aval.shape)
          : null,
      ),
    ];
  },
  batch: (inputs, axes, size, params) => batchElementwise(selectNPrimitive, inputs, axes, size, params),
  lowering: elementwiseLowering((_, which, first, ...rest) => {
    const isBeyond = (k: number): kernel.Expr => (which.type === "bool" ? which : kernel.gt(which, k));
    return rest.reduce((chosen, x, k) => kernel.select(isBeyond(k), x, chosen), first);
  }),
  args: {
    example: (choose) => {
      const shape = choose.shape();
      const dtype = choose.floatDType();
      const count = choose.int(1, 3);
      const which = count <= 2 ? choose.pick(["bool", "int32"] as const) : "int32";
      return {
        inputs: [
          { shape: choose.bool() ? [] : shape, dtype: which, elements: { min: 0, max: count - 1 } },
          ...Array.from({ length: count }, () => ({ shape, dtype })),
        ],
        params: NO_PARAMS,
      };
    },
    otherDTypes: (choose) => {
      const shape = choose.shape();
      const dtype = choose.pick(["int32", "uint32", "bool"] as const);
      return {
        inputs: [
          { shape, dtype: "bool" },
          { shape, dtype },
          { shape: choose.bool() ? [] : shape, dtype },
        ],
        params: NO_PARAMS,
      };
    },
  },
});

/**
 * `cases[which]`, element by element. `which` is int32, or bool for one or two cases; it and any case may be a
 * scalar standing for an array full of it.
 *
 * @example
 * selectN(array([true, false]), array([1, 2]), array([3, 4])); // [3, 2]
 */
export const selectN = (which: NDArray, ...cases: readonly NDArray[]): NDArray =>
  bind1(selectNPrimitive, [which, ...cases], NO_PARAMS);

/** `onTrue` where `predicate` is true, `onFalse` elsewhere: `selectN` of two cases in the other order. */
export const select = (predicate: NDArray, onTrue: NDArray, onFalse: NDArray): NDArray =>
  selectN(predicate, onFalse, onTrue);
