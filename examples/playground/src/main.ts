/**
 * The page: three views, a link that brings back what is on it, and colours.
 */
import { defaultSettings } from "./classifier/settings.ts";
import type { ClassifierView } from "./classifier/view.ts";
import { byId } from "./common/dom.ts";
import { tabs } from "./common/tabs.ts";
import { followTheme } from "./common/theme.ts";
import { programs } from "./functions/programs.ts";
import { createFunctionsView, type FunctionsView } from "./functions/view.ts";
import { decodeLink, encodeLink, type PageState, type View } from "./share/link.ts";

const notice = byId("notice");
let noticeTimer: ReturnType<typeof setTimeout> | undefined;

const tell = (text: string): void => {
  clearTimeout(noticeTimer);
  notice.textContent = text;
  notice.hidden = false;
  noticeTimer = setTimeout(() => {
    notice.hidden = true;
  }, 8000);
};

followTheme(byId<HTMLButtonElement>("theme"));

const stateOfAddress = (): PageState | undefined => {
  const link = decodeLink(location.hash);
  if (link.kind === "refused") tell(`${link.why} The page begins as usual.`);
  return link.kind === "state" ? link.state : undefined;
};

/** What views that are not loaded yet will begin with. */
let kept: PageState = stateOfAddress() ?? {
  view: "functions",
  code: programs[0]?.code ?? "",
  tab: "circuit",
  classifier: defaultSettings,
};
let functions: FunctionsView | undefined;
let classifier: ClassifierView | undefined;

const broken =
  (what: string) =>
  (error: unknown): void =>
    tell(`${what} could not be loaded: ${error instanceof Error ? error.message : String(error)}`);

/** What is loaded when a view is first looked at. */
const loaders: Readonly<Record<View, () => Promise<void>>> = {
  functions: async () => {
    functions = await createFunctionsView(kept);
  },
  classifier: async () => {
    const { createClassifierView } = await import("./classifier/view.ts");
    classifier = createClassifierView(byId("view-classifier"), kept.classifier);
  },
  digits: async () => {
    const { createDigitsView } = await import("./digits/view.ts");
    await createDigitsView(byId("view-digits"));
  },
};
const loaded = new Set<View>();

const views = tabs<View>(byId("views"), (view) => {
  if (view !== "classifier") classifier?.pause();
  if (loaded.has(view)) return;
  loaded.add(view);
  loaders[view]().catch(broken(`The view of ${view}`));
});
views.select(kept.view);

byId("share").addEventListener("click", async () => {
  const link = encodeLink({
    view: views.selected(),
    code: functions?.code() ?? kept.code,
    tab: functions?.tab() ?? kept.tab,
    classifier: classifier?.settings() ?? kept.classifier,
  });
  if (link === undefined) {
    tell("The program is too long for a link.");
    return;
  }
  history.replaceState(null, "", link);
  try {
    await navigator.clipboard.writeText(location.href);
    tell("A link to what you see is in the address bar and on the clipboard.");
  } catch {
    tell("A link to what you see is in the address bar.");
  }
});

addEventListener("hashchange", () => {
  const state = stateOfAddress();
  if (state === undefined) return;
  kept = state;
  functions?.restore(state.code, state.tab);
  classifier?.restore(state.classifier);
  views.select(state.view);
});
