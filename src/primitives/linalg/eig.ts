import { ConcreteArray, denseData, type NDArray, sizeOf } from "../../array/index.ts";
import {
  type Aval,
  aval,
  bind,
  DifferentiationError,
  definePrimitive,
  type Params,
  type Primitive,
} from "../../core/index.ts";
import { type BufferSpec, NestBuilder } from "../../kernel/nest.ts";
import { runNest } from "../../kernel/run-nest.ts";
import { scalarTypeOf } from "../../kernel/scalar-type.ts";
import { reduceSum } from "../broadcast.ts";
import { concatenate } from "../concatenate.ts";
import { add } from "../elementwise/add.ts";
import { div, mul, sub } from "../elementwise/arithmetic.ts";
import { eq } from "../elementwise/comparison.ts";
import { convertElementType } from "../elementwise/conversion.ts";
import { iota } from "../iota.ts";
import { argmax } from "../reduction/arg.ts";
import { NOT_LINEAR } from "../rules.ts";
import { buildEig } from "./eig-nest.ts";
import { luFactors } from "./lu.ts";
import {
  asColumns,
  asRows,
  batchMatrices,
  checkSquare,
  cubicWork,
  diagonals,
  drawSeparated,
  identities,
  matrixShape,
  multiplied,
  part,
  rowsAt,
  scaled,
  stackShape,
  transposed,
} from "./matrices.ts";
import { triangularSolve } from "./triangular-solve.ts";

/** Which vectors `eig` gives, and whether they may be differentiated. */
export interface EigParams extends Params {
  readonly left: boolean;
  readonly right: boolean;
  readonly vectorDerivatives: boolean;
}

/** Complex matrices or vectors as pairs of real ones. */
interface Pair {
  readonly re: NDArray;
  readonly im: NDArray;
}

const conjugate = ({ re, im }: Pair): Pair => ({ re, im: scaled(im, -1) });

const product = (x: Pair, y: Pair): Pair => ({
  re: sub(multiplied(x.re, y.re), multiplied(x.im, y.im)),
  im: add(multiplied(x.re, y.im), multiplied(x.im, y.re)),
});

const elementwise = (x: Pair, y: Pair): Pair => ({
  re: sub(mul(x.re, y.re), mul(x.im, y.im)),
  im: add(mul(x.re, y.im), mul(x.im, y.re)),
});

/** V⁻¹ B of complex matrices: (Vr −Vi; Vi Vr) X = (Br; Bi), where rows of reals stand below one another. */
const solved = (v: Pair, b: Pair): Pair => {
  const axis = v.re.shape.length - 2;
  const [n] = matrixShape(v.re);
  const above = concatenate([v.re, scaled(v.im, -1)], axis + 1);
  const below = concatenate([v.im, v.re], axis + 1);
  const [lu, , permutation] = luFactors(concatenate([above, below], axis));
  const rows = rowsAt(concatenate([b.re, b.im], axis), permutation);
  const half = triangularSolve(lu, rows, { lower: true, unitDiagonal: true });
  const x = triangularSolve(lu, half, { lower: false });
  return { re: part(x, [0, n], [0, n]), im: part(x, [n, 2 * n], [0, n]) };
};

/** 1/(w[j] − w[i]) of complex numbers, and 0 on the diagonal. */
const inverseGaps = ({ re, im }: Pair): Pair => {
  const shape = [...re.shape, re.shape.at(-1) as number];
  const one = identities(shape, re.dtype);
  const gaps = {
    re: add(sub(asRows(re, shape), asColumns(re, shape)), one),
    im: sub(asRows(im, shape), asColumns(im, shape)),
  };
  const squares = add(mul(gaps.re, gaps.re), mul(gaps.im, gaps.im));
  return { re: sub(div(gaps.re, squares), one), im: div(scaled(gaps.im, -1), squares) };
};

/** Sums over the rows of matrices, in each place of a column. */
const columnSums = (x: NDArray): NDArray => {
  const axis = x.shape.length - 2;
  return asRows(reduceSum(x, [axis]), x.shape);
};

/**
 * The tangents of eigenvalues and vectors of norm 1 whose greatest element is real. With U = V(F ∘ V⁻¹ Ȧ V), the tangent of
 * vector j is u + c v, where c makes that of its norm and that of the imaginary part of its greatest element 0.
 */
const tangentsOf = (w: Pair, v: Pair, dotA: NDArray): { readonly w: Pair; readonly v: Pair } => {
  const image = { re: multiplied(dotA, v.re), im: multiplied(dotA, v.im) };
  const p = solved(v, image);
  const u = product(v, elementwise(inverseGaps(w), p));
  const rank = v.re.shape.length;
  const [n] = matrixShape(v.re);
  const along = columnSums(add(mul(v.re, u.re), mul(v.im, u.im)));
  const sizes = add(mul(v.re, v.re), mul(v.im, v.im));
  const greatest = n === 0 ? reduceSum(sizes, [rank - 2]) : argmax(sizes, rank - 2);
  const rows = iota(v.re.shape, "int32", rank - 2);
  const isGreatest = eq(rows, convertElementType(asRows(greatest, v.re.shape), "int32"));
  const mask = convertElementType(isGreatest, v.re.dtype);
  const turn = div(columnSums(mul(mask, u.im)), columnSums(mul(mask, v.re)));
  const change = elementwise({ re: scaled(along, -1), im: scaled(turn, -1) }, v);
  return {
    w: { re: diagonals(p.re), im: diagonals(p.im) },
    v: { re: add(u.re, change.re), im: add(u.im, change.im) },
  };
};

