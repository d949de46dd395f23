/**
 * The script of every worker. The name of the worker is that of its task, which is loaded before the worker says that it
 * is ready, so that no time limit counts what the network takes.
 */
import type { Query, Reply } from "./messages.ts";
import type { TaskName } from "./spawn.ts";

type Task = (input: unknown) => unknown;

const tasks: Readonly<Record<TaskName, () => Promise<Task>>> = {
  classify: async () => (await import("../classifier/classify.ts")).classify,
  digits: async () => (await import("../digits/read.ts")).digits,
  evaluate: async () => (await import("../functions/evaluate.ts")).evaluate,
};

// Taken before any code of a person's runs, which may put others in their place.
const post = self.postMessage.bind(self) as (reply: Reply) => void;
const listen = self.addEventListener.bind(self);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const answer = async (task: Task, { id, input }: Query): Promise<void> => {
  try {
    post({ kind: "done", id, output: await task(input) });
  } catch (error) {
    post({ kind: "failed", id, message: messageOf(error) });
  }
};

try {
  const task = await tasks[self.name as TaskName]();
  listen("message", ({ data }: MessageEvent<Query>) => void answer(task, data));
  post({ kind: "ready" });
} catch (error) {
  post({ kind: "broken", message: `The worker could not be loaded: ${messageOf(error)}` });
}
