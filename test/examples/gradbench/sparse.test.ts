import { jacrev, jvp, type NDArray, numpy as np } from "cotangent";
import { describe, expect, test } from "vitest";
import { ba, errors, jacobian, type Scene } from "../../../examples/gradbench/evals/ba.ts";
import { draw, expectClose, f64, output } from "./support.ts";

const camera = [0.2, -0.4, 0.3, 0.1, -0.2, -9, 400, 3, -7, 0.02, -0.001];

/** Two cameras, one of which isn't turned at all, three points and four observations. */
const scene = (p = 4): Scene => ({
  cameras: f64([camera, [0, 0, 0, ...camera.slice(3)]]),
  points: draw(1, 3, 3),
  weights: draw(2, p),
  camera: np.arange(p).mod(2),
  point: np.arange(p).mod(3),
  features: draw(3, p, 2),
});

/** The matrix in full. */
const dense = (s: Scene): number[][] => {
  const { rows, cols, vals } = jacobian(s);
  const [starts, places, values] = [rows, cols, vals].map((x) => [...x.toTypedArray()]) as [
    number[],
    number[],
    number[],
  ];
  return starts.slice(0, -1).map((start, i) => {
    const row = new Array<number>(2 * 11 + 3 * 3 + s.weights.size).fill(0);
    for (let k = start; k < starts[i + 1]!; k++) row[places[k]!] = values[k]!;
    return row;
  });
};

describe("ba", () => {
  test("sees what a camera that isn't turned sees", () => {
    const { places } = errors({ ...scene(1), camera: f64([1]).astype("int32") });
    const [x, y, z] = [...scene().points.at(0).get()].map((c, i) => Number(c) - camera[3 + i]!) as [
      number,
      number,
      number,
    ];
    const r2 = (x / z) ** 2 + (y / z) ** 2;
    const scale = 400 * (1 + 0.02 * r2 - 0.001 * r2 ** 2);
    const [weight, fx, fy] = [scene(1).weights, ...scene(1).features.ravel()].map(Number) as [
      number,
      number,
      number,
    ];
    expectClose(places.toArray(), [
      [weight * ((x / z) * scale + 3 - fx), weight * ((y / z) * scale - 7 - fy)],
    ]);
  });

  test("a turn keeps lengths, and a turn about an axis that axis", () => {
    const axis = [0.6, 0, 0.8];
    const along = (t: number): NDArray => f64([axis.map((a, i) => a * t + camera[3 + i]!)]);
    const turned = [...axis.map((a) => a * 1.3), ...camera.slice(3)];
    const seen = errors({ ...scene(1), cameras: f64([turned]), points: along(2) }).places;
    const still = errors({
      ...scene(1),
      cameras: f64([[0, 0, 0, ...camera.slice(3)]]),
      points: along(2),
    }).places;
    expectClose(seen.toArray(), still.toArray());
  });

  test("has the dense Jacobian, taken apart by columns, turned or not", () => {
    const s = scene();
    const all = (cameras: NDArray, points: NDArray, weights: NDArray): NDArray => {
      const found = errors({ ...s, cameras, points, weights });
      return np.concatenate([found.places.ravel(), found.weights]);
    };
    const parts = [s.cameras, s.points, s.weights] as const;
    const expected = np.concatenate(
      parts.map((part, i) => {
        const by = (x: NDArray): NDArray => all(...(parts.with(i, x) as [NDArray, NDArray, NDArray]));
        return jacrev(by)(part).reshape(12, -1);
      }),
      1,
    );
    expectClose(dense(s), expected.toArray());
    const directions = parts.map((part, i) => draw(7 + i, ...part.shape)) as [NDArray, NDArray, NDArray];
    const moved = jvp(all, [...parts], directions)[1];
    const direction = np.concatenate(directions.map((x) => x.ravel()));
    expectClose(f64(dense(s)).matmul(direction).toArray(), moved.toArray());
  });

  test("answers with the first rows and the last number", () => {
    const input = { n: 2, m: 3, p: 4, cam: camera, x: [0.1, 0.2, 0.3], w: 0.5, feat: [1, -1] };
    const objective = output(ba, "objective", input) as Record<string, Record<string, unknown>>;
    expect(objective["reproj_error"]?.["repeated"]).toBe(4);
    expect(objective["w_err"]).toEqual({ element: 0.75, repeated: 4 });
    const { rows, cols, vals } = output(ba, "jacobian", input) as Record<string, number[]>;
    expect(rows).toEqual([...Array.from({ length: 9 }, (_, i) => 15 * i), 121, 122, 123, 124, 124]);
    expect(cols?.slice(0, 15)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 22, 23, 24, 31]);
    expect(cols?.at(-1)).toBe(34);
    expect(vals).toHaveLength(31);
    expect(vals?.at(-1)).toBe(-1);
  });
});
