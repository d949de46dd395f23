import type { Source } from "./tape.ts";

/** A source of choices that goes the same way every time, by Park and Miller's "minimal standard" generator. */
export const fixedSource = (seed: number): Source => {
  let state = (Math.abs(Math.trunc(seed)) % 2147483646) + 1;
  const next = (bound: number): number => {
    state = (state * 48271) % 2147483647;
    return Math.floor((state / 2147483647) * (bound + 1));
  };
  // The first numbers from small seeds are all small.
  for (let i = 0; i < 4; i++) next(1);
  return { next, span: (body) => body() };
};
