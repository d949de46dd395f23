import {
  abs,
  add,
  and,
  constant,
  div,
  type Expr,
  eq,
  ge,
  gt,
  lt,
  max,
  mul,
  neg,
  not,
  select,
} from "../../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../../kernel/nest.ts";
import { plus } from "../../kernel/strided.ts";
import { balance, isolate } from "./balance-nest.ts";
import { downFrom, forEachMatrix, Matrix, workMatrix } from "./nest-matrix.ts";
import { sortedPlaces } from "./order-nest.ts";
import { setIdentity, signOfRow } from "./reflector-nest.ts";
import { reduceToHessenberg, reduceToSchur, type Schur } from "./schur-nest.ts";
import { type ComplexBuffers, normalize, schurVector } from "./schur-vectors-nest.ts";

/** Which eigenvectors are wanted. */
export interface EigVectors {
  readonly left: boolean;
  readonly right: boolean;
}

/**
 * The loops of `eig`: the matrix is balanced, made a Hessenberg matrix by reflectors, then brought to its real Schur form by
 * QR steps, whose vectors are found by substitution. Left vectors are those of the transpose, whose Schur form is the
 * transpose of T turned round.
 */
export const buildEig = (nest: NestBuilder, count: number, n: number, { left, right }: EigVectors): void => {
  const from = nest.inputs[0] as Buffer;
  const [toReal, toImag, ...toVectors] = nest.outputs as [Buffer, Buffer, ...Buffer[]];
  const { type } = from;
  const vector = (): Buffer => nest.scratch(type, Math.max(1, n));
  const schur = (): Schur => ({
    t: workMatrix(nest, type, n + 2, n + 2),
    zt: workMatrix(nest, type, n + 2, n),
    real: vector(),
    imag: vector(),
  });
  const own = schur();
  const turned = left ? schur() : undefined;
  const scales = vector();
  const [places, columns] = [nest.scratch("i32", Math.max(1, n)), nest.scratch("i32", Math.max(1, n))];
  const x: ComplexBuffers = { re: vector(), im: vector() };
  const v: ComplexBuffers = { re: vector(), im: vector() };
  forEachMatrix(nest, count, (index) => {
    const { t, zt, real, imag } = own;
    const source = new Matrix(nest, from, mul(index, n * n), n);
    const zero = constant(type, 0);
    // Reflectors of the last rows touch zeros behind them.
    nest.for(n + 2, (i) => nest.for(n + 2, (j) => t.store(i, j, zero)));
    nest.for(n + 2, (i) => nest.for(n, (j) => zt.store(i, j, zero)));
    setIdentity(zt, n, n);
    const { scale, hasNumbers } = scaleOf(nest, source, n);
    const isDone = nest.variable("bool", hasNumbers);
    nest.for(n, (i) => nest.for(n, (j) => t.store(i, j, div(source.load(i, j), scale))));
    nest.for(n, (i) => {
      nest.store(real, i, zero);
      nest.store(imag, i, zero);
      nest.store(scales, i, 1);
    });
    nest.if(hasNumbers, () => {
      balance(nest, t, scales, n);
      isolate(nest, t, zt, n);
      reduceToHessenberg(nest, n, own);
      isDone.set(reduceToSchur(nest, n, own));
    });
    sortedPlaces(nest, real, places, n, lt);
    nest.for(n, (k) => nest.store(columns, nest.load(places, k), k));
    nest.for(n, (k) => {
      const [place, target] = [nest.load(places, k), plus(mul(index, n), k)];
      nest.store(toReal, target, select(isDone.value, mul(nest.load(real, place), scale), Number.NaN));
      nest.store(toImag, target, select(isDone.value, mul(nest.load(imag, place), scale), Number.NaN));
    });
    const targets = toVectors.map((buffer) => new Matrix(nest, buffer, mul(index, n * n), n));
    const fill = (form: Schur, isLeft: boolean, [re, im]: readonly Matrix[]): void =>
      storeVectors(nest, n, form, isLeft, isDone.value, {
        columns,
        scales,
        x,
        v,
        re: re as Matrix,
        im: im as Matrix,
      });
    if (turned !== undefined) {
      turnRound(nest, n, own, turned);
      fill(turned, true, targets);
    }
    if (right) fill(own, false, targets.slice(-2));
  });
};

