import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { ArgumentError } from "../../src/core/index.ts";
import * as data from "../../src/data/index.ts";
import { loadCheckpoint } from "../../src/io/index.ts";
import * as np from "../../src/numpy/index.ts";
import { type EpochRecord, earlyStopping, fit, TrainingError } from "../../src/train/index.ts";
import { leaves } from "../../src/tree/index.ts";
import { begin, problem, type State, step } from "./problem.ts";

const folder = mkdtempSync(join(tmpdir(), "cotangent-fit-"));
const bits = (tree: unknown): number[][] => leaves(tree).map((x) => [...(x as NDArray).toTypedArray()]);
const batches = (epoch: number) => data.batches(problem.data, 8, { key: problem.keyFor(epoch) });

/** A loss that follows a script, for what does not need a network. */
const scripted = (losses: readonly number[]) => {
  let at = 0;
  return (state: { readonly n: NDArray }) =>
    [{ n: state.n.add(1) }, np.array(losses[at++ % losses.length] as number, "float64")] as const;
};
const counter = { n: np.array(0) };

describe("fit", () => {
  test("folds the step over the batches of each epoch, and says what happened", async () => {
    const steps: number[] = [];
    const epochs: EpochRecord[] = [];
    const { state, history, stopped } = await fit(counter, {
      epochs: 2,
      step: scripted([1, 2, 3, 4, 5, 6]),
      batches: () => data.batches(np.zeros([6]), 2),
      evaluate: ({ n }) => ({ steps: n }),
      onStep: ({ step: n }) => void steps.push(n),
      onEpoch: (record) => void epochs.push(record),
      progress: null,
    });
    expect(state.n.item()).toBe(6);
    expect(history).toEqual([
      { epoch: 1, loss: 2, metrics: { steps: 3 } },
      { epoch: 2, loss: 5, metrics: { steps: 6 } },
    ]);
    expect(steps).toEqual([1, 2, 3, 4, 5, 6]);
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(stopped).toBe(undefined);
  });

  test("learns", async () => {
    const { history } = await fit(begin(), { epochs: 30, step, batches, progress: null });
    const losses = history.map(({ loss }) => loss);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 4);
  });

  test("stops early, by a pure function of the history", async () => {
    const { history, stopped } = await fit(counter, {
      epochs: 50,
      step: scripted([5, 4, 3, 3.5, 3.2, 3.1]),
      batches: () => [0],
      stopWhen: earlyStopping({ patience: 2 }),
      progress: null,
    });
    expect(history).toHaveLength(5);
    expect(stopped).toBe("no better value since epoch 3 (3)");
    const record = (epoch: number, accuracy: number): EpochRecord => ({
      epoch,
      loss: 0,
      metrics: { accuracy },
    });
    const rule = earlyStopping({
      monitor: ({ metrics }) => metrics["accuracy"] as number,
      mode: "max",
      patience: 1,
      minDelta: 0.1,
    });
    expect(rule([record(1, 0.5), record(2, 0.7)])).toBe(undefined);
    expect(rule([record(1, 0.5), record(2, 0.55)])).toMatch(/epoch 1 \(0.5\)/);
    expect(() => rule([{ epoch: 1, loss: 0, metrics: {} }])).toThrow(ArgumentError);
  });

  test("a loss that is not finite ends the run, naming the step and the array", async () => {
    const bad = (state: State): readonly [State, NDArray] => [
      {
        ...state,
        params: [
          { ...state.params[0], kernel: state.params[0].kernel.mul(Number.NaN) },
          null,
          null,
          state.params[3],
        ],
      },
      np.array(Number.NaN),
    ];
    const run = fit(begin(), { epochs: 1, step: bad, batches, progress: null });
    await expect(run).rejects.toThrow(TrainingError);
    await expect(run).rejects.toThrow(
      /NaN at step 1 \(epoch 1\).*state.params\[0\].kernel is no longer finite/,
    );
  });

  test("refuses epochs that are none and epochs without batches", async () => {
    await expect(fit(counter, { epochs: 0, step: scripted([1]), batches: () => [0] })).rejects.toThrow(
      /epochs must be/,
    );
    await expect(
      fit(counter, { epochs: 1, step: scripted([1]), batches: () => [], progress: null }),
    ).rejects.toThrow(/no batches in epoch 1/);
  });

  test("draws a bar on a terminal, and nothing elsewhere", async () => {
    const written = async (isTTY: boolean): Promise<string> => {
      const output = Object.assign(new PassThrough(), { isTTY, columns: 100, rows: 20 });
      const chunks: Buffer[] = [];
      output.on("data", (chunk: Buffer) => chunks.push(chunk));
      await fit(counter, {
        epochs: 2,
        step: scripted([0.5]),
        batches: () => data.batches(np.zeros([4]), 1),
        progress: output as never,
      });
      return Buffer.concat(chunks).toString();
    };
    const shown = await written(true);
    expect(shown).toMatch(/epoch 1\/2 .*0\/4 \| - steps\/s/);
    expect(shown).toMatch(/epoch 2\/2: loss 0.5000/);
    expect(await written(false)).toBe("");
  });
});

describe("checkpoints", () => {
  const script = fileURLToPath(new URL("run.ts", import.meta.url));
  const run = (checkpoint: string, result: string, killAt: number): Promise<number | null> =>
    new Promise((done) => {
      const child = spawn(process.execPath, ["--import", "tsx", script, checkpoint, result], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      child.stdout.on("data", (chunk: Buffer) => {
        if (chunk.toString().includes(`step ${killAt}\n`)) child.kill("SIGKILL");
      });
      child.on("exit", (code) => done(code));
    });

  test("a run that was killed goes on bit for bit as if it had not been", async () => {
    const at = (name: string): string => join(folder, name);
    // Killed in the middle of the second epoch, two steps behind its last save, then in the third.
    expect(await run(at("killed"), at("killed-result"), 14)).toBe(null);
    expect(await run(at("killed"), at("killed-result"), 23)).toBe(null);
    expect(await run(at("killed"), at("killed-result"), -1)).toBe(0);
    expect(await run(at("whole"), at("whole-result"), -1)).toBe(0);
    expect(readFileSync(at("killed-result"))).toEqual(readFileSync(at("whole-result")));
  });

  test("what a checkpoint holds, and whose it must be", async () => {
    const path = join(folder, "mine");
    const { state } = await fit(begin(), { epochs: 1, step, batches, checkpoint: { path }, progress: null });
    const saved = await loadCheckpoint(path, begin());
    expect(saved._tag === "Right" && bits(saved.right.tree)).toEqual(bits(state));
    // A run that is done stays done.
    const again = await fit(begin(), { epochs: 1, step, batches, checkpoint: { path }, progress: null });
    expect(bits(again.state)).toEqual(bits(state));
    expect(again.history).toHaveLength(1);
    await expect(
      fit(counter, {
        epochs: 1,
        step: scripted([1]),
        batches: () => [0],
        checkpoint: { path },
        progress: null,
      }),
    ).rejects.toThrow(/is no checkpoint of this run.*Move it away/);
    writeFileSync(path, "x");
    await expect(
      fit(begin(), { epochs: 1, step, batches, checkpoint: { path }, progress: null }),
    ).rejects.toThrow(TrainingError);
    rmSync(folder, { recursive: true });
  });
});
