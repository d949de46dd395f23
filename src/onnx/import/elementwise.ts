import { isFloat, isInteger, type NDArray } from "../../array/index.ts";
import * as lax from "../../lax/index.ts";
import * as nn from "../../nn/index.ts";
import * as np from "../../numpy/index.ts";
import { type ElementType, elementTypeOf } from "../model.ts";
import type { Operation, Operator } from "./operation.ts";
import { arrayOf, combineKnown, dtypeFor, type ImportedValue, Known } from "./value.ts";

const unary =
  (f: (x: NDArray) => NDArray): Operator =>
  (op) =>
    f(op.array(0));

/** Operands of one dtype; known whole numbers are worked out at once. */
const binary =
  (
    f: (x: NDArray, y: NDArray) => NDArray,
    known?: (x: number, y: number) => number,
    type: Known["type"] = "int64",
  ): Operator =>
  (op) => {
    const found = known && combineKnown([op.value(0), op.value(1)], type, known);
    if (found !== undefined) return found;
    const [x, y] = op.arrays(0, 2) as [NDArray, NDArray];
    return f(x, y);
  };

const truth = (f: (x: NDArray, y: NDArray) => NDArray, known: (x: number, y: number) => boolean): Operator =>
  binary(f, (x, y) => Number(known(x, y)), "bool");

/** Operands one after another. */
const variadic =
  (f: (x: NDArray, y: NDArray) => NDArray, known?: (...numbers: number[]) => number): Operator =>
  (op) => {
    const found = known && combineKnown(op.values(), "int64", known);
    return found ?? op.arrays().reduce(f);
  };

/** Whole numbers divide towards zero, as in C. */
const divide = (x: NDArray, y: NDArray): NDArray =>
  isInteger(x.dtype) ? lax.div(...spread(x, y)) : np.divide(x, y);

const spread = (x: NDArray, y: NDArray): [NDArray, NDArray] => {
  const [a, b] = np.broadcastArrays(x, y) as [NDArray, NDArray];
  return [a, b];
};

const modulo: Operator = (op) => {
  const isTruncated = op.flag("fmod");
  const rest = isTruncated
    ? (x: number, y: number) => x % y
    : (x: number, y: number) => x - Math.floor(x / y) * y;
  return (
    combineKnown([op.value(0), op.value(1)], "int64", rest) ??
    (([x, y]) =>
      isTruncated
        ? lax.rem(...spread(x as NDArray, y as NDArray))
        : np.remainder(x as NDArray, y as NDArray))(op.arrays(0, 2))
  );
};

const cast = (op: Operation, number: number | undefined) => {
  const type = number === undefined ? undefined : elementTypeOf(number);
  if (type === undefined) return op.fail("bad-attribute", `there is no element type ${number}.`);
  return convert(op.value(0), type);
};

const convert = (x: ImportedValue, type: ElementType): ImportedValue => {
  if (x instanceof Known) {
    if (type === "int64") return new Known("int64", x.shape, x.values);
    if (type === "bool")
      return new Known(
        "bool",
        x.shape,
        x.values.map((n) => Number(n !== 0)),
      );
  }
  return arrayOf(x).astype(dtypeFor(type));
};

const bits: Operator = (op) => {
  const type = elementTypeOf(op.int("to", 0));
  const x = op.array(0);
  if (type === undefined || type === "int64" || type === "uint64" || type === "string")
    return op.fail("unsupported", "there are no arrays of 64-bit integers.");
  return lax.bitcastConvertType(x, type);
};

const shift: Operator = (op) => {
  const direction = op.text("direction", "");
  const [x, y] = spread(...(op.arrays(0, 2) as [NDArray, NDArray]));
  if (direction === "LEFT") return lax.shiftLeft(x, y);
  if (direction === "RIGHT") return lax.shiftRightLogical(x, y);
  return op.fail("bad-attribute", `the direction must be LEFT or RIGHT; it is "${direction}".`);
};

const clip: Operator = (op) => {
  const x = op.array(0);
  const bound = (i: number, name: string) => {
    const given = op.optional(i);
    return given === undefined ? op.float(name) : arrayOf(given);
  };
  const [low, high] = [bound(1, "min"), bound(2, "max")];
  const raised = low === undefined ? x : np.maximum(x, low);
  return high === undefined ? raised : np.minimum(raised, high);
};

const where: Operator = (op) => {
  const [chooser, first, second] = [op.value(0), op.value(1), op.value(2)];
  if (first instanceof Known && second instanceof Known && first.type === second.type) {
    const known = combineKnown(
      [chooser, first, second],
      first.type,
      (c, x, y) => (c === 0 ? y : x) as number,
    );
    if (known !== undefined) return known;
  }
  const condition = arrayOf(chooser);
  const [yes, no] = op.arrays(1, 2) as [NDArray, NDArray];
  return np.where(condition, yes, no);
};

const gelu: Operator = (op) => {
  const approximate = op.text("approximate", "none");
  if (approximate !== "none" && approximate !== "tanh")
    return op.fail("bad-attribute", `approximate must be none or tanh; it is "${approximate}".`);
  return nn.gelu(op.array(0), { approximate: approximate === "tanh" });
};

const power: Operator = (op) => {
  const x = op.array(0);
  const y = op.array(1);
  return np.power(x, y.dtype === x.dtype ? y : y.astype(x.dtype));
};

