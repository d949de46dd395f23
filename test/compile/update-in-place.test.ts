import { fc, test as property } from "@fast-check/vitest";
import { lax, type NDArray, numpy as np } from "cotangent";
import { describe, expect, test } from "vitest";
import { lowerJaxpr } from "../../src/compile/compile.ts";
import { allKernels, type NestKernel } from "../../src/compile/program.ts";
import { isInPlace } from "../../src/compile/update-in-place.ts";
import { compiledOf, evaluate, filled, requireNear, traced, unoptimized } from "./support.ts";

type State = readonly NDArray[];
type Fun = (...xs: NDArray[]) => readonly NDArray[];

/** Long enough for a copy to be a statement of its own. */
const LENGTH = 20;
const vectors = [1, 2, 3].map((k) => filled([LENGTH], "float32", (i) => k + i / 4));

/** For each scatter, update and concatenation of the optimized program, whether it runs in place. */
const inPlace = (fun: Fun, count = 1): boolean[] => {
  const { program } = lowerJaxpr(traced(fun, vectors.slice(0, count)));
  return [...allKernels(program.kernels)]
    .filter(
      (k): k is NestKernel => k.kind === "nest" && /^(scatter|dynamicUpdateSlice|concatenate)/.test(k.name),
    )
    .map(isInPlace);
};

const setAt = (x: NDArray, i: NDArray | number, value: NDArray | number): NDArray => x.at(i).set(value);
const turns = (n: number, body: (i: NDArray, state: State) => State, start: State): State =>
  lax.foriLoop(0, n, body, start);

describe("what is updated in place", () => {
  test("an argument, and what was updated before", () => {
    expect(inPlace((x) => [setAt(setAt(x, 0, 1), 3, 2)])).toEqual([true, true]);
  });

  test("a value of the program", () => {
    expect(inPlace((x) => [setAt(np.sin(x), 0, 1)])).toEqual([true]);
  });

  test("scatters with sums", () => {
    expect(inPlace((x) => [np.sin(x).at([1, 2]).add(1)])).toEqual([true]);
  });

  test("the carry of a loop, and its parts", () => {
    expect(inPlace((x) => turns(9, (i, [c]) => [setAt(c as NDArray, i, i)], [x]))).toEqual([true]);
    const two = (x: NDArray, y: NDArray) =>
      turns(
        9,
        (i, [a, b]) => [setAt(a as NDArray, i, (b as NDArray).at(i).get()), setAt(b as NDArray, 3, i)],
        [x, y],
      );
    expect(inPlace(two, 2)).toEqual([true, true]);
  });

  test("the carry of a loop, several times in a turn, and in a loop inside", () => {
    const body = (i: NDArray, [c]: State): State => [setAt(setAt(c as NDArray, i, 1), 0, i)];
    expect(inPlace((x) => turns(9, body, [x]))).toEqual([true, true]);
    expect(inPlace((x) => turns(4, (_, state) => turns(3, body, state), [x]))).toEqual([true, true]);
  });

  test("the carry of a loop that runs for as long as it likes", () => {
    const fun = (x: NDArray) =>
      lax.whileLoop(
        ([i]) => np.less(i, 7),
        ([i, c]) => [np.add(i, 1), setAt(c, i, 5)] as const,
        [np.array(0, { dtype: "int32" }), x] as const,
      );
    expect(inPlace(fun)).toEqual([true]);
  });
});

describe("what is joined where its first part lies", () => {
  test("a value of the program", () => {
    expect(inPlace((x, y) => [np.concatenate([np.sin(x), y])], 2)).toEqual([true]);
  });

  test("the front of a value that is longer", () => {
    expect(inPlace((x) => [np.concatenate([np.sin(x).at(np.slice(0, -2)).get(), np.ones(2)])])).toEqual([
      true,
    ]);
  });

  test("what was joined before", () => {
    const fun: Fun = (x, y) => [np.concatenate([np.cumsum(np.concatenate([np.sin(x), y])), y])];
    expect(inPlace(fun, 2)).toEqual([true, true]);
    requireSame(fun, 2);
  });

  test("no argument, nothing that is read elsewhere, nothing that has to move, no columns", () => {
    const parts: Record<string, Fun> = {
      argument: (x, y) => [np.concatenate([x, y])],
      returned: (x, y) => [np.sin(x)].flatMap((z) => [np.concatenate([z, y]), z]),
      "twice there": (x) => [np.sin(x)].map((z) => np.concatenate([z, z])),
      "not its front": (x, y) => [np.concatenate([np.sin(x).at(np.slice(2, null)).get(), y])],
      "too long": (x) => [np.sin(x)].map((z) => np.concatenate([z.at(np.slice(0, 17)).get(), np.ones(1)])),
      columns: (x, y) => [np.stack([np.sin(x), y], 1)],
    };
    for (const [name, fun] of Object.entries(parts)) expect([name, inPlace(fun, 2)]).toEqual([name, [false]]);
  });
});

