import { ConcreteArray, dtypeInfo } from "../array/index.ts";
import { type Aval, formatAval } from "./aval.ts";
import type { Params } from "./params.ts";
import { formatLocation, type SourceLocation } from "./source.ts";

/*
 * The printer reads jaxprs by their form alone, so that the classes of jaxpr.ts can print themselves with it.
 */
interface Var {
  readonly aval: Aval;
}
interface Literal extends Var {
  readonly value: ConcreteArray;
}
type Atom = Var | Literal;
interface Equation {
  readonly primitive: { readonly name: string; formatParams?(params: Params): readonly string[] };
  readonly inputs: readonly Atom[];
  readonly outputs: readonly Var[];
  readonly params: Params;
  readonly source: SourceLocation | undefined;
}
interface Jaxpr {
  readonly constVars: readonly Var[];
  readonly inputs: readonly Var[];
  readonly equations: readonly Equation[];
  readonly outputs: readonly Atom[];
}
interface ClosedJaxpr {
  readonly jaxpr: Jaxpr;
}

const isLiteral = (atom: Atom): atom is Literal => "value" in atom;
const isJaxpr = (x: object): x is Jaxpr => "equations" in x && "constVars" in x;
const isClosedJaxpr = (x: object): x is ClosedJaxpr =>
  "jaxpr" in x && "consts" in x && typeof x.jaxpr === "object" && x.jaxpr !== null && isJaxpr(x.jaxpr);

/** Options of `formatJaxpr`. */
export interface FormatOptions {
  /** Write the user's file and line behind each equation. */
  readonly source?: boolean;
  /** Print at most this many equations of each jaxpr, the first and the last ones. */
  readonly maxEquations?: number;
}

/** `a`, `b`, …, `z`, `aa`, `ab`, …: the names of variables in order of appearance. */
const variableName = (index: number): string => {
  let name = "";
  for (let i = index; i >= 0; i = Math.floor(i / 26) - 1) name = String.fromCharCode(97 + (i % 26)) + name;
  return name;
};

const formatLiteral = (literal: Literal): string => {
  // The checker prints what breaks its rules.
  if (literal.aval.shape.length > 0) return `…:${formatAval(literal.aval)}`;
  const value = literal.value.item();
  const text =
    typeof value === "number" && dtypeInfo(literal.value.dtype).kind === "float"
      ? floatDigits(value, literal.value.dtype !== "float64")
      : String(value);
  return `${text}:${formatAval(literal.aval)}`;
};

/** A float as Python writes it; one in single precision with the digits that it has, not those of the double. */
const floatDigits = (value: number, single: boolean): string => {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return value.toFixed(1);
  return String(single ? Number(value.toPrecision(8)) : value);
};

/** What is no longer than this stands on one line. */
const WIDTH = 100;

class Printer {
  readonly #names = new Map<Var, string>();
  readonly #options: FormatOptions;

  constructor(options: FormatOptions) {
    this.#options = options;
  }

