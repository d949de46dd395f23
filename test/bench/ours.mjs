/**
 * The workloads in cotangent. Every program ends with its numbers in typed arrays or plain numbers.
 */
import { inputs, learningRate } from "./data.mjs";
import { loadOurs } from "./load.mjs";

const { grad, hessian, jacfwd, jacrev, jit, lax, nn, numpy: np, valueAndGrad } = await loadOurs();

const array = ({ data, shape }) => np.array(data).reshape(shape);
const numbers = (...arrays) => arrays.map((x) => x.toTypedArray());

const chain = (x) =>
  np
    .tanh(x)
    .mul(np.exp(x.mul(x).neg()))
    .add(np.sin(x))
    .sum();

const crossEntropy = (logits, y) => nn.logSoftmax(logits).mul(y).sum(-1).mean().neg();

const mlpLoss = ([w1, b1, w2, b2, w3, b3], x, y) => {
  const h1 = nn.relu(x.matmul(w1).add(b1));
  const h2 = nn.relu(h1.matmul(w2).add(b2));
  return crossEntropy(h2.matmul(w3).add(b3), y);
};

const mlpStep = (params, x, y) => {
  const [loss, gradient] = valueAndGrad(mlpLoss)(params, x, y);
  return [loss, params.map((p, i) => p.sub(gradient[i].mul(learningRate)))];
};

const convLoss = ([kernel, b1, w, b2], x, y) => {
  const h = nn.relu(lax.conv(x, kernel, [1, 1], "VALID").add(b1.reshape(16, 1, 1)));
  const pooled = lax.reduceWindowMax(h, [1, 1, 2, 2], [1, 1, 2, 2]);
  return crossEntropy(pooled.reshape(x.shape[0], -1).matmul(w).add(b2), y);
};

const rosenbrock = (x) => {
  const n = x.shape[0];
  const here = lax.sliceInDim(x, 0, n - 1);
  const next = lax.sliceInDim(x, 1, n);
  return next.sub(here.square()).square().mul(100).add(here.neg().add(1).square()).sum();
};

const circuit = (w0, w1, w2, x0, x1) => nn.sigmoid(w0.mul(x0).add(w1.mul(x1)).add(w2));
const circuitGradient = valueAndGrad(circuit, { argnums: [0, 1, 2, 3, 4] });

const circuitNumbers = (f, args) => {
  const [value, gradients] = f(...args);
  return [Float64Array.of(value.item(), ...gradients.map((g) => g.item()))];
};

const training = () => {
  const { params, x, y } = inputs("W4");
  const images = array(x);
  const labels = array(y);
  const step = jit(mlpStep);
  let state = params.map(array);
  return {
    run: () => {
      const [loss, next] = step(state, images, labels);
      state = next;
      return loss.item();
    },
    check: () => numbers(...state),
  };
};

const programs = {
  W2: () => {
    const x = array(inputs("W2"));
    const f = jit(chain);
    return () => [Float64Array.of(f(x).item())];
  },
  W3: () => {
    const x = array(inputs("W3"));
    const f = jit(grad(chain));
    return () => numbers(f(x));
  },
  W5: () => {
    const { params, x, y } = inputs("W5");
    const args = [params.map(array), array(x), array(y)];
    const f = jit(valueAndGrad(convLoss));
    return () => {
      const [loss, gradient] = f(...args);
      return numbers(loss, ...gradient);
    };
  },
  W6: () => jacobian(jacrev),
  "W6′": () => jacobian(jacfwd),
  W7: () => {
    const x = array(inputs("W7"));
    const f = jit(hessian(rosenbrock));
    return () => numbers(f(x));
  },
  W8: () => {
    const args = inputs("W8").map(array);
    const f = jit(circuitGradient);
    return () => circuitNumbers(f, args);
  },
  W9: () => {
    const args = inputs("W9").map(array);
    return () => circuitNumbers(circuitGradient, args);
  },
  W11: () => transform("W11"),
  "W11 prime": () => transform("W11 prime"),
  W12: () => {
    const x = array(inputs("W12"));
    const f = jit((y) => np.sort(y));
    return () => numbers(f(x));
  },
  W13: () => {
    const x = array(inputs("W13"));
    const f = jit((a) => np.linalg.cholesky(a));
    return () => numbers(f(x));
  },
};

const transform = (name) => {
  const x = array(inputs(name));
  const f = jit((y) => np.fft.fft(y));
  return () => {
    const { real, imag } = f(x);
    return numbers(real, imag);
  };
};

/** All three factors are timed; singular values are compared, since vectors have no sign of their own. */
const svd = () => {
  const x = array(inputs("W14"));
  const f = jit((a) => np.linalg.svd(a));
  return { run: () => numbers(...f(x)), check: () => numbers(f(x)[1]) };
};

const jacobian = (transform) => {
  const { w, x, b } = inputs("W6");
  const args = [array(w), array(b), array(x)];
  const f = jit((weights, bias, point) =>
    transform((input) => np.tanh(weights.matmul(input).add(bias)))(point),
  );
  return () => numbers(f(...args));
};

const product = (name) => {
  const [a, b] = inputs(name).map(array);
  const f = jit((x, y) => x.matmul(y));
  return () => numbers(f(a, b));
};

/** The program of a workload: `run` is timed, `check` gives its numbers after one call. */
export const prepare = (name) => {
  if (name === "W4" || name === "W10") return training();
  if (name === "W14") return svd();
  const run = name.startsWith("W1 ") ? product(name) : programs[name]();
  return { run, check: run };
};
