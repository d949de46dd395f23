/** Small tools to build a page with. */

type Child = Node | string;

interface Properties {
  readonly class?: string;
  readonly onclick?: (event: MouseEvent) => void;
  readonly [attribute: string]: string | boolean | ((event: MouseEvent) => void) | undefined;
}

/** An element with attributes and children. Attributes that are `false` or undefined are left out. */
export const h = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
};

/** An element that the page is known to have. */
export const byId = <T extends HTMLElement = HTMLElement>(id: string): T => {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no element "${id}".`);
  return element as T;
};

/** A choice with a label. */
export const select = <T extends string | number>(
  label: string,
  options: readonly T[],
  chosen: T,
  onChange: (choice: T) => void,
  textOf: (option: T) => string = String,
): HTMLLabelElement => {
  const list = h(
    "select",
    {},
    ...options.map((option) =>
      h("option", { value: String(option), selected: option === chosen }, textOf(option)),
    ),
  );
  list.addEventListener("change", () => onChange(options[list.selectedIndex] as T));
  return h("label", { class: "choice" }, h("span", {}, label), list);
};

/** `f`, once nobody has called for some milliseconds. */
export const debounced = (f: () => void, milliseconds: number): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(f, milliseconds);
  };
};
