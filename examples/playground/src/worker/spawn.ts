import type { WorkerLike } from "./limited-worker.ts";

/** A worker of this page. */
export const spawnWorker = (): WorkerLike & Worker =>
  new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "cotangent" });
