import type { NDArray } from "../../array/index.ts";
import {
  checkJaxpr,
  type FlatFunction,
  jaxprAsFunction,
  type Tangent,
  traceToJaxpr,
} from "../../core/index.ts";
import { jvpFlat } from "../../transforms/jvp.ts";
import { vjpFlat } from "../../transforms/vjp.ts";
import { type Application, drawApplication } from "../application.ts";
import { compiled } from "./compiled.ts";
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

interface PlainCase extends Case {
  readonly application: Application;
}

/** Nothing in a program depends on whether it is compiled; rounding may. */
export const jitLaw = defineLaw<PlainCase>({
  name: "jit = plain",
  excuse: () => undefined,
  draw: (primitive, source) => ({ application: drawApplication(primitive, source, source.next(2) === 2) }),
  check: ({ application }) => {
    const { fun, inputs } = application;
    const expected = application.evaluate();
    requireClose("jit", compiled(fun)(...inputs), expected);
    const closed = traceToJaxpr(fun, inputs, "makeJaxpr");
    checkJaxpr(closed);
    requireClose("evalJaxpr", jaxprAsFunction(closed)(...inputs), expected);
  },
});

type Variant = "jit of jvp" | "jvp of jit" | "jit of vjp" | "vjp of jit";

const VARIANTS: readonly Variant[] = ["jit of jvp", "jvp of jit", "jit of vjp", "vjp of jit"];

interface DerivativeCase extends Case {
  readonly application: Application;
  readonly variant: Variant;
  readonly tangents: readonly Tangent[];
  readonly cotangents: readonly Tangent[];
}

/** Compiling commutes with differentiation, forward and reverse. Each case compiles one way, for compiling takes time. */
export const jitOfDerivativesLaw = defineLaw<DerivativeCase>({
  name: "jit of derivatives = derivatives of jit = plain",
  excuse: derivativeExcuse,
  draw: (primitive, source) => {
    const application = drawDifferentiable(source, () => drawApplication(primitive, source));
    return {
      application,
      variant: VARIANTS[source.next(VARIANTS.length - 1)] as Variant,
      tangents: drawTangents(source, application, drawLive(source, application)),
      cotangents: drawCotangents(source, application),
    };
  },
  check: ({ application, variant, tangents, cotangents }) => {
    const live = tangents.flatMap((t, i) => (t === null ? [] : [i]));
    const fun = application.restrictedTo(live);
    const inputs = live.map((i) => application.inputs[i] as NDArray);
    const directions = live.map((i) => tangents[i] as NDArray);
    const n = inputs.length;
    const forward =
      (f: FlatFunction): FlatFunction =>
      (...args) => {
        const { outputs, tangents: outTangents } = jvpFlat(f, args.slice(0, n), args.slice(n));
        return [...outputs, ...instantiate(outTangents, outputs)];
      };
    const reverse =
      (f: FlatFunction): FlatFunction =>
      (...args) =>
        instantiate(vjpFlat(f, args).pullback(cotangents), args);

    const transform = variant.includes("jvp") ? forward : reverse;
    const args = variant.includes("jvp") ? [...inputs, ...directions] : inputs;
    const expected = transform(fun)(...args);
    const actual = variant.startsWith("jit") ? compiled(transform(fun)) : transform(compiled(fun));
    requireClose(variant, actual(...args), expected);
  },
});
