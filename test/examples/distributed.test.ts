import { jit, type NDArray, random, tree } from "cotangent";
import { partition, toStableHLO } from "cotangent/export";
import { expect, test } from "vitest";
import {
  batchAt,
  batchSize,
  drawBatches,
  initialState,
  trainingStep,
} from "../../examples/distributed/training.ts";

const key = random.key(0);
const batches = drawBatches(key, 30);

test("the step learns", () => {
  const step = jit(trainingStep);
  let state = initialState(key);
  const losses: number[] = [];
  for (let i = 0; i < 30; i++) {
    const [next, loss] = step(state, batchAt(batches, i));
    state = next;
    losses.push(Number(loss));
  }
  expect(losses.at(-1)).toBeLessThan(0.7 * (losses[0] as number));
});

test("the module names what run.py reads: state and batch in, the same state and the loss out", () => {
  const state = initialState(key);
  const text = toStableHLO(trainingStep, {
    mesh: { data: 8 },
    inShardings: [partition(), partition("data")],
  })(state, batchAt(batches, 0));
  const names = (kind: string): (string | undefined)[] =>
    [
      ...text.matchAll(
        new RegExp(`jax\\.${kind}_info = "(.*?)", sdy\\.sharding = #sdy\\.sharding<@mesh, \\[(.*?)\\]>`, "g"),
      ),
    ].map(([, name]) => name);
  const dotted = (root: string): string[] =>
    tree.flattenWithPath(state)[0].map(([path]) => tree.formatPath(path, root));
  expect(names("arg")).toEqual([...dotted("state"), "batch.labels", "batch.points"]);
  expect(names("result")).toEqual([...dotted("result[0]"), "result[1]"]);
  expect(text).toContain(
    `tensor<${batchSize}xi32> {jax.arg_info = "batch.labels", sdy.sharding = #sdy.sharding<@mesh, [{"data"}]>}`,
  );
});

test("batches are one after another", () => {
  const { points, labels } = batchAt(batches, 3);
  expect(points.shape).toEqual([batchSize, 2]);
  expect(labels.dtype).toBe("int32");
  const all = batches.points as NDArray;
  expect(points.toArray()).toEqual((all.toArray() as unknown[])[3]);
});
