/**
 * Programs for onnxruntime-web, and how far what it makes of them is from what our own closures do. They are given the
 * built package, so that the same programs run in Node and in a page.
 */

/** Of float32, relative to the greatest element: sums go in another order. */
const TOLERANCE = 1e-5;

const programsOf = ({ grad, lax, nn, numpy: np, random, valueAndGrad }, { adam, applyUpdates }) => {
  const key = random.key(0);
  const points = random.normal(key, [32, 8]);
  const images = random.normal(key, [4, 8, 8, 1]);

  /** The loss of a classifier of three classes, its parameters and examples. */
  const classifier = (layers, xs) => {
    const params = layers.init(random.key(1), xs.shape);
    const labels = np.remainder(np.arange(xs.shape[0]), 3);
    const loss = (ps, x) =>
      nn.losses.softmaxCrossEntropyWithIntegerLabels(layers.apply(ps, x), labels).mean();
    return { loss, params };
  };
  const gradientOf = (layers, xs) => {
    const { loss, params } = classifier(layers, xs);
    return { f: grad(loss), args: [params, xs] };
  };
  const trainingStepOf = (layers, xs) => {
    const { loss, params } = classifier(layers, xs);
    const optimizer = adam(1e-2);
    const step = (ps, state, x) => {
      const [value, gradient] = valueAndGrad(loss)(ps, x);
      const [updates, next] = optimizer.update(gradient, state, ps);
      return { params: applyUpdates(ps, updates), state: next, loss: value };
    };
    return { f: step, args: [params, optimizer.init(params), xs] };
  };

  const mlp = nn.sequential(nn.dense(16), nn.pointwise(nn.gelu), nn.layerNorm(), nn.dense(3));
  const cnn = nn.sequential(
    nn.conv(4, [3, 3]),
    nn.pointwise(nn.relu),
    nn.maxPool([2, 2]),
    nn.flatten(),
    nn.dense(3),
  );

  const recurrence = (first, rows) =>
    lax.scan(
      (carry, row) => {
        const next = np.tanh(carry.mul(0.5).add(row));
        return [next, next.mul(2)];
      },
      first,
      rows,
    );

  /** Turns until a condition fails, and a branch in each. */
  const halving = (x) =>
    lax.whileLoop(
      (y) => np.max(np.abs(y)).greater(0.01),
      (y) =>
        lax.cond(
          np.sum(y).greater(0),
          (v) => v.mul(0.5),
          (v) => v.mul(-0.25),
          y,
        ),
      x,
    );

  /** What ONNX has no operators for: the model brings them as functions. */
  const likelihood = (x) => {
    const covariance = np.matmul(x.T, x).add(np.eye(8));
    const [, logarithm] = np.linalg.slogdet(covariance);
    return np.sum(np.expm1(np.linalg.solve(covariance, x.at(0).get()))).add(logarithm);
  };

  return {
    "training step of an MLP by Adam": trainingStepOf(mlp, points),
    "gradient of an MLP": gradientOf(mlp, points),
    "gradient of convolution and pooling": gradientOf(cnn, images),
    scan: { f: recurrence, args: [np.zeros([8]), points] },
    "gradient of a scan": {
      f: grad((first, rows) => np.sum(recurrence(first, rows)[1]), { argnums: [0, 1] }),
      args: [np.zeros([8]), points],
    },
    "loop and branch": { f: halving, args: [points] },
    "random bits": { f: (x) => random.bits(random.key(7), x.shape), args: [points] },
    "gradient through factorizations": { f: grad(likelihood), args: [points] },
  };
};

/** How far two arrays are apart, in units of the greatest element that is expected; infinite if they cannot be compared. */
const difference = (got, want) => {
  if (got === undefined || got.dtype !== want.dtype || String(got.shape) !== String(want.shape))
    return Number.POSITIVE_INFINITY;
  const [a, b] = [got.toTypedArray(), want.toTypedArray()];
  const scale = b.reduce((most, y) => Math.max(most, Math.abs(y)), 1e-30);
  const most = b.reduce((sofar, y, i) => {
    const apart = Object.is(a[i], y) ? 0 : Math.abs(a[i] - y);
    return apart <= sofar ? sofar : Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart;
  }, 0);
  return most / scale;
};

/**
 * Runs all programs and says of each how it went, by `print`; gives the number of those that differ.
 *
 * @param built the modules of the package: `cotangent`, `cotangent/optim` and `cotangent/onnx`.
 * @param runtime the module `onnxruntime-web`.
 */
export const compare = async ({ cotangent, optim, onnx }, runtime, print) => {
  const { jit, tree } = cotangent;
  const programs = Object.entries(programsOf(cotangent, optim));
  let failures = 0;
  for (const [name, { f, args }] of programs) {
    const call = await onnx.onnxJit(f, { runtime, intraOpNumThreads: 1 })(...args);
    const got = tree.leaves(await call(...args));
    await call.release();
    const want = tree.leaves(jit(f)(...args));
    const apart =
      got.length === want.length
        ? Math.max(...want.map((x, i) => difference(got[i], x)))
        : Number.POSITIVE_INFINITY;
    const isNear = apart <= TOLERANCE;
    if (!isNear) failures++;
    print(
      `${isNear ? "ok  " : "FAIL"} ${name}: ${want.length} arrays, greatest difference ${apart.toExponential(1)}`,
    );
  }
  print(
    `${programs.length} programs in onnxruntime-web ${runtime.env.versions.web}, ${failures} of them differ`,
  );
  return failures;
};
