/**
 * Points of a plane in two or three classes that no line tells apart.
 */
import { type NDArray, numpy as np, random } from "cotangent";
import { type Points, spirals } from "../../../backprop/spirals.ts";
import type { ClassifierSettings } from "./settings.ts";

export type { Points };

type Name = ClassifierSettings["dataset"];

interface Dataset {
  readonly classes: number;
  /** About `n` points. */
  readonly draw: (key: NDArray, n: number) => Points;
}

/** The classes 0 and 1 in turn. */
const alternating = (n: number): NDArray => np.arange(n).mod(2).astype("int32");

const scattered = (key: NDArray, x: NDArray, y: NDArray, noise: number): Points => ({
  x: x.add(random.normal(key, x.shape).mul(noise)),
  y,
});

/** Two half circles that reach into one another. */
const moons = (key: NDArray, n: number): Points => {
  const y = alternating(n);
  const angle = random.uniform(random.foldIn(key, 0), [n], { maxval: Math.PI });
  const isUpper = y.equal(0);
  const x = np.stack(
    [
      np.where(isUpper, np.cos(angle).sub(0.5), np.cos(angle).neg().add(0.5)),
      np.where(isUpper, np.sin(angle).sub(0.25), np.sin(angle).neg().add(0.25)),
    ],
    -1,
  );
  return scattered(random.foldIn(key, 1), x.mul(1.2), y, 0.12);
};

/** A ring around a disc. */
const circles = (key: NDArray, n: number): Points => {
  const y = alternating(n);
  const angle = random.uniform(random.foldIn(key, 0), [n], { maxval: 2 * Math.PI });
  const radius = np.where(y.equal(0), 0.7, 1.7);
  const x = np.stack([radius.mul(np.cos(angle)), radius.mul(np.sin(angle))], -1);
  return scattered(random.foldIn(key, 1), x, y, 0.14);
};

/** Sixteen squares of a checkerboard. */
const checkerboard = (key: NDArray, n: number): Points => {
  const x = random.uniform(key, [n, 2], { minval: -2, maxval: 2 });
  const squares = np.floor(x).astype("int32").sum(1);
  // The remainder has the sign of the divisor.
  return { x, y: squares.mod(2).astype("int32") };
};

const known: Readonly<Record<Name, Dataset>> = {
  spirals: { classes: 3, draw: (key, n) => spirals(key, Math.round(n / 3)) },
  moons: { classes: 2, draw: moons },
  circles: { classes: 2, draw: circles },
  checkerboard: { classes: 2, draw: checkerboard },
};

export const datasetOf = (name: Name): Dataset => known[name];
