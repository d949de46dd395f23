import { isLeft } from "fp-ts/lib/Either.js";
import { isFloat, type NDArray } from "../array/index.ts";
import { ArgumentError, CotangentError } from "../core/index.ts";
import { loadCheckpoint, saveCheckpoint } from "../io/checkpoint.ts";
import * as np from "../numpy/index.ts";
import { flatten, formatPath, leafPaths } from "../tree/index.ts";
import { createProgress, type ProgressOutput } from "./progress.ts";

/** What is known of an epoch that is over. */
export interface EpochRecord {
  /** Counted from 1. */
  readonly epoch: number;
  /** The mean loss of its steps. */
  readonly loss: number;
  /** What `evaluate` measured. */
  readonly metrics: { readonly [name: string]: number };
}

/** What happened at a step. */
export interface StepEvent<S> {
  readonly epoch: number;
  /** Counted from 1 over the whole run. */
  readonly step: number;
  readonly loss: number;
  /** The state after it. */
  readonly state: S;
}

/** What happened in an epoch. */
export interface EpochEvent<S> extends EpochRecord {
  readonly state: S;
}

/** Where a run is kept, so that it can go on after it was stopped. */
export interface CheckpointPlan {
  readonly path: string;
  /** Save each time that this many steps are done too, not only at the end of epochs. */
  readonly everySteps?: number;
}

/** What `fit` does. */
export interface FitOptions<S, B> {
  readonly epochs: number;
  /** One step: the next state and the loss before it. Pure; usually compiled. */
  readonly step: (state: S, batch: B) => readonly [state: S, loss: NDArray];
  /** The batches of an epoch, counted from 1; the same ones each time it is asked, so that a run can go on in the middle. */
  readonly batches: (epoch: number) => Iterable<B> & { readonly length?: number };
  /** Measured at the end of each epoch. */
  readonly evaluate?: (state: S) => { readonly [name: string]: NDArray | number };
  readonly onStep?: (event: StepEvent<S>) => void | Promise<void>;
  readonly onEpoch?: (event: EpochEvent<S>) => void | Promise<void>;
  /** Why training should stop after these epochs, or `undefined` to go on; see `earlyStopping`. */
  readonly stopWhen?: (history: readonly EpochRecord[]) => string | undefined;
  /** If there is a file at its path, the run goes on from there, bit for bit as if it had never stopped. */
  readonly checkpoint?: CheckpointPlan;
  /** Where a progress bar is drawn, if that is a terminal; `null` for none. Default: the standard error, where there is one. */
  readonly progress?: ProgressOutput | null;
}

/** How a run ended. */
export interface FitResult<S> {
  readonly state: S;
  readonly history: readonly EpochRecord[];
  /** Why it stopped before its last epoch, if it did. */
  readonly stopped: string | undefined;
}

/** A run that cannot go on. */
export class TrainingError extends CotangentError {
  override readonly name: string = "TrainingError";
}

/** The run between two steps. */
interface Place<S> {
  state: S;
  epoch: number;
  /** Steps done in this epoch. */
  done: number;
  /** The sum of their losses. */
  total: number;
  /** Steps done in all. */
  step: number;
  history: readonly EpochRecord[];
}

type Marks = Omit<Place<unknown>, "state">;

const save = async <S>({ path }: CheckpointPlan, { state, ...marks }: Place<S>): Promise<void> =>
  saveCheckpoint(path, state, { metadata: { fit: JSON.stringify(marks satisfies Marks, asText) } });

/** JSON has no NaN and no infinities: they become text, and numbers again when read. */
const asText = (_key: string, x: unknown): unknown =>
  typeof x === "number" && !Number.isFinite(x) ? String(x) : x;

const withNumbers = (record: EpochRecord): EpochRecord => ({
  ...record,
  metrics: Object.fromEntries(Object.entries(record.metrics).map(([name, x]) => [name, Number(x)])),
});

const isMarks = (x: unknown): x is Marks =>
  typeof x === "object" &&
  x !== null &&
  ["epoch", "done", "total", "step"].every(
    (name) => typeof (x as Record<string, unknown>)[name] === "number",
  ) &&
  Array.isArray((x as Record<string, unknown>)["history"]);

/** Where a run begins: at the beginning, or where its checkpoint says. */
const begin = async <S>(state: S, plan: CheckpointPlan | undefined): Promise<Place<S>> => {
  const fresh = { state, epoch: 1, done: 0, total: 0, step: 0, history: [] };
  if (plan === undefined) return fresh;
  const saved = await loadCheckpoint(plan.path, state);
  if (isLeft(saved) && saved.left.reason === "missing") return fresh;
  const refuse = (why: string): TrainingError =>
    new TrainingError(`fit: ${plan.path} is no checkpoint of this run: ${why} Move it away to begin anew.`);
  if (isLeft(saved)) throw refuse(saved.left.message);
  let marks: unknown;
  try {
    marks = JSON.parse(saved.right.metadata.get("fit") ?? "");
  } catch {
    throw refuse("it does not say where the run was.");
  }
  if (!isMarks(marks)) throw refuse("it does not say where the run was.");
  return { ...marks, history: marks.history.map(withNumbers), state: saved.right.tree };
};

