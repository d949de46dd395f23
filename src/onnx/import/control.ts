import type { NDArray } from "../../array/index.ts";
import * as lax from "../../lax/index.ts";
import * as np from "../../numpy/index.ts";
import type { GraphProto } from "../model.ts";
import type { Operation, Operator } from "./operation.ts";
import { arrayOf, checkSize, type ImportedValue, Known, knownNumbers } from "./value.ts";

const arrays = (values: readonly ImportedValue[]): NDArray[] => values.map(arrayOf);

const conditional: Operator = (op) => {
  const condition = op.value(0);
  const [yes, no] = [op.graph("then_branch"), op.graph("else_branch")];
  const known = knownNumbers(condition)?.[0];
  if (known !== undefined) return op.run(known === 0 ? no : yes, []);
  const branch = (graph: GraphProto) => (): NDArray[] => arrays(op.run(graph, []));
  return lax.cond(arrayOf(condition).reshape([]), branch(yes), branch(no));
};

/** Whether a loop goes on as long as it was told to at first: its body hands the condition on. */
const keepsCondition = ({ nodes, inputs, outputs }: GraphProto): boolean => {
  const given = inputs[1]?.name;
  let name = outputs[0]?.name;
  for (const node of [...nodes].reverse()) {
    if (node.outputs[0] !== name) continue;
    if (node.opType !== "Identity") return false;
    name = node.inputs[0];
  }
  return name === given && name !== undefined;
};

const loop: Operator = (op) => {
  const body = op.graph("body");
  const first = arrays(op.values(2));
  const turns = op.optional(0);
  const condition = op.optional(1);
  const stacked = body.outputs.length - 1 - first.length;
  if (body.inputs.length !== first.length + 2 || stacked < 0 || op.outputCount > first.length + stacked)
    return op.fail("bad-graph", "its body has other inputs or outputs than it is given.");
  const limit = turns === undefined ? undefined : knownNumbers(turns)?.[0];
  const holds = condition === undefined ? 1 : knownNumbers(condition)?.[0];
  if (
    limit !== undefined &&
    holds === 1 &&
    (condition === undefined || keepsCondition(body)) &&
    limit < 2 ** 31
  )
    return counted(op, body, first, Math.max(0, limit));
  if (stacked > 0) return op.fail("unsupported", "it stacks results, and how often it turns is not known.");
  const start = condition === undefined ? np.array(true) : arrayOf(condition).reshape([]);
  const last = turns === undefined || (limit ?? 0) >= 2 ** 31 ? undefined : arrayOf(turns).reshape([]);
  const [, , carry] = lax.whileLoop(
    ([i, goesOn]: readonly [NDArray, NDArray, readonly NDArray[]]) =>
      last === undefined ? goesOn : np.logicalAnd(goesOn, np.less(i, last)),
    ([i, goesOn, values]) => {
      const [next, ...results] = op.run(body, [i, goesOn, ...values]) as [ImportedValue, ...ImportedValue[]];
      return [np.add(i, np.array(1, "int32")), arrayOf(next).reshape([]), arrays(results)] as const;
    },
    [np.array(0, "int32"), start, first] as const,
  );
  return carry;
};

/** A loop with a known number of turns, which has a gradient. */
const counted = (op: Operation, body: GraphProto, first: readonly NDArray[], length: number): NDArray[] => {
  checkSize([length]);
  const goesOn = new Known("bool", [], [1]);
  const [carry, stacks] = lax.scan(
    (values: readonly NDArray[], i: NDArray): [NDArray[], NDArray[]] => {
      const results = arrays(op.run(body, [i, goesOn, ...values]).slice(1));
      return [results.slice(0, values.length), results.slice(values.length)];
    },
    first as NDArray[],
    np.arange(0, length, 1, "int32"),
  );
  return [...(carry as NDArray[]), ...(stacks as NDArray[])];
};

const scan: Operator = (op) => {
  const body = op.graph("body");
  const scanned = op.int("num_scan_inputs") ?? op.fail("bad-attribute", "it needs num_scan_inputs.");
  const all = arrays(op.values());
  const numCarry = all.length - scanned;
  const stacked = body.outputs.length - numCarry;
  if (
    numCarry < 0 ||
    scanned < 1 ||
    stacked < 0 ||
    body.inputs.length !== all.length ||
    op.outputCount > body.outputs.length
  )
    return op.fail("bad-graph", "its body has other inputs or outputs than it is given.");
  for (const name of ["scan_input_axes", "scan_output_axes"])
    if (op.ints(name)?.some((axis) => axis !== 0))
      return op.fail("unsupported", "it must go along the first axis.");
  const directions = (name: string, count: number): boolean[] => {
    const given = op.ints(name) ?? new Array<number>(count).fill(0);
    return Array.from({ length: count }, (_, i) => given[i] === 1);
  };
  const inputs = directions("scan_input_directions", scanned);
  const outputs = directions("scan_output_directions", stacked);
  // All from the last to the first is a loop of ours; else those that are read backwards are turned round.
  const reverse = [...inputs, ...outputs].every((backwards) => backwards);
  const turned = (xs: readonly NDArray[], flags: readonly boolean[]): NDArray[] =>
    xs.map((x, i) => (flags[i] && !reverse ? np.flip(x, 0) : x));
  const [carry, stacks] = lax.scan(
    (values: readonly NDArray[], slices: readonly NDArray[]): [NDArray[], NDArray[]] => {
      const results = arrays(op.run(body, [...values, ...slices]));
      return [results.slice(0, numCarry), results.slice(numCarry)];
    },
    all.slice(0, numCarry),
    turned(all.slice(numCarry), inputs),
    { reverse },
  );
  return [...(carry as NDArray[]), ...turned(stacks as NDArray[], outputs)];
};

/** Operators with graphs inside. */
export const CONTROL: { readonly [opType: string]: Operator } = { If: conditional, Loop: loop, Scan: scan };
