import type { NDArray } from "../../array/index.ts";
import type { FlatFunction, Tangent } from "../../core/index.ts";
import { jvpFlat } from "../../transforms/jvp.ts";
import { vjpFlat } from "../../transforms/vjp.ts";
import { type Application, drawApplication } from "../application.ts";
import { directionalDifference, stepFor } from "../finite-differences.ts";
import { requireDerivative } from "./jvp.ts";
import {
  type Case,
  defineLaw,
  derivativeExcuse,
  drawCotangents,
  drawDifferentiable,
  drawLive,
  drawTangents,
  instantiate,
  requireClose,
} from "./law.ts";

interface SecondOrderCase extends Case {
  readonly application: Application;
  readonly tangents: readonly Tangent[];
  readonly cotangents: readonly Tangent[];
}

/**
 * The Hessian of `⟨ct, f⟩` times a vector, computed three ways: pushing a tangent through reverse mode, pulling the
 * cotangent back through forward mode, and by differences of gradients.
 */
export const requireSymmetricHessian = (
  fun: FlatFunction,
  inputs: readonly NDArray[],
  directions: readonly NDArray[],
  cotangents: readonly Tangent[],
  tolerance: number,
): void => {
  const gradient: FlatFunction = (...xs) => instantiate(vjpFlat(fun, xs).pullback(cotangents), xs);
  const slope: FlatFunction = (...xs) => {
    const { outputs, tangents } = jvpFlat(fun, xs, directions);
    return instantiate(tangents, outputs);
  };
  const pushed = jvpFlat(gradient, inputs, directions);
  const forwardOverReverse = instantiate(pushed.tangents, inputs);
  const reverseOverForward = instantiate(vjpFlat(slope, inputs).pullback(cotangents), inputs);
  requireClose("reverse over forward, expected forward over reverse", reverseOverForward, forwardOverReverse);
  if (inputs.some((x) => x.dtype === "float32")) return;
  const differences = directionalDifference(gradient, inputs, directions, stepFor(inputs));
  forwardOverReverse.forEach((h, i) => {
    const difference = differences[i];
    if (difference === undefined) return;
    requireDerivative(`forward over reverse, input ${i}`, h, h, difference, tolerance);
  });
};

/** Second derivatives are the same whichever way they are taken, and are the derivatives of the first. */
export const secondOrderLaw = defineLaw<SecondOrderCase>({
  name: "reverse over forward = forward over reverse",
  excuse: (primitive) =>
    derivativeExcuse(primitive) ??
    (primitive.args?.smooth === false ? "it has no second derivative" : undefined),
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
    requireSymmetricHessian(
      application.restrictedTo(live),
      live.map((i) => application.inputs[i] as NDArray),
      live.map((i) => tangents[i] as NDArray),
      cotangents,
      Math.max(1e-4, 10 * (application.primitive.args?.tolerance ?? 0)),
    );
  },
});