describe("what is not", () => {
  test("what is returned, or read afterwards", () => {
    const double = (x: NDArray) => [np.sin(x)].flatMap((y) => [setAt(y, 0, 1), y]);
    expect(inPlace(double)).toEqual([false]);
    const late = (x: NDArray) => [np.sin(x)].map((y) => np.add(np.cumsum(setAt(y, 0, 1)), np.flip(y)));
    expect(inPlace(late)).toEqual([false]);
  });

  test("constants, and what an update takes its elements from", () => {
    const table = filled([LENGTH], "float32", (i) => i);
    expect(inPlace((x) => [setAt(table, 0, x.at(0).get())])).toEqual([false]);
    const shifted = (x: NDArray) => [np.sin(x)].map((y) => lax.dynamicUpdateSlice(y, y.at([5]).get(), [0]));
    expect(inPlace(shifted)).toEqual([true]);
  });

  test("what comes from outside of a loop", () => {
    const fun = (x: NDArray) => [np.sin(x)].flatMap((y) => turns(3, (i) => [setAt(y, i, 1)], [x]));
    expect(inPlace(fun)).toEqual([false]);
  });

  test("a carry that stays behind in the results of each turn", () => {
    const fun = (x: NDArray) => {
      const [last, all] = lax.scan((c, i) => [setAt(c, i, 1), c], x, lax.iota("int32", 4));
      return [last, all];
    };
    requireSame(fun, 1);
  });
});

/** Compiled, with and without passes, equals evaluated in every bit. */
const requireSame = (fun: Fun, count = 3): void => {
  const inputs = vectors.slice(0, count);
  const closed = traced(fun, inputs);
  const expected = evaluate(closed, inputs);
  requireNear(compiledOf(closed)(inputs), expected, { ulps: 0 }, `${closed}`);
  requireNear(unoptimized(closed)(inputs), expected, { ulps: 0 }, `${closed}`);
};

/** One step of a program over three vectors: the new `to`, from `from` and perhaps itself. */
interface Step {
  readonly kind: "set" | "add" | "window" | "copy" | "halve" | "turn" | "join" | "branch" | "loop" | "keep";
  readonly to: number;
  readonly from: number;
  readonly at: number;
  readonly inner: readonly Step[];
}

const index = fc.nat({ max: 2 });
const steps = fc.letrec<{ readonly steps: readonly Step[] }>((tie) => ({
  steps: fc.array(
    fc.oneof(
      { depthSize: "small" },
      fc.record({
        kind: fc.constantFrom<Step["kind"][]>(
          "set",
          "add",
          "window",
          "copy",
          "halve",
          "turn",
          "join",
          "keep",
        ),
        to: index,
        from: index,
        at: fc.nat({ max: LENGTH - 1 }),
        inner: fc.constant([]),
      }),
      fc.record({
        kind: fc.constantFrom<Step["kind"][]>("branch", "loop"),
        to: index,
        from: index,
        at: fc.nat({ max: LENGTH - 1 }),
        inner: tie("steps"),
      }),
    ),
    { maxLength: 6 },
  ),
})).steps;

/** Run steps on a state; what `keep` saw goes to `kept`. */
const run = (program: readonly Step[], start: State, kept: NDArray[]): State => {
  let state = start;
  const take = (k: number): NDArray => state[k] as NDArray;
  for (const { kind, to, from, at, inner } of program) {
    const put = (value: NDArray): void => {
      state = state.map((x, k) => (k === to ? value : x));
    };
    const source = (): NDArray => take(from).at(at).get();
    switch (kind) {
      case "set":
        put(take(to).at(at).set(source()));
        break;
      case "add":
        put(take(to).at([at, 3]).add(source()));
        break;
      case "window":
        put(lax.dynamicUpdateSlice(take(to), lax.dynamicSlice(take(from), [at], [7]), [LENGTH - at]));
        break;
      case "copy":
        put(take(from));
        break;
      case "halve":
        put(np.multiply(take(to), 0.5));
        break;
      case "turn":
        put(
          np.concatenate([
            take(to)
              .at(np.slice(0, LENGTH - at))
              .get(),
            take(from).at(np.slice(0, at)).get(),
          ]),
        );
        break;
      case "join":
        put(
          np
            .concatenate([take(to), take(from)])
            .at(np.slice(at, at + LENGTH))
            .get(),
        );
        break;
      case "keep":
        kept.push(take(from));
        break;
      case "branch":
        state = lax.cond(
          np.less(source(), 4),
          (s: State) => run(inner, s, []),
          (s: State) => s,
          state,
        );
        break;
      case "loop":
        state = turns(1 + (at % 3), (_, s) => run(inner, s, []), state);
    }
  }
  return state;
};

describe("random programs of updates", () => {
  property.prop([steps], { numRuns: 60 })("are what they are by reference", (program) => {
    requireSame((...start) => {
      const kept: NDArray[] = [];
      return [...run(program, start, kept), ...kept];
    });
  });

  property.prop([steps, fc.boolean()], { numRuns: 60 })("inside of loops, too", (program, reverse) => {
    requireSame((...start) => {
      const [last, all] = lax.scan(
        (state: State, _: null): readonly [State, readonly NDArray[]] => {
          const kept: NDArray[] = [];
          return [run(program, state, kept), kept];
        },
        start as State,
        null,
        { length: 3, reverse },
      );
      return [...last, ...all];
    });
  });
});
