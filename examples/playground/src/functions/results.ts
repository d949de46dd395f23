/**
 * What was found out about a function, as elements of the page.
 */
import { h } from "../common/dom.ts";
import { pictureOf } from "../common/picture.ts";
import type { Evaluation, InputRow, Section } from "./evaluation.ts";

/** Circuits are drawn in small print. */
export const CIRCUIT_SCALE = 1.25;

const row = ({ name, type, value, gradient }: InputRow): HTMLTableRowElement =>
  h(
    "tr",
    {},
    h("th", { scope: "row" }, name, " ", h("span", { class: "type" }, type)),
    h("td", { class: "forward" }, h("pre", {}, value)),
    h("td", { class: "backward" }, h("pre", {}, gradient ?? "")),
  );

/** The value, and each argument with its gradient. */
export const summaryOf = (evaluation: Evaluation): readonly Node[] => {
  const { value, valueType, inputs, gradientError } = evaluation;
  const head = h(
    "tr",
    {},
    h("th", { scope: "col" }, "argument"),
    h("th", { scope: "col" }, "value"),
    h("th", { scope: "col" }, evaluation.isJacobian ? "Jacobian" : "gradient"),
  );
  return [
    h(
      "div",
      { class: "value" },
      h("span", { class: "label" }, "f = "),
      h("output", { id: "value", class: "forward" }, value),
      h("span", { class: "type" }, valueType),
    ),
    h(
      "div",
      { class: "scroll" },
      h("table", { id: "gradients" }, h("thead", {}, head), h("tbody", {}, ...inputs.map(row))),
    ),
    ...(gradientError === undefined ? [] : [h("p", { class: "note" }, `No gradient: ${gradientError}`)]),
  ];
};

export const showText = (panel: HTMLElement, section: Section): void => {
  panel.classList.toggle("note", "error" in section);
  panel.textContent = "error" in section ? section.error : section.text;
};

/** The circuit, with a choice between all gates and few if there are both. */
export const showCircuit = (panel: HTMLElement, { circuit, folded }: Evaluation): void => {
  if ("error" in circuit) {
    panel.replaceChildren(h("p", { class: "note" }, circuit.error));
    return;
  }
  const picture = h("div", { class: "picture" });
  const wasFolded = panel.dataset["folded"] === "true";
  const draw = (isFolded: boolean): void => {
    picture.replaceChildren(
      pictureOf(isFolded && folded !== undefined ? folded : circuit.text, CIRCUIT_SCALE),
    );
  };
  const box = h("input", { type: "checkbox", checked: wasFolded });
  box.addEventListener("change", () => {
    panel.dataset["folded"] = String(box.checked);
    draw(box.checked);
  });
  const choice =
    folded === undefined
      ? []
      : [h("label", { class: "fold" }, box, " Fold what repeats, and calls of functions")];
  draw(wasFolded);
  panel.replaceChildren(...choice, picture);
};
