/**
 * The view of digits: draw one, see what the network reads, and which pixels its score hangs on.
 */
import { colourOf, type Rgb } from "../common/colours.ts";
import { h } from "../common/dom.ts";
import { themeChanged } from "../common/theme.ts";
import { LimitedWorker, SupersededError } from "../worker/limited-worker.ts";
import { isRecord } from "../worker/messages.ts";
import { spawnWorker } from "../worker/spawn.ts";
import { createPad } from "./pad.ts";
import type { DigitsQuery, Loaded, Reading } from "./reading.ts";
import { samples } from "./samples.ts";
import { imageOf, imageSize, type Stroke } from "./strokes.ts";

const digits = Array.from({ length: 10 }, (_, digit) => digit);

const blend = (from: Rgb, to: Rgb, share: number): Rgb =>
  [0, 1, 2].map(
    (c) => (from[c] as number) + ((to[c] as number) - (from[c] as number)) * share,
  ) as unknown as Rgb;

/** Fill a canvas of 28 × 28 pixels. */
const fill = (canvas: HTMLCanvasElement, colour: (pixel: number) => Rgb): void => {
  const image = new ImageData(imageSize, imageSize);
  for (let i = 0; i < imageSize * imageSize; i++) image.data.set([...colour(i), 255], 4 * i);
  // So few pixels are not worth a graphics card.
  canvas.getContext("2d", { willReadFrequently: true })?.putImageData(image, 0, 0);
};

const small = (label: string): HTMLCanvasElement =>
  h("canvas", {
    class: "pixels",
    width: String(imageSize),
    height: String(imageSize),
    role: "img",
    "aria-label": label,
  });

const isReading = (x: unknown): x is Reading => isRecord(x) && x["probabilities"] instanceof Float32Array;
const isLoaded = (x: unknown): x is Loaded => isRecord(x) && isRecord(x["metadata"]);

