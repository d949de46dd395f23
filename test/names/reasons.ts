/*
 * What the table of names cannot find out by itself: names of JAX that we have under another name, and why we have not
 * got the others. A reason for a name that is ours by now is not used.
 */

/** Dtypes, which are strings here. */
export const DTYPES: readonly string[] = ["float32", "float64", "int32", "uint32"];

/** Where a name of JAX stands here, from the public face; the table has a gap if it does not. */
export const ELSEWHERE: { readonly [name: string]: string } = {
  "jax.lax.axis_index": "axisIndex",
  "jax.lax.axis_size": "axisSize",
  "jax.lax.pmean": "pmean",
  "jax.lax.psum": "psum",
  "jax.lax.stop_gradient": "stopGradient",
  "jax.numpy.ndarray": "NDArray",
  "jax.numpy.bool_": "numpy.bool",
  "jax.numpy.single": "numpy.float32",
  "jax.numpy.double": "numpy.float64",
  "jax.random.PRNGKey": "random.key",
};

/** Why some names of JAX are not here. */
export interface Reason {
  readonly why: string;
  /** Whether it is the reason for a name, given in full ("jax.lax.add_p"). */
  applies(name: string): boolean;
}

/** A reason for names of one namespace, separated by spaces. */
const because = (why: string, namespace: string, names: string): Reason => {
  const listed = new Set(names.split(/\s+/).map((name) => `${namespace}.${name}`));
  return { why, applies: (name) => listed.has(name) };
};

const COMPLEX = "complex numbers are pairs of real arrays here (`numpy.complex`, docs/architecture.md)";
const DEVICES = "there is one device, which runs one program at a time";
const DTYPE = "there is no such dtype here: none of 64-bit integers, and none of less than 8 bits";
const FILES =
  "arrays come from and go to typed arrays (`numpy.array`, `toTypedArray`); files are the program's business";
const PRINTING = "`String(x)` prints an array, in one form";
const WANTED = "not yet";

