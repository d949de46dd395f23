import { isDType } from "../../array/index.ts";
import { bind, type Params } from "../../core/index.ts";
import { FUNCTIONS, type NamedFunction, type ParamKind } from "../functions.ts";
import type { Operation, Operator } from "./operation.ts";
import { arrayOf } from "./value.ts";

/*
 * Functions that the export has written because ONNX has no operator for a primitive: they are the primitive again.
 */

const paramOf = (op: Operation, name: string, kind: ParamKind): number | boolean | string => {
  if (kind === "int") return op.int(name) ?? op.fail("bad-attribute", `it needs the whole number "${name}".`);
  if (kind === "flag") return op.flag(name);
  const word = op.text(name, "");
  if (kind === "dtype" ? isDType(word) : kind.includes(word)) return word;
  return op.fail("bad-attribute", `"${name}" cannot be "${word.slice(0, 80)}".`);
};

/** A primitive as an operator. What it refuses, it refuses itself. */
const operator =
  ({ primitive, params }: NamedFunction): Operator =>
  (op) => {
    const given = Object.entries(params).map(([name, kind]) => [name, paramOf(op, name, kind)]);
    return bind(primitive, op.values().map(arrayOf), Object.fromEntries(given) as Params);
  };

/** The operators that stand for functions of ours, by name. */
export const FUNCTION_OPERATORS: ReadonlyMap<string, Operator> = new Map(
  [...FUNCTIONS].map(([name, named]) => [name, operator(named)]),
);
