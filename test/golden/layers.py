"""Writes layers.json: what Flax's layers and Optax's losses give, with gradients, in float64.

    python -m venv env && env/bin/pip install jax flax optax && env/bin/python -P test/golden/layers.py

`layers` holds calls of layers: arguments, input, parameters (as ours are laid out), output, and the gradients of
sum(output * weights) with respect to the input and the parameters. `losses` holds calls of losses likewise: `argnums`
says which arguments the gradients are of. Integers are written {"int": ...}, booleans {"bool": ...}.
"""

import json
import pathlib

import flax
import flax.linen as fnn
import jax
import jax.numpy as jnp
import numpy as np
import optax

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(7)


def draw(*shape, scale=1.0):
    return np.round(rng.normal(size=shape) * scale, 3)


def plain(x):
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    x = np.asarray(x)
    if x.dtype.kind in "iu":
        return {"int": x.tolist()}
    if x.dtype.kind == "b":
        return {"bool": x.tolist()}
    return json.loads(json.dumps(x.tolist()), parse_float=lambda s: float(f"{float(s):.13g}"))


layers = []


def layer(call, args, module, x, convert=lambda p: p, state=None, apply_kwargs=None, mutable=False, init_args=(), train=None):
    kwargs = apply_kwargs or {}
    variables = module.init(jax.random.key(0), x, *init_args, **kwargs)
    params = jax.tree.map(lambda p: draw(*p.shape, scale=0.5), variables.get("params", {}))
    stats = {"batch_stats": state} if state is not None else {}

    def run(params, x):
        out = module.apply({"params": params, **stats}, x, *init_args, mutable=["batch_stats"] if mutable else False, **kwargs)
        return out if mutable else (out, None)

    y, extra = run(params, x)
    weights = draw(*y.shape)
    is_float = np.asarray(x).dtype.kind == "f"
    argnums = (0, 1) if is_float else (0,)
    grads = jax.grad(lambda p, x: jnp.sum(run(p, x)[0] * weights), argnums)(params, x)
    layers.append({
        "call": call, "args": args, "x": plain(x), "params": plain(convert(params)), "y": plain(y), "weights": plain(weights),
        "gradParams": plain(convert(grads[0])), **({"gradX": plain(grads[1])} if is_float else {}),
        **({"state": plain(state), "training": train, "nextState": plain(extra["batch_stats"] if mutable else state)} if state is not None else {}),
    })


layer("dense", [3], fnn.Dense(3, param_dtype=jnp.float64), draw(2, 4))
layer("dense", [3, {"useBias": False}], fnn.Dense(3, use_bias=False, param_dtype=jnp.float64), draw(2, 2, 4))

CONVS = [
    ([3, [3]], dict(features=3, kernel_size=(3,)), (2, 7, 2)),
    ([2, [2], {"strides": [2], "padding": "VALID", "useBias": False}], dict(features=2, kernel_size=(2,), strides=2, padding="VALID", use_bias=False), (2, 7, 3)),
    ([4, [3, 3]], dict(features=4, kernel_size=(3, 3)), (2, 5, 6, 2)),
    ([4, [3, 2], {"strides": [2, 1], "padding": "VALID"}], dict(features=4, kernel_size=(3, 2), strides=(2, 1), padding="VALID"), (2, 6, 5, 3)),
    ([4, [3, 3], {"kernelDilation": [2, 2]}], dict(features=4, kernel_size=(3, 3), kernel_dilation=2), (1, 7, 7, 2)),
    ([4, [2, 2], {"featureGroupCount": 2}], dict(features=4, kernel_size=(2, 2), feature_group_count=2), (2, 4, 4, 6)),
    ([2, [2, 2], {"padding": [[1, 2], [0, 1]], "inputDilation": [2, 1]}], dict(features=2, kernel_size=(2, 2), padding=((1, 2), (0, 1)), input_dilation=(2, 1)), (1, 3, 4, 2)),
    ([2, [2, 2, 2]], dict(features=2, kernel_size=(2, 2, 2)), (1, 3, 3, 3, 2)),
]
for args, options, shape in CONVS:
    layer("conv", args, fnn.Conv(**options, param_dtype=jnp.float64), draw(*shape))
