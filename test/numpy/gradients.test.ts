import { describe, expect, it } from "vitest";
import { byName, callOfCase, expectGolden, gradientsOf, withContext } from "./calls.ts";
import { type Case, cases, run } from "./golden.ts";

/*
 * The first derivatives that JAX gives: see test/golden/numpy.py.
 */

/**
 * Reading at an index beyond the end gives the last element, of which JAX's derivative knows nothing: it takes the
 * index to be in bounds, and drops the cotangent. Ours is the derivative of what is computed.
 */
const readsBeyond = ([name, args]: Case): boolean =>
  name === "at.get" && JSON.stringify(args).includes('["int32",[3],[9,-9,1]]');

const differentiated = cases.filter((c) => c[3] !== undefined);

describe("gradients of jax.numpy", () => {
  it("are there for hundreds of cases, of which few are not compared", () => {
    expect(differentiated.length).toBeGreaterThan(700);
    expect(differentiated.filter(readsBeyond).length).toBeLessThan(5);
  });

  for (const [name, group] of byName(differentiated.filter((c) => !readsBeyond(c)))) {
    it(`${name} (${group.length})`, () => {
      for (const c of group) {
        withContext(c, () => {
          expectGolden(gradientsOf(callOfCase(run, c)), c[3] ?? [], name);
        });
      }
    });
  }
});
