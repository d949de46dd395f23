/**
 * What is measured, on what, and how many times faster than the best peer it is to be.
 */
const everyone = ["ours", "jax-js", "tfjs-wasm"];
const differentiators = ["ours", "jax-js"];
const scalars = ["ours", "jax-js", "tfjs-wasm", "tfjs-js"];

/**
 * `by` has run it; the ratio is to the best of those, or of `against`. `cold` counts the first call of a fresh process
 * alone: what is compared is the cost of compiling, so a peer that does not compile is shown only.
 */
export const workloads = [
  { name: "W1 1024", title: "matmul 1024×1024×1024", by: everyone, target: 1.1 },
  { name: "W1 64", title: "matmul 64×64×64", by: everyone },
  { name: "W1 256", title: "matmul 256×256×256", by: everyone },
  { name: "W1 784", title: "matmul 128×784×256", by: everyone },
  { name: "W1 f64", title: "matmul 512×512×512, float64", by: differentiators },
  { name: "W1 batched", title: "matmul 16 × 128×128×128", by: everyone },
  { name: "W2", title: "sum(tanh(x)·exp(−x²)+sin(x)), 10⁶, value", by: everyone, target: 5 },
  { name: "W3", title: "gradient of W2", by: everyone, target: 4.5 },
  { name: "W4", title: "MLP training step, batch 128", by: everyone, target: 1.5 },
  { name: "W5", title: "convolution step, batch 32", by: differentiators, target: 12 },
  { name: "W6", title: "jacrev of tanh(Wx+b), n = 256", by: differentiators, target: 100 },
  { name: "W6′", title: "jacfwd of the same", by: differentiators, target: 1 },
  { name: "W7", title: "hessian of Rosenbrock, n = 64", by: differentiators, target: 1 },
  { name: "W8", title: "scalar circuit, value and 5 gradients, compiled", by: scalars, target: 15 },
  { name: "W9", title: "the same, not compiled", by: scalars, target: 4 },
  {
    name: "W10",
    title: "first call of W4 in a fresh process",
    by: everyone,
    against: ["jax-js"],
    target: 2,
    cold: true,
  },
  { name: "W11", title: "fft of 2¹⁶ real numbers", by: differentiators },
  // jax-js takes a minute for a call: it has no fast transform of a prime length.
  { name: "W11 prime", title: "fft of 10,007 real numbers", by: ["ours"] },
  { name: "W12", title: "sort of 10⁶", by: differentiators },
  { name: "W13", title: "cholesky 256×256, float64", by: differentiators },
  { name: "W14", title: "svd 256×256, float64", by: differentiators },
];
