import { jacrev, type NDArray, numpy as np } from "cotangent";
import { describe, expect, test } from "vitest";
import { errors, type Hand, ht, skin } from "../../../examples/gradbench/evals/ht.ts";
import { draw, expectClose, f64, output } from "./support.ts";

/*
 * A hand of straight bones: wrist, five fingers of four bones, forearm, all of length 1 along y, and a vertex at the end of
 * each.
 */
const BONES = 22;
const parents = Array.from({ length: BONES }, (_, i) =>
  i === 0 ? -1 : i === BONES - 1 || (i - 1) % 4 === 0 ? 0 : i - 1,
);
const shift = (y: number): number[][] => [
  [1, 0, 0, 0],
  [0, 1, 0, y],
  [0, 0, 1, 0],
  [0, 0, 0, 1],
];
const depth = (bone: number): number => (parents[bone] === -1 ? 0 : 1 + depth(parents[bone]!));

const hand: Hand = {
  relatives: f64(parents.map((parent) => shift(parent === -1 ? 0 : 1))),
  inverseAbsolutes: f64(parents.map((_, bone) => shift(-depth(bone)))),
  positions: f64(parents.map((_, bone) => [0, depth(bone) + 1, 0, 1])),
  weights: np.identity(BONES, "float64"),
  points: np.zeros([BONES, 3], "float64"),
  vertices: np.arange(BONES).reshape(-1, 1),
};
const skeleton = { parents, mirrored: false };
const pose = (numbers: Record<number, number>): NDArray =>
  f64(Array.from({ length: 26 }, (_, i) => numbers[i] ?? 0));
const vertex = (theta: NDArray, bone: number, where: Hand = hand, mirrored = false): unknown =>
  skin(theta, where, { parents, mirrored }).at(bone).get().toArray();

describe("ht", () => {
  test("a hand at rest is where its model is", () => {
    expectClose(
      skin(pose({}), hand, skeleton).toArray(),
      hand.positions.at("...", np.slice(3)).get().toArray(),
    );
  });

  test("moves, turns about an axis, and is mirrored", () => {
    expectClose(vertex(pose({ 3: 5, 4: -1, 5: 2 }), 0), [5, 0, 2]);
    expectClose(vertex(pose({ 2: Math.PI / 2 }), 1), [-2, 0, 0]);
    expectClose(vertex(pose({ 0: Math.PI / 2, 5: 1 }), 1), [0, 0, 3]);
    expectClose(
      vertex(pose({ 3: 5 }), 1, { ...hand, positions: hand.positions.add(f64([1, 0, 0, 0])) }, true),
      [4, 2, 0],
    );
  });

  test("joints bend about x, the first of a finger about z too, and take along what hangs on them", () => {
    const [c, s] = [Math.cos(0.3), Math.sin(0.3)];
    // The second finger: bones 5 to 8, of which 6, 7 and 8 bend, by the numbers from 6 + 4.
    expectClose(vertex(pose({ 10: 0.3 }), 6), [0, 2 + c, s]);
    expectClose(vertex(pose({ 10: 0.3 }), 8), [0, 2 + 3 * c, 3 * s]);
    expectClose(vertex(pose({ 11: 0.3 }), 7), [-2 * s, 2 + 2 * c, 0]);
    expectClose(vertex(pose({ 13: 0.3 }), 8), [0, 4 + c, s]);
    expectClose(vertex(pose({ 13: 0.3 }), 7), [0, 4, 0]);
    expectClose(vertex(pose({ 10: 0.3 }), 4), [0, 5, 0]);
  });

  test("skin follows its bones in proportion", () => {
    const weights = hand.weights
      .at(6)
      .set(f64(Array.from({ length: BONES }, (_, i) => (i === 5 || i === 6 ? 0.5 : 0))));
    expectClose(vertex(pose({ 10: Math.PI }), 6, { ...hand, weights }), [0, 2, 0]);
  });

  const model = {
    bone_count: BONES,
    bone_names: parents.map(String),
    parents,
    base_relatives: hand.relatives.toArray(),
    inverse_base_absolutes: hand.inverseAbsolutes.toArray(),
    base_positions: hand.positions.toArray(),
    weights: hand.weights.toArray(),
    triangles: [
      [0, 5, 9],
      [3, 7, 21],
    ],
    is_mirrored: false,
  };
  const theta = draw(1, 26).mul(0.3);

  test("points that belong to vertices: errors and Jacobian", () => {
    const points = draw(2, 3, 3);
    const correspondences = [4, 20, 4];
    const input = {
      theta: theta.toArray(),
      us: [],
      data: { model, correspondences, points: points.toArray() },
    };
    const placed = (t: NDArray): NDArray =>
      points.sub(skin(t, hand, skeleton).take(correspondences, 0)).ravel();
    expectClose(output(ht, "objective", input), placed(theta).toArray());
    expectClose(output(ht, "jacobian", input), jacrev(placed)(theta).toArray());
  });

  test("points that lie in triangles: the columns of places first", () => {
    const [points, us] = [draw(2, 2, 3), draw(3, 2, 2)];
    const correspondences = [1, 0];
    const data = { model, correspondences, points: points.toArray() };
    const input = { theta: theta.toArray(), us: us.toArray(), data };
    const corners = skin(theta, hand, skeleton).toArray() as number[][];
    const expected = (us.toArray() as number[][]).flatMap(([u, v], i) => {
      const [a, b, c] = model.triangles[correspondences[i]!]!.map((j) => corners[j]!) as [
        number[],
        number[],
        number[],
      ];
      const point = (points.toArray() as number[][])[i]!;
      return [0, 1, 2].map((k) => point[k]! - u! * a[k]! - v! * b[k]! - (1 - u! - v!) * c[k]!);
    });
    expectClose(output(ht, "objective", input), expected);

    const jacobian = output(ht, "jacobian", input) as number[][];
    expect([jacobian.length, jacobian[0]?.length]).toEqual([6, 28]);
    const triangles = {
      ...hand,
      points,
      vertices: np.array([model.triangles[1]!, model.triangles[0]!], "int32"),
    };
    const all = (t: NDArray, u: NDArray): NDArray => errors(t, u, triangles, skeleton).ravel();
    expectClose(
      jacobian.map((row) => row.slice(2)),
      jacrev((t: NDArray) => all(t, us))(theta).toArray(),
    );
    const byPlaces = jacrev((u: NDArray) => all(theta, u))(us).toArray() as number[][][];
    expectClose(
      jacobian.map((row) => row.slice(0, 2)),
      byPlaces.map((row, i) => row[Math.floor(i / 3)]!),
    );
  });
});
