/**
 * The view of functions: an editor, and what the worker finds out about the program in it.
 */
import { byId, debounced, select } from "../common/dom.ts";
import { tabs } from "../common/tabs.ts";
import type { ResultTab } from "../share/link.ts";
import { LimitedWorker, SupersededError, TimeLimitError } from "../worker/limited-worker.ts";
import { isRecord } from "../worker/messages.ts";
import { spawnWorker } from "../worker/spawn.ts";
import type { Editor } from "./editor.ts";
import type { Evaluation, Outcome, Refusal } from "./evaluation.ts";
import { programs } from "./programs.ts";
import { showCircuit, showText, summaryOf } from "./results.ts";
import { createStepper } from "./stepper.ts";

/** After the last key, until the program is run. */
const PAUSE = 250;

export interface FunctionsView {
  readonly code: () => string;
  readonly tab: () => ResultTab;
  readonly restore: (code: string, tab: ResultTab) => void;
}

/** The worker is not believed further than this: what it says is shown as text, and its picture is copied with care. */
const isOutcome = (x: unknown): x is Outcome =>
  isRecord(x) && (isRecord(x["evaluation"]) || isRecord(x["refusal"]));

export const createFunctionsView = async (start: {
  readonly code: string;
  readonly tab: ResultTab;
}): Promise<FunctionsView> => {
  const [status, problem, summary, printed] = ["status", "problem", "summary", "console"].map((id) =>
    byId(id),
  ) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  const worker = new LimitedWorker(spawnWorker("evaluate"));
  worker.warmUp();
  const { createEditor } = await import("./editor.ts");
  const { code } = start;
  const editor: Editor = createEditor(
    byId("editor"),
    code,
    () => runSoon(),
    () => void run(),
  );
  const stepper = createStepper(editor.point);
  byId("panel-steps").append(stepper.element);
  const resultTabs = tabs<ResultTab>(byId("results"), (tab) => stepper.watch(tab === "steps"));
  resultTabs.select(start.tab);
  // Who has no mouse scrolls a panel by the keyboard.
  for (const panel of document.querySelectorAll<HTMLElement>("#view-functions .panel")) panel.tabIndex = 0;

  /** How many runs are over, in the page for who waits for the next. */
  let runs = 0;

  const showConsole = (lines: readonly string[]): void => {
    printed.hidden = lines.length === 0;
    printed.textContent = lines.join("\n");
  };

  const showProblem = (message: string, line: number | undefined): void => {
    problem.hidden = false;
    problem.textContent = line === undefined ? message : `Line ${line}: ${message}`;
    editor.mark(line === undefined ? undefined : { line, message });
    summary.classList.add("stale");
    status.textContent = "Error";
  };

  const showRefusal = ({ message, line, console }: Refusal): void => {
    showConsole(console);
    // Engines don't say where a module that they can't read goes wrong.
    const isSyntax = line === undefined && message.includes("SyntaxError");
    showProblem(message, isSyntax ? editor.firstBadLine() : line);
  };

  const showEvaluation = (evaluation: Evaluation): void => {
    problem.hidden = true;
    editor.mark(undefined);
    summary.classList.remove("stale");
    summary.replaceChildren(...summaryOf(evaluation));
    showConsole(evaluation.console);
    showCircuit(byId("panel-circuit"), evaluation);
    for (const name of ["jaxpr", "derivative", "kernels"] as const)
      showText(byId(`panel-${name}`), evaluation[name]);
    stepper.show(evaluation.steps);
    status.textContent = `${Math.max(1, Math.round(evaluation.milliseconds))} ms`;
  };

  const run = async (): Promise<void> => {
    status.textContent = "Running…";
    summary.setAttribute("aria-busy", "true");
    try {
      const outcome = await worker.ask(editor.text());
      if (!isOutcome(outcome)) throw new Error("The worker gave no answer that can be shown.");
      if ("evaluation" in outcome) showEvaluation(outcome.evaluation);
      else showRefusal(outcome.refusal);
    } catch (error) {
      if (error instanceof SupersededError) return;
      const message = error instanceof Error ? error.message : String(error);
      showProblem(
        error instanceof TimeLimitError ? `${message} Is there a loop without an end?` : message,
        undefined,
      );
    }
    summary.setAttribute("aria-busy", "false");
    summary.dataset["runs"] = String(++runs);
  };
  const runSoon = debounced(() => void run(), PAUSE);

  const titles = ["Examples…", ...programs.map(({ title }) => title)];
  const open = programs.find((program) => program.code === code)?.title ?? "Examples…";
  const choice = select("Open", titles, open, (title) => {
    const program = programs.find((each) => each.title === title);
    if (program !== undefined) editor.replace(program.code);
  });
  byId("programs").append(choice);

  void run();

  return {
    code: () => editor.text(),
    tab: resultTabs.selected,
    restore: (code, tab) => {
      editor.replace(code);
      resultTabs.select(tab);
    },
  };
};
