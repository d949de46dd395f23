/**
 * Chapter 5, modules: layers that know their own way forward and back, put together; gradients of small batches added up to
 * that of a large one; and the whole cycle of training: forward, loss, backward, update.
 *
 *     npx tsx examples/backprop/5-modular-layers.ts
 *
 * docs/backprop/5-modular-layers.md is the page to it.
 */
import { data, grad, jit, type NDArray, nn, numpy as np, random, tree, valueAndGrad } from "cotangent";
import { applyUpdates, sgd } from "cotangent/optim";
import { type EpochRecord, fit } from "cotangent/train";
import { distance, heading, isProgram, show, table } from "./report.ts";
import { armCount, type Points, spirals } from "./spirals.ts";

/** A module as one would write it without automatic differentiation: forward keeps what backward needs. */
export interface Module<P, C> {
  readonly forward: (params: P, x: NDArray) => { readonly y: NDArray; readonly kept: C };
  /** ∂L/∂x and ∂L/∂params, given ∂L/∂y. */
  readonly backward: (params: P, kept: C, ofY: NDArray) => { readonly ofX: NDArray; readonly ofParams: P };
}

export const linear: Module<nn.DenseParams, NDArray> = {
  forward: ({ kernel, bias = np.array(0) }, x) => ({ y: x.matmul(kernel).add(bias), kept: x }),
  backward: ({ kernel }, x, ofY) => ({
    ofX: ofY.matmul(kernel.T),
    ofParams: { kernel: x.T.matmul(ofY), bias: ofY.sum(0) },
  }),
};

export const rectify: Module<null, NDArray> = {
  forward: (_params, x) => ({ y: np.maximum(x, 0), kept: x }),
  backward: (_params, x, ofY) => ({ ofX: np.where(x.greater(0), ofY, 0), ofParams: null }),
};

/** The mean cross-entropy with labels, and its gradient: probabilities minus the truth, divided by how many there are. */
export const crossEntropy = (
  logits: NDArray,
  y: NDArray,
): { readonly loss: NDArray; readonly ofLogits: NDArray } => {
  const truth = nn.oneHot(y, armCount, { dtype: logits.dtype });
  const loss = nn.logSoftmax(logits).mul(truth).sum(-1).mean().neg();
  return { loss, ofLogits: nn.softmax(logits).sub(truth).div(y.size) };
};

/** The same network of layers of `nn`, which have a way forward alone. */
export const model = nn.sequential(
  nn.dense(64, { kernelInit: nn.initializers.heNormal() }),
  nn.pointwise(nn.relu),
  nn.dense(armCount),
);

export type Params = nn.ParamsOf<typeof model>;

export const initialize = (key: NDArray): Params => model.init(key, [1, 2]);

export const loss = (params: Params, { x, y }: Points): NDArray =>
  nn.losses.softmaxCrossEntropyWithIntegerLabels(model.apply(params, x), y).mean();

/** Loss and gradient by modules: forward through all of them, then back through all of them. */
export const byModules = (
  params: Params,
  { x, y }: Points,
): { readonly loss: NDArray; readonly grads: Params } => {
  const first = linear.forward(params[0], x);
  const second = rectify.forward(params[1], first.y);
  const third = linear.forward(params[2], second.y);
  const end = crossEntropy(third.y, y);
  const back3 = linear.backward(params[2], third.kept, end.ofLogits);
  const back2 = rectify.backward(params[1], second.kept, back3.ofX);
  const back1 = linear.backward(params[0], first.kept, back2.ofX);
  return { loss: end.loss, grads: [back1.ofParams, back2.ofParams, back3.ofParams] };
};

/** The greatest difference of two trees of arrays. */
export const treeDistance = <P>(a: P, b: P): number => {
  const [left, right] = [tree.leaves(a), tree.leaves(b)];
  return Math.max(...left.map((x, i) => distance(x as NDArray, right[i] as NDArray)));
};

export const inFloat64 = <T>(values: T): T =>
  tree.map((x: NDArray) => (x.dtype === "float32" ? x.astype("float64") : x), values as never) as T;

/** The mean of the gradients of equal parts of a batch, added up one after another: as much memory as one part takes. */
export const accumulated = (params: Params, points: Points, parts: number): Params => {
  const gradient = jit(grad(loss));
  const size = points.y.size / parts;
  let sum: Params | undefined;
  for (const part of data.batches(points, size)) {
    const grads = gradient(params, part);
    sum = sum === undefined ? grads : tree.map((a, b) => a.add(b), sum, grads);
  }
  if (sum === undefined)
    throw new RangeError(`accumulated: ${points.y.size} points cannot be had in ${parts} parts.`);
  return tree.map((x) => x.div(parts), sum);
};

/** The cycle of training, many times. */
export const train = async (epochs: number): Promise<readonly EpochRecord[]> => {
  const key = random.key(0);
  const [points, unseen] = [spirals(random.foldIn(key, 0), 200), spirals(random.foldIn(key, 1), 100)];
  const optimizer = sgd(0.1, { momentum: 0.9 });
  const step = jit(
    (state: { params: Params; optimizer: ReturnType<typeof optimizer.init> }, batch: Points) => {
      const [value, grads] = valueAndGrad(loss)(state.params, batch); // 1 forward, 2 loss, 3 backward
      const [updates, next] = optimizer.update(grads, state.optimizer, state.params);
      return [{ params: applyUpdates(state.params, updates), optimizer: next }, value] as const; // 4 update
    },
  );
  const accuracy = jit((params: Params) => nn.metrics.accuracy(model.apply(params, unseen.x), unseen.y));
  const params = initialize(random.foldIn(key, 2));
  const { history } = await fit(
    { params, optimizer: optimizer.init(params) },
    {
      epochs,
      step,
      batches: (epoch) => data.batches(points, 50, { key: random.foldIn(random.foldIn(key, 3), epoch) }),
      evaluate: (state) => ({ accuracy: accuracy(state.params) }),
      progress: null,
    },
  );
  return history;
};

export async function main(): Promise<void> {
  const params = inFloat64(initialize(random.key(0)));
  const points = inFloat64(spirals(random.key(1), 80));

  heading("Modules by hand, and layers of nn with grad");
  console.log(nn.summary(model, [1, 2]));
  const [byHand, [value, derived]] = [byModules(params, points), valueAndGrad(loss)(params, points)];
  console.log(`loss ${show(byHand.loss, 10)} and ${show(value, 10)}`);
  console.log(`greatest difference of gradients: ${show(treeDistance(byHand.grads, derived), 2)}`);

  heading("Gradients of 240 points, and of parts of them added up");
  table(
    ["parts", "points each", "difference, float64", "difference, float32"],
    [2, 4, 16, 240].map((parts) => {
      const [params32, points32] = [initialize(random.key(0)), spirals(random.key(1), 80)];
      const of32 = treeDistance(accumulated(params32, points32, parts), grad(loss)(params32, points32));
      const of64 = treeDistance(accumulated(params, points, parts), derived);
      return [String(parts), String(240 / parts), show(of64, 2), show(of32, 2)];
    }),
  );

  heading("Forward, loss, backward, update: the whole cycle");
  const history = await train(40);
  table(
    ["epoch", "loss", "accuracy on unseen points"],
    history
      .filter(({ epoch }) => epoch === 1 || epoch % 8 === 0)
      .map((record) => [
        String(record.epoch),
        show(record.loss),
        show(record.metrics["accuracy"] ?? Number.NaN),
      ]),
  );
}

if (isProgram(import.meta.url)) await main();
