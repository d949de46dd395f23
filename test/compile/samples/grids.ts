import type { DType, NDArray } from "../../../src/array/index.ts";
import { lowerJaxpr } from "../../../src/compile/compile.ts";
import { generateModule } from "../../../src/compile/generate.ts";
import { type Aval, type FlatFunction, traceToJaxpr } from "../../../src/core/index.ts";
import { numpy as np } from "../../../src/index.ts";
import { dotGeneral } from "../../../src/primitives/dot.ts";
import { slice } from "../../../src/primitives/padding.ts";
import { transpose } from "../../../src/primitives/shape.ts";

/*
 * Many small programs, one line each: how long their code is and how much memory they take shows which of several right
 * ways the code generators took. The lengths are those at which they change their mind, and their neighbours.
 */

const abstract = (shape: readonly number[], dtype: DType): Aval => ({ shape, dtype, weakType: false });

/** Makes a line. */
export type Line = () => string;

type Fun = (x: NDArray, y: NDArray) => readonly NDArray[];

/** What there is to say of a program in a line. */
const described =
  (name: string, fun: Fun, inputs: readonly Aval[]): Line =>
  () => {
    const flat: FlatFunction = (...xs) => fun(...(xs as unknown as Parameters<Fun>));
    const { program, plan } = lowerJaxpr(traceToJaxpr(flat, inputs, "jit"));
    const { bytes, constants } = generateModule(program, plan);
    const kinds = program.kernels.map(({ kind }) => kind).join(" ");
    return `${name}: ${kinds}, code ${bytes.length}, scratch ${plan.bytes}, constants ${constants.size}`;
  };

const DTYPES = ["float32", "float64", "int32"] as const;

/** Rows of the left operand, what is summed over, columns of the right operand. */
const PRODUCTS: readonly (readonly [m: number, k: number, n: number])[] = [
  ...[1, 2, 3, 4, 5, 7, 8, 9].flatMap((m) => [1, 4, 17].map((n) => [m, 6, n] as const)),
  ...[1, 2, 3, 4, 5, 8, 15, 16, 17, 33].map((n) => [9, 5, n] as const),
  ...[1, 2, 3, 4, 5, 7, 8, 31, 32, 33, 64, 255, 256, 257, 300].map((k) => [6, k, 8] as const),
  ...[255, 256, 257, 512, 600].flatMap((long) => [
    [1, long, 9] as const,
    [9, long, 1] as const,
    [1, 9, long] as const,
  ]),
  ...[7, 8, 9, 15, 16, 17].flatMap((k) => [[1, k, 9] as const, [9, k, 1] as const]),
  ...[63, 64, 65].map((n) => [4, 64, n] as const),
  ...[7, 8].map((m) => [m, 64, 65] as const),
  ...[63, 64, 65, 128, 130].flatMap((size) => [[size, size, size] as const, [size, 8, 40] as const]),
  ...[1, 2, 3].map((m) => [m, 1100, 600] as const),
  ...[12, 16, 20, 64, 100].flatMap((k) => [40, 64, 100, 260].map((n) => [1, k, n] as const)),
  ...[0, 3].flatMap((m) => [0, 3].flatMap((k) => [0, 3].map((n) => [m, k, n] as const))),
];

/** Products of all forms, either operand transposed or not. */
export const productLines = (): Line[] =>
  PRODUCTS.flatMap(([m, k, n]) =>
    DTYPES.slice(0, m * n > 5000 ? 1 : 3).flatMap((dtype) =>
      [false, true].flatMap((left) =>
        [false, true].map((right) => {
          const lhs = left ? [k, m] : [m, k];
          const rhs = right ? [n, k] : [k, n];
          return described(
            `${dtype} ${m}×${k}·${k}×${n}${left ? ", left transposed" : ""}${right ? ", right transposed" : ""}`,
            (a, b) => [
              dotGeneral(a, b, {
                lhsContracting: [left ? 0 : 1],
                rhsContracting: [right ? 1 : 0],
                lhsBatch: [],
                rhsBatch: [],
              }),
            ],
            [abstract(lhs, dtype), abstract(rhs, dtype)],
          );
        }),
      ),
    ),
  );

/** Products with some columns of a matrix, whose rows lie farther apart than they are long. */
export const columnLines = (): Line[] =>
  [63, 64, 65].flatMap((stride) =>
    [7, 8].map((m) =>
      described(`${m}×6 · 24 of ${stride} columns`, (a, b) => [np.matmul(a, slice(b, [0, 0], [6, 24]))], [
        abstract([m, 6], "float32"),
        abstract([6, stride], "float32"),
      ]),
    ),
  );

