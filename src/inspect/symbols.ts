import type { Equation } from "../core/index.ts";

/** The signs that operations have on paper. Others are called by their names. */
const SYMBOLS: Readonly<Record<string, string>> = {
  add: "+",
  sub: "−",
  mul: "×",
  div: "÷",
  neg: "−( )",
  pow: "xʸ",
  square: "x²",
  sqrt: "√",
  dotGeneral: "·",
  logistic: "σ",
  reduceSum: "Σ",
  reduceProd: "Π",
  reduceMax: "max",
  reduceMin: "min",
  transpose: "ᵀ",
  abs: "|x|",
  exp: "exp",
  log: "log",
  eq: "=",
  ne: "≠",
  lt: "<",
  le: "≤",
  gt: ">",
  ge: "≥",
  and: "∧",
  or: "∨",
  not: "¬",
  selectN: "select",
  broadcastInDim: "broadcast",
  convertElementType: "convert",
};

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

const superscript = (n: number): string =>
  (n < 0 ? "⁻" : "") + [...String(Math.abs(n))].map((d) => SUPERSCRIPTS[Number(d)] ?? d).join("");

/** The name that a function with a rule of its own was given. */
const calledName = (params: object): string | undefined => {
  if (!("call" in params) || typeof params.call !== "object" || params.call === null) return undefined;
  return "name" in params.call && typeof params.call.name === "string" ? params.call.name : undefined;
};

/** What the operation of an equation is called: the primitive, or the function that has a rule of its own. */
export const operationName = ({ primitive, params }: Equation): string =>
  calledName(params) ?? primitive.name;

/** What stands in the gate of an equation. */
export const gateLabel = ({ primitive, params }: Equation): string => {
  if (primitive.name === "integerPow" && "y" in params) return `x${superscript(Number(params.y))}`;
  return calledName(params) ?? SYMBOLS[primitive.name] ?? primitive.name;
};
