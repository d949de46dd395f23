import { isFloat, type NDArray } from "../../array/index.ts";
import type { FlatFunction } from "../../core/index.ts";
import { customLinearSolve } from "../../lax/custom-linear-solve.ts";
import { reduceSum } from "../../primitives/broadcast.ts";
import { add, div, mul, tanh } from "../../primitives/elementwise/index.ts";
import { range, scalarLike } from "../../primitives/rules.ts";
import { checkpoint } from "../../transforms/checkpoint.ts";
import { customJvp } from "../../transforms/custom-jvp.ts";
import { customVjp } from "../../transforms/custom-vjp.ts";
import { grad } from "../../transforms/grad.ts";
import { jit } from "../../transforms/jit.ts";
import { jvp } from "../../transforms/jvp.ts";
import { vjp } from "../../transforms/vjp.ts";
import { vmap } from "../../transforms/vmap.ts";
import { atUnitSpeed, type Body, drawInner, example, GREATEST_DEPTH, type InnerOptions } from "./inner.ts";
import { withCond, withFor, withScan, withWhile } from "./loops.ts";
import type { Facts } from "./program.ts";
import type { Operation } from "./scope.ts";

/*
 * Programs within programs: called through a transform, which may itself be differentiated, batched and compiled. They
 * may also use values of the program around them, as functions close over variables.
 */

type FlatTransform = (
  f: (...xs: NDArray[]) => readonly NDArray[],
) => (...xs: NDArray[]) => readonly NDArray[];

/** A call of an inner program through a transform that does not change what it computes. */
const call =
  (name: string, transform: FlatTransform, options: InnerOptions = {}): ((body: Body) => Operation) =>
  (body) =>
  (scope) => {
    const first = scope.pickFloat();
    if (first === undefined) return;
    const args = scope.choose.bool() ? [first, scope.pick(() => true) as number] : [first];
    const inner = drawInner(scope, args, body, options);
    const apply: FlatFunction = (...values) => {
      const captured = values.slice(0, inner.captured.length);
      const called = transform((...xs) => inner.run(...captured, ...xs));
      return called(...values.slice(inner.captured.length));
    };
    scope.emit(name, [...inner.captured, ...args], apply, ...inner.outputs);
  };

const withJit = call("jit", (f) => jit(f));
const withCheckpoint = call("checkpoint", (f) => checkpoint(f));

/** A function with a JVP rule that says what differentiation would. */
const withCustomJvp = call(
  "customJvp",
  (f) => {
    const custom = customJvp(f);
    custom.defjvp((primals: NDArray[], tangents: NDArray[]) => jvp(f, primals, tangents));
    return custom;
  },
  { canCapture: false, isPushed: true },
);

/** A function with a VJP rule that says what differentiation would. */
const withCustomVjp = call(
  "customVjp",
  (f) => {
    const custom = customVjp(f);
    custom.defvjp(
      (...xs: NDArray[]) => [f(...xs), xs] as const,
      (xs: NDArray[], cts: NDArray[]) => vjp(f, xs)[1](cts),
    );
    return custom;
  },
  { canCapture: false },
);

/** An inner program applied to each row of a value. */
const withVmap =
  (body: Body): Operation =>
  (scope) => {
    const place = scope.pickFloat(({ shape }) => shape.length > 0);
    if (place === undefined) return;
    const inner = drawInner(scope, [place], body, { see: example });
    const size = scope.facts(place).shape[0] as number;
    if (inner.outputs.some(({ shape }) => !scope.fits([size, ...shape]))) return;
    const apply: FlatFunction = (...values) => {
      const captured = values.slice(0, inner.captured.length);
      const mapped = vmap((x: NDArray): readonly NDArray[] => inner.run(...captured, x));
      return mapped(values.at(-1) as NDArray);
    };
    scope.emit("vmap", [...inner.captured, place], apply, ...inner.outputs);
  };

