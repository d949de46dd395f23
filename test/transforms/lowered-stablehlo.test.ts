import { jit, type NDArray, numpy as np } from "cotangent";
import { expect, test } from "vitest";

test("the writer of StableHLO must have been loaded", async () => {
  const lowered = jit((x: NDArray) => np.sin(x)).lower(np.array([1, 2]));
  expect(() => lowered.stablehlo()).toThrow(
    /the writer of StableHLO is not loaded. Add import "cotangent\/export"/,
  );
  await import("cotangent/export");
  expect(lowered.stablehlo({ name: "sine" })).toContain("module @sine");
});
