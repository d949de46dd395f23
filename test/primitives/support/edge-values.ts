import {
  allocate,
  ConcreteArray,
  type DType,
  dtypeInfo,
  encodeElement,
  isInteger,
  isUnsigned,
  storedScalar,
} from "../../../src/array/index.ts";

const { POSITIVE_INFINITY: INF, NaN: NAN } = Number;

/** Numbers of every size, with what rounding, parity and the sign of zero depend on. */
const FLOATS: readonly number[] = [
  0, 0.1, 0.25, 0.4999999701976776, 0.5, 0.7, 0.84375, 0.9, 1, 1.25, 1.5, 2, 2.5, 3, 3.7, 5.25, 8.5, 10, 13,
  27.5, 88, 100.5, 170.5, 709, 1024, 16777217, 8388607.5, 1e-3, 1e-6, 1e-12, 1e10, 4e9, 1e15, 3e18, 1e20,
  1e30,
];

const EDGES: { readonly [K in DType]: readonly number[] } = {
  float32: [
    ...FLOATS,
    2 ** -149,
    2 ** -127,
    2 ** -126,
    1 - 2 ** -24,
    1 + 2 ** -23,
    (2 - 2 ** -23) * 2 ** 127,
    INF,
  ],
  float64: [
    ...FLOATS,
    ...[
      2 ** -1074,
      2 ** -1023,
      2 ** -1022,
      1 - 2 ** -53,
      1 + 2 ** -52,
      1e-200,
      1e39,
      1e200,
      Number.MAX_VALUE,
      INF,
    ],
  ],
  int32: [0, 1, 2, 3, 5, 31, 32, 33, 64, 1000, 65535, 65536, 16777217, 1518500250, 2147483647],
  uint32: [
    0, 1, 2, 3, 5, 31, 32, 33, 64, 65535, 65536, 16777217, 2147483647, 2147483648, 4294967294, 4294967295,
  ],
  bool: [0, 1],
  int8: [0, 1, 2, 3, 5, 7, 8, 31, 64, 100, 127],
  uint8: [0, 1, 2, 3, 5, 7, 8, 31, 64, 127, 128, 200, 255],
  int16: [0, 1, 2, 3, 5, 15, 16, 31, 181, 256, 1000, 32767],
  uint16: [0, 1, 2, 3, 5, 15, 16, 31, 255, 256, 32767, 32768, 65535],
  float16: [...FLOATS, 2 ** -24, 2 ** -25, 2 ** -15, 2 ** -14, 1 + 2 ** -10, 1 - 2 ** -11, 65504, 65520, INF],
  bfloat16: [...FLOATS, 2 ** -133, 2 ** -126, 1 + 2 ** -7, 1 - 2 ** -8, (2 - 2 ** -7) * 2 ** 127, INF],
};

/** The values of a dtype where a function may go wrong. */
export const edgeValues = (dtype: DType): readonly number[] => {
  const edges = EDGES[dtype];
  if (isUnsigned(dtype) || dtype === "bool") return edges;
  const both = [...edges, ...edges.map((x) => -x)];
  return isInteger(dtype)
    ? [...both.filter((x) => !Object.is(x, -0)), dtypeInfo(dtype).min]
    : [...both, NAN].map((x) => storedScalar(x, dtype));
};

/** Operands of one length which hold the edge values of their dtypes in all combinations, or in `most` of them. */
export const edgeOperands = (dtypes: readonly DType[], most = 5000): ConcreteArray[] => {
  const values = dtypes.map(edgeValues);
  const all = values.reduce((n, list) => n * list.length, 1);
  const size = Math.min(all, most);
  const columns = dtypes.map((dtype) => allocate(dtype, size));
  for (let i = 0; i < size; i++) {
    // Steps that share no factor with the number of combinations meet every one once.
    let rest = all === size ? i : (i * 7919) % all;
    values.forEach((list, k) => {
      (columns[k] as { [at: number]: number })[i] = encodeElement(
        list[rest % list.length] as number,
        dtypes[k] as DType,
      );
      rest = Math.floor(rest / list.length);
    });
  }
  return columns.map((data, k) => new ConcreteArray(data, [size], dtypes[k] as DType));
};
