import type { ScalarValue } from "../../kernel/expr.ts";
import { formatSplat } from "./literals.ts";
import { formatType, type TensorType, type Value } from "./types.ts";

/** How exact products of floats are on hardware that has faster, less exact ones. */
export type Precision = "DEFAULT" | "HIGH" | "HIGHEST";

/** Constants that stand in one block and may be used in it and in the blocks inside. */
type Constants = Map<string, Value>;

/**
 * Writes operations of a function, one a line. Blocks within blocks see what is outside of them, so constants are written
 * once where they are first used, and again only beside that block.
 */
export class Writer {
  readonly #lines: string[] = [];
  #depth: number;
  #next = 0;
  #constants: readonly Constants[] = [new Map()];

  /** How exact products of floats are, as XLA calls it. */
  readonly precision: Precision;

  /** @param depth how far the lines are moved to the right, in steps. */
  constructor(precision: Precision, depth = 2) {
    this.precision = precision;
    this.#depth = depth;
  }

  /** All lines. */
  text(): string {
    return this.#lines.join("\n");
  }

  /** A line of any text. */
  line(text: string): void {
    this.#lines.push("  ".repeat(this.#depth) + text);
  }

  /** One operation in MLIR's generic form. `properties` is the inside of its dictionary. */
  op(
    name: string,
    operands: readonly Value[],
    results: readonly TensorType[],
    properties = "",
    regions: readonly (() => void)[] = [],
  ): Value[] {
    const head = `${this.#assigned(results)}"${name}"(${operands.map((x) => x.name).join(", ")})`;
    const given = properties === "" ? "" : ` <{${properties}}>`;
    const types = `(${operands.map(formatType).join(", ")}) -> ${formatResults(results)}`;
    if (regions.length === 0) {
      this.line(`${head}${given} : ${types}`);
      return this.#results(results);
    }
    // Regions number their values onwards, so the results are named by the number that they took before.
    const made = this.#results(results);
    this.line(`${head}${given} ({`);
    regions.forEach((write, i) => {
      if (i > 0) this.line("}, {");
      this.#depth++;
      const outer = this.#constants;
      this.#constants = [new Map(), ...outer];
      write();
      this.#constants = outer;
      this.#depth--;
    });
    this.line(`}) : ${types}`);
    return made;
  }

  /** One operation with one result. */
  op1(
    name: string,
    operands: readonly Value[],
    result: TensorType,
    properties = "",
    regions: readonly (() => void)[] = [],
  ): Value {
    return this.op(name, operands, [result], properties, regions)[0] as Value;
  }

  /** An operation whose operands and result have one type, in its short form. */
  same(name: string, operands: readonly Value[], result: TensorType): Value {
    this.line(
      `${this.#assigned([result])}${name} ${operands.map((x) => x.name).join(", ")} : ${formatType(result)}`,
    );
    return this.#results([result])[0] as Value;
  }

  /** A region that sees nothing of what is outside, as those of reductions, sorts and scatters must not. */
  isolated(write: () => void): () => void {
    return () => {
      this.#constants = [new Map()];
      write();
    };
  }

  /** The arguments of a block, which begins here. */
  blockArguments(types: readonly TensorType[]): Value[] {
    const values = types.map((type) => ({ ...type, name: `%${this.#next++}` }));
    this.line(`^bb0(${values.map((x) => `${x.name}: ${formatType(x)}`).join(", ")}):`);
    return values;
  }

  /** The end of a block. */
  return(values: readonly Value[], operation = "stablehlo.return"): void {
    const types = values.length === 0 ? "" : ` ${names(values)} : ${values.map(formatType).join(", ")}`;
    this.line(`${operation}${types}`);
  }

  /** A tensor with one value throughout. */
  splat(value: ScalarValue, type: TensorType): Value {
    return this.constant(formatSplat(value, type.element), type);
  }

  /** A constant by the inside of its `dense<…>`. */
  constant(dense: string, type: TensorType): Value {
    const text = `stablehlo.constant dense<${dense}> : ${formatType(type)}`;
    for (const known of this.#constants) {
      const found = known.get(text);
      if (found !== undefined) return found;
    }
    this.line(`${this.#assigned([type])}${text}`);
    const value = this.#results([type])[0] as Value;
    (this.#constants[0] as Constants).set(text, value);
    return value;
  }

  #assigned(results: readonly TensorType[]): string {
    if (results.length === 0) return "";
    return results.length === 1 ? `%${this.#next} = ` : `%${this.#next}:${results.length} = `;
  }

  #results(results: readonly TensorType[]): Value[] {
    const name = `%${this.#next}`;
    if (results.length > 0) this.#next++;
    return results.map((type, i) => ({ ...type, name: results.length === 1 ? name : `${name}#${i}` }));
  }
}

const names = (values: readonly Value[]): string => values.map((x) => x.name).join(", ");

const formatResults = (results: readonly TensorType[]): string =>
  results.length === 1 ? formatType(results[0] as TensorType) : `(${results.map(formatType).join(", ")})`;
