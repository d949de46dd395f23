/**
 * Goes through a circuit gate by gate, forward and then backward, with buttons and keys.
 */
import { h } from "../common/dom.ts";
import { pictureOf } from "../common/picture.ts";
import type { CircuitStep, OperandStep, SteppedCircuit } from "./evaluation.ts";
import { CIRCUIT_SCALE } from "./results.ts";

/** What is drawn of each place in the picture after some steps. */
const progressAt = (steps: readonly CircuitStep[], at: number) => {
  const done = steps.slice(0, at + 1);
  const gates = new Set(steps.filter(({ phase }) => phase !== "backward").map(({ node }) => node));
  const computed = new Set(done.filter(({ phase }) => phase === "forward").map(({ node }) => node));
  const gradients = new Set(
    done.flatMap(({ phase, operands }) => (phase === "backward" ? operands.map(({ edge }) => edge) : [])),
  );
  return { gates, computed, gradients, hasTurned: done.some(({ phase }) => phase === "turn") };
};

const titles: Readonly<Record<CircuitStep["phase"], string>> = {
  forward: "Forward",
  turn: "Turn",
  backward: "Backward",
};

const operandRow = ({ name, value, local, gradient }: OperandStep, upstream: string): HTMLTableRowElement =>
  h(
    "tr",
    {},
    h("th", { scope: "row" }, name),
    h("td", { class: "forward" }, h("pre", {}, value)),
    h("td", {}, h("pre", {}, gradient === undefined ? "" : (local ?? "(a matrix of them)"))),
    h("td", { class: "backward" }, h("pre", {}, gradient === undefined ? "" : `× ${upstream}`)),
    h("td", { class: "backward strong" }, h("pre", {}, gradient ?? "none")),
  );

const describe = (step: CircuitStep): readonly Node[] => {
  const { phase, label, result, upstream = "", operands, line, rule } = step;
  const place = line === undefined ? [] : [h("span", { class: "faint" }, ` line ${line}`)];
  const title = h("h2", {}, h("span", { class: `phase ${phase}` }, titles[phase]), ` ${label}`, ...place);
  switch (phase) {
    case "forward":
      return [
        title,
        h(
          "p",
          {},
          "The gate gets ",
          ...operands.flatMap(({ value }, i) => [
            i === 0 ? "" : " and ",
            h("code", { class: "forward" }, value),
          ]),
          " and gives ",
          h("code", { class: "forward" }, result || "nothing"),
          ".",
        ),
      ];
    case "turn":
      return [
        title,
        h(
          "p",
          {},
          "The way back begins at the result with the gradient ",
          h("code", { class: "backward" }, upstream),
          ": ∂L/∂L.",
        ),
      ];
    case "backward": {
      const heads = ["input", "value", "local derivative", "× upstream", "= gradient"];
      return [
        title,
        h("p", {}, "Upstream, ", h("code", { class: "backward" }, upstream), " arrives. ", rule ?? ""),
        h(
          "table",
          { class: "operands" },
          h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
          h("tbody", {}, ...operands.map((operand) => operandRow(operand, upstream))),
        ),
      ];
    }
  }
};

export interface Stepper {
  readonly element: HTMLElement;
  /** Show another circuit; the place is kept if it has as many steps. */
  readonly show: (circuit: SteppedCircuit | { readonly error: string }) => void;
  /** Whether somebody looks. */
  readonly watch: (isWatched: boolean) => void;
}

/** @param onLine told of the line of the program that the present step comes from, while somebody looks. */
export const createStepper = (onLine: (line: number | undefined) => void): Stepper => {
  let isWatched = false;
  let steps: readonly CircuitStep[] = [];
  let at = 0;
  const picture = h("div", { class: "picture" });
  const count = h("span", { class: "count", id: "step-count" });
  const description = h("div", { class: "step", id: "step", role: "status", "aria-live": "polite" });
  const button = (label: string, text: string, key: string, to: () => number): HTMLButtonElement =>
    h(
      "button",
      { type: "button", "aria-label": label, title: `${label} (${key})`, onclick: () => go(to()) },
      text,
    );
  const first = button("First step", "⏮", "Home", () => 0);
  const previous = button("Previous step", "← Back", "←", () => at - 1);
  const next = button("Next step", "Next →", "→", () => at + 1);
  const last = button("Last step", "⏭", "End", () => steps.length - 1);
  next.classList.add("primary");
  const controls = h(
    "div",
    { class: "controls", role: "group", "aria-label": "Steps" },
    first,
    previous,
    next,
    last,
    count,
  );
  const element = h("div", { class: "stepper" }, controls, description, picture);

  const paint = (): void => {
    const step = steps[at];
    onLine(isWatched ? step?.line : undefined);
    for (const [each, isOff] of [
      [first, at <= 0],
      [previous, at <= 0],
      [next, at >= steps.length - 1],
      [last, at >= steps.length - 1],
    ] as const) {
      // Not `disabled`: a button that has the focus would lose it, and keys with it.
      each.setAttribute("aria-disabled", String(isOff));
    }
    count.textContent = steps.length === 0 ? "" : `${at + 1} of ${steps.length}`;
    if (step === undefined) {
      description.replaceChildren(
        h(
          "p",
          { class: "note" },
          "There are no gates: the result does not depend on the arguments, or is one of them.",
        ),
      );
      return;
    }
    description.replaceChildren(...describe(step));
    const { gates, computed, gradients, hasTurned } = progressAt(steps, at);
    const edges = new Set(step.operands.map(({ edge }) => edge));
    for (const part of picture.querySelectorAll("[data-node]")) {
      const id = Number(part.getAttribute("data-node"));
      part.classList.toggle("current", id === step.node);
      part.classList.toggle("ahead", gates.has(id) && !computed.has(id) && !(hasTurned || id === step.node));
      part.classList.toggle("going-back", id === step.node && step.phase !== "forward");
    }
    for (const part of picture.querySelectorAll("[data-edge]")) {
      const id = Number(part.getAttribute("data-edge"));
      part.classList.toggle("current", edges.has(id));
      part.classList.toggle("going-back", edges.has(id) && step.phase === "backward");
      part.classList.toggle("hide-gradient", !(gradients.has(id) || (hasTurned && outputEdges.has(id))));
      part.classList.toggle("hide-value", !(isKnown.get(id)?.(computed) ?? true));
    }
    picture.querySelector(".current[data-node]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  /** For the edges behind gates, whether their value is computed; all others are known from the start. */
  let isKnown = new Map<number, (computed: ReadonlySet<number>) => boolean>();
  let outputEdges = new Set<number>();

  const go = (to: number): void => {
    at = Math.max(0, Math.min(to, steps.length - 1));
    paint();
  };

  element.addEventListener("keydown", (event) => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: steps.length - 1 }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(to);
  });

  return {
    element,
    watch: (next) => {
      isWatched = next;
      onLine(isWatched ? steps[at]?.line : undefined);
    },
    show: (circuit) => {
      if ("error" in circuit) {
        steps = [];
        onLine(undefined);
        picture.replaceChildren();
        controls.hidden = true;
        description.replaceChildren(h("p", { class: "note" }, circuit.error));
        return;
      }
      controls.hidden = false;
      at = circuit.steps.length === steps.length ? at : 0;
      steps = circuit.steps;
      isKnown = new Map(circuit.sources.map(([edge, node]) => [edge, (computed) => computed.has(node)]));
      outputEdges = new Set(circuit.outputEdges);
      picture.replaceChildren(pictureOf(circuit.svg, CIRCUIT_SCALE));
      paint();
    },
  };
};
