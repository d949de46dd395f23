import { mul } from "../../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../../kernel/nest.ts";
import { plus } from "../../kernel/strided.ts";
import { copyMatrix, downFrom, forEachMatrix, Matrix, workMatrix } from "./nest-matrix.ts";
import { makeReflector, reflectRows, setIdentity } from "./reflector-nest.ts";

/** The loops of `qr`: reflectors make A upper triangular, column by column, and make Q of the identity in reverse. */
export const buildQr = (nest: NestBuilder, count: number, m: number, n: number, k: number): void => {
  const from = nest.inputs[0] as Buffer;
  const [toQ, toR] = nest.outputs as readonly [Buffer, Buffer];
  const { type } = from;
  const rank = Math.min(m, n);
  const a = workMatrix(nest, type, m, n);
  const q = workMatrix(nest, type, m, k);
  const v = nest.scratch(type, Math.max(1, m));
  const taus = nest.scratch(type, Math.max(1, rank));
  forEachMatrix(nest, count, (index) => {
    copyMatrix(new Matrix(nest, from, mul(index, m * n), n), a, m, n);
    nest.for(rank, (j) => {
      nest.for(m, (i) => nest.store(v, i, a.load(i, j)), j);
      const { first, tau } = makeReflector(nest, v, j, m);
      nest.store(taus, j, tau);
      reflectRows(a, v, tau, [j, m], [plus(j, 1), n]);
      nest.for(m, (i) => a.store(i, j, nest.load(v, i)), j);
      a.store(j, j, first);
    });
    const r = new Matrix(nest, toR, mul(index, k * n), n);
    nest.for(k, (i) => nest.for(n, (j) => r.store(i, j, 0)));
    nest.for(Math.min(k, rank), (i) => nest.for(n, (j) => r.store(i, j, a.load(i, j)), i));
    setIdentity(q, m, k);
    nest.for(rank, (step) => {
      const j = nest.let(downFrom(rank, step));
      nest.store(v, j, 1);
      nest.for(m, (i) => nest.store(v, i, a.load(i, j)), plus(j, 1));
      reflectRows(q, v, nest.load(taus, j), [j, m], [j, k]);
    });
    copyMatrix(q, new Matrix(nest, toQ, mul(index, m * k), k), m, k);
  });
};
