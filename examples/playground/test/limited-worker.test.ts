import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  LimitedWorker,
  SupersededError,
  TimeLimitError,
  type WorkerLike,
} from "../src/worker/limited-worker.ts";
import type { Query } from "../src/worker/messages.ts";

/** A worker that says what it is told to. */
class FakeWorker implements WorkerLike {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly heard: Query[] = [];
  isTerminated = false;

  postMessage(query: Query): void {
    this.heard.push(query);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  say(data: unknown): void {
    this.onmessage?.({ data } as MessageEvent);
  }

  answer(output: unknown): void {
    this.say({ kind: "done", id: this.heard.at(-1)?.id, output });
  }
}

const start = (limits = {}) => {
  const workers: FakeWorker[] = [];
  const limited = new LimitedWorker(
    () => {
      const worker = new FakeWorker();
      workers.push(worker);
      return worker;
    },
    { timeLimit: 1000, loadLimit: 5000, ...limits },
  );
  return { limited, workers, at: (i: number) => workers[i] as FakeWorker };
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a worker with a time limit", () => {
  test("is asked once it has loaded, and answers", async () => {
    const { limited, at } = start();
    const answer = limited.ask(2);
    expect(at(0).heard).toEqual([]);
    at(0).say({ kind: "ready" });
    expect(at(0).heard).toEqual([{ id: 0, input: 2 }]);
    at(0).answer(4);
    expect(await answer).toBe(4);
  });

  test("may load slowly: the limit is that of the answer", async () => {
    const { limited, at } = start();
    const answer = limited.ask(2);
    await vi.advanceTimersByTimeAsync(4000);
    at(0).say({ kind: "ready" });
    await vi.advanceTimersByTimeAsync(900);
    at(0).answer(4);
    expect(await answer).toBe(4);
  });

  test("is ended when it takes too long, and another begun for the next question", async () => {
    const { limited, workers, at } = start();
    const never = limited.ask(null);
    const refused = expect(never).rejects.toThrow(
      new TimeLimitError("Stopped after 1 second: it may never have ended."),
    );
    at(0).say({ kind: "ready" });
    await vi.advanceTimersByTimeAsync(1000);
    await refused;
    expect(at(0).isTerminated).toBe(true);
    const answer = limited.ask(3);
    expect(workers).toHaveLength(2);
    at(1).say({ kind: "ready" });
    // What the old one still says is not heard.
    at(0).say({ kind: "done", id: 1, output: "wrong" });
    at(1).answer(6);
    expect(await answer).toBe(6);
  });

  test("that never loads is ended", async () => {
    const { limited, at } = start();
    const refused = expect(limited.ask(1)).rejects.toBeInstanceOf(TimeLimitError);
    await vi.advanceTimersByTimeAsync(5000);
    await refused;
    expect(at(0).isTerminated).toBe(true);
  });

  test("answers the latest question; those between are superseded", async () => {
    const { limited, at } = start();
    const first = limited.ask(1);
    const second = limited.ask(2);
    const refused = expect(second).rejects.toBeInstanceOf(SupersededError);
    const third = limited.ask(3);
    at(0).say({ kind: "ready" });
    at(0).answer(2);
    expect(await first).toBe(2);
    await refused;
    expect(at(0).heard.map(({ input }) => input)).toEqual([1, 3]);
    at(0).answer(6);
    expect(await third).toBe(6);
  });

  test("is replaced after so many answers", async () => {
    const { limited, workers, at } = start({ maxAnswers: 2 });
    for (const i of [0, 1]) {
      const answer = limited.ask(i);
      if (i === 0) at(0).say({ kind: "ready" });
      at(0).answer(i);
      expect(await answer).toBe(i);
    }
    expect(at(0).isTerminated).toBe(true);
    const third = limited.ask(2);
    expect(workers).toHaveLength(2);
    at(1).say({ kind: "ready" });
    at(1).answer(2);
    expect(await third).toBe(2);
  });

  test("passes on why it failed, and goes on", async () => {
    const { limited, workers, at } = start();
    const refused = expect(limited.ask(null)).rejects.toThrow("no such thing");
    at(0).say({ kind: "ready" });
    at(0).say({ kind: "failed", id: 0, message: "no such thing" });
    await refused;
    const next = limited.ask(1);
    at(0).answer(1);
    expect(await next).toBe(1);
    expect(workers).toHaveLength(1);
  });

  test("whose script breaks is ended, and says so", async () => {
    const { limited, at } = start();
    const refused = expect(limited.ask(1)).rejects.toThrow("broken");
    at(0).onerror?.({ message: "broken" } as ErrorEvent);
    await refused;
    expect(at(0).isTerminated).toBe(true);
  });

  test("that can't load what it needs is ended, and says so", async () => {
    const { limited, workers, at } = start();
    const refused = expect(limited.ask(1)).rejects.toThrow("no network");
    at(0).say({ kind: "broken", message: "no network" });
    await refused;
    expect(at(0).isTerminated).toBe(true);
    const next = limited.ask(2);
    expect(workers).toHaveLength(2);
    at(1).say({ kind: "ready" });
    // Who was ready is not broken, whatever a program says.
    at(1).say({ kind: "broken", message: "no network" });
    at(1).answer(2);
    expect(await next).toBe(2);
  });

  test("is not believed what is no reply, or to another question", async () => {
    const { limited, at } = start();
    const answer = limited.ask(1);
    at(0).say({ kind: "ready" });
    for (const strange of [
      null,
      1,
      "done",
      {},
      { kind: "done" },
      { kind: "done", id: 7, output: 0 },
      { kind: "failed", id: 0 },
    ]) {
      at(0).say(strange);
    }
    at(0).answer(1);
    expect(await answer).toBe(1);
  });

  test("that is closed answers nobody", async () => {
    const { limited, at } = start();
    const refused = expect(limited.ask(1)).rejects.toBeInstanceOf(SupersededError);
    limited.close();
    await refused;
    expect(at(0).isTerminated).toBe(true);
  });

  test("that cannot be made, or asked, refuses that question and takes the next", async () => {
    const worker = new FakeWorker();
    let isForbidden = true;
    const limited = new LimitedWorker(() => {
      if (isForbidden) throw new Error("Workers are forbidden.");
      return worker;
    });
    await expect(limited.ask(1)).rejects.toThrow("Workers are forbidden.");
    isForbidden = false;
    const unsendable = limited.ask(2);
    const post = vi.spyOn(worker, "postMessage").mockImplementation(() => {
      throw new Error("It cannot be cloned.");
    });
    worker.say({ kind: "ready" });
    await expect(unsendable).rejects.toThrow("It cannot be cloned.");
    post.mockRestore();
    const answer = limited.ask(3);
    worker.say({ kind: "ready" });
    worker.answer(4);
    await expect(answer).resolves.toBe(4);
  });
});
