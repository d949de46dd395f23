import { type ConcreteArray, firstElement, withWeakType } from "../array/index.ts";
import type { ScanLoop } from "../calls/evaluate-scan.ts";
import { ClosedJaxpr, type ConcreteInputs, type Equation } from "../core/index.ts";

/** Runs an inner program; the label says what it is in messages. */
export type RunInner = (closed: ClosedJaxpr, label: string) => (inputs: ConcreteInputs) => ConcreteInputs;

type Evaluate = (inputs: ConcreteInputs, run: RunInner) => ConcreteInputs;

/** How an equation runs the programs that it carries. */
export type InnerPrograms =
  | { readonly kind: "call"; readonly name: string; readonly jaxpr: ClosedJaxpr }
  | { readonly kind: "scan"; readonly loop: ScanLoop }
  | { readonly kind: "while"; readonly evaluate: Evaluate }
  | { readonly kind: "branch"; readonly evaluate: Evaluate };

/** The programs inside an equation, if it is a call, a loop or a branch. */
export const innerPrograms = ({ primitive, params, outputs }: Equation): InnerPrograms | undefined => {
  const { lowering } = primitive;
  const weak = (results: ConcreteInputs): ConcreteInputs =>
    results.map((x, i) => withWeakType(x, outputs[i]?.aval.weakType ?? false));
  switch (lowering?.kind) {
    case "scan": {
      const { body, ...loop } = lowering.describe(params);
      return { kind: "scan", loop: { ...loop, jaxpr: body as ClosedJaxpr } };
    }
    case "while": {
      const { cond, body, condConsts, bodyConsts } = lowering.describe(params);
      return {
        kind: "while",
        evaluate: (inputs, run) => {
          const ofCond = inputs.slice(0, condConsts);
          const ofBody = inputs.slice(condConsts, condConsts + bodyConsts);
          let carry: ConcreteInputs = inputs.slice(condConsts + bodyConsts);
          for (let turn = 0; ; turn++) {
            const label = `turn ${turn} of a while loop`;
            const [goesOn] = run(cond as ClosedJaxpr, label)([...ofCond, ...carry]);
            if (firstElement(goesOn as ConcreteArray) === 0) return weak(carry);
            carry = run(body as ClosedJaxpr, label)([...ofBody, ...carry]);
          }
        },
      };
    }
    case "branch": {
      const { branches } = lowering.describe(params);
      return {
        kind: "branch",
        evaluate: ([index, ...operands], run) => {
          const which = Math.min(Math.max(firstElement(index as ConcreteArray), 0), branches.length - 1);
          return weak(run(branches[which] as ClosedJaxpr, `branch ${which} of a cond`)(operands));
        },
      };
    }
    default: {
      const { jaxpr, name } = params as { readonly jaxpr?: unknown; readonly name?: unknown };
      if (lowering?.kind !== "call" && !primitive.name.startsWith("custom")) return undefined;
      if (!(jaxpr instanceof ClosedJaxpr)) return undefined;
      return {
        kind: "call",
        name: typeof name === "string" ? `${primitive.name} ${name}` : primitive.name,
        jaxpr,
      };
    }
  }
};
