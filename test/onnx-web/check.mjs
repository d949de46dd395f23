/**
 * Programs run by onnxruntime-web, in Node, beside our own closures: exit code 1 if one differs.
 *
 *     npm run onnx:web
 *
 * The specifiers are computed, because neither the runtime, which this folder's own lockfile installs, nor the built
 * package need be there when the imports of the project are checked.
 */
const load = (specifier) => import(specifier);
const built = (path) => new URL(`../../dist/${path}`, import.meta.url).href;

const { grad, jit, lax, nn, numpy: np, random } = await load(built("index.js"));
const { onnxJit } = await load(built("onnx/index.js"));
const runtime = await load("onnxruntime-web");

/** Of float32, relative to the greatest element: sums go in another order. */
const TOLERANCE = 1e-5;

const key = random.key(0);
const points = random.normal(key, [32, 8]);
const images = random.normal(key, [4, 8, 8, 1]);

/** The gradient of a classifier's loss in its parameters. */
const gradientOf = (layers, xs) => {
  const params = layers.init(random.key(1), xs.shape);
  const labels = np.remainder(np.arange(xs.shape[0]), 3);
  const loss = (ps, x) => nn.losses.softmaxCrossEntropyWithIntegerLabels(layers.apply(ps, x), labels).mean();
  return { f: grad(loss), args: [params, xs] };
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

const PROGRAMS = {
  "gradient of an MLP": gradientOf(mlp, points),
  "gradient of convolution and pooling": gradientOf(cnn, images),
  scan: { f: recurrence, args: [np.zeros([8]), points] },
  "gradient of a scan": {
    f: grad((first, rows) => np.sum(recurrence(first, rows)[1]), { argnums: [0, 1] }),
    args: [np.zeros([8]), points],
  },
  "loop and branch": { f: halving, args: [points] },
  "random bits": { f: (x) => random.bits(random.key(7), x.shape), args: [points] },
};

const arraysIn = (tree) => {
  if (tree === null) return [];
  return typeof tree.toTypedArray === "function" ? [tree] : Object.values(tree).flatMap(arraysIn);
};

/** How far two arrays are apart, in units of the greatest element that is expected; infinite if they cannot be compared. */
const difference = (got, want) => {
  if (got.dtype !== want.dtype || String(got.shape) !== String(want.shape)) return Number.POSITIVE_INFINITY;
  const [a, b] = [got.toTypedArray(), want.toTypedArray()];
  const scale = b.reduce((most, y) => Math.max(most, Math.abs(y)), 1e-30);
  const most = b.reduce((sofar, y, i) => {
    const apart = Object.is(a[i], y) ? 0 : Math.abs(a[i] - y);
    return apart <= sofar ? sofar : Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart;
  }, 0);
  return most / scale;
};

let failures = 0;
for (const [name, { f, args }] of Object.entries(PROGRAMS)) {
  const call = await onnxJit(f, { runtime, intraOpNumThreads: 1 })(...args);
  const got = arraysIn(await call(...args));
  await call.release();
  const want = arraysIn(jit(f)(...args));
  const apart =
    got.length === want.length
      ? Math.max(...want.map((x, i) => difference(got[i], x)))
      : Number.POSITIVE_INFINITY;
  const isNear = apart <= TOLERANCE;
  if (!isNear) failures++;
  console.log(
    `${isNear ? "ok  " : "FAIL"} ${name}: ${want.length} arrays, greatest difference ${apart.toExponential(1)}`,
  );
}

console.log(`${Object.keys(PROGRAMS).length} programs in onnxruntime-web ${runtime.env.versions.web}`);
process.exit(failures === 0 ? 0 : 1);
