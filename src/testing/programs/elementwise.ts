import { isFloat, isInteger, type NDArray, sameShape } from "../../array/index.ts";
import {
  add,
  and,
  asinh,
  atan,
  atan2,
  convertElementType,
  cos,
  div,
  eq,
  erf,
  exp,
  ge,
  integerPow,
  log,
  log1p,
  logistic,
  lt,
  max,
  min,
  mul,
  ne,
  neg,
  not,
  or,
  pow,
  rsqrt,
  select,
  sin,
  sqrt,
  square,
  sub,
  tanh,
} from "../../primitives/elementwise/index.ts";
import { scalarLike } from "../../primitives/rules.ts";
import type { Facts } from "./program.ts";
import type { Operation } from "./scope.ts";

/** A smooth function of one array: its bound where the argument is at most `b`, and its greatest slope there. */
interface Smooth {
  readonly name: string;
  readonly f: (x: NDArray) => NDArray;
  readonly bound: (b: number) => number;
  readonly slope: (b: number) => number;
}

const one = (): number => 1;

const plus = (x: NDArray, c: number): NDArray => add(x, scalarLike(x, c));
const times = (x: NDArray, c: number): NDArray => mul(x, scalarLike(x, c));

/** Between 1 and 2: where logarithms and powers are harmless. */
const positive = (x: NDArray): NDArray => plus(times(tanh(x), 0.5), 1.5);

const SMOOTH: readonly Smooth[] = [
  { name: "neg", f: neg, bound: (b) => b, slope: one },
  { name: "sin", f: sin, bound: one, slope: one },
  { name: "cos", f: cos, bound: one, slope: one },
  { name: "tanh", f: tanh, bound: one, slope: one },
  { name: "logistic", f: logistic, bound: one, slope: () => 0.25 },
  { name: "square", f: square, bound: (b) => b * b, slope: (b) => 2 * b },
  { name: "cube", f: (x) => integerPow(x, 3), bound: (b) => b ** 3, slope: (b) => 3 * b * b },
  { name: "exp∘tanh", f: (x) => exp(tanh(x)), bound: () => Math.E, slope: () => Math.E },
  { name: "log∘positive", f: (x) => log(positive(x)), bound: one, slope: one },
  { name: "log1p∘square", f: (x) => log1p(square(x)), bound: (b) => Math.log1p(b * b), slope: one },
  { name: "√(1+x²)", f: (x) => sqrt(plus(square(x), 1)), bound: (b) => 1 + b, slope: one },
  { name: "1/√(1+x²)", f: (x) => rsqrt(plus(square(x), 1)), bound: one, slope: one },
  { name: "positive⁻²", f: (x) => integerPow(positive(x), -2), bound: one, slope: one },
  { name: "atan", f: atan, bound: () => 1.6, slope: one },
  { name: "asinh", f: asinh, bound: (b) => b, slope: one },
  { name: "erf", f: erf, bound: one, slope: () => 1.2 },
];

const FACTORS = [0.5, -1, 1.5, -0.75];

export const unary: Operation = (scope) => {
  const place = scope.pickFloat();
  if (place === undefined) return;
  const { bound, slope } = scope.facts(place);
  const smooth = scope.choose.pick(SMOOTH);
  scope.emit(smooth.name, [place], (x) => [smooth.f(x as NDArray)], {
    bound: smooth.bound(bound),
    slope: smooth.slope(bound) * slope,
  });
};

export const withConstant: Operation = (scope) => {
  const place = scope.pickFloat();
  if (place === undefined) return;
  const { bound, slope } = scope.facts(place);
  const c = scope.choose.pick(FACTORS);
  const size = Math.abs(c);
  if (scope.choose.bool())
    scope.emit("add", [place], (x) => [plus(x as NDArray, c)], { bound: bound + size, slope });
  else
    scope.emit("mul", [place], (x) => [times(x as NDArray, c)], { bound: bound * size, slope: slope * size });
};

/** Operands that an elementwise primitive takes together: of one dtype, and of one shape or scalars. */
const compatible =
  (a: Facts) =>
  (b: Facts): boolean =>
    b.dtype === a.dtype && (sameShape(a.shape, b.shape) || b.shape.length === 0 || a.shape.length === 0);

interface Binary {
  readonly name: string;
  readonly f: (x: NDArray, y: NDArray) => NDArray;
  readonly bound: (x: Facts, y: Facts) => number;
  readonly slope: (x: Facts, y: Facts) => number;
}

const slopes = (x: Facts, y: Facts): number => x.slope + y.slope;

