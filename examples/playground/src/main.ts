/**
 * The page: three views, a link that brings back what is on it, and colours.
 */
import { defaultSettings } from "./classifier/settings.ts";
import { byId } from "./common/dom.ts";
import { tabs } from "./common/tabs.ts";
import { followTheme } from "./common/theme.ts";
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

const start = stateOfAddress();
const views = tabs<View>(byId("views"));
views.select(start?.view ?? "functions");

let functions: FunctionsView | undefined;
createFunctionsView({ code: start?.code, tab: start?.tab ?? "circuit" }).then(
  (view) => {
    functions = view;
  },
  (error: unknown) => tell(`The editor could not be loaded: ${String(error)}`),
);

byId("share").addEventListener("click", async () => {
  if (functions === undefined) return;
  const link = encodeLink({
    view: views.selected(),
    code: functions.code(),
    tab: functions.tab(),
    classifier: start?.classifier ?? defaultSettings,
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
  views.select(state.view);
  functions?.restore(state.code, state.tab);
});
