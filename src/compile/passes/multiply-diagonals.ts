import { type Atom, NO_PARAMS } from "../../core/index.ts";
import { broadcastInDimPrimitive, reduceSumPrimitive } from "../../primitives/broadcast.ts";
import { type DotGeneralParams, dotGeneralPrimitive } from "../../primitives/dot.ts";
import { addPrimitive } from "../../primitives/elementwise/add.ts";
import { mulPrimitive, negPrimitive } from "../../primitives/elementwise/arithmetic.ts";
import { eqPrimitive } from "../../primitives/elementwise/comparison.ts";
import { convertElementTypePrimitive } from "../../primitives/elementwise/conversion.ts";
import { iotaPrimitive } from "../../primitives/iota.ts";
import { type PaddingDimension, padPrimitive, slicePrimitive } from "../../primitives/padding.ts";
import { range } from "../../primitives/rules.ts";
import { broadcast, transpose } from "./emit.ts";
import type { Pass } from "./pass.ts";
import { on, type Rewriter, type RuleEntry, Rules, rewriteWith, type Site } from "./rewrite.ts";

/*
 * Jacobians are derivatives along all unit vectors at once, which are the rows of an identity matrix; what elementwise
 * functions make of it is diagonal. A product with a diagonal matrix takes n times less work than one with any matrix.
 */

/** Units: a matrix of zeros with a 1 in each column, at row `offset` + column. */
interface Units {
  readonly matrix: Atom;
  /** The axis of rows and the axis of columns: 0 and 1, or 1 and 0. */
  readonly rows: number;
  readonly columns: number;
  readonly offset: number;
}

/** A matrix of units each multiplied with the element of its column of `scale`: a vector, a scalar, or 1 if left out. */
interface Diagonal extends Units {
  readonly scale: Atom | undefined;
  /** How many equations are spared if this matrix is not needed. */
  readonly cost: number;
}

/** The axis along which `atom` counts, and from where. */
const countOf = (
  program: Rewriter,
  atom: Atom,
): { readonly axis: number; readonly offset: number } | undefined => {
  const sum = program.madeBy(atom, addPrimitive)?.inputs ?? [];
  const offset = sum.map((term) => program.numberOf(term)).find((c) => c !== undefined);
  const counting = sum.find((term) => program.numberOf(term) === undefined);
  const iota = program.madeBy(
    offset === undefined || counting === undefined ? atom : counting,
    iotaPrimitive,
  );
  return iota && { axis: iota.params.dimension, offset: offset ?? 0 };
};

const unitsOf = (program: Rewriter, atom: Atom): Units | undefined => {
  const mask = program.madeBy(atom, convertElementTypePrimitive)?.inputs[0];
  const sides = mask && program.madeBy(mask, eqPrimitive)?.inputs;
  const { shape } = atom.aval;
  if (sides === undefined || shape.length !== 2 || atom.aval.dtype === "bool") return undefined;
  const [a, b] = sides.map((side) => countOf(program, side));
  if (a === undefined || b === undefined || a.axis === b.axis) return undefined;
  const [row, column] = a.offset === 0 ? [a, b] : [b, a];
  if (row.offset !== 0 || column.offset < 0) return undefined;
  const fits = column.offset + (shape[column.axis] as number) <= (shape[row.axis] as number);
  // Of two counts from 0, the longer one counts rows.
  if (fits) return { matrix: atom, rows: row.axis, columns: column.axis, offset: column.offset };
  return column.offset === 0 ? { matrix: atom, rows: column.axis, columns: row.axis, offset: 0 } : undefined;
};

/** What the columns of some units are multiplied with, if `atom` does nothing else. */
const scaleOf = (program: Rewriter, { matrix, columns }: Units, atom: Atom): Atom | undefined => {
  if (atom.aval.shape.length === 0) return atom;
  const repeated = program.madeBy(atom, broadcastInDimPrimitive);
  const vector = repeated?.inputs[0];
  // Rows may be multiplied, too, where there are as many: the matrix is square then.
  return vector?.aval.shape.length === 1 && vector.aval.shape[0] === matrix.aval.shape[columns]
    ? vector
    : undefined;
};

