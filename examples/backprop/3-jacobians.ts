/**
 * Chapter 3, functions of vectors: their Jacobians, the product Jᵀv that backpropagation needs, and what it costs to
 * build J for it.
 *
 *     npx tsx examples/backprop/3-jacobians.ts
 *
 * docs/backprop/3-jacobians.md is the page to it.
 */
import { jacobian, jit, type NDArray, numpy as np, random, vjp } from "cotangent";
import { distance, heading, isProgram, show, table } from "./report.ts";

const draw = (seed: number, shape: readonly number[]): NDArray =>
  random.normal(random.key(seed), shape, { dtype: "float64" });

/** A vector function of two vectors, z = f(x, y): [4] and [3] → [2]. */
const [a, b] = [draw(0, [2, 4]), draw(1, [2, 3])] as const;
export const f = (x: NDArray, y: NDArray): NDArray => np.tanh(np.matmul(a, x)).mul(np.matmul(b, y).square());

export const point = { x: draw(2, [4]), y: draw(3, [3]) } as const;

/** ∂z/∂x, [2, 4], and ∂z/∂y, [2, 3], by hand: diag(tanh′(a x) ⊙ (b y)²) · a and diag(tanh(a x) ⊙ 2 b y) · b. */
export const jacobiansByHand = (x: NDArray, y: NDArray): readonly [NDArray, NDArray] => {
  const [t, u] = [np.tanh(np.matmul(a, x)), np.matmul(b, y)];
  const rows = (factor: NDArray, matrix: NDArray): NDArray => np.multiply(factor.reshape(-1, 1), matrix);
  return [rows(np.subtract(1, t.square()).mul(u.square()), a), rows(t.mul(u).mul(2), b)];
};

export const jacobians = (x: NDArray, y: NDArray): readonly [NDArray, NDArray] =>
  jacobian(f, { argnums: [0, 1] })(x, y);

/** Jᵀv without J, for both inputs. */
export const pullBack = (x: NDArray, y: NDArray, v: NDArray): readonly [NDArray, NDArray] => {
  const [, pullback] = vjp(f, [x, y]);
  return pullback(v);
};

/** A layer of n neurons without weights: what it does element by element has a diagonal Jacobian, n × n numbers of it. */
const activation = (x: NDArray): NDArray => np.tanh(x).mul(x);

/** What it took to get Jᵀv. */
export interface Cost {
  /** Milliseconds, the fastest of some runs. */
  readonly milliseconds: number;
  /** Bytes of the largest array that was made. */
  readonly bytes: number;
}

const fastest = (run: () => NDArray, times: number): number => {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
};

const bytesOf = (x: NDArray): number => x.size * (x.dtype === "float64" ? 8 : 4);

/** The same Jᵀv for n neurons, once by vjp and once as a product with a Jacobian that is built. */
export const measure = (
  n: number,
  times = 5,
): { readonly vjp: Cost; readonly jacobian: Cost; readonly difference: number } => {
  const [x, v] = [draw(4, [n]), draw(5, [n])];
  const direct = jit((p: NDArray, ct: NDArray) => vjp(activation, [p])[1](ct)[0]);
  const build = jit(jacobian(activation));
  const multiply = jit((j: NDArray, ct: NDArray) => np.matmul(j.T, ct));
  const [one, j] = [direct(x, v), build(x)];
  return {
    vjp: { milliseconds: fastest(() => direct(x, v), times), bytes: bytesOf(one) },
    jacobian: { milliseconds: fastest(() => multiply(build(x), v), times), bytes: bytesOf(j) },
    difference: distance(one, multiply(j, v)),
  };
};

const kibibytes = (bytes: number): string => `${show(bytes / 1024)} KiB`;

export function main(): void {
  const { x, y } = point;
  const [byHand, derived] = [jacobiansByHand(x, y), jacobians(x, y)];
  heading("The Jacobians of z = f(x, y)");
  console.log(`∂z/∂x, [2, 4] =\n${derived[0]}\n∂z/∂y, [2, 3] =\n${derived[1]}`);
  console.log(
    `greatest differences from those by hand: ${show(distance(byHand[0], derived[0]), 2)}, ${show(distance(byHand[1], derived[1]), 2)}`,
  );

  heading("Downstream = Jᵀ · upstream");
  const v = np.array([1, -2], "float64");
  const pulled = pullBack(x, y, v);
  console.log(`upstream ∂L/∂z = ${v}`);
  console.log(`by vjp:     ∂L/∂x = ${pulled[0]}, ∂L/∂y = ${pulled[1]}`);
  console.log(`by J built: ∂L/∂x = ${np.matmul(derived[0].T, v)}, ∂L/∂y = ${np.matmul(derived[1].T, v)}`);

  heading("What it costs to build J, for x·tanh(x) of n numbers");
  table(
    ["n", "vjp: time", "memory", "J: time", "memory", "ratio of times"],
    [128, 256, 512, 1024, 2048].map((n) => {
      const cost = measure(n);
      return [
        String(n),
        `${show(cost.vjp.milliseconds, 2)} ms`,
        kibibytes(cost.vjp.bytes),
        `${show(cost.jacobian.milliseconds, 3)} ms`,
        kibibytes(cost.jacobian.bytes),
        show(cost.jacobian.milliseconds / cost.vjp.milliseconds, 3),
      ];
    }),
  );
  const [batch, width] = [128, 4096];
  const entries = (batch * width) ** 2;
  console.log(
    `A layer of ${width} neurons and a batch of ${batch} would need ${(entries * 4) / 2 ** 40} TiB in float32, almost all zeros.`,
  );
}

if (isProgram(import.meta.url)) main();
