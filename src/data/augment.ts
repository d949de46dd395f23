import { type ArrayLike, formatShape, isFloat, type NDArray, scalarArray } from "../array/index.ts";
import { ArgumentError, DTypeError, describeAval, ShapeError } from "../core/index.ts";
import { dynamicSlice } from "../lax/index.ts";
import * as np from "../numpy/index.ts";
import * as random from "../random/index.ts";
import { vmap } from "../transforms/index.ts";

/*
 * Augmentations are pure functions of a key and a batch of images, float [batch, height, width, channels]: the same key
 * gives the same images, each image is changed by itself, and all of them run under jit.
 */

/** A batch of images, and the lengths of its axes. */
interface Images {
  readonly images: NDArray;
  readonly shape: readonly [batch: number, height: number, width: number, channels: number];
}

const imagesOf = (where: string, x: NDArray): Images => {
  if (x.ndim !== 4) {
    throw new ShapeError(
      `${where}: images must be [batch, height, width, channels]; got ${formatShape(x.shape)}. Reshape them.`,
    );
  }
  if (!isFloat(x.dtype))
    throw new DTypeError(`${where}: images must be floats; got ${describeAval(x)}. Convert with astype.`);
  return { images: x, shape: x.shape as Images["shape"] };
};

const checkProbability = (where: string, name: string, p: number): void => {
  if (!(p >= 0 && p <= 1)) throw new ArgumentError(`${where}: ${name} must be from 0 to 1; got ${p}.`);
};

/** One number for each image, as [batch, 1, 1, 1]. */
const perImage = (x: NDArray): NDArray => np.reshape(x, [-1, 1, 1, 1]);

/** Options of `randomFlip`. */
export interface FlipOptions {
  /** "horizontal" mirrors left and right, "vertical" up and down. Default "horizontal". */
  readonly direction?: "horizontal" | "vertical";
  /** How likely each image is to be mirrored; default 0.5. */
  readonly probability?: number;
}

/**
 * Mirrors some of the images.
 *
 * @example
 * data.randomFlip(key, np.ones([8, 32, 32, 3])); // float32[8, 32, 32, 3]
 */
export const randomFlip = (
  key: NDArray,
  x: NDArray,
  { direction = "horizontal", probability = 0.5 }: FlipOptions = {},
): NDArray => {
  const { images, shape } = imagesOf("randomFlip", x);
  checkProbability("randomFlip", "probability", probability);
  if (direction !== "horizontal" && direction !== "vertical") {
    throw new ArgumentError(
      `randomFlip: direction must be "horizontal" or "vertical"; got "${String(direction)}".`,
    );
  }
  const isFlipped = perImage(random.bernoulli(key, probability, [shape[0]]));
  return np.where(isFlipped, np.flip(images, direction === "horizontal" ? 2 : 1), images);
};

/** Options of augmentations that show what lies outside of an image. */
export interface FillOptions {
  /** The value of what lies outside; default 0. */
  readonly fill?: number;
}

/** Options of `randomCrop`. */
export interface CropOptions extends FillOptions {
  /** How much is added around images before they are cut; default 0. */
  readonly padding?: number;
}

/**
 * A window of each image, of one size, at a random place.
 *
 * @param size [height, width] of the window.
 * @throws ShapeError if a padded image is smaller than the window.
 * @example
 * data.randomCrop(key, np.ones([8, 32, 32, 3]), [28, 28]); // float32[8, 28, 28, 3]
 */
export const randomCrop = (
  key: NDArray,
  x: NDArray,
  size: readonly [height: number, width: number],
  { padding = 0, fill = 0 }: CropOptions = {},
): NDArray => {
  const { images, shape } = imagesOf("randomCrop", x);
  const [batch, height, width, channels] = shape;
  const room = [height + 2 * padding - size[0], width + 2 * padding - size[1]] as const;
  if (!(room[0] >= 0 && room[1] >= 0 && padding >= 0)) {
    throw new ShapeError(
      `randomCrop: a window ${formatShape(size)} does not fit images ${formatShape(shape)} with padding ${padding}.`,
    );
  }
  const padded = np.pad(
    images,
    [
      [0, 0],
      [padding, padding],
      [padding, padding],
      [0, 0],
    ],
    "constant",
    { constantValues: fill },
  );
  const at = (axis: 0 | 1): NDArray => random.randint(random.foldIn(key, axis), [batch], 0, room[axis] + 1);
  const cut = (image: NDArray, top: NDArray, left: NDArray): NDArray =>
    dynamicSlice(image, [top, left, 0], [size[0], size[1], channels]);
  return vmap(cut)(padded, at(0), at(1));
};