TRANSPOSED = [
    ([3, [3], {"strides": [2]}], dict(features=3, kernel_size=(3,), strides=(2,)), (2, 4, 2)),
    ([2, [3, 3], {"strides": [2, 2]}], dict(features=2, kernel_size=(3, 3), strides=(2, 2)), (1, 3, 4, 2)),
    ([2, [3, 2], {"strides": [2, 3], "padding": "VALID"}], dict(features=2, kernel_size=(3, 2), strides=(2, 3), padding="VALID"), (1, 3, 3, 2)),
]
for args, options, shape in TRANSPOSED:
    layer("convTranspose", args, fnn.ConvTranspose(**options, param_dtype=jnp.float64), draw(*shape))

layer("embedding", [5, 3], fnn.Embed(5, 3, param_dtype=jnp.float64), np.array([[0, 4, 2], [2, 2, 1]], np.int32), lambda p: {"table": p["embedding"]})
layer("layerNorm", [], fnn.LayerNorm(param_dtype=jnp.float64), draw(2, 3, 5))
layer("layerNorm", [{"useBias": False, "epsilon": 0.01}], fnn.LayerNorm(use_bias=False, epsilon=0.01, param_dtype=jnp.float64), draw(3, 4))
layer("rmsNorm", [], fnn.RMSNorm(param_dtype=jnp.float64), draw(2, 3, 5))
layer("groupNorm", [2], fnn.GroupNorm(num_groups=2, param_dtype=jnp.float64), draw(2, 3, 3, 6))
layer("groupNorm", [3, {"epsilon": 0.1}], fnn.GroupNorm(num_groups=3, epsilon=0.1, param_dtype=jnp.float64), draw(4, 6))
layer("instanceNorm", [], fnn.InstanceNorm(param_dtype=jnp.float64), draw(2, 3, 2, 4))
for shape in [(6, 3), (2, 4, 4, 3)]:
    for training in [True, False]:
        state = {"mean": draw(3), "var": np.abs(draw(3)) + 0.1}
        module = fnn.BatchNorm(use_running_average=not training, momentum=0.9, epsilon=1e-3, param_dtype=jnp.float64)
        layer("batchNorm", [{"momentum": 0.9, "epsilon": 1e-3}], module, draw(*shape), state=state, mutable=training, train=training)


class Pool(fnn.Module):
    f: object

    @fnn.compact
    def __call__(self, x):
        return self.f(x)


POOLS = [
    ("maxPool", [[2, 2]], lambda x: fnn.max_pool(x, (2, 2), strides=(2, 2)), (2, 5, 4, 3)),
    ("maxPool", [[3, 3], {"strides": [1, 2], "padding": "SAME"}], lambda x: fnn.max_pool(x, (3, 3), strides=(1, 2), padding="SAME"), (1, 5, 6, 2)),
    ("avgPool", [[2], {"strides": [1]}], lambda x: fnn.avg_pool(x, (2,), strides=(1,)), (2, 5, 2)),
    ("avgPool", [[3, 3], {"padding": "SAME"}], lambda x: fnn.avg_pool(x, (3, 3), strides=(3, 3), padding="SAME"), (1, 5, 4, 2)),
    ("avgPool", [[3, 3], {"padding": "SAME", "countIncludePad": False}], lambda x: fnn.avg_pool(x, (3, 3), strides=(3, 3), padding="SAME", count_include_pad=False), (1, 5, 4, 2)),
]
for call, args, f, shape in POOLS:
    layer(call, args, Pool(f), draw(*shape), lambda p: {})


def joined(p, gates, hidden_bias):
    def side(prefix, name):
        parts = [p[prefix + g].get(name) for g in gates]
        return None if any(x is None for x in parts) else jnp.concatenate(parts, -1)

    out = {"kernel": side("i", "kernel"), "recurrentKernel": side("h", "kernel")}
    if hidden_bias == "hidden":
        out["bias"] = side("h", "bias")
    else:
        out["bias"] = side("i", "bias")
        out["recurrentBias"] = p["hn"]["bias"]
    return out


