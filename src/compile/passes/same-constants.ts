import { ConcreteArray, denseData } from "../../array/index.ts";
import { avalKey, type ClosedJaxpr, type Var } from "../../core/index.ts";
import { constantsOf } from "./pass.ts";

/** Larger constants are not compared. */
const MOST_ELEMENTS = 1024;

/** The bits of a dense array. */
const contentKey = (value: ConcreteArray): string => {
  const data = denseData(value);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).join();
};

/**
 * Constants that are the same as another one before, bit by bit, and that one. A function that is traced twice, as `f` and
 * in `grad(f)`, makes its constants twice.
 */
export const sameConstants = (closed: ClosedJaxpr): Map<Var, Var> => {
  const alike = new Map<string, { readonly variable: Var; readonly value: ConcreteArray }[]>();
  for (const [variable, value] of constantsOf(closed)) {
    if (!(value instanceof ConcreteArray) || value.size > MOST_ELEMENTS) continue;
    const key = avalKey(value);
    const group = alike.get(key);
    if (group === undefined) alike.set(key, [{ variable, value }]);
    else group.push({ variable, value });
  }
  const same = new Map<Var, Var>();
  for (const group of alike.values()) {
    if (group.length === 1) continue;
    const seen = new Map<string, Var>();
    for (const { variable, value } of group) {
      const key = contentKey(value);
      const first = seen.get(key);
      if (first === undefined) seen.set(key, variable);
      else same.set(variable, first);
    }
  }
  return same;
};
