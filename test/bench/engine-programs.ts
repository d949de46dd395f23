/**
 * What is run on several engines: products of matrices, a step of Adam of a perceptron and of a convolutional network, and
 * factorizations of matrices.
 */
import { lax, type NDArray, nn, numpy as np, random, valueAndGrad } from "cotangent";
import { adam, applyUpdates } from "cotangent/optim";
import { model as cnn, loss as cnnLoss } from "../../examples/cnn/model.ts";

export interface EngineProgram {
  readonly name: string;
  readonly fun: (...args: unknown[]) => unknown;
  readonly args: readonly unknown[];
  /** Whether it is run on ONNX Runtime, for which factorizations are loops of scalar operations. */
  readonly onOnnx: boolean;
}

interface Batch {
  readonly images: NDArray;
  readonly labels: NDArray;
}

const key = random.key(0);

const product = (n: number): EngineProgram => ({
  name: `product of ${n} × ${n}`,
  fun: ((a: NDArray, b: NDArray) => np.matmul(a, b)) as EngineProgram["fun"],
  args: [random.normal(key, [n, n]), random.normal(random.key(1), [n, n])],
  onOnnx: true,
});

const matrix = random.normal(key, [256, 256]);

const factorization = (
  name: string,
  fun: (a: NDArray, b: NDArray) => unknown,
  ...args: readonly NDArray[]
): EngineProgram => ({ name, fun: fun as EngineProgram["fun"], args, onOnnx: false });

/** A step of Adam: from parameters, state of the optimizer and a batch to new ones. */
const step = <P>(
  name: string,
  params: P,
  loss: (params: P, batch: Batch) => NDArray,
  shape: readonly number[],
): EngineProgram => {
  const optimizer = adam(1e-3);
  const fun = (current: never, state: never, batch: Batch): unknown => {
    const [value, gradient] = valueAndGrad(loss as (params: never, batch: Batch) => NDArray)(current, batch);
    const [updates, next] = optimizer.update(gradient, state, current);
    return { params: applyUpdates(current, updates), state: next, value };
  };
  const batch: Batch = {
    images: random.uniform(key, shape),
    labels: random.randint(key, [shape[0] as number], 0, 10),
  };
  const args = [params, optimizer.init(params as never), batch];
  return { name, fun: fun as EngineProgram["fun"], args, onOnnx: true };
};

const relu = nn.pointwise(nn.relu);
const perceptron = nn.sequential(nn.dense(512), relu, nn.dense(512), relu, nn.dense(10));

const perceptronLoss = (params: nn.ParamsOf<typeof perceptron>, { images, labels }: Batch): NDArray =>
  nn.losses.softmaxCrossEntropyWithIntegerLabels(perceptron.apply(params, images), labels).mean();

export const enginePrograms: readonly EngineProgram[] = [
  product(512),
  product(1024),
  step(
    "step of Adam, perceptron 784–512–512–10, batch of 128",
    perceptron.init(key, [128, 784]),
    perceptronLoss,
    [128, 784],
  ),
  step(
    "step of Adam, the convolutional network, batch of 64",
    cnn.init(key, [64, 28, 28, 1]),
    (params, batch) => cnnLoss(params, batch, key),
    [64, 28, 28, 1],
  ),
  factorization("LU of 256 × 256", (a) => lax.linalg.lu(a), matrix),
  factorization("QR of 256 × 256", (a) => lax.linalg.qr(a), matrix),
  factorization("256 unknowns", (a, b) => np.linalg.solve(a, b), matrix, matrix.at(0).get()),
];