const diagonalOf = (program: Rewriter, atom: Atom): Diagonal | undefined => {
  const plain = unitsOf(program, atom);
  if (plain !== undefined) return { ...plain, scale: undefined, cost: 0 };
  const [x, y] = program.madeBy(atom, mulPrimitive)?.inputs ?? [];
  if (x === undefined || y === undefined) return undefined;
  for (const [matrix, factor] of [
    [x, y],
    [y, x],
  ] as const) {
    const units = unitsOf(program, matrix);
    const scale = units && scaleOf(program, units, factor);
    if (units === undefined || scale === undefined) continue;
    return { ...units, scale, cost: program.isUsedHereOnly(factor, [factor]) && factor !== scale ? 2 : 1 };
  }
  return undefined;
};

/** Whether so many equations may come in the place of an application and of a matrix that is an operand of it. */
const isWorth = ({ program, inputs }: Site, operand: Atom, { cost }: Diagonal, added: number): boolean =>
  added <= 1 + (program.isUsedHereOnly(operand, inputs) ? cost : 0);

/** Units multiplied with a vector, an element a column. */
const diagonal = (program: Rewriter, { matrix, columns }: Units, vector: Atom): Atom => {
  const repeated = broadcast(program, vector, { shape: matrix.aval.shape, broadcastDimensions: [columns] });
  return program.emit(mulPrimitive, [matrix, repeated], NO_PARAMS);
};

/** Multiply `x` along `axis` with a scale. */
const scaled = (program: Rewriter, x: Atom, axis: number, scale: Atom | undefined): Atom => {
  if (scale === undefined) return x;
  const isVector = scale.aval.shape.length === 1;
  const factor = isVector
    ? broadcast(program, scale, { shape: x.aval.shape, broadcastDimensions: [axis] })
    : scale;
  return program.emit(mulPrimitive, [x, factor], NO_PARAMS);
};

/** `x`, whose `axis` is that of the columns, put at the rows of the units: zeros elsewhere. */
const atRows = (program: Rewriter, { matrix, rows, columns, offset }: Units, x: Atom, axis: number): Atom => {
  const [total, size] = [matrix.aval.shape[rows] as number, matrix.aval.shape[columns] as number];
  if (total === size) return x;
  const paddingConfig = x.aval.shape.map(
    (_, i): PaddingDimension => (i === axis ? [offset, total - offset - size, 0] : [0, 0, 0]),
  );
  return program.emit(padPrimitive, [x, program.literal(0, x.aval.dtype)], { paddingConfig });
};

/** The part of `x` along `axis` that stands at the rows of the units. */
const fromRows = (program: Rewriter, { matrix, columns, offset }: Units, x: Atom, axis: number): Atom => {
  const size = matrix.aval.shape[columns] as number;
  if (x.aval.shape[axis] === size) return x;
  return program.emit(slicePrimitive, [x], {
    startIndices: x.aval.shape.map((_, i) => (i === axis ? offset : 0)),
    limitIndices: x.aval.shape.map((n, i) => (i === axis ? offset + size : n)),
    strides: x.aval.shape.map(() => 1),
  });
};

/** A product with a diagonal matrix, by `contracted` of its axes and `axis` of the other operand. */
const product = (
  site: Site,
  operand: Atom,
  matrix: Diagonal,
  contracted: number,
  other: Atom,
  axis: number,
  isLeft: boolean,
): Atom | undefined => {
  const { program } = site;
  const rank = other.aval.shape.length;
  const others = range(rank).filter((i) => i !== axis);
  const order = isLeft ? [axis, ...others] : [...others, axis];
  const place = isLeft ? 0 : rank - 1;
  const isMoved = order.some((from, to) => from !== to);
  const isCut = matrix.matrix.aval.shape[0] !== matrix.matrix.aval.shape[1];
  const factors = matrix.scale === undefined ? 0 : matrix.scale.aval.shape.length === 1 && rank > 1 ? 2 : 1;
  if (!isWorth(site, operand, matrix, (isMoved ? 1 : 0) + (isCut ? 1 : 0) + factors)) return undefined;
  const moved = transpose(program, other, order);
  if (contracted === matrix.columns)
    return atRows(program, matrix, scaled(program, moved, place, matrix.scale), place);
  return scaled(program, fromRows(program, matrix, moved, place), place, matrix.scale);
};

