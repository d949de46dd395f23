import {
  checkpoint,
  grad,
  hessian,
  jit,
  lax,
  type NDArray,
  nn,
  numpy as np,
  random,
  valueAndGrad,
  vmap,
} from "cotangent";
import { adam, applyUpdates } from "cotangent/optim";

/** A function and what it is called with. */
export interface NamedProgram {
  readonly subject: string;
  readonly fun: (...args: never[]) => unknown;
  readonly args: readonly unknown[];
}

const named = <A extends readonly unknown[]>(
  subject: string,
  fun: (...args: A) => unknown,
  ...args: A
): NamedProgram => ({ subject, fun: fun as unknown as NamedProgram["fun"], args });

const key = random.key(7);

/** A training step of a model by Adam. */
const trainingStep = <P>(subject: string, model: nn.Layer<P>, x: NDArray, labels: NDArray): NamedProgram => {
  const params = model.init(key, x.shape);
  const optimizer = adam(1e-2);
  const loss = (p: P, images: NDArray, wanted: NDArray): NDArray =>
    nn.losses.softmaxCrossEntropyWithIntegerLabels(model.apply(p, images), wanted).mean();
  const step = (p: P, state: ReturnType<typeof optimizer.init>, images: NDArray, wanted: NDArray) => {
    const [value, gradient] = valueAndGrad(loss)(p as never, images, wanted);
    const [updates, next] = optimizer.update(gradient, state, p as never);
    return { params: applyUpdates(p as never, updates as never), state: next, loss: value };
  };
  return named(subject, step, params, optimizer.init(params as never), x, labels);
};

const mlp = nn.sequential(nn.dense(16), nn.pointwise(nn.gelu), nn.dense(4));

const cnn = nn.sequential(
  nn.conv(4, [3, 3]),
  nn.maxPool([2, 2]),
  nn.pointwise(nn.relu),
  nn.conv(6, [3, 3], { strides: [2, 2], padding: "VALID" }),
  nn.avgPool([2, 2]),
  nn.flatten(),
  nn.dense(5),
);

const labels = np.array([0, 1, 2, 3, 0, 1, 2, 3], "int32");

interface Recurrent {
  readonly w: NDArray;
  readonly u: NDArray;
}

/** A recurrent network over a sequence, and the sum of squares of its states. */
const recurrent = ({ w, u }: Recurrent, xs: NDArray): NDArray => {
  const [last, states] = lax.scan(
    (h: NDArray, x: NDArray) => {
      const next = np.tanh(np.matmul(w, h).add(np.matmul(u, x)));
      return [next, next] as const;
    },
    np.zeros([3]),
    xs,
  );
  return np.sum(np.square(states)).add(np.sum(last));
};

const weights: Recurrent = {
  w: random.normal(random.foldIn(key, 1), [3, 3]),
  u: random.normal(random.foldIn(key, 2), [3, 2]),
};
const sequence = random.normal(random.foldIn(key, 3), [6, 2]);

/** Newton's iteration for a square root, until it stands still. */
const squareRoot = (a: NDArray): NDArray =>
  lax.whileLoop(
    ([x, n]: readonly [NDArray, NDArray]) => np.logicalAnd(np.abs(x.mul(x).sub(a)).greater(1e-4), n.less(50)),
    ([x, n]: readonly [NDArray, NDArray]) => [x.add(a.div(x)).mul(0.5), n.add(1)] as const,
    [a, np.array(0, "int32")] as const,
  )[0] as NDArray;

const pieces = (x: NDArray): NDArray =>
  lax.switch(
    np.floor(x).astype("int32"),
    [(v: NDArray) => np.sin(v), (v: NDArray) => v.mul(v), (v: NDArray) => np.exp(v.neg())],
    x,
  ) as NDArray;

/** Draws of many kinds from one key. */
const draws = (k: NDArray) => ({
  bits: random.bits(k, [5]),
  normal: random.normal(random.foldIn(k, 1), [4, 3]),
  gamma: random.gamma(random.foldIn(k, 2), 2.5, [3]),
  permutation: random.permutation(random.foldIn(k, 3), 7),
  choice: random.categorical(random.foldIn(k, 4), np.array([0.1, 0.5, 2]), { shape: [6] }),
});

