/**
 * The workloads in jax-js on its WebAssembly backend. Its arrays are counted by hand: a call consumes its arguments,
 * `ref` keeps one for later, and reading an array's data frees it.
 */
import { inputs, learningRate } from "./data.mjs";
import { loadPeer } from "./load.mjs";

// It asks for both without looking whether they are there, which in Node 20 they are not.
globalThis.navigator ??= {};
globalThis.Float16Array ??= class Float16Array {};
const {
  defaultDevice,
  grad,
  hessian,
  init,
  jacfwd,
  jacrev,
  jit,
  lax,
  nn,
  numpy: np,
  tree,
  valueAndGrad,
} = await loadPeer("@jax-js/jax");
await init("wasm");
defaultDevice("wasm");

const array = ({ data, shape }) =>
  np.array(data, { shape, dtype: data instanceof Float64Array ? np.float64 : np.float32 });
const numbers = (...arrays) => arrays.map((x) => x.dataSync());

const chain = (x) =>
  np.sum(
    np
      .tanh(x.ref)
      .mul(np.exp(x.ref.mul(x.ref).neg()))
      .add(np.sin(x)),
  );

const crossEntropy = (logits, y) => np.mean(np.sum(nn.logSoftmax(logits, -1).mul(y), -1)).neg();

const mlpLoss = ([w1, b1, w2, b2, w3, b3], x, y) => {
  const h1 = nn.relu(np.matmul(x, w1).add(b1));
  const h2 = nn.relu(np.matmul(h1, w2).add(b2));
  return crossEntropy(np.matmul(h2, w3).add(b3), y);
};

const mlpStep = (params, x, y) => {
  const [loss, gradient] = valueAndGrad(mlpLoss)(tree.ref(params), x, y);
  return [loss, params.map((p, i) => p.sub(gradient[i].mul(learningRate)))];
};

const convLoss = ([kernel, b1, w, b2], x, y) => {
  const count = x.shape[0];
  const h = nn.relu(lax.conv(x, kernel, [1, 1], "VALID").add(b1.reshape([16, 1, 1])));
  const pooled = lax.reduceWindow(h, np.max, [2, 2], [2, 2]);
  return crossEntropy(np.matmul(pooled.reshape([count, -1]), w).add(b2), y);
};

const rosenbrock = (x) => {
  const n = x.shape[0];
  const here = x.ref.slice([0, n - 1]);
  const next = x.slice([1, n]);
  return np.sum(
    np
      .square(next.sub(np.square(here.ref)))
      .mul(100)
      .add(np.square(here.neg().add(1))),
  );
};

const circuit = (w0, w1, w2, x0, x1) => nn.sigmoid(w0.mul(x0).add(w1.mul(x1)).add(w2));
const circuitGradient = valueAndGrad(circuit, { argnums: [0, 1, 2, 3, 4] });

const circuitNumbers = (f, args) => {
  const [value, gradients] = f(...args.map((x) => x.ref));
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
      const [loss, next] = step(state, images.ref, labels.ref);
      state = next;
      return loss.item();
    },
    check: () => numbers(...state.map((p) => p.ref)),
  };
};

const programs = {
  W2: () => {
    const x = array(inputs("W2"));
    const f = jit(chain);
    return () => [Float64Array.of(f(x.ref).item())];
  },
  W3: () => {
    const x = array(inputs("W3"));
    const f = jit(grad(chain));
    return () => numbers(f(x.ref));
  },
  W5: () => {
    const { params, x, y } = inputs("W5");
    const arrays = params.map(array);
    const images = array(x);
    const labels = array(y);
    const f = jit(valueAndGrad(convLoss));
    return () => {
      const [loss, gradient] = f(
        arrays.map((p) => p.ref),
        images.ref,
        labels.ref,
      );
      return numbers(loss, ...gradient);
    };
  },
  W6: () => jacobian(jacrev),
  "W6′": () => jacobian(jacfwd),
  W7: () => {
    const x = array(inputs("W7"));
    const f = jit(hessian(rosenbrock));
    return () => numbers(f(x.ref));
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
  W11: () => {
    const x = array(inputs("W11"));
    const f = jit((real) => np.fft.fft({ real, imag: np.zeros([65_536]) }));
    return () => {
      const { real, imag } = f(x.ref);
      return numbers(real, imag);
    };
  },
  W12: () => {
    const x = array(inputs("W12"));
    const f = jit((y) => np.sort(y));
    return () => numbers(f(x.ref));
  },
  W13: () => {
    const x = array(inputs("W13"));
    const f = jit((a) => lax.linalg.cholesky(a));
    return () => numbers(f(x.ref));
  },
};

const svd = () => {
  const x = array(inputs("W14"));
  const f = jit((a) => lax.linalg.svd(a));
  const call = () => numbers(...f(x.ref));
  return { run: call, check: () => [call()[1]] };
};

const jacobian = (transform) => {
  const { w, x, b } = inputs("W6");
  const args = [array(w), array(b), array(x)];
  const f = jit((weights, bias, point) =>
    transform((input) => np.tanh(np.matmul(weights.ref, input).add(bias.ref)))(point),
  );
  return () => numbers(f(...args.map((a) => a.ref)));
};

const transposed = (square) => {
  const n = Math.sqrt(square.length);
  return square.map((_, i) => square[(i % n) * n + Math.floor(i / n)]);
};

const product = (name) => {
  const [a, b] = inputs(name).map(array);
  const f = jit((x, y) => np.matmul(x, y));
  return () => numbers(f(a.ref, b.ref));
};

export const prepare = (name) => {
  if (name === "W4" || name === "W10") return training();
  if (name === "W14") return svd();
  const run = name.startsWith("W1 ") ? product(name) : programs[name]();
  // jacfwd of this version gives the Jacobian with its axes swapped.
  return { run, check: name === "W6′" ? () => run().map(transposed) : run };
};
