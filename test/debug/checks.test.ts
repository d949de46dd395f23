import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { checkpoint, debug, grad, jit, lax, type NDArray, numpy as np, vmap } from "cotangent";
import { afterEach, describe, expect, test, vi } from "vitest";

const messageOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(debug.NonFiniteError);
    return (error as Error).message;
  }
  throw new Error("it did not throw");
};

describe("debug.checkNans", () => {
  const loss = (v: NDArray): NDArray => {
    const shifted = v.sub(2);
    return np.sum(np.sqrt(shifted));
  };

  test("lets through what is finite", () => {
    expect(
      debug
        .checkNans(jit(loss))(np.array([2, 6]))
        .item(),
    ).toBe(2);
  });

  test.each([
    ["plain", (f: typeof loss) => f],
    ["jit", (f: typeof loss) => jit(f)],
    ["jit of jit", (f: typeof loss) => jit((v: NDArray) => jit(f)(v).mul(2))],
    ["checkpoint", (f: typeof loss) => jit(checkpoint(f))],
  ])("names the equation, its inputs and the line (%s)", (_, wrap) => {
    const message = messageOf(() => debug.checkNans(wrap(loss))(np.array([1, 6])));
    expect(message).toMatch(/^debug\.checkNans: sqrt gave NaN at \S*checks\.test\.ts:\d+:\d+/);
    expect(message).toMatch(/input 0: float32\[2\] = \[-1\. {1,2}4\.\]/);
    expect(message).toMatch(/output 0: float32\[2\] = \[nan {1,2}2\.\] \(1 of 2 are NaN\)/i);
  });

  test("in gradients, batches, loops and branches", () => {
    const norm = (v: NDArray): NDArray => np.sqrt(np.sum(v.mul(v)));
    expect(messageOf(() => debug.checkNans(jit(grad(norm)))(np.zeros([2])))).toMatch(
      /gave NaN at \S*checks\.test\.ts/,
    );
    expect(messageOf(() => debug.checkNans(vmap(jit(loss)))(np.array([[3], [1]])))).toMatch(/sqrt gave NaN/);
    const loop = jit((v: NDArray) =>
      lax.scan((c: NDArray, e: NDArray) => [np.log(c).add(e), c] as const, v, np.ones([4])),
    );
    expect(messageOf(() => debug.checkNans(loop)(np.array(0.2)))).toMatch(
      /log gave NaN .*inside turn 1 of a scan/,
    );
    const wait = jit((v: NDArray) =>
      lax.whileLoop(
        (c: NDArray) => np.greater(c, -5),
        (c: NDArray) => np.sqrt(c).sub(3),
        v,
      ),
    );
    expect(messageOf(() => debug.checkNans(wait)(np.array(1)))).toMatch(
      /sqrt gave NaN .*inside turn 1 of a while loop/,
    );
    const branch = jit((v: NDArray) =>
      lax.cond(
        np.less(v, 0),
        (w: NDArray) => np.log(w),
        (w: NDArray) => w,
        v,
      ),
    );
    expect(messageOf(() => debug.checkNans(branch)(np.array(-1)))).toMatch(
      /log gave NaN .*inside branch \d of a cond/,
    );
  });

  test("says if an argument is NaN already", () => {
    expect(messageOf(() => debug.checkNans(loss)(np.array([Number.NaN])))).toMatch(
      /^debug\.checkNans: argument \[0\] of "loss" is NaN already: float32\[1\]/,
    );
  });

  test("looks at values that are not chosen if it is asked to", () => {
    const masked = (v: NDArray): NDArray => np.where(np.greater(v, 0), np.log(v), 0);
    expect(
      debug
        .checkNans(masked)(np.array([-1, 1]))
        .toArray(),
    ).toEqual([0, 0]);
    expect(messageOf(() => debug.checkNans(masked, { everywhere: true })(np.array([-1, 1])))).toMatch(
      /log gave NaN/,
    );
  });

  test("belongs outside of transforms", () => {
    expect(() => jit((v: NDArray) => debug.checkNans(loss)(v))(np.array([1]))).toThrow(/Put it outside/);
  });
});