recurrent = dict(param_dtype=jnp.float64)
layer("lstm", [3], fnn.RNN(fnn.LSTMCell(3, **recurrent)), draw(2, 4, 2), lambda p: joined(p["cell"], "ifgo", "hidden"))
layer("lstm", [2, {"reverse": True}], fnn.RNN(fnn.LSTMCell(2, **recurrent), reverse=True, keep_order=True), draw(2, 3, 2), lambda p: joined(p["cell"], "ifgo", "hidden"))
layer("gru", [3], fnn.RNN(fnn.GRUCell(3, **recurrent)), draw(2, 4, 2), lambda p: joined(p["cell"], "rzn", "input"))
layer("rnn", [3], fnn.RNN(fnn.SimpleCell(3, **recurrent)), draw(2, 4, 2), lambda p: {"kernel": p["cell"]["i"]["kernel"], "bias": p["cell"]["i"]["bias"], "recurrentKernel": p["cell"]["h"]["kernel"]})


def flat_attention(p):
    out = {}
    for name in ["query", "key", "value"]:
        k, b = p[name]["kernel"], p[name]["bias"]
        out[name] = {"kernel": k.reshape(k.shape[0], -1), "bias": b.reshape(-1)}
    k = p["out"]["kernel"]
    out["out"] = {"kernel": k.reshape(-1, k.shape[-1]), "bias": p["out"]["bias"]}
    return out


class Attention(fnn.Module):
    heads: int
    options: object
    causal: bool = False

    @fnn.compact
    def __call__(self, x):
        mask = fnn.make_causal_mask(x[..., 0]) if self.causal else None
        return fnn.MultiHeadDotProductAttention(num_heads=self.heads, param_dtype=jnp.float64, **self.options, name="attention")(x, x, mask=mask)


layer("multiHeadAttention", [2], Attention(2, {}), draw(2, 3, 4), lambda p: flat_attention(p["attention"]))
layer("multiHeadAttention", [2, {"isCausal": True, "qkvFeatures": 6, "outFeatures": 3}], Attention(2, dict(qkv_features=6, out_features=3), True), draw(2, 4, 5), lambda p: flat_attention(p["attention"]))

losses = []


def loss(call, f, args, argnums=(0,), extra=()):
    """Arguments of ours are `args` and then `extra`; f takes `args` alone."""
    y = f(*args)
    weights = draw(*np.shape(y))
    grads = jax.grad(lambda *a: jnp.sum(f(*a) * weights), argnums)(*args)
    losses.append({
        "call": call, "args": [plain(a) for a in args], "extra": list(extra), "y": plain(y), "weights": plain(weights),
        "argnums": list(argnums), "gradients": [plain(g) for g in grads],
    })


def probabilities(*shape):
    x = np.abs(draw(*shape)) + 0.05
    return np.round(x / x.sum(-1, keepdims=True), 3)