const ofDot = (site: Site<DotGeneralParams>, x: Atom, y: Atom): Atom | undefined => {
  const { program, params } = site;
  const { lhsContracting, rhsContracting, lhsBatch } = params.dimensionNumbers;
  if (lhsContracting.length !== 1 || lhsBatch.length > 0) return undefined;
  const [a, b] = [lhsContracting[0] as number, rhsContracting[0] as number];
  if (params.preferredElementType !== undefined && params.preferredElementType !== x.aval.dtype)
    return undefined;
  const left = diagonalOf(program, x);
  const result = left && product(site, x, left, a, y, b, true);
  if (result !== undefined) return result;
  const right = diagonalOf(program, y);
  return right && product(site, y, right, b, x, a, false);
};

/** The rules of `multiplyDiagonals`. */
export const diagonalRules: readonly RuleEntry[] = [
  on(dotGeneralPrimitive, ofDot),
  on(mulPrimitive, (site, x, y) => {
    const { program } = site;
    for (const [matrix, factor] of [
      [x, y],
      [y, x],
    ] as const) {
      const known = diagonalOf(program, matrix);
      const scale = known?.scale && scaleOf(program, known, factor);
      if (known?.scale === undefined || scale === undefined) continue;
      const isVector = known.scale.aval.shape.length + scale.aval.shape.length > 0;
      const spared = factor !== scale && program.isUsedHereOnly(factor, site.inputs) ? 1 : 0;
      if (!isVector || !isWorth(site, matrix, known, 3 - spared)) continue;
      return diagonal(program, known, program.emit(mulPrimitive, [known.scale, scale], NO_PARAMS));
    }
    return undefined;
  }),
  on(negPrimitive, (site, x) => {
    const known = diagonalOf(site.program, x);
    if (known?.scale?.aval.shape.length !== 1 || !isWorth(site, x, known, 3)) return undefined;
    return diagonal(site.program, known, site.program.emit(negPrimitive, [known.scale], NO_PARAMS));
  }),
  on(addPrimitive, (site, x, y) => {
    const { program, inputs } = site;
    const [a, b] = [diagonalOf(program, x), diagonalOf(program, y)];
    if (a?.scale?.aval.shape.length !== 1 || b?.scale?.aval.shape.length !== 1 || a.matrix !== b.matrix)
      return undefined;
    const spared = program.isUsedHereOnly(y, inputs) ? b.cost : 0;
    if (!isWorth(site, x, a, 3 - spared)) return undefined;
    return diagonal(program, a, program.emit(addPrimitive, [a.scale, b.scale], NO_PARAMS));
  }),
  on(reduceSumPrimitive, (site, x) => {
    const { program, params, output } = site;
    const known = params.axes.length === 1 ? diagonalOf(program, x) : undefined;
    if (known === undefined) return undefined;
    const isCut = params.axes[0] === known.columns && x.aval.shape[0] !== x.aval.shape[1];
    const isVector = known.scale?.aval.shape.length === 1;
    if (!isWorth(site, x, known, (isCut ? 1 : 0) + (isVector ? 0 : 1))) return undefined;
    const size = x.aval.shape[known.columns] as number;
    const scale = known.scale ?? program.literal(1, output.dtype);
    const vector = broadcast(program, scale, {
      shape: [size],
      broadcastDimensions: scale.aval.shape.map(() => 0),
    });
    return params.axes[0] === known.rows ? vector : atRows(program, known, vector, 0);
  }),
];

/**
 * Multiply with diagonal matrices, which are identities as Jacobians start from, scaled, by scaling rows. Finite numbers
 * come out the same but for the sign of zeros. Where an operand has infinities or NaN, the whole product would have made
 * NaN of zeros times them; here the other rows are not touched.
 *
 * @example
 * // i = convertElementType (eq (iota 0) (iota 1)); b = dotGeneral i a  →  b is a
 */
export const multiplyDiagonals: Pass = rewriteWith(new Rules(diagonalRules));
