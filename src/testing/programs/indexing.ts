import { ConcreteArray, type NDArray, type Shape, sizeOf } from "../../array/index.ts";
import { cos } from "../../primitives/elementwise/index.ts";
import { dynamicSlice, dynamicUpdateSlice, gather, scatterAdd } from "../../primitives/indexing/index.ts";
import { iota } from "../../primitives/iota.ts";
import { slice } from "../../primitives/padding.ts";
import { range } from "../../primitives/rules.ts";
import { reshape } from "../../primitives/shape.ts";
import { sort } from "../../primitives/sort.ts";
import { bounds } from "./rearranging.ts";
import type { Operation, Scope } from "./scope.ts";

/** Integers of a shape: places that count down, with a repetition. */
const positions = (scope: Scope, shape: Shape): number => {
  const data = Int32Array.from({ length: sizeOf(shape) }, (_, i) => 2 - (i % 3));
  const [place] = scope.emit("positions", [], () => [new ConcreteArray(data, shape, "int32")], {
    bound: 3,
    slope: 0,
  });
  return place as number;
};

const ROWS = {
  collapsedSliceDims: [0],
  startIndexMap: [0],
  operandBatchingDims: [],
  startIndicesBatchingDims: [],
};

/** Rows of a value, named by integers of the program; those outside are clipped. */
const lookingUp: Operation = (scope) => {
  const table = scope.pickFloat(({ shape }) => shape.length > 0 && shape.length < 4 && shape[0] !== 0);
  if (table === undefined) return;
  const indices =
    scope.pick(({ dtype, shape }) => dtype === "int32" && shape.length < 2) ?? positions(scope, [2]);
  const facts = scope.facts(table);
  const lookups = scope.facts(indices).shape;
  const [, ...row] = facts.shape;
  if (!scope.fits([...lookups, ...row])) return;
  const offsetDims = range(row.length).map((axis) => axis + lookups.length);
  const gathered = (x: NDArray, i: NDArray): NDArray =>
    gather(x, reshape(i, [...lookups, 1]), { ...ROWS, offsetDims }, [1, ...row], { mode: "clip" });
  if (scope.choose.bool()) {
    const n = Math.max(1, sizeOf(lookups));
    const dims = {
      updateWindowDims: offsetDims,
      insertedWindowDims: [0],
      scatterDimsToOperandDims: [0],
      operandBatchingDims: [],
      scatterIndicesBatchingDims: [],
    };
    scope.emit(
      "scatterAdd",
      [table, indices],
      (x, i) => [
        scatterAdd(
          x as NDArray,
          reshape(i as NDArray, [...lookups, 1]),
          gathered(x as NDArray, i as NDArray),
          dims,
        ),
      ],
      { bound: facts.bound * (n + 1), slope: facts.slope * (n + 1) },
    );
    return;
  }
  scope.emit("gather", [table, indices], (x, i) => [gathered(x as NDArray, i as NDArray)], bounds(facts));
};

/** A window at a computed place, read, or overwritten by a function of a corner. */
const windowing: Operation = (scope) => {
  const operand = scope.pickFloat(({ shape }) => shape.length > 0);
  if (operand === undefined) return;
  const start =
    scope.pick(({ dtype, shape }) => dtype === "int32" && shape.length === 0) ?? positions(scope, []);
  const facts = scope.facts(operand);
  const sizes = facts.shape.map((n) => scope.choose.int(Math.min(1, n), n));
  const overwrite = scope.choose.bool();
  scope.emit(
    overwrite ? "dynamicUpdateSlice" : "dynamicSlice",
    [operand, start],
    (x, i) => {
      const starts = sizes.map(() => i as NDArray);
      if (!overwrite) return [dynamicSlice(x as NDArray, starts, sizes)];
      const corner = slice(
        x as NDArray,
        sizes.map(() => 0),
        sizes,
      );
      return [dynamicUpdateSlice(x as NDArray, cos(corner), starts)];
    },
    { bound: Math.max(1, facts.bound), slope: facts.slope },
  );
};

/** Positions along an axis. */
const counting: Operation = (scope) => {
  const place = scope.pick(({ shape }) => shape.length > 0);
  if (place === undefined) return;
  const { shape } = scope.facts(place);
  const axis = scope.choose.int(0, shape.length - 1);
  scope.emit("iota", [], () => [iota(shape, "int32", axis)], { bound: 3, slope: 0 });
};

/** A value in the order of integers, which come out sorted too. */
const sorting: Operation = (scope) => {
  const place = scope.pickFloat((x) => x.shape.length > 0);
  if (place === undefined) return;
  const { shape } = scope.facts(place);
  const keys =
    scope.pick((k) => k.dtype === "int32" && k.shape.join() === shape.join()) ?? positions(scope, shape);
  const { bound } = scope.facts(keys);
  const axis = scope.choose.int(0, shape.length - 1);
  scope.emit(
    "sort",
    [keys, place],
    (k, x) => sort([k as NDArray, x as NDArray], axis, 1),
    { bound, slope: 0 },
    bounds(scope.facts(place)),
  );
};

/** Operations where integers say which elements are meant. */
export const INDEXING: readonly Operation[] = [lookingUp, windowing, sorting, counting];