  name(v: Var): string {
    let name = this.#names.get(v);
    if (name === undefined) {
      name = variableName(this.#names.size);
      this.#names.set(v, name);
    }
    return name;
  }

  binder(v: Var): string {
    return `${this.name(v)}:${formatAval(v.aval)}`;
  }

  atom(atom: Atom): string {
    return isLiteral(atom) ? formatLiteral(atom) : this.name(atom);
  }

  /** On one line if it fits behind `indent`, else with one equation a line. */
  jaxpr(jaxpr: Jaxpr, indent: string): string {
    const consts = jaxpr.constVars.map((v) => this.binder(v)).join(" ");
    const inputs = jaxpr.inputs.map((v) => this.binder(v)).join(" ");
    const head = `{ lambda ${consts}; ${inputs}. let`;
    const inner = `${indent}    `;
    const lines = this.equations(jaxpr.equations, inner);
    const outputs = jaxpr.outputs.map((a) => this.atom(a));
    const tail = `in (${outputs.join(", ")}${outputs.length === 1 ? "," : ""}) }`;
    if (lines.length === 0) return `${head} ${tail}`;
    if (
      this.#options.source !== true &&
      lines.length === jaxpr.equations.length &&
      lines.length <= WIDTH / 8
    ) {
      const line = `${head} ${lines.join("; ")} ${tail}`;
      if (this.#fits(line, indent)) return line;
    }
    return `${head}\n${lines.map((line) => inner + line).join("\n")}\n${indent}  ${tail}`;
  }

  equations(equations: readonly Equation[], indent: string): string[] {
    const most = this.#options.maxEquations ?? Number.POSITIVE_INFINITY;
    // Names follow the order of appearance, also for equations that are not shown.
    const lines = equations.map((e) => this.equation(e, indent));
    if (lines.length <= most) return lines;
    const front = Math.ceil(most / 2);
    const back = lines.length - (most - front);
    return [...lines.slice(0, front), `… ${lines.length - most} more equations …`, ...lines.slice(back)];
  }

  equation(equation: Equation, indent: string): string {
    const outputs = equation.outputs.map((v) => this.binder(v)).join(" ");
    const { primitive } = equation;
    const params = primitive.formatParams?.(equation.params) ?? this.params(equation.params, indent);
    const inputs = equation.inputs.map((a) => ` ${this.atom(a)}`).join("");
    const head = `${outputs === "" ? "" : `${outputs} = `}${primitive.name}`;
    const line = `${head}${params.length === 0 ? "" : `[${params.join(" ")}]`}${inputs}`;
    const spread = params.map((p) => `${indent}  ${p}\n`).join("");
    const text =
      params.length === 0 || this.#fits(line, indent) ? line : `${head}[\n${spread}${indent}]${inputs}`;
    const source = this.#options.source === true ? equation.source : undefined;
    return source === undefined ? text : `${text}  # ${formatLocation(source)}`;
  }

  #fits(text: string, indent: string): boolean {
    return indent.length + text.length <= WIDTH && !text.includes("\n");
  }

  /** `key=value` for each parameter in alphabetical order, jaxprs last. */
  params(params: object, indent: string): string[] {
    const texts = Object.entries(params).flatMap(([key, value]) => {
      const text = this.param(value, `${indent}  `);
      return text === undefined ? [] : [{ key, text, isLong: text.includes("{ lambda") }];
    });
    texts.sort((a, b) => Number(a.isLong) - Number(b.isLong) || (a.key < b.key ? -1 : 1));
    return texts.map(({ key, text }) => `${key}=${text}`);
  }

  param(value: unknown, indent: string): string | undefined {
    if (value instanceof ConcreteArray) return `${dtypeInfo(value.dtype).short}[${value.shape.join(",")}]`;
    if (value === undefined || typeof value === "function") return undefined;
    if (Array.isArray(value)) {
      const items = value.map((item) => this.param(item, `${indent}  `) ?? "…");
      return `(${items.join(", ")}${items.length === 1 ? "," : ""})`;
    }
    if (value === null) return "none";
    if (typeof value === "object") {
      if (isClosedJaxpr(value)) return this.jaxpr(value.jaxpr, indent);
      if (isJaxpr(value)) return this.jaxpr(value, indent);
      if ("name" in value && typeof value.name === "string") return value.name;
      return `{${Object.entries(value)
        .map(([k, v]) => `${k}: ${this.param(v, indent) ?? "…"}`)
        .join(", ")}}`;
    }
    return String(value);
  }
}

/**
 * A jaxpr in JAX's notation. Variables are named in order of appearance.
 *
 * @example
 * core.formatJaxpr(makeJaxpr((x: NDArray) => np.sin(x))(1));
 * // "{ lambda ; a:f32[]. let b:f32[] = sin a in (b,) }"
 */
export const formatJaxpr = (jaxpr: Jaxpr | ClosedJaxpr, options: FormatOptions = {}): string =>
  new Printer(options).jaxpr(isJaxpr(jaxpr) ? jaxpr : jaxpr.jaxpr, "");

/**
 * One equation in JAX's notation.
 *
 * @example
 * core.formatEquation(makeJaxpr((x: NDArray) => np.sin(x))(1).jaxpr.equations[0]!); // "a:f32[] = sin b"
 */
export const formatEquation = (equation: Equation): string => new Printer({}).equation(equation, "");
