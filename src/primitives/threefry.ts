import { add, type Expr, xor } from "../kernel/expr.ts";
import { rotateLeft } from "../kernel/math/bits.ts";

/*
 * Threefry-2x32 with 20 rounds, the block cipher that random bits come from: counters are encrypted under a key.
 * (J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.)
 */

/** By how many bits the second word is rotated in each round; the two rows alternate. */
const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** What the third word of the key schedule differs from the exclusive or of the key's words. */
const PARITY = 0x1bd11bda;

const schedule = new Int32Array(3);

/** Encrypt a block of two words, in place, under the key `(k1, k2)`. */
export const encryptBlock = (k1: number, k2: number, block: Uint32Array): void => {
  schedule[0] = k1;
  schedule[1] = k2;
  schedule[2] = k1 ^ k2 ^ PARITY;
  let a = ((block[0] as number) + k1) | 0;
  let b = ((block[1] as number) + k2) | 0;
  for (let group = 1; group <= 5; group++) {
    for (const rotation of ROTATIONS[(group - 1) % 2] as readonly number[]) {
      a = (a + b) | 0;
      b = ((b << rotation) | (b >>> (32 - rotation))) ^ a;
    }
    a = (a + (schedule[group % 3] as number)) | 0;
    b = (b + (schedule[(group + 1) % 3] as number) + group) | 0;
  }
  block[0] = a;
  block[1] = b;
};

/** The same of one block, as expressions. */
export const encryptExpr = (k1: Expr, k2: Expr, x1: Expr, x2: Expr): readonly [Expr, Expr] => {
  const key = [k1, k2, xor(xor(k1, k2), PARITY)] as const;
  const word = (i: number): Expr => key[i % 3] as Expr;
  let [a, b] = [add(x1, k1), add(x2, k2)];
  for (let group = 1; group <= 5; group++) {
    for (const rotation of ROTATIONS[(group - 1) % 2] as readonly number[]) {
      a = add(a, b);
      b = xor(rotateLeft(b, rotation), a);
    }
    a = add(a, word(group));
    b = add(add(b, word(group + 1)), group);
  }
  return [a, b];
};