const solve = (a: NDArray, b: NDArray): NDArray => np.sum(np.square(np.linalg.solve(a, b)));

const matrix = np.array([
  [4, 1, 0.5],
  [1, 3, -0.25],
  [0.5, -0.25, 5],
]);

/** What stacks of matrices are made of, those with more columns than LU eliminates at once included. */
const factors = (tall: NDArray, wide: NDArray, odd: NDArray) => ({
  lu: [tall, wide, odd].map((x) => lax.linalg.lu(x)),
  reduced: [tall, wide, odd].map((x) => lax.linalg.qr(x, { fullMatrices: false })),
  complete: [tall, wide].map((x) => lax.linalg.qr(x)),
});

const doubles = (n: number, shape: readonly number[]): NDArray =>
  random.normal(random.foldIn(key, n), shape, { dtype: "float64" });

/** Columns without a pivot, rows that are alike, NaN in and below the place of a pivot, huge and tiny numbers. */
const oddMatrices = np.array(
  [
    [
      [0, 2, 1],
      [0, 2, -1],
      [0, -2, 3],
    ],
    [
      [1, 1, 1],
      [-1, 1, 1],
      [1, 2, 3],
    ],
    [
      [Number.NaN, 1, 2],
      [3, 4, 5],
      [6, 7, 8],
    ],
    [
      [1, 2, 3],
      [Number.NaN, 4, 5],
      [2, 5, 7],
    ],
    [
      [1e100, 1, 0],
      [2e100, 3, 1],
      [-1e100, 1, 1],
    ],
    [
      [-0, 1, 0],
      [1e-100, 3, 1],
      [2e-100, 1, 1],
    ],
    [
      [-2, 1, 5],
      [0, 3, 1],
      [0, 0, -7],
    ],
  ],
  "float64",
);

/** Programs of the kinds that people write. */
export const namedPrograms = (): readonly NamedProgram[] => [
  trainingStep("training step of an MLP by Adam", mlp, random.normal(key, [8, 5]), labels),
  trainingStep("training step of a CNN by Adam", cnn, random.normal(key, [8, 12, 12, 2]), labels),
  named("gradient of a scan", grad(recurrent), weights, sequence),
  named("gradient of a checkpointed scan", grad(checkpoint(recurrent)), weights, sequence),
  named(
    "vmap of the gradient of a scan",
    vmap(grad(recurrent), [null, 0]),
    weights,
    np.stack([sequence, sequence.mul(2)]),
  ),
  named("while loop", squareRoot, np.array(7.5)),
  named("vmap of a while loop", vmap(squareRoot), np.array([0.5, 2, 9, 100])),
  named("switch", pieces, np.array(1.5)),
  named("vmap of the gradient of switch", vmap(grad(pieces)), np.array([-0.5, 0.5, 1.5, 2.5, 7])),
  named("random numbers", draws, random.key(3)),
  named(
    "hessian",
    hessian((x: NDArray) => np.sum(np.cumsum(np.exp(x)).mul(np.sin(x)))),
    np.array([0.1, 0.7, -0.4]),
  ),
  named("gradient of a linear solution", grad(solve, { argnums: [0, 1] }), matrix, np.array([1, -2, 0.5])),
  named(
    "gradients of an eigenvalue",
    grad((a: NDArray) => np.max(np.linalg.eigvalsh(a))),
    matrix,
  ),
  named("LU and QR of many shapes", factors, doubles(5, [2, 150, 70]), doubles(6, [76, 135]), oddMatrices),
  named(
    "gradient of a linear solution of 70 unknowns",
    grad(solve, { argnums: [0, 1] }),
    doubles(7, [70, 70]).add(np.eye(70, null, 0, "float64").mul(20)),
    doubles(8, [70]),
  ),
  named("jit inside", (x: NDArray) => jit((y: NDArray) => np.sort(y))(x.neg()), np.array([3, 1, 2])),
];
