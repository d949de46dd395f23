/**
 * Tabs as people who use a keyboard or a screen reader know them: arrow keys, Home and End move between them.
 *
 * @see https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
 */
export interface Tabs<T extends string> {
  readonly selected: () => T;
  readonly select: (name: T) => void;
}

/** Buttons with role "tab" and `data-tab`, each of which controls the element of its `aria-controls`. */
export const tabs = <T extends string>(
  list: HTMLElement,
  onSelect: (name: T) => void = () => {},
): Tabs<T> => {
  const buttons = [...list.querySelectorAll<HTMLButtonElement>('[role="tab"]')];
  const nameOf = (button: HTMLButtonElement | undefined): T => button?.dataset["tab"] as T;
  const current = (): HTMLButtonElement | undefined =>
    buttons.find((button) => button.getAttribute("aria-selected") === "true") ?? buttons[0];

  const show = (chosen: HTMLButtonElement): void => {
    for (const button of buttons) {
      const isChosen = button === chosen;
      button.setAttribute("aria-selected", String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
      const panel = document.getElementById(button.getAttribute("aria-controls") ?? "");
      if (panel !== null) panel.hidden = !isChosen;
    }
    onSelect(nameOf(chosen));
  };

  list.addEventListener("click", ({ target }) => {
    const button = (target as Element).closest<HTMLButtonElement>('[role="tab"]');
    if (button !== null) show(button);
  });
  list.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(current() as HTMLButtonElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = buttons[(to + buttons.length) % buttons.length] as HTMLButtonElement;
    show(next);
    next.focus();
  });
  return {
    selected: () => nameOf(current()),
    select: (name) => {
      const button = buttons.find((each) => nameOf(each) === name);
      if (button !== undefined) show(button);
    },
  };
};
