/**
 * A network that learns few digits of MNIST by heart, and what helps against it.
 */
import { data, jit, type NDArray, nn, random, valueAndGrad } from "cotangent";
import { adam, applyUpdates } from "cotangent/optim";
import { isLeft } from "fp-ts/lib/Either.js";
import { type Examples, toExamples } from "../mnist/examples.ts";
import { imageSize, loadMnist } from "../mnist/load.ts";

export interface Remedy {
  /** The share of hidden numbers that is dropped. */
  readonly dropout?: number;
  /** λ of an L2 penalty. */
  readonly l2?: number;
  /** Whether images are shifted and turned a little, in another way each time. */
  readonly augment?: boolean;
}

export const remedies: { readonly [name: string]: Remedy } = {
  none: {},
  L2: { l2: 2e-3 },
  dropout: { dropout: 0.5 },
  augmentation: { augment: true },
  "dropout and augmentation": { dropout: 0.3, augment: true },
};

/** Shares of right guesses. */
export interface Accuracies {
  readonly train: number;
  readonly test: number;
}

/** The digits to learn from, and 2,000 others. */
export const digits = (count: number): { readonly seen: Examples; readonly unseen: Examples } => {
  const mnist = loadMnist();
  if (isLeft(mnist)) throw new Error(mnist.left);
  return { seen: toExamples(mnist.right.train, count), unseen: toExamples(mnist.right.test, 2000) };
};

/** White, in images of mean 0 and variance 1. */
const paper = -0.1307 / 0.3081;

/** Images up to two pixels aside and turned by up to 12 degrees. */
const disturb = (key: NDArray, images: NDArray): NDArray => {
  const squares = images.reshape(-1, imageSize, imageSize, 1);
  const turned = data.randomRotate(random.foldIn(key, 0), squares, 12, { fill: paper });
  return data
    .randomShift(random.foldIn(key, 1), turned, 2, { fill: paper })
    .reshape(-1, imageSize * imageSize);
};

export const learn = (
  { seen, unseen }: { readonly seen: Examples; readonly unseen: Examples },
  { dropout = 0, l2 = 0, augment = false }: Remedy,
  epochs: number,
): Accuracies => {
  const model = nn.sequential(
    nn.dense(128, { kernelInit: nn.initializers.heNormal() }),
    nn.pointwise(nn.relu),
    nn.dropout(dropout),
    nn.dense(10),
  );
  type Params = nn.ParamsOf<typeof model>;
  const optimizer = adam(1e-3);
  const loss = (params: Params, { images, labels }: Examples, key: NDArray): NDArray => {
    const x = augment ? disturb(random.foldIn(key, 0), images) : images;
    const logits = model.apply(params, x, { training: true, key: random.foldIn(key, 1) });
    const value = nn.losses.softmaxCrossEntropyWithIntegerLabels(logits, labels).mean();
    return value.add(nn.regularizers.l2([params[0].kernel, params[3].kernel], l2));
  };
  const step = jit(
    (params: Params, state: ReturnType<typeof optimizer.init>, batch: Examples, key: NDArray) => {
      const [, grads] = valueAndGrad(loss)(params, batch, key);
      const [updates, next] = optimizer.update(grads, state, params);
      return [applyUpdates(params, updates), next] as const;
    },
  );
  const key = random.key(0);
  let params = model.init(key, [1, imageSize * imageSize]);
  let state = optimizer.init(params);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const ofEpoch = random.foldIn(key, epoch);
    let i = 0;
    for (const batch of data.batches(seen, 50, { key: ofEpoch })) {
      [params, state] = step(params, state, batch, random.foldIn(ofEpoch, ++i));
    }
  }
  const accuracy = ({ images, labels }: Examples): number =>
    Number(nn.metrics.accuracy(model.apply(params, images), labels));
  return { train: accuracy(seen), test: accuracy(unseen) };
};
