/**
 * The script of every worker: it loads a task when it is first asked for.
 */
import type { Query, Reply } from "./messages.ts";

type Task = (input: unknown) => unknown;

const tasks: Readonly<Record<string, () => Promise<Task>>> = {
  classify: async () => (await import("../classifier/classify.ts")).classify,
  digits: async () => (await import("../digits/read.ts")).digits,
  evaluate: async () => (await import("../functions/evaluate.ts")).evaluate,
};

// Taken before any code of a person's runs, which may put others in their place.
const post = self.postMessage.bind(self) as (reply: Reply) => void;
const listen = self.addEventListener.bind(self);

const answer = async ({ id, task, input }: Query): Promise<void> => {
  try {
    const load = tasks[task];
    if (load === undefined) throw new Error(`The worker knows no task "${task}".`);
    post({ kind: "done", id, output: await (await load())(input) });
  } catch (error) {
    post({ kind: "failed", id, message: error instanceof Error ? error.message : String(error) });
  }
};

listen("message", ({ data }: MessageEvent<Query>) => void answer(data));
post({ kind: "ready" });