describe("debug.checkInfs", () => {
  test("finds what is infinite, and lets NaN through", () => {
    const f = jit((v: NDArray) => np.sum(np.divide(1, v)));
    expect(messageOf(() => debug.checkInfs(f)(np.array([1, 0])))).toMatch(
      /^debug\.checkInfs: div gave infinite at .*input 1: float32\[2\] = \[1\. 0\.\]/s,
    );
    expect(
      debug
        .checkInfs(jit((v: NDArray) => np.sqrt(v)))(np.array(-1))
        .item(),
    ).toBeNaN();
  });
});

describe("debug.explainRetraces", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test("says why a function is traced again, until it is stopped", () => {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((line: string) => {
      lines.push(line);
    });
    const step = jit(function step(v: NDArray) {
      return v.mul(2);
    });
    const stop = debug.explainRetraces();
    step(np.zeros([32]));
    step(np.ones([32]));
    step(np.zeros([7]));
    stop();
    step(np.zeros([8]));
    expect(lines).toEqual([
      'jit: "step" is traced again (2 tracings): argument [0] changed from float32[32] to float32[7].',
    ]);
    const seen: unknown[] = [];
    const end = debug.explainRetraces((event) => seen.push(event.count));
    step(np.zeros([9]));
    end();
    expect(seen).toEqual([4]);
  });
});

describe("debug.checkLeaks", () => {
  test("finds the tracer that is kept, and no other", async () => {
    setFlagsFromString("--expose-gc");
    vi.stubGlobal("gc", runInNewContext("gc"));
    const kept: NDArray[] = [];
    const leaky = jit((v: NDArray) => {
      const y = np.sin(v);
      kept.push(y.mul(3));
      return y.add(1);
    });
    const leaks = await debug.checkLeaks(() => leaky(np.ones([5])));
    expect(leaks).toHaveLength(1);
    expect(leaks[0]).toMatchObject({ aval: "float32[5]", transform: "jit" });
    expect(leaks[0]?.message).toMatch(/that jit traced at \S*checks\.test\.ts:\d+:\d+ is still held/);
    const clean = jit((v: NDArray) => grad((w: NDArray) => np.sum(np.sin(w).mul(w)))(v));
    expect(await debug.checkLeaks(() => clean(np.ones([5])))).toEqual([]);
    expect(kept).toHaveLength(1);
    vi.unstubAllGlobals();
  });

  test("says what it needs", async () => {
    vi.stubGlobal("gc", undefined);
    await expect(debug.checkLeaks(() => 0)).rejects.toThrow(/--expose-gc/);
    vi.unstubAllGlobals();
  });
});

describe("debug.savedResiduals", () => {
  const f = (p: { w: NDArray }, v: NDArray): NDArray => np.sum(np.tanh(v.matmul(p.w)));
  const args = [{ w: np.ones([3, 4]) }, np.ones([2, 3])] as const;

  test("tells what vjp keeps, from where, and how many bytes", () => {
    const residuals = debug.savedResiduals(f, ...args);
    const froms = residuals.map(({ from }) => from);
    expect(froms).toContain("argument [0].w");
    expect(froms).toContain("argument [1]");
    const made = residuals.filter(({ source }) => source !== undefined);
    expect(made.length).toBeGreaterThan(0);
    expect(made.every(({ source }) => source?.file.endsWith("checks.test.ts"))).toBe(true);
    for (const { shape, bytes } of residuals) expect(bytes).toBe(4 * shape.reduce((a, b) => a * b, 1));
    expect(debug.savedResiduals(jit(f), ...args).reduce((n, r) => n + r.bytes, 0)).toBe(
      residuals.reduce((n, r) => n + r.bytes, 0),
    );
  });

  test("is less under checkpoint", () => {
    const saved = debug.savedResiduals(checkpoint(f), ...args);
    expect(saved.every(({ from }) => from.startsWith("argument"))).toBe(true);
  });

  test("prints", () => {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((line: string) => {
      lines.push(line);
    });
    debug.printSavedResiduals(f, ...args);
    vi.restoreAllMocks();
    expect(lines[0]).toMatch(/^ +48 bytes {2}f32\[3,4\] {2}argument \[0\]\.w$/m);
    expect(lines[0]).toMatch(/ +\d+ bytes {2}in \d+ arrays$/);
  });
});
