import type { NDArray } from "../../array/index.ts";
import { isFloat } from "../../array/index.ts";
import type { FlatFunction } from "../../core/index.ts";
import { cond } from "../../lax/cond.ts";
import { scan } from "../../lax/scan.ts";
import { reduceSum, zerosLike } from "../../primitives/broadcast.ts";
import { add } from "../../primitives/elementwise/add.ts";
import { mul } from "../../primitives/elementwise/arithmetic.ts";
import { range, scalarLike } from "../../primitives/rules.ts";
import { checkpoint } from "../../transforms/checkpoint.ts";
import { customJvp } from "../../transforms/custom-jvp.ts";
import { customVjp } from "../../transforms/custom-vjp.ts";
import { grad } from "../../transforms/grad.ts";
import { jit } from "../../transforms/jit.ts";
import { jvp } from "../../transforms/jvp.ts";
import { vjp } from "../../transforms/vjp.ts";
import { vmap } from "../../transforms/vmap.ts";
import { type Facts, runSteps } from "./program.ts";
import { type Operation, Scope } from "./scope.ts";

/*
 * Programs within programs: called through a transform, which may itself be differentiated, batched and compiled. They
 * may also use values of the program around them, as functions close over variables.
 */

/** How deep programs are nested. */
const GREATEST_DEPTH = 2;

/** A program drawn for the values at some places of another. */
interface Inner {
  /** Places, in the outer program, of the values that are closed over, and of the arguments. */
  readonly captured: readonly number[];
  readonly args: readonly number[];
  /** From closed-over values, then arguments, to results. */
  readonly run: FlatFunction;
  readonly outputs: readonly Facts[];
}

interface InnerOptions {
  /** Facts of an argument as the inner program sees it. */
  readonly see?: (facts: Facts) => Facts;
  readonly canCapture?: boolean;
  readonly canReturnSeveral?: boolean;
  /** Whether tangents are pushed through the inner program. */
  readonly isPushed?: boolean;
}

/** What the elements of one program are made of. */
export type Body = (scope: Scope) => void;

const drawInner = (
  scope: Scope,
  args: readonly number[],
  body: Body,
  { see = (facts) => facts, canCapture = true, canReturnSeveral = true, isPushed = false }: InnerOptions = {},
): Inner => {
  const { choose } = scope;
  const captured: number[] = [];
  if (canCapture && choose.bool()) captured.push(scope.pickFloat() as number);
  const start = [...captured.map((i) => scope.facts(i)), ...args.map((i) => see(scope.facts(i)))];
  const inner = new Scope(choose, start, {
    floats: scope.floats,
    reverseOnly: scope.reverseOnly && !isPushed,
    depth: scope.depth + 1,
    gridded: 0,
  });
  body(inner);
  const last = inner.newestFloat();
  const outputs = canReturnSeveral && choose.bool() ? [last, choose.int(0, inner.values.length - 1)] : [last];
  return {
    captured,
    args,
    run: (...values) => {
      const all = runSteps(inner.steps, values);
      return outputs.map((i) => all[i] as NDArray);
    },
    outputs: outputs.map((i) => inner.facts(i)),
  };
};

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

/** One array without its first axis. */
const example = ({ shape, ...rest }: Facts): Facts => ({ ...rest, shape: shape.slice(1) });

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

/**
 * A loop over the rows of a value: what an inner program makes of each is stacked, and added to a carry that decays.
 */
const withScan =
  (body: Body): Operation =>
  (scope) => {
    const place = scope.pickFloat(({ shape }) => shape.length > 0);
    if (place === undefined) return;
    const inner = drawInner(scope, [place], body, { see: example, canReturnSeveral: false });
    const [output] = inner.outputs;
    if (output === undefined || !isFloat(output.dtype)) return;
    if (!scope.fits([scope.facts(place).shape[0] as number, ...output.shape])) return;
    const options = { reverse: scope.choose.bool() };
    const apply: FlatFunction = (...values) => {
      const captured = values.slice(0, inner.captured.length);
      const turn = (carry: NDArray, x: NDArray): readonly [NDArray, NDArray] => {
        const [y] = inner.run(...captured, x) as readonly [NDArray];
        return [add(mul(carry, scalarLike(carry, 0.5)), y), y];
      };
      return scan(turn, zerosLike(output), values.at(-1) as NDArray, options);
    };
    const { bound, slope } = output;
    scope.emit("scan", [...inner.captured, place], apply, { bound: 2 * bound, slope: 2 * slope }, output);
  };

/** An inner program, or half of what it gives, by a condition that depends on nothing. */
const withCond =
  (body: Body): Operation =>
  (scope) => {
    const place = scope.pickFloat();
    if (place === undefined) return;
    const inner = drawInner(scope, [place], body, { canReturnSeveral: false });
    const [output] = inner.outputs;
    if (output === undefined || !isFloat(output.dtype)) return;
    const isWhole = scope.choose.bool();
    const apply: FlatFunction = (...values) => {
      const captured = values.slice(0, inner.captured.length);
      const whole = (x: NDArray): NDArray => inner.run(...captured, x)[0] as NDArray;
      const half = (x: NDArray): NDArray => mul(whole(x), scalarLike(output, 0.5));
      return [cond(isWhole, whole, half, values.at(-1) as NDArray)];
    };
    scope.emit("cond", [...inner.captured, place], apply, output);
  };

/** How fast an inner program changes with its argument, where the argument itself changes at unit speed. */
const atUnitSpeed = (facts: Facts): Facts => ({ ...facts, slope: 1 });

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
    const inner = drawInner(scope, [place], body, { see: atUnitSpeed, canReturnSeveral: false });
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

/** Operations that run a program within the program, whose own steps `body` draws. */
export const callsOf = (body: Body): readonly Operation[] => {
  const forward = [
    withJit,
    withCheckpoint,
    withVmap,
    withScan,
    withCond,
    withCustomJvp,
    innerJvp,
    innerGrad,
  ].map((make) => make(body));
  const reverse = withCustomVjp(body);
  return [
    ...forward.map(
      (operation): Operation =>
        (scope) => {
          if (scope.depth < GREATEST_DEPTH) operation(scope);
        },
    ),
    (scope) => {
      if (scope.depth < GREATEST_DEPTH && scope.reverseOnly) reverse(scope);
    },
  ];
};
