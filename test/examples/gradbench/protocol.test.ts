import { expect, test } from "vitest";
import { findModule, modules } from "../../../examples/gradbench/modules.ts";
import { type Message, type Response, respond } from "../../../examples/gradbench/protocol.ts";
import { type Runs, repeated } from "../../../examples/gradbench/runs.ts";

/** What comes back for one line of an eval's, as it would be written on a line. */
const answer = (line: string): Response =>
  JSON.parse(JSON.stringify(respond(JSON.parse(line) as Message, findModule))) as Response;

const anyTime = { name: "evaluate", nanoseconds: expect.any(Number) };
const preparation = { name: "prepare", nanoseconds: expect.any(Number) };

test("a session of the hello eval, as it was recorded", () => {
  const session: readonly (readonly [string, object])[] = [
    ['{"id": 0, "kind": "start", "eval": "hello"}', { id: 0, tool: "cotangent" }],
    ['{"id": 1, "kind": "define", "module": "hello"}', { id: 1, success: true }],
    [
      '{"id": 2, "kind": "evaluate", "module": "hello", "function": "square", "input": 1.0}',
      { id: 2, success: true, output: 1, timings: [preparation, anyTime] },
    ],
    ['{"id": 3, "kind": "analysis", "of": 2, "valid": true}', { id: 3 }],
    [
      '{"id": 4, "kind": "evaluate", "module": "hello", "function": "double", "input": 1.0}',
      { id: 4, success: true, output: 2, timings: [preparation, anyTime] },
    ],
    ['{"id": 5, "kind": "analysis", "of": 4, "valid": false, "error": "no"}', { id: 5 }],
    [
      '{"id": 6, "kind": "evaluate", "module": "hello", "function": "double", "input": 64.5, "description": "64.5"}',
      { id: 6, success: true, output: 129, timings: [preparation, anyTime] },
    ],
  ];
  for (const [line, expected] of session) expect(answer(line)).toEqual(expected);
});

test("what isn't there is refused by name", () => {
  expect(answer('{"id": 1, "kind": "define", "module": "raytracer"}')).toEqual({
    id: 1,
    success: false,
    error: 'There is no module "raytracer".',
  });
  expect(answer('{"id": 1, "kind": "define", "module": "toString"}')).toMatchObject({ success: false });
  expect(
    answer('{"id": 2, "kind": "evaluate", "module": "llsq", "function": "hessian", "input": {}}'),
  ).toEqual({ id: 2, success: false, error: 'Module "llsq" has primal, gradient, but no "hessian".' });
  expect(
    answer('{"id": 3, "kind": "evaluate", "module": "x", "function": "primal", "input": {}}'),
  ).toMatchObject({ success: false });
});

test("an error is told, and the session goes on", () => {
  const bad = { id: 7, kind: "evaluate", module: "kmeans", function: "cost" };
  const input = { points: [[1, 2], [3]], centroids: [[1, 2]], min_runs: 1, min_seconds: 0 };
  const response = answer(JSON.stringify({ ...bad, input }));
  expect(response).toMatchObject({ id: 7, success: false });
  expect(response.error).toMatch(/same length|ragged|shape/i);
  expect(answer('{"id": 8, "kind": "unheard of"}')).toEqual({ id: 8 });
});

test("functions run as often and as long as asked, preparation once", () => {
  let [prepared, ran] = [0, 0];
  const f = repeated(
    (_: Runs) => {
      prepared++;
      return () => ++ran;
    },
    (count) => ({ count }),
  );
  expect(f({ min_runs: 5, min_seconds: 0 })).toEqual({
    output: { count: 5 },
    timings: [preparation, anyTime, anyTime, anyTime, anyTime, anyTime],
  });
  expect([prepared, ran]).toEqual([1, 5]);
  const { timings } = f({ min_runs: 1, min_seconds: 0.01 });
  // In whole nanoseconds, which add up exactly.
  const elapsed = timings.slice(1).reduce((sum, { nanoseconds }) => sum + nanoseconds, 0);
  expect(elapsed).toBeGreaterThanOrEqual(10_000_000);
  expect(elapsed - (timings.at(-1)?.nanoseconds ?? 0)).toBeLessThan(10_000_000);
});

test("every module has its functions", () => {
  for (const functions of Object.values(modules)) {
    for (const f of Object.values(functions)) expect(f).toBeInstanceOf(Function);
  }
});
