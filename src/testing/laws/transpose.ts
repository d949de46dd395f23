import type { ConcreteArray, NDArray } from "../../array/index.ts";
import {
  describeAval,
  type FlatFunction,
  type Primitive,
  sameAval,
  type Tangent,
  traceToJaxpr,
  UndefinedPrimal,
} from "../../core/index.ts";
import { backwardPass } from "../../interpreters/backward-pass.ts";
import { jvpFlat } from "../../transforms/jvp.ts";
import { vjpFlat } from "../../transforms/vjp.ts";
import { type Application, drawApplication } from "../application.ts";
import { elementsOf, roundingTolerance } from "../closeness.ts";
import { drawDirection } from "../elements.ts";
import { fixedSource } from "../fixed-source.ts";
import { innerProduct } from "../inner-product.ts";
import {
  type Case,
  defineLaw,
  derivativeExcuse,
  drawCotangents,
  drawDifferentiable,
  drawLive,
  drawTangents,
  isDifferentiable,
  LawViolation,
  SAMPLES,
} from "./law.ts";

/** Throws unless `⟨ct, J v⟩ = ⟨Jᵀ ct, v⟩` and each cotangent has the shape and dtype of its input. */
export const requireAdjoint = (
  inputs: readonly NDArray[],
  tangents: readonly Tangent[],
  outTangents: readonly Tangent[],
  cotangents: readonly Tangent[],
  inCotangents: readonly Tangent[],
  precision?: number,
): void => {
  inCotangents.forEach((ct, i) => {
    const x = inputs[i] as NDArray;
    if (ct === null || sameAval(ct, x)) return;
    throw new LawViolation(
      `the cotangent of input ${i} is ${describeAval(ct)}, the input ${describeAval(x)}`,
    );
  });
  const forward = innerProduct(cotangents, outTangents);
  const backward = innerProduct(inCotangents, tangents);
  const dtypes = [...inputs, ...cotangents].flatMap((x) => (x ? [x.dtype] : []));
  const rtol = precision ?? roundingTolerance(dtypes.includes("float32") ? "float32" : "float64").rtol;
  if (Math.abs(forward.value - backward.value) <= rtol * (1e-3 + forward.size + backward.size)) return;
  throw new LawViolation(`⟨ct, J v⟩ = ${forward.value}, but ⟨Jᵀ ct, v⟩ = ${backward.value}`);
};

interface AdjointCase extends Case {
  readonly application: Application;
  readonly tangents: readonly Tangent[];
  readonly cotangents: readonly Tangent[];
}

/** Reverse mode is the transpose of forward mode, for any inputs with tangents and any outputs with cotangents. */
export const adjointLaw = defineLaw<AdjointCase>({
  name: "⟨ct, J v⟩ = ⟨Jᵀ ct, v⟩",
  excuse: derivativeExcuse,
  draw: (primitive, source) => {
    const application = drawDifferentiable(source, () => drawApplication(primitive, source));
    return {
      application,
      tangents: drawTangents(source, application, drawLive(source, application)),
      cotangents: drawCotangents(source, application),
    };
  },
  check: ({ application, tangents, cotangents }) => {
    const live = tangents.flatMap((t, i) => (t === null ? [] : [i]));
    const fun = application.restrictedTo(live);
    const inputs = live.map((i) => application.inputs[i] as ConcreteArray);
    const directions = live.map((i) => tangents[i] as NDArray);
    const { tangents: outTangents } = jvpFlat(fun, inputs, directions);
    requireAdjoint(inputs, directions, outTangents, cotangents, vjpFlat(fun, inputs).pullback(cotangents));
  },
});

/** Whether `fun` is linear at the given points: it keeps sums and multiples. */
const isLinearAt = (fun: FlatFunction, xs: readonly NDArray[], ys: readonly NDArray[]): boolean => {
  const combined = xs.map((x, i) => combination(x as ConcreteArray, ys[i] as ConcreteArray, 0.5, -2));
  const [fx, fy, fz] = [fun(...xs), fun(...ys), fun(...combined)];
  return fz.every((z, k) => {
    const [a, b, c] = [fx[k], fy[k], z].map((y) => elementsOf(y as NDArray));
    const { rtol } = roundingTolerance(z.dtype);
    return c?.every((value, i) => {
      const expected = 0.5 * (a?.[i] as number) - 2 * (b?.[i] as number);
      return Math.abs(value - expected) <= rtol * (1 + Math.abs(expected));
    });
  });
};

const combination = (x: ConcreteArray, y: ConcreteArray, a: number, b: number): NDArray => {
  const [p, q] = [elementsOf(x), elementsOf(y)];
  const data = p.slice();
  for (let i = 0; i < data.length; i++) data[i] = a * (p[i] as number) + b * (q[i] as number);
  return new (x.constructor as typeof ConcreteArray)(data, x.shape, x.dtype);
};

const joint = new WeakMap<Primitive, boolean>();

/**
 * Whether a primitive is linear in all its differentiable inputs together, as a sum is, and a product is not. One
 * application does not tell: a product of arrays without elements is anything.
 */
const isJointlyLinear = (primitive: Primitive): boolean => {
  const known = joint.get(primitive);
  if (known !== undefined) return known;
  const answer = Array.from({ length: SAMPLES }, (_, seed) => fixedSource(seed)).every((source) => {
    const application = drawApplication(primitive, source);
    const live = application.inputs.flatMap((_, i) => (application.differentiable[i] ? [i] : []));
    const draw = (): NDArray[] =>
      live.map((i) => drawDirection(source, application.inputs[i] as ConcreteArray));
    return isLinearAt(application.restrictedTo(live), draw(), draw());
  });
  joint.set(primitive, answer);
  return answer;
};

interface LinearCase extends AdjointCase {
  /** Other values of the same inputs, to try linearity with. */
  readonly others: readonly Tangent[];
}

/** Wherever an application is linear in some inputs, its transpose rule is the adjoint in them. */
export const linearTransposeLaw = defineLaw<LinearCase>({
  name: "the transpose rule is the adjoint",
  excuse: (primitive) =>
    (isDifferentiable(primitive) ? undefined : "no tangent flows through it") ?? primitive.missing.transpose,
  draw: (primitive, source) => {
    const application = drawDifferentiable(source, () => drawApplication(primitive, source));
    const some = drawLive(source, application);
    const live = isJointlyLinear(primitive) ? some : some.slice(0, 1);
    return {
      application,
      tangents: drawTangents(source, application, live),
      cotangents: drawCotangents(source, application),
      others: application.inputs.map((x, i) => (live.includes(i) ? drawDirection(source, x) : null)),
    };
  },
  check: ({ application, tangents, cotangents, others }) => {
    const live = tangents.flatMap((t, i) => (t === null ? [] : [i]));
    const directions = live.map((i) => tangents[i] as NDArray);
    const fun = application.restrictedTo(live);
    if (cotangents.every((ct) => ct === null)) return;
    if (
      !isLinearAt(
        fun,
        directions,
        live.map((i) => others[i] as NDArray),
      )
    )
      return;
    const closed = traceToJaxpr(fun, directions, "linearTranspose");
    const inCotangents = backwardPass(
      closed.jaxpr,
      closed.consts,
      directions.map((x) => new UndefinedPrimal({ shape: x.shape, dtype: x.dtype, weakType: false })),
      cotangents,
    );
    requireAdjoint(directions, directions, fun(...directions), cotangents, inCotangents);
  },
});