const infinite: Operator = (op) => {
  const [negative, positive] = [op.flag("detect_negative", true), op.flag("detect_positive", true)];
  const x = op.array(0);
  const none = np.zeros(x.shape, "bool");
  return np.logicalOr(positive ? np.isposinf(x) : none, negative ? np.isneginf(x) : none);
};

const negated: Operator = (op) =>
  combineKnown([op.value(0)], "bool", (x) => Number(x === 0)) ?? np.logicalNot(op.array(0));

/** Operators that work element by element. */
export const ELEMENTWISE: { readonly [opType: string]: Operator } = {
  Abs: unary(np.abs),
  Acos: unary(np.arccos),
  Acosh: unary(np.arccosh),
  Add: binary(np.add, (x, y) => x + y),
  And: truth(np.logicalAnd, (x, y) => x !== 0 && y !== 0),
  Asin: unary(np.arcsin),
  Asinh: unary(np.arcsinh),
  Atan: unary(np.arctan),
  Atanh: unary(np.arctanh),
  BitCast: bits,
  BitShift: shift,
  BitwiseAnd: binary(np.bitwiseAnd),
  BitwiseNot: unary(np.bitwiseNot),
  BitwiseOr: binary(np.bitwiseOr),
  BitwiseXor: binary(np.bitwiseXor),
  Cast: (op) => {
    // Said of narrow floats alone.
    op.int("saturate");
    op.text("round_mode", "up");
    return cast(op, op.int("to"));
  },
  CastLike: (op) => {
    op.int("saturate");
    op.text("round_mode", "up");
    const like = op.value(1);
    return convert(op.value(0), like instanceof Known ? like.type : like.dtype);
  },
  Ceil: unary(np.ceil),
  Celu: (op) => nn.celu(op.array(0), op.float("alpha", 1)),
  Clip: clip,
  Cos: unary(np.cos),
  Cosh: unary(np.cosh),
  Div: binary(divide, (x, y) => Math.trunc(x / y)),
  Elu: (op) => nn.elu(op.array(0), op.float("alpha", 1)),
  Equal: truth(np.equal, (x, y) => x === y),
  Erf: unary(lax.erf),
  Exp: unary(np.exp),
  Floor: unary(np.floor),
  Gelu: gelu,
  Greater: truth(np.greater, (x, y) => x > y),
  GreaterOrEqual: truth(np.greaterEqual, (x, y) => x >= y),
  HardSigmoid: (op) => {
    const [alpha, beta] = [op.float("alpha", 0.2), op.float("beta", 0.5)];
    return np.clip(np.add(np.multiply(op.array(0), alpha), beta), 0, 1);
  },
  HardSwish: (op) => {
    const x = op.array(0);
    return np.multiply(x, np.clip(np.add(np.divide(x, 6), 0.5), 0, 1));
  },
  IsInf: infinite,
  IsNaN: unary(np.isnan),
  LeakyRelu: (op) => nn.leakyRelu(op.array(0), op.float("alpha", 0.01)),
  Less: truth(np.less, (x, y) => x < y),
  LessOrEqual: truth(np.lessEqual, (x, y) => x <= y),
  Log: unary(np.log),
  Max: variadic(np.maximum, Math.max),
  Mean: (op) => {
    const arrays = op.arrays();
    return np.divide(
      arrays.reduce((x, y) => np.add(x, y)),
      arrays.length,
    );
  },
  Min: variadic(np.minimum, Math.min),
  Mish: unary(nn.mish),
  Mod: modulo,
  Mul: binary(np.multiply, (x, y) => x * y),
  Neg: (op) => combineKnown([op.value(0)], "int64", (x) => -x) ?? np.negative(op.array(0)),
  Not: negated,
  Or: truth(np.logicalOr, (x, y) => x !== 0 || y !== 0),
  Pow: power,
  PRelu: (op) => {
    const [x, slope] = op.arrays(0, 2) as [NDArray, NDArray];
    return np.where(np.less(x, 0), np.multiply(x, slope), x);
  },
  Reciprocal: unary((x) => np.divide(1, x)),
  Relu: unary((x) => np.maximum(x, 0)),
  Round: unary(np.round),
  Selu: (op) => {
    const [alpha, gamma] = [op.float("alpha", 1.6732632423543772), op.float("gamma", 1.0507009873554805)];
    const x = op.array(0);
    const negative = np.multiply(np.expm1(np.minimum(x, 0)), alpha);
    return np.multiply(np.where(np.greater(x, 0), x, negative), gamma);
  },
  Sigmoid: unary(lax.logistic),
  Sign: unary(np.sign),
  Sin: unary(np.sin),
  Sinh: unary(np.sinh),
  Softplus: unary(nn.softplus),
  Softsign: unary(nn.softSign),
  Sqrt: unary(np.sqrt),
  Sub: binary(np.subtract, (x, y) => x - y),
  Sum: variadic(np.add),
  Swish: (op) => {
    const x = op.array(0);
    return np.multiply(x, lax.logistic(np.multiply(x, op.float("alpha", 1))));
  },
  Tan: unary(np.tan),
  Tanh: unary(np.tanh),
  ThresholdedRelu: (op) => {
    const x = op.array(0);
    return np.where(np.greater(x, op.float("alpha", 1)), x, 0);
  },
  Where: where,
  Xor: truth(np.logicalXor, (x, y) => (x !== 0) !== (y !== 0)),
};

/** Whether an array holds floats: what only floats have a meaning for. */
export const requireFloat = (op: Operation, x: NDArray): NDArray =>
  isFloat(x.dtype) ? x : op.fail("bad-operands", `it takes floats; got ${x.dtype}.`);
