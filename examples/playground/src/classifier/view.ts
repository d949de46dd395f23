/**
 * The view of the classifier: choices, the plane, and how the run goes.
 */
import { h, select } from "../common/dom.ts";
import { pictureOf } from "../common/picture.ts";
import { themeChanged } from "../common/theme.ts";
import { LimitedWorker, SupersededError } from "../worker/limited-worker.ts";
import { isRecord } from "../worker/messages.ts";
import { spawnWorker } from "../worker/spawn.ts";
import type { ClassifierQuery, Frame } from "./frame.ts";
import { drawPlane, type PlaneDrawing } from "./plane.ts";
import {
  activations,
  type ClassifierSettings,
  datasets,
  depths,
  optimizers,
  rates,
  speeds,
  widths,
} from "./settings.ts";

/** Milliseconds between two drawings of the curves. */
const CURVES_EVERY = 400;
/** A run stops by itself after so many steps. */
const MOST_STEPS = 20_000;

export interface ClassifierView {
  readonly settings: () => ClassifierSettings;
  readonly restore: (settings: ClassifierSettings) => void;
  /** Nobody looks any more. */
  readonly pause: () => void;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const measure = (label: string, id: string, kind = ""): HTMLElement =>
  h("div", { class: "measure" }, h("span", {}, label), h("output", { id, class: kind }, "–"));

const isFrame = (x: unknown): x is Frame =>
  isRecord(x) && isRecord(x["progress"]) && x["plane"] instanceof Float32Array;

export const createClassifierView = (host: HTMLElement, start: ClassifierSettings): ClassifierView => {
  let settings = start;
  let seed = 0;
  let isRunning = false;
  let beginnings = 0;
  let starts = 0;
  let drawing: PlaneDrawing | undefined;
  // Runs are of our own code: what takes long is compiling, on a slow machine.
  const worker = new LimitedWorker(spawnWorker("classify"), {
    timeLimit: 60_000,
    maxAnswers: Number.POSITIVE_INFINITY,
  });

  const canvas = h("canvas", { width: "640", height: "640", role: "img", class: "plane" });
  const problem = h("p", { class: "note", role: "alert", hidden: true });
  const loss = h("div", { class: "picture curve" });
  const flow = h("div", { class: "picture curve wide" });
  const run = h("button", { type: "button", class: "primary", id: "run", onclick: () => toggle() }, "Start");
  const step = h("button", { type: "button", onclick: () => void advance(1, true) }, "One step");
  const reset = h("button", { type: "button", onclick: () => void begin() }, "Reset");
  const reseed = h(
    "button",
    {
      type: "button",
      title: "Other points and other weights",
      onclick: () => {
        seed++;
        void begin();
      },
    },
    "Shuffle",
  );
  const choices = h("div", { class: "choices" });
  const values = h(
    "div",
    { class: "measures" },
    measure("step", "step-number"),
    measure("loss", "train-loss"),
    measure("accuracy", "train-accuracy"),
    measure("loss, unseen points", "test-loss"),
    measure("accuracy, unseen points", "test-accuracy"),
  );
  const show = (id: string, text: string): void => {
    const output = values.querySelector(`#${id}`);
    if (output !== null) output.textContent = text;
  };

  const paint = (): void => {
    if (drawing !== undefined) drawPlane(canvas, drawing);
  };
  document.addEventListener(themeChanged, paint);

  const showFrame = ({ progress, classes, plane, points, curves }: Frame): void => {
    const { train, test } = points ?? drawing ?? {};
    if (train === undefined || test === undefined) return;
    drawing = { classes, plane, train, test };
    paint();
    show("step-number", String(progress.step));
    show("train-loss", progress.train.loss.toFixed(4));
    show("train-accuracy", percent(progress.train.accuracy));
    show("test-loss", progress.test.loss.toFixed(4));
    show("test-accuracy", percent(progress.test.accuracy));
    canvas.setAttribute(
      "aria-label",
      `The plane with ${train.y.length} points of ${classes} classes; of unseen points ${percent(progress.test.accuracy)} are told right.`,
    );
    if (curves === undefined) return;
    loss.replaceChildren(pictureOf(curves.loss));
    flow.replaceChildren(
      curves.flow === undefined
        ? h("p", { class: "note" }, "Gradients flow from the first step on.")
        : pictureOf(curves.flow),
    );
  };

  const ask = async (query: ClassifierQuery): Promise<Frame | undefined> => {
    try {
      const frame = await worker.ask(query);
      if (!isFrame(frame)) throw new Error("The worker gave no picture.");
      problem.hidden = true;
      showFrame(frame);
      return frame;
    } catch (error) {
      if (error instanceof SupersededError) return undefined;
      stop();
      problem.hidden = false;
      problem.textContent = error instanceof Error ? error.message : String(error);
      return undefined;
    }
  };

  const stop = (): void => {
    isRunning = false;
    run.textContent = "Start";
  };

  const begin = async (): Promise<void> => {
    stop();
    beginnings++;
    host.setAttribute("aria-busy", "true");
    await ask({ action: "begin", settings, seed });
    host.setAttribute("aria-busy", "false");
  };

  const advance = (steps: number, withCurves: boolean): Promise<Frame | undefined> =>
    ask({ action: "advance", steps, withCurves });

  const keepGoing = async (): Promise<void> => {
    const mine = beginnings;
    // Who pauses and starts again at once must not have two of these loops.
    const round = ++starts;
    let drawn = 0;
    while (isRunning && round === starts) {
      const now = performance.now();
      const withCurves = now - drawn > CURVES_EVERY;
      if (withCurves) drawn = now;
      const frame = await advance(settings.speed, withCurves);
      if (frame === undefined) return;
      if (frame.progress.step >= MOST_STEPS || !Number.isFinite(frame.progress.train.loss)) stop();
      await new Promise(requestAnimationFrame);
    }
    // The curves of where it stopped, unless another run has begun.
    if (mine === beginnings && round === starts) await advance(0, true);
  };

  const toggle = (): void => {
    if (isRunning) {
      stop();
      return;
    }
    isRunning = true;
    run.textContent = "Pause";
    void keepGoing();
  };

  const showChoices = (): void => {
    const choice = <K extends keyof ClassifierSettings>(
      label: string,
      key: K,
      options: readonly ClassifierSettings[K][],
    ): HTMLElement =>
      select(label, options, settings[key], (value) => {
        settings = { ...settings, [key]: value };
        // Only the speed may change while a run goes on.
        if (key !== "speed") void begin();
      });
    choices.replaceChildren(
      choice("Points", "dataset", datasets),
      choice("Layers", "depth", depths),
      choice("Width", "width", widths),
      choice("Activation", "activation", activations),
      choice("Optimizer", "optimizer", optimizers),
      choice("Learning rate", "rate", rates),
      choice("Steps a picture", "speed", speeds),
    );
  };

  showChoices();
  host.append(
    h(
      "div",
      { class: "card side" },
      h("div", { class: "controls", role: "group", "aria-label": "Run" }, run, step, reset, reseed),
      choices,
      h("div", { class: "plane-box" }, canvas),
      h("p", { class: "caption" }, "Filled points are learned from; hollow ones are kept back."),
    ),
    h(
      "div",
      { class: "read" },
      h("div", { class: "card" }, values, problem),
      h("div", { class: "card" }, h("h2", {}, "Loss"), loss),
      h("div", { class: "card" }, h("h2", {}, "Gradient flow"), flow),
    ),
  );
  void begin();

  return {
    settings: () => settings,
    restore: (next) => {
      settings = next;
      showChoices();
      void begin();
    },
    pause: stop,
  };
};