/**
 * Moves each image by up to `most` pixels in each direction; what comes in is `fill`.
 *
 * @example
 * data.randomShift(key, np.ones([8, 28, 28, 1]), 2); // float32[8, 28, 28, 1]
 */
export const randomShift = (
  key: NDArray,
  x: NDArray,
  most: number,
  { fill = 0 }: FillOptions = {},
): NDArray => {
  const { shape } = imagesOf("randomShift", x);
  if (!(Number.isInteger(most) && most >= 0)) {
    throw new ArgumentError(`randomShift: the greatest shift must be a whole number >= 0; got ${most}.`);
  }
  return randomCrop(key, x, [shape[1], shape[2]], { padding: most, fill });
};

/** The images at real coordinates [batch, height, width] of their rows and columns, by bilinear interpolation. */
const sampleAt = ({ images, shape }: Images, rows: NDArray, columns: NDArray, fill: number): NDArray => {
  const [batch, height, width, channels] = shape;
  const pixels = np.reshape(images, [batch, height * width, channels]);
  const [top, left] = [np.floor(rows), np.floor(columns)];
  const corner = (down: 0 | 1, right: 0 | 1): NDArray => {
    const [row, column] = [np.add(top, down), np.add(left, right)];
    const inside = (at: NDArray, n: number): NDArray => np.logicalAnd(np.greaterEqual(at, 0), np.less(at, n));
    const isInside = np.logicalAnd(inside(row, height), inside(column, width));
    const place = np.where(isInside, np.add(np.multiply(row, width), column), 0).astype("int32");
    const values = np.takeAlongAxis(pixels, np.reshape(place, [batch, height * width, 1]), 1);
    const visible = np.where(
      np.reshape(isInside, [batch, height * width, 1]),
      values,
      scalarArray(fill, images.dtype),
    );
    const near = (distance: NDArray): NDArray => np.subtract(1, np.abs(distance));
    const weight = np.multiply(near(np.subtract(rows, row)), near(np.subtract(columns, column)));
    return np.multiply(visible, np.reshape(weight, [batch, height * width, 1]).astype(images.dtype));
  };
  const sum = [corner(0, 0), corner(0, 1), corner(1, 0), corner(1, 1)].reduce((a, b) => np.add(a, b));
  return np.reshape(sum, [batch, height, width, channels]);
};

/**
 * Turns each image about its centre by an angle of up to `mostDegrees` either way, with bilinear interpolation.
 *
 * @param mostDegrees in degrees.
 * @example
 * data.randomRotate(key, np.ones([8, 28, 28, 1]), 0.2); // float32[8, 28, 28, 1]
 */
export const randomRotate = (
  key: NDArray,
  x: NDArray,
  mostDegrees: number,
  { fill = 0 }: FillOptions = {},
): NDArray => {
  const given = imagesOf("randomRotate", x);
  const [batch, height, width] = given.shape;
  const most = (mostDegrees * Math.PI) / 180;
  const angles = random.uniform(key, [batch], { minval: -most, maxval: most });
  const [sin, cos] = [np.sin(angles), np.cos(angles)].map((a) => np.reshape(a, [-1, 1, 1])) as [
    NDArray,
    NDArray,
  ];
  const [middleRow, middleColumn] = [(height - 1) / 2, (width - 1) / 2];
  const down = np.reshape(np.subtract(np.arange(height).astype("float32"), middleRow), [1, -1, 1]);
  const right = np.reshape(np.subtract(np.arange(width).astype("float32"), middleColumn), [1, 1, -1]);
  const rows = np.add(np.add(np.multiply(cos, down), np.multiply(sin, right)), middleRow);
  const columns = np.add(np.subtract(np.multiply(cos, right), np.multiply(sin, down)), middleColumn);
  return sampleAt(given, rows, columns, fill);
};

/**
 * Covers a square of each image, at a random place, which may reach over the border. (T. DeVries and G. W. Taylor,
 * "Improved regularization of convolutional neural networks with cutout", 2017.)
 *
 * @param size the length of its sides.
 * @example
 * data.cutout(key, np.ones([8, 32, 32, 3]), 8); // float32[8, 32, 32, 3]
 */
export const cutout = (key: NDArray, x: NDArray, size: number, { fill = 0 }: FillOptions = {}): NDArray => {
  const { images, shape } = imagesOf("cutout", x);
  if (!(Number.isInteger(size) && size >= 1)) {
    throw new ArgumentError(`cutout: size must be a whole number >= 1; got ${size}.`);
  }
  const [batch, height, width] = shape;
  const covers = (n: number, i: 0 | 1): NDArray => {
    const middle = random.randint(random.foldIn(key, i), [batch, 1], 0, n);
    const from = np.subtract(middle, Math.floor(size / 2));
    const at = np.arange(n);
    return np.logicalAnd(np.greaterEqual(at, from), np.less(at, np.add(from, size)));
  };
  const isCovered = np.logicalAnd(
    np.reshape(covers(height, 0), [batch, height, 1, 1]),
    np.reshape(covers(width, 1), [batch, 1, width, 1]),
  );
  return np.where(isCovered, scalarArray(fill, images.dtype), images);
};

