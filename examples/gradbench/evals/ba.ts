/**
 * ba: bundle adjustment. A camera is 11 numbers, and an observation says where one camera saw one point. The Jacobian of
 * all errors has 15 columns in a row at most: those of the camera, of the point and of the observation's weight. So it is
 * a `vmap` of small Jacobians, with the columns that belong to them beside it.
 */
import { grad, type NDArray, numpy as np, vmap } from "cotangent";
import type { EvalModule } from "../protocol.ts";
import { compiled, type Runs, repeated } from "../runs.ts";

interface Input extends Runs {
  readonly n: number;
  readonly m: number;
  readonly p: number;
  readonly cam: readonly number[];
  readonly x: readonly number[];
  readonly w: number;
  readonly feat: readonly number[];
}

/** n cameras, m points and p observations. */
export interface Scene {
  /** Rotation (axis times angle), center, focal length, principal point, radial distortion: float64[n, 11] */
  readonly cameras: NDArray;
  /** float64[m, 3] */
  readonly points: NDArray;
  /** float64[p] */
  readonly weights: NDArray;
  /** Which camera: int32[p] */
  readonly camera: NDArray;
  /** Which point: int32[p] */
  readonly point: NDArray;
  /** Where on the picture: float64[p, 2] */
  readonly features: NDArray;
}

const CAMERA = 11;
const POINT = 3;
/** What one observation depends on. */
const COLUMNS = CAMERA + POINT + 1;

/** Three numbers, each an array, so that a batch of them is three vectors. */
type Triple = readonly [NDArray, NDArray, NDArray];

const dot = ([a, b, c]: Triple, [x, y, z]: Triple): NDArray => a.mul(x).add(b.mul(y)).add(c.mul(z));

const cross = ([a, b, c]: Triple, [x, y, z]: Triple): Triple => [
  b.mul(z).sub(c.mul(y)),
  c.mul(x).sub(a.mul(z)),
  a.mul(y).sub(b.mul(x)),
];

const triple = (f: (i: 0 | 1 | 2) => NDArray): Triple => [f(0), f(1), f(2)];

/** A point turned about an axis by an angle: Rodrigues' formula, and what it becomes where the angle is 0. */
const rotate = (rotation: Triple, x: Triple): Triple => {
  const square = dot(rotation, rotation);
  const still = square.equal(0);
  // The square root has no derivative at 0, so there it is taken of 1.
  const angle = np.sqrt(np.where(still, 1, square));
  const axis = triple((i) => rotation[i].div(angle));
  const [sin, cos] = [np.sin(angle), np.cos(angle)];
  const [onward, small] = [cross(axis, x), cross(rotation, x)];
  const along = dot(axis, x).mul(np.subtract(1, cos));
  return triple((i) =>
    np.where(still, x[i].add(small[i]), x[i].mul(cos).add(onward[i].mul(sin)).add(axis[i].mul(along))),
  );
};

/** What one error depends on. */
interface Observation {
  /** 11 numbers. */
  readonly camera: readonly NDArray[];
  readonly point: Triple;
  readonly weight: NDArray;
}

/** How far from the feature a camera sees a point, in the weight of the observation. */
export const misses = ({ camera, point, weight }: Observation, feature: readonly NDArray[]): NDArray[] => {
  const [r1, r2, r3, c1, c2, c3, focal, u, v, k1, k2] = camera as NDArray[] & { length: 11 };
  const center = [c1!, c2!, c3!] as const;
  const [x, y, z] = rotate(
    [r1!, r2!, r3!],
    triple((i) => point[i].sub(center[i])),
  );
  const flat = [x.div(z), y.div(z)] as const;
  const square = flat[0].mul(flat[0]).add(flat[1].mul(flat[1]));
  const distortion = square.mul(k1!).add(square.mul(square).mul(k2!)).add(1);
  return [u!, v!].map((principal, i) =>
    flat[i]!.mul(distortion).mul(focal!).add(principal).sub(feature[i]!).mul(weight),
  );
};

