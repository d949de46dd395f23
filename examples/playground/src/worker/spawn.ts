import type { WorkerLike } from "./limited-worker.ts";

/** What a worker can be for. */
export type TaskName = "classify" | "digits" | "evaluate";

/** A worker of this page. */
export const spawnWorker = (task: TaskName) => (): WorkerLike & Worker =>
  new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: task });