/** The first that applies is the reason. */
export const REASONS: readonly Reason[] = [
  {
    why: "JAX's records of primitives; ours are in `src/primitives`, `core` has what a transform of one's own needs",
    applies: (name) => name.endsWith("_p"),
  },
  because(
    COMPLEX,
    "jax.numpy",
    "ComplexWarning angle cdouble complex128 complex64 complex_ complexfloating conj conjugate csingle imag iscomplex " +
      "iscomplexobj isreal isrealobj real sort_complex",
  ),
  because(COMPLEX, "jax.lax", "complex conj imag real fft"),
  because(COMPLEX, "jax.scipy.special", "sph_harm_y wofz loggamma"),
  because(
    DTYPE,
    "jax.numpy",
    "character flexible float4_e2m1fn float6_e2m3fn float6_e3m2fn float8_e3m4 float8_e4m3 float8_e4m3b11fnuz " +
      "float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu int1 int2 int4 int64 object_ uint1 uint2 " +
      "uint4 uint64",
  ),
  because(
    "dtypes are strings; kinds of them are asked for with `numpy.issubdtype`",
    "jax.numpy",
    "dtype float_ floating generic inexact int_ integer number signedinteger uint unsignedinteger bool_ double single",
  ),
  because(
    FILES,
    "jax.numpy",
    "from_dlpack frombuffer fromfile fromiter fromstring load save savez packbits unpackbits",
  ),
  because(PRINTING, "jax.numpy", "array_repr array_str get_printoptions printoptions set_printoptions"),
  because(
    "Python's square brackets; here `numpy.slice`, `x.at(…)`, `numpy.arange` and `numpy.meshgrid`",
    "jax.numpy",
    "c_ index_exp ix_ mgrid ogrid r_ s_",
  ),
  because(
    "arrays are immutable: `x.at(…).set(…)`, or `numpy.where`, gives a changed copy",
    "jax.numpy",
    "place put",
  ),
  because(
    "there are no ufunc objects: `vmap` and `numpy.vectorize` map functions",
    "jax.numpy",
    "frompyfunc ufunc iterable",
  ),
  because("`numpy.moveaxis` says what it means", "jax.numpy", "rollaxis"),
  because(
    "types and enumerations of Python's interface; options are strings and objects here",
    "jax.lax",
    "AccuracyMode ConvDimensionNumbers ConvGeneralDilatedDimensionNumbers DotAlgorithm DotAlgorithmPreset " +
      "DotDimensionNumbers FftType GatherDimensionNumbers GatherScatterMode Precision PrecisionLike " +
      "RaggedDotDimensionNumbers RandomAlgorithm RoundingMethod ScatterDimensionNumbers Tolerance dtype",
  ),
  because(
    "types and enumerations of Python's interface; options are strings and objects here",
    "jax.lax.linalg",
    "EigImplementation EighImplementation SvdAlgorithm",
  ),
  because("a type of Python's interface", "jax.nn.initializers", "Initializer"),
  because(
    DEVICES,
    "jax.lax",
    "after_all create_token optimization_barrier pbroadcast pcast platform_dependent " +
      "precv psend ragged_all_to_all shape_as_value stage " +
      "with_sharding_constraint composite dce_sink",
  ),
  because(
    "a helper of JAX's own implementation",
    "jax.lax",
    "broadcast_like broadcast_to_rank conv_general_permutations conv_general_shape_tuple conv_shape_tuple " +
      "conv_transpose_shape_tuple conv_dimension_numbers index_take padtype_to_pads reduce_window_shape_tuple empty",
  ),
  because("an approximation for accelerators; `lax.topK` is exact", "jax.lax", "approx_max_k approx_min_k"),
  because(
    "bits come from `random.bits`, which is JAX's default generator",
    "jax.lax",
    "rng_bit_generator rng_uniform",
  ),
  because(
    "keys are arrays, uint32[2], of one generator: nothing wraps them",
    "jax.random",
    "clone key_data key_dtype key_impl wrap_key_data",
  ),
  because(
    "a product of formats for accelerators",
    "jax.nn",
    "get_scaled_dot_general_config scaled_dot_general scaled_matmul",
  ),
  because("a product of formats for accelerators", "jax.lax", "scaled_dot"),
  because(
    "numpy has it: `numpy.split`, `numpy.stack`, `numpy.tile`, `numpy.unstack`",
    "jax.lax",
    "split stack tile unstack",
  ),
  because(
    "`numpy` has it",
    "jax.numpy.linalg",
    "cross diagonal matmul matrix_transpose outer tensordot trace vecdot",
  ),
  because(
    "`nn` has it: `nn.logsumexp`, `nn.softmax`, `nn.logSoftmax`",
    "jax.scipy.special",
    "logsumexp softmax log_softmax",
  ),
  // What nobody has written: said as it is, and no claim that there is a reason against it. Name by name, so that a name
  // that goes missing is a gap and not one more of these.
  because(WANTED, "jax.numpy", "histogramdd"),
  because(
    WANTED,
    "jax.lax",
    "all_gather all_to_all conv_general_dilated_local " +
      "conv_general_dilated_patches mulhi pmax pmin ppermute pshuffle psum_scatter " +
      "pswapaxes ragged_dot ragged_dot_general scatter_apply",
  ),
  because(
    WANTED,
    "jax.lax.linalg",
    "cholesky_update hessenberg householder_product ormqr qdwh schur symmetric_product tridiagonal tridiagonal_solve",
  ),
  because(
    WANTED,
    "jax.scipy.special",
    "bernoulli bessel_jn comb dawsn erfcx exp1 expi expn fresnel hyp1f1 hyp2f1 owens_t sici spence",
  ),
  because(WANTED, "jax.scipy.stats.bernoulli", "ppf"),
  because(WANTED, "jax.scipy.stats.poisson", "entropy"),
];
