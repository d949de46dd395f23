/**
 * Light or dark: as the system is, until somebody chooses.
 */
const KEY = "cotangent-playground-theme";

type Theme = "light" | "dark";

const system = matchMedia("(prefers-color-scheme: dark)");

const stored = (): Theme | undefined => {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === "light" || theme === "dark" ? theme : undefined;
  } catch {
    // Storage may be forbidden.
    return undefined;
  }
};

const remember = (theme: Theme): void => {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Then it lasts until the page is closed.
  }
};

/** What is on the page now. */
export const currentTheme = (): Theme => {
  const { theme } = document.documentElement.dataset;
  return theme === "light" || theme === "dark" ? theme : system.matches ? "dark" : "light";
};

/** Fired on `document` when colours change: canvases must be painted again. */
export const themeChanged = "themechanged";

export const followTheme = (button: HTMLButtonElement): void => {
  const announce = (): void => {
    const other = currentTheme() === "dark" ? "light" : "dark";
    button.setAttribute("aria-label", `Switch to ${other} colours`);
    button.title = `Switch to ${other} colours`;
    document.dispatchEvent(new Event(themeChanged));
  };
  const theme = stored();
  if (theme !== undefined) document.documentElement.dataset["theme"] = theme;
  button.addEventListener("click", () => {
    const next: Theme = currentTheme() === "dark" ? "light" : "dark";
    document.documentElement.dataset["theme"] = next;
    remember(next);
    announce();
  });
  system.addEventListener("change", announce);
  announce();
};
