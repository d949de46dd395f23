import { describe, expect, test } from "vitest";
import { type LaneKind, laneLoop } from "../../src/compile/nest-lanes.ts";
import { add, constant, type Expr, eq, lt, mul, select, sub } from "../../src/kernel/expr.ts";
import { type Buffer, NestBuilder } from "../../src/kernel/nest.ts";
import { plus } from "../../src/kernel/strided.ts";

/*
 * Which loops over lanes may take several turns at once, and what their variables are then.
 */

type Body = (nest: NestBuilder, i: Expr, buffers: readonly Buffer[]) => void;

/** The analysis of a loop over lanes: inputs are two buffers of float64, one of float32 and one of int32. */
const analyzed = (body: Body): ReturnType<typeof laneLoop> => {
  const spec = (type: "f64" | "f32" | "i32") => ({ type, size: 100 }) as const;
  const nest = new NestBuilder([spec("f64"), spec("f64"), spec("f32"), spec("i32")], [spec("f64")]);
  nest.lanes(10, (i) => body(nest, i, [...nest.inputs, ...nest.outputs]));
  const loop = nest.finish().body.at(-1);
  if (loop?.kind !== "for" || loop.lanes !== true) throw new TypeError("The loop over lanes comes last.");
  return laneLoop(loop.variable, loop.body);
};

const kindsOf = (body: Body): readonly LaneKind[] => [...(analyzed(body)?.kinds.values() ?? [])];

describe("loops whose turns can be taken together", () => {
  test("what is loaded from neighbouring places is a vector", () => {
    const loop = analyzed((nest, i, [x, , , , y]) => {
      nest.store(y as Buffer, i, mul(nest.load(x as Buffer, plus(i, 3)), 2));
    });
    expect(loop?.width).toBe(64);
    expect([...(loop?.kinds.values() ?? [])]).toEqual(["place", "vector"]);
  });

  test("a place moves with the turns, by sums and by differences from it", () => {
    const kinds = kindsOf((nest, i, [x, , , , y]) => {
      const at = nest.variable("i32", add(i, 7));
      nest.for(4, () => at.set(sub(at.value, 1)));
      nest.store(y as Buffer, i, nest.load(x as Buffer, at.value));
    });
    expect(kinds).toEqual(["place", "place", "uniform", "vector"]);
  });

  test("what becomes a vector in a later turn of a loop inside is one from the start", () => {
    const kinds = kindsOf((nest, i, [x, , , , y]) => {
      const sum = nest.variable("f64", 0);
      nest.for(5, (k) => {
        nest.store(y as Buffer, i, sum.value);
        sum.set(add(sum.value, nest.load(x as Buffer, plus(i, k))));
      });
    });
    expect(kinds[1]).toBe("vector");
  });

  test("numbers chosen by a comparison of vectors, and integers that all turns share", () => {
    const loop = analyzed((nest, i, [x, , , n, y]) => {
      const value = nest.load(x as Buffer, i);
      const count = nest.load(n as Buffer, 2);
      nest.for(count, (k) => nest.store(y as Buffer, plus(i, k), select(lt(value, 0), 0, value)));
    });
    expect(loop).toBeDefined();
  });

  test("floats of 32 bits", () => {
    const loop = analyzed((nest, i, [, , x]) => {
      nest.store(x as Buffer, i, mul(nest.load(x as Buffer, i), 2));
    });
    expect(loop?.width).toBe(32);
  });
});

describe("loops that go turn by turn", () => {
  const refused: readonly (readonly [string, Body])[] = [
    [
      "floats of two widths",
      (nest, i, [x, , z]) => {
        nest.load(z as Buffer, i);
        nest.store(x as Buffer, i, nest.load(x as Buffer, i));
      },
    ],
    [
      "places that are not neighbours",
      (nest, i, [x, , , , y]) => nest.store(y as Buffer, i, nest.load(x as Buffer, mul(i, 2))),
    ],
    [
      "places that run backwards",
      (nest, i, [x, , , , y]) =>
        nest.store(y as Buffer, i, nest.load(x as Buffer, sub(constant("i32", 9), i))),
    ],
    [
      "two places in one sum",
      (nest, i, [x, , , , y]) => nest.store(y as Buffer, i, nest.load(x as Buffer, add(i, i))),
    ],
    [
      "one place for the results of all turns",
      (nest, i, [x, , , , y]) => nest.store(y as Buffer, 0, nest.load(x as Buffer, i)),
    ],
    [
      "integers that differ from turn to turn",
      (nest, i, [x, , , n, y]) =>
        nest.store(y as Buffer, i, nest.load(x as Buffer, nest.load(n as Buffer, i))),
    ],
    ["integers that are stored", (nest, i, [, , , n]) => nest.store(n as Buffer, i, 1)],
    [
      "bounds that differ from turn to turn",
      (nest, i, [x, , , , y]) => nest.for(i, (k) => nest.store(y as Buffer, i, nest.load(x as Buffer, k))),
    ],
    [
      "a condition on a vector",
      (nest, i, [x, , , , y]) => {
        const value = nest.load(x as Buffer, i);
        nest.if(eq(value, 0), () => nest.store(y as Buffer, i, value));
      },
    ],
    [
      "a loop that ends by a vector",
      (nest, i, [x, , , , y]) => {
        const value = nest.variable("f64", nest.load(x as Buffer, i));
        nest.while(
          () => lt(value.value, 1),
          () => value.set(add(value.value, 1)),
        );
        nest.store(y as Buffer, i, value.value);
      },
    ],
    ["a copy", (nest, i, [x, z]) => nest.copy(x as Buffer, i, z as Buffer, i, 1)],
    [
      "a sum inside",
      (nest, i, [x, , , , y]) =>
        nest.store(
          y as Buffer,
          i,
          nest.sum(3, (k) => nest.load(x as Buffer, k)),
        ),
    ],
    [
      "no floats at all",
      (nest) => {
        nest.let(constant("i32", 1));
      },
    ],
  ];
  for (const [name, body] of refused) test(name, () => expect(analyzed(body)).toBeUndefined());
});