/**
 * Adds normal numbers of this standard deviation to data of any shape.
 *
 * @example
 * data.addNoise(key, np.zeros([8, 28, 28, 1]), 0.1); // float32[8, 28, 28, 1]
 */
export const addNoise = (key: NDArray, x: NDArray, stddev: ArrayLike): NDArray => {
  if (!isFloat(x.dtype))
    throw new DTypeError(`addNoise: takes floats; got ${describeAval(x)}. Convert with astype.`);
  return np.add(x, np.multiply(random.normal(key, x.shape, { dtype: x.dtype }), stddev).astype(x.dtype));
};

/**
 * Mixes each example with another of the batch, and their labels alike: λ · one + (1 − λ) · other, with λ from
 * Beta(alpha, alpha). (H. Zhang et al., "mixup: beyond empirical risk minimization", 2017.)
 *
 * @param x examples, [batch, ...].
 * @param y labels as probabilities, [batch, classes].
 * @example
 * data.mixup(key, np.ones([8, 4]), np.ones([8, 10]))[0]; // float32[8, 4]
 */
export const mixup = (
  key: NDArray,
  x: NDArray,
  y: NDArray,
  alpha = 0.2,
): readonly [x: NDArray, y: NDArray] => {
  const count = x.shape[0];
  if (count === undefined || y.shape[0] !== count) {
    throw new ShapeError(
      `mixup: examples and labels must be [batch, ...]; got ${formatShape(x.shape)} and ${formatShape(y.shape)}.`,
    );
  }
  if (!(isFloat(x.dtype) && isFloat(y.dtype))) {
    throw new DTypeError(
      `mixup: takes floats, labels as probabilities (nn.oneHot); got ${describeAval(x)} and ${describeAval(y)}.`,
    );
  }
  if (!(alpha > 0)) throw new ArgumentError(`mixup: alpha must be positive; got ${alpha}.`);
  const order = random.permutation(random.foldIn(key, 0), count);
  const share = random.beta(random.foldIn(key, 1), alpha, alpha, [count]);
  const mixed = (a: NDArray): NDArray => {
    const weight = np.reshape(share, [count, ...a.shape.slice(1).map(() => 1)]).astype(a.dtype);
    const other = np.take(a, order, 0);
    return np.add(other, np.multiply(weight, np.subtract(a, other)));
  };
  return [mixed(x), mixed(y)];
};

/** Options of `colorJitter`: by how much each may change at most, as a share. */
export interface JitterOptions {
  /** All channels are multiplied by 1 ± this; default 0. */
  readonly brightness?: number;
  /** The distance from the image's mean grey is multiplied by 1 ± this; default 0. */
  readonly contrast?: number;
  /** The distance from each pixel's own grey is multiplied by 1 ± this; default 0. */
  readonly saturation?: number;
}

/**
 * Changes the brightness, contrast and saturation of each image, in this order, by random factors. Values are not
 * clipped. Grey is the mean of the channels.
 *
 * @example
 * data.colorJitter(key, np.ones([8, 32, 32, 3]), { brightness: 0.2 }); // float32[8, 32, 32, 3]
 */
export const colorJitter = (
  key: NDArray,
  x: NDArray,
  { brightness = 0, contrast = 0, saturation = 0 }: JitterOptions = {},
): NDArray => {
  const { images, shape } = imagesOf("colorJitter", x);
  for (const [name, share] of Object.entries({ brightness, contrast, saturation })) {
    checkProbability("colorJitter", name, share);
  }
  const factor = (i: number, most: number): NDArray =>
    perImage(
      random.uniform(random.foldIn(key, i), [shape[0]], { minval: 1 - most, maxval: 1 + most }),
    ).astype(images.dtype);
  const away = (from: NDArray, image: NDArray, by: NDArray): NDArray =>
    np.add(from, np.multiply(np.subtract(image, from), by));
  let result = images;
  if (brightness > 0) result = np.multiply(result, factor(0, brightness));
  if (contrast > 0)
    result = away(np.mean(result, [1, 2, 3], { keepdims: true }), result, factor(1, contrast));
  if (saturation > 0) result = away(np.mean(result, 3, { keepdims: true }), result, factor(2, saturation));
  return result;
};