const BINARY: readonly Binary[] = [
  { name: "add", f: add, bound: (x, y) => x.bound + y.bound, slope: slopes },
  {
    name: "mul",
    f: mul,
    bound: (x, y) => x.bound * y.bound,
    slope: (x, y) => x.bound * y.slope + y.bound * x.slope,
  },
  { name: "sub", f: sub, bound: (x, y) => x.bound + y.bound, slope: slopes },
  {
    name: "x/(1+y²)",
    f: (x, y) => div(x, plus(square(y), 1)),
    bound: (x) => x.bound,
    slope: (x, y) => x.slope + x.bound * y.slope,
  },
  {
    name: "atan2",
    f: (x, y) => atan2(x, plus(square(y), 1)),
    bound: () => 1.6,
    slope: (x, y) => x.slope + 2 * y.bound * y.slope,
  },
  { name: "pow", f: (x, y) => pow(positive(x), sin(y)), bound: () => 2, slope: slopes },
];

export const binary: Operation = (scope) => {
  const left = scope.pickFloat();
  if (left === undefined) return;
  const right = scope.pick(compatible(scope.facts(left))) as number;
  const operation = scope.choose.pick(BINARY);
  const [x, y] = [scope.facts(left), scope.facts(right)];
  scope.emit(operation.name, [left, right], (a, b) => [operation.f(a as NDArray, b as NDArray)], {
    bound: operation.bound(x, y),
    slope: operation.slope(x, y),
  });
};

/** A choice between two values by a boolean, which does not depend on anything that derivatives are taken of. */
export const choice: Operation = (scope) => {
  const left = scope.pickFloat();
  if (left === undefined) return;
  const x = scope.facts(left);
  const right = scope.pick((y) => y.dtype === x.dtype && sameShape(x.shape, y.shape)) as number;
  const predicate = scope.pick(
    (p) => p.dtype === "bool" && (p.shape.length === 0 || sameShape(p.shape, x.shape)),
  );
  if (predicate === undefined) return;
  const y = scope.facts(right);
  scope.emit(
    "select",
    [predicate, left, right],
    (p, a, b) => [select(p as NDArray, a as NDArray, b as NDArray)],
    {
      bound: Math.max(x.bound, y.bound),
      slope: Math.max(x.slope, y.slope),
    },
  );
};

/** Element types that a value may be converted to: floats change only their precision. */
export const conversion: Operation = (scope) => {
  const place = scope.pick(() => true);
  if (place === undefined) return;
  const { dtype, bound, slope } = scope.facts(place);
  const target = scope.choose.pick([...scope.floats, ...(isFloat(dtype) ? [] : (["int32"] as const))]);
  if (target === dtype) return;
  scope.emit("convertElementType", [place], (x) => [convertElementType(x as NDArray, target)], {
    bound: Math.max(1, bound),
    slope,
  });
};

const INTEGER_OPERATIONS = [add, sub, mul, max, min] as const;

export const integers: Operation = (scope) => {
  const left = scope.pick(({ dtype }) => isInteger(dtype));
  if (left === undefined) return;
  const right = scope.pick(compatible(scope.facts(left))) as number;
  const f = scope.choose.pick(INTEGER_OPERATIONS);
  const [x, y] = [scope.facts(left).bound, scope.facts(right).bound];
  scope.emit("integers", [left, right], (a, b) => [f(a as NDArray, b as NDArray)], {
    bound: x * y + x + y,
    slope: 0,
  });
};

/** Between the numbers that inputs may hold, so that no small step crosses it. */
const OFF_GRID = 1 / 128;

/** A boolean from integers, or from inputs whose elements are well away from what they are compared with. */
export const comparison: Operation = (scope) => {
  const { choose } = scope;
  const place = scope.pick(({ dtype }, i) => isInteger(dtype) || (i < scope.gridded && isFloat(dtype)));
  if (place === undefined) return;
  if (!isInteger(scope.facts(place).dtype)) {
    const threshold = choose.int(-1, 1) + OFF_GRID;
    scope.emit("lt", [place], (x) => [lt(x as NDArray, scalarLike(x as NDArray, threshold))], {
      bound: 1,
      slope: 0,
    });
    return;
  }
  const compare = choose.pick([lt, eq, ge, ne]);
  const other = scope.pick(compatible(scope.facts(place))) as number;
  scope.emit("compare", [place, other], (a, b) => [compare(a as NDArray, b as NDArray)], {
    bound: 1,
    slope: 0,
  });
};

export const logic: Operation = (scope) => {
  const left = scope.pick(({ dtype }) => dtype === "bool");
  if (left === undefined) return;
  const bounds = { bound: 1, slope: 0 };
  if (scope.choose.bool()) {
    scope.emit("not", [left], (p) => [not(p as NDArray)], bounds);
    return;
  }
  const right = scope.pick(compatible(scope.facts(left))) as number;
  const f = scope.choose.pick([and, or]);
  scope.emit("logic", [left, right], (p, q) => [f(p as NDArray, q as NDArray)], bounds);
};