export const createDigitsView = async (host: HTMLElement): Promise<void> => {
  const worker = new LimitedWorker(spawnWorker("digits"), {
    timeLimit: 60_000,
    maxAnswers: Number.POSITIVE_INFINITY,
  });
  let pixels = new Float32Array(imageSize * imageSize);
  let reading: Reading | undefined;
  let explained: number | undefined;

  const seen = small("What the network sees");
  const slope = small("The gradient by each pixel");
  const answer = h("output", { id: "digit", class: "digit" }, "–");
  const sure = h("span", { class: "faint", id: "sure" }, "Draw a digit.");
  const about = h("p", { class: "caption" });
  const problem = h("p", { class: "note", role: "alert", hidden: true });

  const bars = digits.map((digit) => {
    const bar = h("meter", { min: "0", max: "1", "aria-label": `Probability of ${digit}` });
    const percent = h("span", { class: "percent" });
    const button = h(
      "button",
      {
        type: "button",
        class: "bar-row",
        "aria-pressed": "false",
        title: `Show the gradient of the score of ${digit}`,
        onclick: () => {
          explained = explained === digit ? undefined : digit;
          void read();
        },
      },
      h("span", { class: "name" }, String(digit)),
      bar,
      percent,
    );
    return { button, bar, percent };
  });

  const paint = (): void => {
    const [paper, ink, down, up] = ["--sunken", "--ink", "--series-0", "--series-1"].map(colourOf) as [
      Rgb,
      Rgb,
      Rgb,
      Rgb,
    ];
    fill(seen, (i) => blend(paper, ink, pixels[i] as number));
    const gradient = reading?.gradient;
    const largest = gradient?.reduce((most, g) => Math.max(most, Math.abs(g)), 0) ?? 0;
    fill(slope, (i) => {
      const g = largest === 0 ? 0 : ((gradient?.[i] ?? 0) as number) / largest;
      // The digit shows faintly through.
      const ground = blend(paper, ink, 0.18 * (pixels[i] as number));
      return blend(ground, g > 0 ? up : down, Math.abs(g) ** 0.7);
    });
  };
  document.addEventListener(themeChanged, paint);

  const showReading = (): void => {
    const shown = reading;
    answer.textContent = shown === undefined ? "–" : String(shown.digit);
    sure.textContent =
      shown === undefined
        ? "Draw a digit."
        : `${(100 * (shown.probabilities[shown.digit] as number)).toFixed(1)} % sure; gradient of the score of ${shown.explained}`;
    bars.forEach(({ button, bar, percent }, digit) => {
      const probability = shown?.probabilities[digit] ?? 0;
      bar.value = probability;
      percent.textContent = shown === undefined ? "" : `${(100 * probability).toFixed(1)} %`;
      button.classList.toggle("best", digit === shown?.digit);
      button.setAttribute("aria-pressed", String(digit === explained));
    });
    paint();
  };

  const ask = async (query: DigitsQuery): Promise<unknown> => {
    try {
      const output = await worker.ask(query);
      problem.hidden = true;
      return output;
    } catch (error) {
      if (!(error instanceof SupersededError)) {
        problem.hidden = false;
        problem.textContent = error instanceof Error ? error.message : String(error);
      }
      return undefined;
    }
  };

  const read = async (): Promise<void> => {
    if (pixels.every((ink) => ink === 0)) {
      reading = undefined;
      showReading();
      return;
    }
    const output = await ask({ action: "read", pixels, explained });
    if (!isReading(output)) return;
    // The sheet may have been wiped since.
    reading = pixels.every((ink) => ink === 0) ? undefined : output;
    showReading();
  };

  const pad = createPad((strokes: readonly Stroke[]) => {
    pixels = imageOf(strokes) as Float32Array<ArrayBuffer>;
    paint();
    void read();
  });

  host.append(
    h(
      "div",
      { class: "card side" },
      h(
        "div",
        { class: "controls" },
        h("button", { type: "button", onclick: () => pad.show([]) }, "Clear"),
        h("span", { class: "faint" }, "or try"),
        ...digits.map((digit) =>
          h(
            "button",
            {
              type: "button",
              class: "sample",
              "aria-label": `Draw a ${digit}`,
              onclick: () => pad.show(samples[digit] ?? []),
            },
            String(digit),
          ),
        ),
      ),
      h("div", { class: "plane-box" }, pad.element),
      h("p", { class: "caption" }, "Draw with a pointer, or with arrow keys and Space."),
    ),
    h(
      "div",
      { class: "read" },
      h(
        "div",
        { class: "card" },
        h("div", { class: "answer", role: "status", "aria-live": "polite" }, answer, sure),
        problem,
      ),
      h(
        "div",
        { class: "card sight" },
        h("figure", {}, seen, h("figcaption", {}, "What the network sees: 28 × 28 pixels")),
        h(
          "figure",
          {},
          slope,
          h(
            "figcaption",
            {},
            "The gradient by each pixel: more ink ",
            h("span", { class: "raises" }, "raises"),
            " or ",
            h("span", { class: "lowers" }, "lowers"),
            " the score",
          ),
        ),
        h(
          "div",
          { class: "bars", role: "group", "aria-label": "Probabilities" },
          ...bars.map(({ button }) => button),
        ),
      ),
      about,
    ),
  );
  showReading();

  const response = await fetch("./digits.safetensors");
  if (!response.ok) throw new Error(`The weights could not be loaded: ${response.status}.`);
  const file = new Uint8Array(await response.arrayBuffer());
  const loaded = await ask({ action: "load", file });
  if (!isLoaded(loaded)) return;
  const share = Number(loaded.metadata["test accuracy"]);
  about.textContent =
    `A convolutional network of 108,618 weights, trained by examples/cnn on ${loaded.metadata["trained on"]} and stored in ` +
    `${Math.round(file.length / 1000)} kB. It reads ${(100 * share).toFixed(2)} % of MNIST's 10,000 test images right.`;
  host.dataset["ready"] = "true";
  void read();
};
