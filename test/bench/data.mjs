/**
 * The inputs of the workloads: the same numbers for every implementation, as plain typed arrays with a shape.
 */

/** A small generator of uniform numbers (mulberry32). */
const uniform = (seed) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

/** Normal numbers of a standard deviation. */
export const normal = (seed, shape, deviation = 1, Kind = Float32Array) => {
  const next = uniform(seed);
  const size = shape.reduce((product, n) => product * n, 1);
  const data = Kind.from({ length: size }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    return deviation * radius * Math.cos(2 * Math.PI * next());
  });
  return { data, shape };
};

/** One-hot rows of random classes. */
export const oneHot = (seed, count, classes) => {
  const next = uniform(seed);
  const data = new Float32Array(count * classes);
  for (let i = 0; i < count; i++) data[i * classes + Math.floor(next() * classes)] = 1;
  return { data, shape: [count, classes] };
};

const zeros = (...shape) => ({ data: new Float32Array(shape.reduce((a, b) => a * b, 1)), shape });
const scalar = (value) => ({ data: Float32Array.of(value), shape: [] });

/** The operands of a product, by the name of the workload. */
const products = {
  "W1 1024": [
    [1024, 1024],
    [1024, 1024],
  ],
  "W1 64": [
    [64, 64],
    [64, 64],
  ],
  "W1 256": [
    [256, 256],
    [256, 256],
  ],
  "W1 784": [
    [128, 784],
    [784, 256],
  ],
  "W1 f64": [
    [512, 512],
    [512, 512],
  ],
  "W1 batched": [
    [16, 128, 128],
    [16, 128, 128],
  ],
};

const product = (name) => {
  const Kind = name === "W1 f64" ? Float64Array : Float32Array;
  return products[name].map((shape, i) => normal(1 + i, shape, 1, Kind));
};

const mlp = () => ({
  params: [
    normal(1, [784, 256], Math.sqrt(2 / 784)),
    zeros(256),
    normal(2, [256, 128], Math.sqrt(2 / 256)),
    zeros(128),
    normal(3, [128, 10], Math.sqrt(2 / 128)),
    zeros(10),
  ],
  x: normal(4, [128, 784]),
  y: oneHot(5, 128, 10),
});

const convolution = () => ({
  params: [
    normal(1, [16, 1, 3, 3], Math.sqrt(2 / 9)),
    zeros(16),
    normal(2, [16 * 13 * 13, 10], Math.sqrt(2 / 2704)),
    zeros(10),
  ],
  x: normal(3, [32, 1, 28, 28]),
  y: oneHot(4, 32, 10),
});

const layer = () => ({
  w: normal(1, [256, 256], 1 / 16),
  x: normal(2, [256]),
  b: normal(3, [256]),
});

const circuit = () => [0.5, -1.5, 0.25, 1.25, 2].map(scalar);

/** A matrix and its product with its transpose, which is positive definite. */
const squares = () => {
  const { data, shape } = normal(1, [256, 256], 1, Float64Array);
  const rows = Array.from({ length: 256 }, (_, i) => data.subarray(256 * i, 256 * i + 256));
  const dot = (a, b) => a.reduce((sum, x, k) => sum + x * b[k], 0);
  const product = Float64Array.from({ length: 256 * 256 }, (_, i) => dot(rows[i >> 8], rows[i & 255]));
  return { matrix: { data, shape }, positive: { data: product, shape } };
};

/** What a workload computes with. */
export const inputs = (name) => {
  if (name in products) return product(name);
  if (name === "W2" || name === "W3") return normal(1, [1_000_000]);
  if (name === "W4" || name === "W10") return mlp();
  if (name === "W5") return convolution();
  if (name === "W6" || name === "W6′") return layer();
  if (name === "W7") return normal(1, [64], 0.5);
  if (name === "W8" || name === "W9") return circuit();
  if (name === "W11") return normal(1, [65_536]);
  if (name === "W11 prime") return normal(1, [10_007]);
  if (name === "W12") return normal(1, [1_000_000]);
  if (name === "W13") return squares().positive;
  if (name === "W14") return squares().matrix;
  throw new Error(`No workload is called ${name}.`);
};

/** The step width of the training steps. */
export const learningRate = 0.1;
