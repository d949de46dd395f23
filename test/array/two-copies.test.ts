import { expect, test, vi } from "vitest";

test("an array of another copy of the library is refused as such", async () => {
  const { numpy: theirs } = await import("cotangent");
  vi.resetModules();
  const { grad, numpy: ours } = await import("cotangent");
  const x = theirs.array([1, 2]);
  expect(ours.array).not.toBe(theirs.array);
  expect(() => ours.sin(x)).toThrow(
    "sin: expected an array, a number or a boolean; got an array of another copy of cotangent: the package was loaded twice.",
  );
  expect(() => grad(ours.sum)(x)).toThrow(
    "the leaf at [0] is an array of another copy of cotangent: the package was loaded twice.",
  );
  expect(() => ours.add(ours.ones([2]), { shape: [2] } as never)).toThrow("got a plain object");
});