/** Products with a batch first, in the middle or last. */
export const batchLines = (): Line[] =>
  [1, 2, 5].flatMap((batch) =>
    [0, 1, 2].flatMap((at) =>
      [
        [4, 3, 5],
        [1, 7, 9],
        [9, 1, 2],
      ].map(([m, k, n]) => {
        const put = (shape: readonly (number | undefined)[]): number[] =>
          [...shape.slice(0, at), batch, ...shape.slice(at)] as number[];
        const rest = [0, 1, 2].filter((axis) => axis !== at);
        return described(
          `batch of ${batch} along ${at}, ${m}×${k}·${k}×${n}`,
          (a, b) => [
            dotGeneral(a, b, {
              lhsContracting: [rest[1] as number],
              rhsContracting: [rest[0] as number],
              lhsBatch: [at],
              rhsBatch: [at],
            }),
          ],
          [abstract(put([m, k]), "float32"), abstract(put([k, n]), "float32")],
        );
      }),
    ),
  );

const LENGTHS = [
  1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 127, 128, 129, 256, 257, 1000, 1024, 4096, 4100,
];

/** Loops over one axis, and sums along it. */
export const lineLines = (): Line[] =>
  LENGTHS.flatMap((n) =>
    (["float32", "float64", "int32", "bool", "uint8", "float16"] as const).flatMap((dtype) => {
      const x = abstract([n], dtype);
      const sum = described(`sum of ${n} ${dtype}`, (a) => [np.sum(a)], [x]);
      const copy = described(`twice ${n} ${dtype}`, (a) => [np.add(a, a)], [x]);
      return [sum, copy];
    }),
  );

/** Sums over each set of axes of arrays in either order, and elementwise work on transposes. */
export const gridLines = (): Line[] =>
  [
    [2, 3],
    [4, 4],
    [3, 8],
    [8, 3],
    [5, 17],
    [17, 5],
    [16, 64],
    [64, 16],
    [70, 19],
    [130, 130],
    [2, 3, 4],
    [8, 2, 8],
    [3, 40, 3],
    [33, 4, 2],
  ].flatMap((shape) => {
    const x = abstract(shape, "float32");
    const reversed = shape.map((_, i) => shape.length - 1 - i);
    const sets = [[0], [1], [0, 1], ...(shape.length > 2 ? [[2], [0, 2], [1, 2]] : [])];
    return [
      ...sets.map((axes) => described(`sum of [${shape}] over ${axes}`, (a) => [np.sum(a, axes)], [x])),
      ...sets.map((axes) =>
        described(
          `maximum of [${shape}] transposed over ${axes}`,
          (a) => [np.max(transpose(a, reversed), axes)],
          [x],
        ),
      ),
      described(`[${shape}] and its transpose`, (a) => [np.exp(transpose(a, reversed)), np.multiply(a, 2)], [
        x,
      ]),
      described(`[${shape}] less its mean`, (a) => [np.subtract(a, np.mean(a, 0, { keepdims: true }))], [x]),
    ];
  });

/** Loops that are nearly full, and what then goes into another one: by results, by operands, by operations, by depth. */
export const fullLines = (): Line[] => {
  const [x, y] = [abstract([40], "float32"), abstract([16], "float32")];
  const chain = (from: NDArray, by: NDArray, length: number): NDArray =>
    Array.from({ length }).reduce<NDArray>((v) => np.multiply(v, by), from);
  return [
    ...[7, 8, 9].map((n) =>
      described(`${n} results`, (a) => Array.from({ length: n }, (_, k) => np.multiply(a, k + 2)), [x]),
    ),
    ...[23, 24].map((n) =>
      described(
        `${n} operands, and one more result`,
        (a, b) => {
          const parts = Array.from({ length: n }, (_, k) => slice(a, [k], [k + 16]));
          return [parts.reduce((sum, part) => np.add(sum, part)), np.multiply(b, 2)];
        },
        [x, y],
      ),
    ),
    ...[146, 147].map((n) =>
      described(
        `three results of 150 operations, and one of ${n}`,
        (a, b) => [
          ...[2, 3, 4].map((k) => chain(np.multiply(a, k), b, 149)),
          chain(np.multiply(a, 5), b, n - 1),
        ],
        [x, x],
      ),
    ),
    ...[199, 200, 201].map((n) => described(`${n} operations deep`, (a, b) => [chain(a, b, n)], [x, x])),
  ];
};