const buildFor = (nest: NestBuilder, { left, right }: EigParams, a: Aval): void => {
  buildEig(nest, sizeOf(stackShape(a)), matrixShape(a)[0], { left, right });
};

const specOf = ({ dtype, shape }: Aval): BufferSpec => ({ type: scalarTypeOf(dtype), size: sizeOf(shape) });

/**
 * Eigenvalues of square matrices of reals, real and imaginary parts [..., n], then, as far as wanted, real and imaginary
 * parts of the left eigenvectors, uᴴ A = λ uᴴ, and of the right ones, A v = λ v, the columns of [..., n, n]. Vectors have
 * norm 1; of a complex one the greatest element is real and positive, of a real one the first element that is not small
 * beside the others is positive. Real parts increase, and of a pair of complex eigenvalues that with the positive imaginary
 * part comes first. Elements that are not finite, and a matrix whose eigenvalues are not found in 60 steps each, give
 * NaN.
 *
 * The derivative of eigenvalues is ẇ = diag(V⁻¹ Ȧ V), that of vectors V̇ = V(F ∘ V⁻¹ Ȧ V) with F[i, j] = 1/(w[j] − w[i])
 * up to what keeps norms and phases (Giles 2008, section 3.1). Where eigenvalues are equal it is not finite.
 *
 * The reference runs the loops of the compiled form one by one, since another method would put eigenvalues with equal real
 * parts in another order.
 */
export const eigPrimitive: Primitive<EigParams> = definePrimitive<EigParams>({
  name: "eig",
  abstractEval: ([x], { left, right }) => {
    const a = x as Aval;
    checkSquare("eig", a);
    const values = aval(a.shape.slice(0, -1), a.dtype);
    const vectors = aval(a.shape, a.dtype);
    return [values, values, ...(left ? [vectors, vectors] : []), ...(right ? [vectors, vectors] : [])];
  },
  evaluate: (inputs, params, outputs) => {
    const nest = new NestBuilder(inputs.map(specOf), outputs.map(specOf));
    buildFor(nest, params, inputs[0] as Aval);
    const made = runNest(nest.finish(), inputs.map(denseData));
    return outputs.map(
      ({ shape, dtype, weakType }, k) =>
        new ConcreteArray(made[k] as ReturnType<typeof denseData>, shape, dtype, weakType),
    );
  },
  jvp: ([x], [t], { left, right, vectorDerivatives }) => {
    if ((left || right) && !vectorDerivatives) {
      throw new DifferentiationError(
        "eig: the derivative of eigenvectors exists only where all eigenvalues differ and no vector has two elements of " +
          "greatest size, which can't be checked. Say that it is so with lax.linalg.eig(a, { enableEigvecDerivs: true }), " +
          "or differentiate numpy.linalg.eigvals.",
      );
    }
    const [a, dotA] = [x as NDArray, t as NDArray];
    const result = eig(a, { left, right: true, vectorDerivatives: true });
    const [wr, wi] = result as [NDArray, NDArray];
    const pairAt = (at: number): Pair => ({ re: result.at(at) as NDArray, im: result.at(at + 1) as NDArray });
    const w = { re: wr, im: wi };
    const own = tangentsOf(w, pairAt(left ? 4 : 2), dotA);
    const outputs = [wr, wi];
    const tangents = [own.w.re, own.w.im];
    if (left) {
      const other = tangentsOf(conjugate(w), pairAt(2), transposed(dotA));
      outputs.push(...result.slice(2, 4));
      tangents.push(other.v.re, other.v.im);
    }
    if (right) {
      outputs.push(...result.slice(-2));
      tangents.push(own.v.re, own.v.im);
    }
    return { outputs, tangents };
  },
  transpose: { missing: NOT_LINEAR },
  batch: batchMatrices(() => eigPrimitive),
  lowering: {
    kind: "nest",
    build: (nest, params, [a]) => buildFor(nest, params, a as Aval),
    work: ([a]) => 64 * cubicWork(a as Aval),
  },
  args: {
    example: (choose) => {
      return {
        inputs: [drawSeparated(choose)],
        params: { left: choose.bool(), right: choose.bool(), vectorDerivatives: true },
      };
    },
  },
});

/** Eigenvalues and, as far as wanted, left and right eigenvectors of square matrices, in real and imaginary parts. */
export const eig = (a: NDArray, params: EigParams): readonly NDArray[] => bind(eigPrimitive, [a], params);