/** A power of 2 that makes the greatest element one from 1 to 2, and whether all elements are finite. */
const scaleOf = (
  nest: NestBuilder,
  a: Matrix,
  n: number,
): { readonly scale: Expr; readonly hasNumbers: Expr } => {
  const { type } = a.buffer;
  const [most, zeros] = [nest.variable(type, 0), nest.variable(type, 0)];
  nest.for(n, (i) =>
    nest.for(n, (j) => {
      const element = a.load(i, j);
      most.set(max(most.value, abs(element)));
      zeros.set(add(zeros.value, mul(element, 0)));
    }),
  );
  const hasNumbers = nest.let(eq(zeros.value, 0));
  const scale = nest.variable(type, 1);
  nest.if(and(hasNumbers, gt(most.value, 0)), () => {
    nest.while(
      () => ge(div(most.value, scale.value), 2),
      () => scale.set(mul(scale.value, 2)),
    );
    nest.while(
      () => lt(div(most.value, scale.value), 1),
      () => scale.set(mul(scale.value, 0.5)),
    );
  });
  return { scale: scale.value, hasNumbers };
};

/** The Schur form of the transpose: Aᵀ = (Z P)(P Tᵀ P)(Z P)ᵀ, where P takes rows in reverse. */
const turnRound = (nest: NestBuilder, n: number, from: Schur, to: Schur): void => {
  nest.for(n, (i) => {
    const back = nest.let(downFrom(n, i));
    nest.for(n, (j) => {
      to.t.store(i, j, from.t.load(downFrom(n, j), back));
      to.zt.store(i, j, from.zt.load(back, j));
    });
    nest.store(to.real, i, nest.load(from.real, back));
    // The first of a pair is again that with a positive imaginary part.
    nest.store(to.imag, i, neg(nest.load(from.imag, back)));
  });
};

interface VectorTargets {
  /** Where the vector of each eigenvalue goes. */
  readonly columns: Buffer;
  readonly scales: Buffer;
  readonly x: ComplexBuffers;
  readonly v: ComplexBuffers;
  readonly re: Matrix;
  readonly im: Matrix;
}

/**
 * The vectors of one side, of norm 1, as the columns of `re` and `im`. Of the transpose u with Aᵀu = λu is found, and the left
 * vector of λ is its conjugate, which is what u of the conjugate of λ is.
 */
const storeVectors = (
  nest: NestBuilder,
  n: number,
  form: Schur,
  isLeft: boolean,
  isDone: Expr,
  { columns, scales, x, v, re, im }: VectorTargets,
): void => {
  const { type } = v.re;
  const column = (k: Expr): Expr => nest.load(columns, isLeft ? downFrom(n, k) : k);
  const vectors = new Matrix(nest, v.re, 0, n);
  const k = nest.variable("i32", 0);
  nest.if(isDone, () =>
    nest.while(
      () => lt(k.value, n),
      () => {
        const isPair = nest.let(gt(nest.load(form.imag, k.value), 0));
        schurVector(nest, n, form, k.value, x, v);
        for (const part of [v.re, v.im]) {
          nest.for(n, (i) => {
            const [element, scale] = [nest.load(part, i), nest.load(scales, i)];
            nest.store(part, i, isLeft ? div(element, scale) : mul(element, scale));
          });
        }
        normalize(nest, n, v, isPair);
        const sign = nest.let(select(isPair, 1, signOfRow(vectors, 0, n)));
        const first = column(k.value);
        nest.for(n, (i) => {
          re.store(i, first, mul(nest.load(v.re, i), sign));
          im.store(i, first, select(isPair, nest.load(v.im, i), 0));
        });
        nest.if(isPair, () => {
          const second = column(add(k.value, 1));
          nest.for(n, (i) => {
            re.store(i, second, nest.load(v.re, i));
            im.store(i, second, neg(nest.load(v.im, i)));
          });
        });
        k.set(add(k.value, select(isPair, constant("i32", 2), constant("i32", 1))));
      },
    ),
  );
  nest.if(not(isDone), () =>
    nest.for(n, (i) =>
      nest.for(n, (j) => {
        re.store(i, j, constant(type, Number.NaN));
        im.store(i, j, constant(type, Number.NaN));
      }),
    ),
  );
};
