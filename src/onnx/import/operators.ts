import { FUNCTION_DOMAIN, type NodeProto } from "../model.ts";
import { CONTROL } from "./control.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { FUNCTION_OPERATORS } from "./functions.ts";
import { INDEXING_OPERATORS } from "./indexing.ts";
import { NETWORK } from "./network.ts";
import type { Operator } from "./operation.ts";
import { REDUCTIONS } from "./reductions.ts";
import { SHAPE_OPERATORS } from "./shape.ts";

const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  [CONTROL, ELEMENTWISE, INDEXING_OPERATORS, NETWORK, REDUCTIONS, SHAPE_OPERATORS].flatMap((table) =>
    Object.entries(table),
  ),
);

/** The names of the standard operators that are read. */
export const operatorNames = (): readonly string[] => [...OPERATORS.keys()].sort();

/** What a node does, if it is one of the standard operators that are read, or a function that the export has written. */
export const operatorOf = ({ domain, opType }: NodeProto): Operator | undefined => {
  if (domain === "") return OPERATORS.get(opType);
  return domain === FUNCTION_DOMAIN ? FUNCTION_OPERATORS.get(opType) : undefined;
};