/** What is 0 where a weight is 1. */
const excess = (weight: NDArray): NDArray => np.subtract(1, weight.mul(weight));

/** The numbers of each observation, columns as vectors of length p. */
const observations = ({ cameras, points, weights, camera, point }: Scene): Observation => ({
  camera: [...cameras.take(camera, 0).T],
  point: [...points.take(point, 0).T] as unknown as Triple,
  weight: weights,
});

/** Errors of places, float64[p, 2], and of weights, float64[p]. */
export const errors = (scene: Scene): { readonly places: NDArray; readonly weights: NDArray } => ({
  places: np.stack(vmap(misses)(observations(scene), [...scene.features.T]), 1),
  weights: excess(scene.weights),
});

/** A matrix by its rows: those from `rows[i]` to before `rows[i + 1]` are the places of values in row i. */
export interface SparseMatrix {
  readonly rows: NDArray;
  readonly cols: NDArray;
  readonly vals: NDArray;
}

/**
 * The Jacobian of all errors by all cameras, points and weights: two rows for each observation's place, one for each
 * weight.
 */
export const jacobian = (scene: Scene): SparseMatrix => {
  const [n, m, p] = [scene.cameras.shape[0]!, scene.points.shape[0]!, scene.weights.size];
  const features = [...scene.features.T];
  const row = (i: number): NDArray[] => {
    const { camera, point, weight } = vmap(
      grad((observation: Observation, feature: readonly NDArray[]) => misses(observation, feature)[i]!),
    )(observations(scene), features);
    return [...camera, ...point, weight];
  };
  const places = np.stack([...row(0), ...row(1)], 1);
  const vals = np.concatenate([places.ravel(), vmap(grad(excess))(scene.weights)]);

  const ofWeights = np.arange(p).add(CAMERA * n + POINT * m);
  const columns = np.concatenate(
    [
      scene.camera.mul(CAMERA).reshape(p, 1).add(np.arange(CAMERA)),
      scene.point
        .mul(POINT)
        .reshape(p, 1)
        .add(np.arange(POINT).add(CAMERA * n)),
      ofWeights.reshape(p, 1),
    ],
    1,
  );
  const twice = np.broadcastTo(columns.reshape(p, 1, COLUMNS), [p, 2, COLUMNS]);
  const cols = np.concatenate([twice.ravel(), ofWeights]);
  const rows = np.concatenate([np.arange(2 * p).mul(COLUMNS), np.arange(p + 1).add(2 * p * COLUMNS)]);
  return { rows, cols, vals };
};

/** The scene of a message: one camera, point, weight and feature, over and over. */
const scene = ({ n, m, p, cam, x, w, feat }: Input): Scene => {
  const repeat = (numbers: readonly number[], times: number): NDArray =>
    np.tile(np.array(numbers, "float64"), [times, 1]);
  return {
    cameras: repeat(cam, n),
    points: repeat(x, m),
    weights: np.full(p, w, "float64"),
    camera: np.arange(p).mod(n),
    point: np.arange(p).mod(m),
    features: repeat(feat, p),
  };
};

/** The first numbers of an array, as many as an observation has values, and the last: the rest repeats them. */
const excerpt = (x: NDArray): number[] => {
  const numbers = x.toTypedArray();
  return [...numbers.subarray(0, 2 * COLUMNS), numbers.at(-1)!];
};

export const ba: EvalModule = {
  objective: repeated(
    (input: Input) => compiled(errors, scene(input)),
    ({ places, weights }) => ({
      reproj_error: { elements: places.at(0).get().toArray(), repeated: places.shape[0] },
      w_err: { element: weights.at(0).get().item(), repeated: weights.size },
    }),
  ),
  jacobian: repeated(
    (input: Input) => compiled(jacobian, scene(input)),
    ({ rows, cols, vals }) => ({ rows: excerpt(rows), cols: excerpt(cols), vals: excerpt(vals) }),
  ),
};