/** A directional derivative of an inner program, along another value or the argument itself. */
const innerJvp =
  (body: Body): Operation =>
  (scope) => {
    const place = scope.pickFloat();
    if (place === undefined) return;
    const x = scope.facts(place);
    const along = scope.pick((v) => v.dtype === x.dtype && v.shape.join() === x.shape.join()) as number;
    const inner = drawInner(scope, [place], body, {
      see: atUnitSpeed,
      canReturnSeveral: false,
      isPushed: true,
    });
    const v = scope.facts(along);
    const slope = inner.outputs[0]?.slope ?? 1;
    const captured = inner.captured.length;
    scope.emit(
      "jvp",
      [...inner.captured, place, along],
      (...values) => {
        const f = (y: NDArray): readonly NDArray[] => inner.run(...values.slice(0, captured), y);
        return jvp(f, [values[captured] as NDArray], [values[captured + 1] as NDArray])[1];
      },
      {
        bound: slope * v.bound * Math.max(1, elements(x)),
        slope: slope * slope * (x.slope * v.bound + v.slope),
      },
    );
  };

const elements = ({ shape }: Facts): number => shape.reduce((size, n) => size * n, 1);

/** The gradient of the sum of what an inner program returns. */
const innerGrad =
  (body: Body): Operation =>
  (scope) => {
    const place = scope.pickFloat();
    if (place === undefined) return;
    const x = scope.facts(place);
    const inner = drawInner(scope, [place], body, {
      see: atUnitSpeed,
      canReturnSeveral: false,
      isPulled: true,
    });
    const output = inner.outputs[0];
    if (output === undefined || !isFloat(output.dtype)) return;
    const axes = range(output.shape.length);
    scope.emit(
      "grad",
      [...inner.captured, place],
      (...values) => {
        const captured = values.slice(0, inner.captured.length);
        return [
          grad((y: NDArray) => reduceSum(inner.run(...captured, y)[0] as NDArray, axes))(
            values.at(-1) as NDArray,
          ),
        ];
      },
      {
        bound: output.slope * Math.max(1, elements(output)),
        slope: output.slope * output.slope * x.slope * Math.max(1, elements(output)),
      },
    );
  };

/** The solution of a linear system whose matrix depends on another value, or on the right-hand side itself. */
const linearSolve: Operation = (scope) => {
  const place = scope.pickFloat();
  if (place === undefined) return;
  const b = scope.facts(place);
  const other = scope.pick((v) => v.dtype === b.dtype && v.shape.join() === b.shape.join()) as number;
  const c = scope.facts(other);
  scope.emit(
    "customLinearSolve",
    [place, other],
    (right, x) => {
      const matrix = add(tanh(x as NDArray), scalarLike(x as NDArray, 2));
      const divide = (_: unknown, y: NDArray): NDArray => div(y, matrix);
      return [
        customLinearSolve((v: NDArray) => mul(v, matrix), right as NDArray, divide, {
          transposeSolve: divide,
        }),
      ];
    },
    { bound: b.bound, slope: b.slope + b.bound * c.slope },
  );
};

/** Operations that run a program within the program, whose own steps `body` draws. */
export const callsOf = (body: Body): readonly Operation[] => {
  const forward = [
    withJit,
    withCheckpoint,
    withVmap,
    withScan,
    withFor,
    withCond,
    withCustomJvp,
    innerJvp,
    innerGrad,
  ].map((make) => make(body));
  const reverse = withCustomVjp(body);
  const pushed = withWhile(body);
  return [
    linearSolve,
    ...forward.map(
      (operation): Operation =>
        (scope) => {
          if (scope.depth < GREATEST_DEPTH) operation(scope);
        },
    ),
    (scope) => {
      if (scope.depth < GREATEST_DEPTH && scope.reverseOnly) reverse(scope);
    },
    (scope) => {
      if (scope.depth < GREATEST_DEPTH && scope.forwardOnly) pushed(scope);
    },
  ];
};