/** The first array of a state that holds NaN or infinity. */
const firstNonFinite = (state: unknown): string | undefined => {
  const [leaves, treedef] = flatten(state);
  const i = leaves.findIndex((x) => {
    const array = np.asarray(x as NDArray);
    return isFloat(array.dtype) && !np.all(np.isfinite(array)).item();
  });
  return i < 0 ? undefined : formatPath(leafPaths(treedef)[i] ?? [], "state");
};

const notFinite = (place: Place<unknown>, loss: number, last: number | undefined): TrainingError => {
  const where = firstNonFinite(place.state);
  return new TrainingError(
    `fit: the loss is ${loss} at step ${place.step} (epoch ${place.epoch}); ` +
      `${last === undefined ? "it was the first" : `the one before it was ${last}`}. ` +
      `${where === undefined ? "The parameters are still finite" : `${where} is no longer finite`}: try a smaller learning ` +
      "rate, clip gradients (optim.clipByGlobalNorm), or look for a logarithm or root of 0 in the loss.",
  );
};

/** Whole numbers from 1, or an ArgumentError. */
const checkCount = (name: string, n: number | undefined): void => {
  if (n !== undefined && !(Number.isInteger(n) && n >= 1)) {
    throw new ArgumentError(`fit: ${name} must be a whole number >= 1; got ${n}.`);
  }
};

/**
 * Folds a pure step over the batches of several epochs. It keeps nothing of its own: the state is a tree that goes in and
 * comes out, and a run that was saved goes on bit for bit.
 *
 * @throws TrainingError when a loss is not finite, saying where, or if a checkpoint is not one of this run.
 * @example
 * const { state, history } = await fit(begin(params), {
 *   epochs: 10,
 *   step,
 *   batches: (epoch) => data.batches(train, 128, { key: random.foldIn(key, epoch) }),
 *   stopWhen: earlyStopping({ patience: 2 }),
 *   checkpoint: { path: "run.safetensors" },
 * });
 */
export const fit = async <S, B>(
  initial: S,
  { epochs, step, batches, evaluate, onStep, onEpoch, stopWhen, checkpoint, progress }: FitOptions<S, B>,
): Promise<FitResult<S>> => {
  checkCount("epochs", epochs);
  checkCount("checkpoint.everySteps", checkpoint?.everySteps);
  const place = await begin(initial, checkpoint);
  const bar = await createProgress(epochs, batches(place.epoch).length, progress);
  let latest: number | undefined;
  let stopped = stopWhen?.(place.history);
  try {
    while (place.epoch <= epochs && stopped === undefined) {
      const { epoch } = place;
      let skip = place.done;
      for (const batch of batches(epoch)) {
        if (skip-- > 0) continue;
        const [state, value] = step(place.state, batch);
        const loss = Number(value.item());
        place.state = state;
        place.done++;
        place.step++;
        place.total += loss;
        if (!Number.isFinite(loss)) throw notFinite(place, loss, latest);
        latest = loss;
        bar.step(loss);
        await onStep?.({ epoch, step: place.step, loss, state });
        if (checkpoint?.everySteps !== undefined && place.step % checkpoint.everySteps === 0)
          await save(checkpoint, place);
      }
      if (place.done === 0) throw new ArgumentError(`fit: there are no batches in epoch ${epoch}.`);
      const metrics = Object.fromEntries(
        Object.entries(evaluate?.(place.state) ?? {}).map(([name, x]) => [
          name,
          Number(typeof x === "number" ? x : x.item()),
        ]),
      );
      const record: EpochRecord = { epoch, loss: place.total / place.done, metrics };
      place.history = [...place.history, record];
      Object.assign(place, { epoch: epoch + 1, done: 0, total: 0 });
      bar.endEpoch(describe(record, epochs));
      await onEpoch?.({ ...record, state: place.state });
      if (checkpoint !== undefined) await save(checkpoint, place);
      stopped = stopWhen?.(place.history);
    }
  } finally {
    bar.stop();
  }
  return { state: place.state, history: place.history, stopped };
};

/** An epoch in one line. */
const describe = ({ epoch, loss, metrics }: EpochRecord, epochs: number): string =>
  [
    `epoch ${epoch}/${epochs}: loss ${loss.toFixed(4)}`,
    ...Object.entries(metrics).map(([name, x]) => `${name} ${x.toPrecision(4)}`),
  ].join(", ");
