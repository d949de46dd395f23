/**
 * ht: hand tracking. A hand of bones and skin, posed by 26 numbers, is compared with points in space, each of which
 * belongs to a vertex of the skin, or to a triangle and a place in it that is to be found, too. The Jacobian by the pose is
 * dense; of the places, each error depends on its own alone, so that one `jvp` gives a column for all of them.
 */
import { jacfwd, jvp, type NDArray, numpy as np, vmap } from "cotangent";
import type { EvalModule } from "../protocol.ts";
import { compiled, type Runs, repeated } from "../runs.ts";

type Table = readonly (readonly number[])[];

interface Input extends Runs {
  readonly theta: readonly number[];
  readonly data: {
    readonly model: {
      readonly bone_count: number;
      readonly parents: readonly number[];
      readonly base_relatives: readonly Table[];
      readonly inverse_base_absolutes: readonly Table[];
      readonly base_positions: Table;
      readonly weights: Table;
      readonly triangles: Table;
      readonly is_mirrored: boolean;
    };
    readonly correspondences: readonly number[];
    readonly points: Table;
  };
  /** Empty if points belong to vertices. */
  readonly us: Table;
}

/** The arrays of a hand and of the points that it is compared with. */
export interface Hand {
  /** How each bone lies in its parent: float64[bones, 4, 4] */
  readonly relatives: NDArray;
  /** From the world to each bone, at rest: float64[bones, 4, 4] */
  readonly inverseAbsolutes: NDArray;
  /** The skin at rest, homogeneous: float64[vertices, 4] */
  readonly positions: NDArray;
  /** How much of each bone each vertex follows: float64[vertices, bones] */
  readonly weights: NDArray;
  /** float64[points, 3] */
  readonly points: NDArray;
  /** The vertices of each point: int32[points, 1], or int32[points, 3] of the triangle that it lies in. */
  readonly vertices: NDArray;
}

/** What isn't an array: the skeleton. */
export interface Skeleton {
  /** The parent of each bone, which comes before it; -1 of the first. */
  readonly parents: readonly number[];
  readonly mirrored: boolean;
}

const matrix = (rows: readonly (readonly NDArray[])[]): NDArray => np.stack(rows.map((row) => np.stack(row)));

/** A turn about an axis by its length: float64[3] → float64[3, 3]. */
const turn = (rotation: NDArray): NDArray => {
  const square = rotation.dot(rotation);
  // Too small a turn is none, and so has no derivative either.
  const still = square.less(1e-8);
  const angle = np.sqrt(np.where(still, 1, square));
  const [x, y, z] = [...rotation.div(angle)] as [NDArray, NDArray, NDArray];
  const none = np.zerosLike(x);
  const K = matrix([
    [none, z.neg(), y],
    [z, none, x.neg()],
    [y.neg(), x, none],
  ]);
  const one = np.identity(3, "float64");
  const turned = one.add(K.mul(np.sin(angle))).add(K.matmul(K).mul(np.subtract(1, np.cos(angle))));
  return np.where(still, one, turned);
};

/** A turn about x, then one about z, as a transform of homogeneous coordinates: float64[4, 4]. */
const bend = (aboutX: NDArray, aboutZ: NDArray): NDArray => {
  const [sx, cx, sz, cz] = [np.sin(aboutX), np.cos(aboutX), np.sin(aboutZ), np.cos(aboutZ)];
  const [none, one] = [np.zerosLike(sx), np.onesLike(sx)];
  return matrix([
    [cz, sz.mul(cx).neg(), sz.mul(sx), none],
    [sz, cz.mul(cx), cz.mul(sx).neg(), none],
    [none, sx, cx, none],
    [none, none, none, one],
  ]);
};

const GLOBAL = 6;
const FINGERS = 5;
/** Numbers of a finger: its first joint bends two ways, the others one. */
const FINGER = [
  { joint: 0, way: 0 },
  { joint: 0, way: 1 },
  { joint: 1, way: 0 },
  { joint: 2, way: 0 },
];
/** A finger's bones; the first of them, next to the wrist, doesn't bend. */
const BONES = 4;

/** How far each bone bends either way: float64[26] → float64[bones, 2]. */
const bends = (theta: NDArray, bones: number): NDArray => {
  const places = Array.from({ length: FINGERS }, (_, finger) =>
    FINGER.map(({ joint, way }) => [2 + BONES * finger + joint, way] as const),
  ).flat();
  const [bone, way] = [0, 1].map((i) =>
    np.array(
      places.map((place) => place[i]!),
      "int32",
    ),
  ) as [NDArray, NDArray];
  return np
    .zeros([bones, 2], "float64")
    .at(bone, way)
    .set(theta.at(np.slice(GLOBAL, null)).get());
};

