/**
 * The workloads in TensorFlow.js, on its WebAssembly backend (one thread) or in plain JavaScript. It has no Jacobians
 * and no float64, and its WebAssembly backend has no gradients of convolution and pooling.
 */
import { fileURLToPath } from "node:url";
import { inputs, learningRate } from "./data.mjs";
import { loadPeer } from "./load.mjs";

const tf = await loadPeer("@tensorflow/tfjs");
if (process.env.BENCH_TFJS_BACKEND === "cpu") {
  await tf.setBackend("cpu");
} else {
  const { setThreadsCount, setWasmPaths } = await loadPeer("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(fileURLToPath(new URL("node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url)));
  setThreadsCount(1);
  await tf.setBackend("wasm");
}
await tf.ready();

const array = ({ data, shape }) => tf.tensor(data, shape, "float32");
const numbers = (...arrays) => arrays.map((x) => x.dataSync());

const chain = (x) =>
  tf.sum(
    tf
      .tanh(x)
      .mul(tf.exp(tf.neg(x.mul(x))))
      .add(tf.sin(x)),
  );

const mlpLoss = (x, y) => (w1, b1, w2, b2, w3, b3) => {
  const h1 = tf.relu(tf.matMul(x, w1).add(b1));
  const h2 = tf.relu(tf.matMul(h1, w2).add(b2));
  return tf.losses.softmaxCrossEntropy(y, tf.matMul(h2, w3).add(b3));
};

const circuit = (w0, w1, w2, x0, x1) => tf.sigmoid(w0.mul(x0).add(w1.mul(x1)).add(w2));

const training = () => {
  const { params, x, y } = inputs("W4");
  const gradient = tf.valueAndGrads(mlpLoss(array(x), array(y)));
  let state = params.map(array);
  return {
    run: () => {
      let loss;
      const next = tf.tidy(() => {
        const { value, grads } = gradient(state);
        loss = value.dataSync()[0];
        return state.map((p, i) => p.sub(grads[i].mul(learningRate)));
      });
      tf.dispose(state);
      state = next;
      return loss;
    },
    check: () => numbers(...state),
  };
};

const scalars = () => {
  const args = inputs("W8").map(array);
  const f = tf.valueAndGrads(circuit);
  return () => {
    const { value, grads } = f(args);
    return [Float64Array.of(value.dataSync()[0], ...grads.map((g) => g.dataSync()[0]))];
  };
};

const product = (name) => {
  const [a, b] = inputs(name).map(array);
  return () => numbers(tf.matMul(a, b));
};

const programs = {
  W2: () => {
    const x = array(inputs("W2"));
    return () => numbers(chain(x));
  },
  W3: () => {
    const x = array(inputs("W3"));
    const f = tf.grad(chain);
    return () => numbers(f(x));
  },
  W8: scalars,
  W9: scalars,
};

export const prepare = (name) => {
  if (name === "W4" || name === "W10") return training();
  const program = name.startsWith("W1 ") ? product(name) : programs[name]();
  const run = () => {
    let result;
    // Not returned through tidy, which would search every element of the arrays for tensors.
    tf.tidy(() => {
      result = program();
    });
    return result;
  };
  return { run, check: run };
};
