/**
 * A worker whose answers have a time limit. Code that never ends can't be interrupted, but its worker can be ended, and a
 * new one begun.
 */
import { isReply, type Query } from "./messages.ts";

/** What is needed of a `Worker`. */
export interface WorkerLike {
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(query: Query): void;
  terminate(): void;
}

export interface Limits {
  /** Milliseconds that an answer may take, from when the worker has loaded. */
  readonly timeLimit: number;
  /** Milliseconds that a worker may take to load. */
  readonly loadLimit: number;
  /** So many answers, and a new worker takes over: modules that were loaded once are never forgotten by the old one. */
  readonly maxAnswers: number;
}

const DEFAULTS: Limits = { timeLimit: 5000, loadLimit: 60_000, maxAnswers: 100 };

/** The answer took too long, and its worker was ended. */
export class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";
}

/** Something else was asked before this was answered, or before it was begun. */
export class SupersededError extends Error {
  override readonly name = "SupersededError";
}

interface Job {
  readonly query: Query;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
}

type Timer = ReturnType<typeof setTimeout>;

/**
 * Asks one thing at a time. While something is being answered, only the latest of further questions waits; the others are
 * refused as superseded.
 */
export class LimitedWorker {
  readonly #spawn: () => WorkerLike;
  readonly #limits: Limits;
  #worker: WorkerLike | undefined;
  #isReady = false;
  #answers = 0;
  #running: Job | undefined;
  #waiting: Job | undefined;
  #timer: Timer | undefined;
  #nextId = 0;

  constructor(spawn: () => WorkerLike, limits: Partial<Limits> = {}) {
    this.#spawn = spawn;
    this.#limits = { ...DEFAULTS, ...limits };
  }

  /** Load a worker, so that the first answer comes sooner. */
  warmUp(): void {
    if (this.#worker === undefined) this.#begin();
  }

  ask(input: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting?.reject(new SupersededError("Something else was asked."));
      this.#waiting = { query: { id: this.#nextId++, input }, resolve, reject };
      this.#next();
    });
  }

  /** End the worker. What is being answered is refused. */
  close(): void {
    this.#end();
    const jobs = [this.#running, this.#waiting];
    this.#running = undefined;
    this.#waiting = undefined;
    for (const job of jobs) job?.reject(new SupersededError("The worker was closed."));
  }

  #begin(): void {
    const worker = this.#spawn();
    this.#worker = worker;
    worker.onmessage = ({ data }) => {
      if (worker === this.#worker) this.#hear(data);
    };
    worker.onerror = (event) => {
      // An error of code that runs on after its answer is nobody's.
      if (worker !== this.#worker || (this.#running === undefined && this.#isReady)) return;
      this.#fail(new Error(event.message || "The worker could not be loaded."));
    };
    this.#setTimer(this.#limits.loadLimit, "The worker took too long to load.");
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#isReady = false;
    this.#answers = 0;
  }

  #setTimer(milliseconds: number, message: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fail(new TimeLimitError(message)), milliseconds);
  }

  #hear(reply: unknown): void {
    if (!isReply(reply)) return;
    if (reply.kind === "broken") {
      // Once it was ready, only a program can say so.
      if (!this.#isReady) this.#fail(new Error(reply.message));
      return;
    }
    if (reply.kind === "ready") {
      if (this.#isReady) return;
      this.#isReady = true;
      clearTimeout(this.#timer);
      this.#proceed();
      return;
    }
    const job = this.#running;
    if (job === undefined || reply.id !== job.query.id) return;
    clearTimeout(this.#timer);
    this.#running = undefined;
    this.#answers++;
    if (reply.kind === "done") job.resolve(reply.output);
    else job.reject(new Error(reply.message));
    if (this.#answers >= this.#limits.maxAnswers) this.#end();
    this.#next();
  }

  #post({ query }: Job): void {
    const seconds = this.#limits.timeLimit / 1000;
    this.#setTimer(
      this.#limits.timeLimit,
      `Stopped after ${seconds} ${seconds === 1 ? "second" : "seconds"}: it may never have ended.`,
    );
    this.#worker?.postMessage(query);
  }

  #fail(error: Error): void {
    const job = this.#running;
    this.#running = undefined;
    this.#end();
    job?.reject(error);
    this.#next();
  }

  #next(): void {
    if (this.#running !== undefined || this.#waiting === undefined) return;
    this.#running = this.#waiting;
    this.#waiting = undefined;
    this.#proceed();
  }

  /** Puts the question to the worker once there is one that has loaded. */
  #proceed(): void {
    try {
      if (this.#worker === undefined) this.#begin();
      else if (this.#isReady && this.#running !== undefined) this.#post(this.#running);
    } catch (error) {
      // There are no workers here, or the question cannot be sent to one: further questions must not wait for it.
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