/** Where the skin is, in a pose: float64[26] → float64[vertices, 3]. */
export const skin = (theta: NDArray, hand: Hand, { parents, mirrored }: Skeleton): NDArray => {
  const [aboutX, aboutZ] = [...bends(theta, parents.length).T] as [NDArray, NDArray];
  const relatives = hand.relatives.matmul(vmap(bend)(aboutX, aboutZ));
  const absolutes: NDArray[] = [];
  for (const [bone, relative] of [...relatives].entries()) {
    const parent = parents[bone]!;
    absolutes.push(parent === -1 ? relative : absolutes[parent]!.matmul(relative));
  }
  const transforms = np.stack(absolutes).matmul(hand.inverseAbsolutes);
  // Each vertex has a transform of its own, a mean of those of bones.
  const blended = np.tensordot(hand.weights, lastRowless(transforms), 1);
  const posed = np.einsum("vij,vj->vi", blended, hand.positions);
  const facing = mirrored ? posed.mul(np.array([-1, 1, 1], "float64")) : posed;
  const [rotation, translation] = [theta.at(np.slice(0, 3)).get(), theta.at(np.slice(3, GLOBAL)).get()];
  return facing.matmul(turn(rotation).T).add(translation);
};

/** The part of transforms that moves points. */
const lastRowless = (transforms: NDArray): NDArray =>
  transforms.at("...", np.slice(0, 3), np.slice(null)).get();

/**
 * What belongs to points, of what belongs to vertices: float64[vertices, …] → float64[points, …].
 *
 * @param us places in triangles, float64[points, 2]; `null` if points belong to vertices.
 */
const atPoints = (x: NDArray, us: NDArray | null, { vertices }: Hand): NDArray => {
  const corner = (i: number): NDArray => x.take(vertices.at("...", i).get(), 0);
  if (us === null) return corner(0);
  const [u, v] = [...us.T] as [NDArray, NDArray];
  const shares = [u, v, np.subtract(1, u).sub(v)];
  const shape = [-1, ...x.shape.slice(1).fill(1)];
  return shares.map((share, i) => corner(i).mul(share.reshape(shape))).reduce((a, b) => a.add(b));
};

/** What separates points from where the hand has them: float64[points, 3]. */
export const errors = (theta: NDArray, us: NDArray | null, hand: Hand, skeleton: Skeleton): NDArray =>
  hand.points.sub(atPoints(skin(theta, hand, skeleton), us, hand));

/**
 * Errors in rows; columns are the two of a point's place, if it has one, and those of the pose: float64[points, 3, columns].
 * Errors are linear in where the skin is, so their derivatives by the pose are made of those of the skin.
 */
export const jacobian = (theta: NDArray, us: NDArray | null, hand: Hand, skeleton: Skeleton): NDArray => {
  const byPose = atPoints(jacfwd((t: NDArray) => skin(t, hand, skeleton))(theta), us, hand).neg();
  if (us === null) return byPose;
  const positions = skin(theta, hand, skeleton);
  const byPlace = [0, 1].map((i) => {
    const direction = np.broadcastTo(np.array([1 - i, i], "float64"), us.shape);
    return jvp((places: NDArray) => atPoints(positions, places, hand).neg(), [us], [direction])[1];
  });
  return np.concatenate([np.stack(byPlace, -1), byPose], -1);
};

const prepare =
  (f: typeof errors) =>
  ({ theta, data, us }: Input): (() => NDArray) => {
    const { model, correspondences, points } = data;
    const of = (values: Table | readonly Table[] | readonly number[]): NDArray => np.array(values, "float64");
    const placed = us.length > 0;
    const hand: Hand = {
      relatives: of(model.base_relatives),
      inverseAbsolutes: of(model.inverse_base_absolutes),
      positions: of(model.base_positions),
      weights: of(model.weights),
      points: of(points),
      vertices: np.array(
        placed ? correspondences.map((i) => model.triangles[i]!) : correspondences.map((i) => [i]),
        "int32",
      ),
    };
    const skeleton = { parents: model.parents, mirrored: model.is_mirrored };
    const run = (t: NDArray, u: NDArray | null, h: Hand): NDArray => f(t, u, h, skeleton);
    return compiled(run, of(theta), placed ? of(us) : null, hand);
  };

export const ht: EvalModule = {
  objective: repeated(prepare(errors), (y) => [...y.toTypedArray()]),
  jacobian: repeated(prepare(jacobian), (y) => y.reshape(-1, y.shape[2]!).toArray()),
};