logits, one_hot, ints = draw(4, 5, scale=2), np.eye(5)[[1, 0, 4, 2]], np.array([1, 0, 4, 2], np.int32)
L = optax.losses
loss("softmaxCrossEntropy", L.softmax_cross_entropy, [logits, one_hot], (0, 1))
loss("softmaxCrossEntropy", lambda x, y: L.softmax_cross_entropy(x, L.smooth_labels(y, 0.1)), [logits, one_hot], (0,), [{"labelSmoothing": 0.1}])
loss("softmaxCrossEntropyWithIntegerLabels", L.softmax_cross_entropy_with_integer_labels, [logits, ints])
loss("softmaxCrossEntropyWithIntegerLabels", L.softmax_cross_entropy_with_integer_labels, [draw(2, 3, 4), np.array([[0, 3, 1], [2, 2, 0]], np.int32)])
loss("softmaxCrossEntropyWithIntegerLabels", lambda x, y: L.softmax_cross_entropy(x, L.smooth_labels(jax.nn.one_hot(y, 5), 0.2)), [logits, ints], (0,), [{"labelSmoothing": 0.2}])
loss("sigmoidBinaryCrossEntropy", L.sigmoid_binary_cross_entropy, [draw(3, 4, scale=3), np.array(rng.integers(0, 2, (3, 4)), float)], (0, 1))
loss("smoothLabels", lambda y: L.smooth_labels(y, 0.3), [one_hot], (0,), [0.3])
loss("hinge", L.hinge_loss, [draw(6), np.array([1.0, -1, 1, 1, -1, -1])])
loss("huber", L.huber_loss, [draw(3, 4, scale=2), draw(3, 4)], (0, 1))
loss("huber", lambda x, y: L.huber_loss(x, y, delta=0.5), [draw(6, scale=2), draw(6)], (0, 1), [0.5])
loss("logCosh", L.log_cosh, [draw(3, 4, scale=2), draw(3, 4)], (0, 1))
loss("logCosh", L.log_cosh, [np.array([500.0, -500.0, 0.0]), np.zeros(3)], (0, 1))
loss("squaredError", L.squared_error, [draw(3, 4), draw(3, 4)], (0, 1))
loss("absoluteError", lambda x, y: jnp.abs(x - y), [draw(5), draw(5)], (0, 1))
loss("mse", lambda x, y: jnp.mean((x - y) ** 2), [draw(3, 4), draw(3, 4)], (0, 1))
loss("mae", lambda x, y: jnp.mean(jnp.abs(x - y)), [draw(3, 4), draw(3, 4)], (0, 1))
loss("klDivergence", L.kl_divergence, [np.log(probabilities(3, 4)), np.array([[0.5, 0.5, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25], [1.0, 0.0, 0.0, 0.0]])])
loss("cosineSimilarity", lambda x, y: L.cosine_similarity(x, y, epsilon=1e-8), [draw(3, 4), draw(3, 4)], (0, 1))
loss("cosineDistance", lambda x, y: L.cosine_distance(x, y, epsilon=1e-8), [draw(3, 4), draw(3, 4)], (0, 1))
loss("tripletMargin", L.triplet_margin_loss, [draw(5, 4), draw(5, 4), draw(5, 4)], (0, 1, 2))
loss("tripletMargin", lambda a, p, n: L.triplet_margin_loss(a, p, n, margin=2.0), [draw(5, 4), draw(5, 4), draw(5, 4)], (0, 1, 2), [{"margin": 2}])
loss("poissonNll", lambda x, y: jnp.exp(x) - y * x, [draw(6), np.array([0.0, 1, 2, 3, 1, 7])])
loss("poissonNll", lambda x, y: x - y * jnp.log(x + 1e-8) + jax.scipy.special.gammaln(y + 1), [np.abs(draw(6)) + 0.1, np.array([0.0, 1, 2, 3, 1, 7])], (0,), [{"logInput": False, "full": True}])
b, t, k, n = 3, 7, 5, 3
logit_paddings = np.zeros((b, t)); logit_paddings[1, 5:] = 1; logit_paddings[2, 4:] = 1
labels = np.array([[1, 2, 2], [3, 1, 0], [4, 0, 0]], np.int32)
label_paddings = np.array([[0.0, 0, 0], [0, 0, 1], [0, 1, 1]])
loss("ctc", L.ctc_loss, [draw(b, t, k), logit_paddings, labels, label_paddings])
loss("ctc", lambda *a: L.ctc_loss(*a, blank_id=4), [draw(b, t, k), logit_paddings, np.array([[1, 2, 2], [3, 1, 0], [2, 0, 0]], np.int32), label_paddings], (0,), [{"blankId": 4}])

out = {"versions": {"jax": jax.__version__, "flax": flax.__version__, "optax": optax.__version__}, "layers": layers, "losses": losses}
rows = lambda cases: "[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]"
text = '{"versions":' + json.dumps(out["versions"]) + ',\n"layers":' + rows(layers) + ',\n"losses":' + rows(losses) + "}\n"
pathlib.Path(__file__).with_name("layers.json").write_text(text)
print(len(layers), len(losses), len(text))
