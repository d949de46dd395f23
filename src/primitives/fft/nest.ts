import { constant, type Expr, lookup, type Operand, type ScalarType, type Table } from "../../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../../kernel/nest.ts";
import { plus, settled, times } from "../../kernel/strided.ts";
import type { Lines } from "../lines.ts";
import { Butterflies, type ComplexExpr } from "./butterflies.ts";
import { transformNumbers } from "./reference.ts";
import { type ComplexNumbers, rootsOfUnity, unitCircle } from "./roots-of-unity.ts";

/** Real and imaginary parts in memory, from `start` on. */
interface Signal {
  readonly re: Buffer;
  readonly im: Buffer;
  readonly start: Operand;
}

/** The greatest prime whose transform is written out; lengths with greater ones become convolutions. */
const GREATEST_PRIME = 13;

/**
 * The loops of `fft`. Lengths made of small primes go stage by stage, in the order of Stockham, which needs no sorting:
 * lines that stand next to each other are transformed together. Other lengths are convolutions, after Bluestein.
 */
export const buildFft = (nest: NestBuilder, { outer, length, inner }: Lines): void => {
  const [re, im] = nest.inputs as readonly [Buffer, Buffer];
  const [outRe, outIm] = nest.outputs as readonly [Buffer, Buffer];
  if (outRe.size === 0) return;
  const radices = radicesOf(length);
  const block = length * inner;
  if (radices === undefined) {
    const transform = new ChirpTransform(nest, length, re.type);
    nest.for(outer, (o) => {
      nest.for(inner, (i) => {
        const start = settled(nest, plus(times(o, block), i));
        transform.run({ re, im, start }, { re: outRe, im: outIm, start }, inner);
      });
    });
    return;
  }
  const transform = new StagedTransform(nest, radices, inner, re.type);
  const spare = radices.length > 1 ? pairOfBuffers(nest, re.type, block) : undefined;
  nest.for(outer, (o) => {
    const start = settled(nest, times(o, block));
    const to = { re: outRe, im: outIm, start };
    const other = spare ?? to;
    transform.run({ re, im, start }, radices.length % 2 === 1 ? [to, other] : [other, to]);
  });
};

/** The factors of `n` in the order of the stages, powers of two in eights and fours; `undefined` if a prime is too great. */
const radicesOf = (n: number): readonly number[] | undefined => {
  const radices: number[] = [];
  let rest = n;
  const take = (p: number): void => {
    radices.push(p);
    rest /= p;
  };
  while (rest % 8 === 0 && rest % 16 !== 0) take(8);
  while (rest % 4 === 0) take(4);
  for (let p = 2; p <= GREATEST_PRIME; p++) while (rest % p === 0) take(p);
  if (rest !== 1) return undefined;
  return radices.length > 0 ? radices : [1];
};

const pairOfBuffers = (nest: NestBuilder, type: ScalarType, size: number): Signal => ({
  re: nest.scratch(type, size),
  im: nest.scratch(type, size),
  start: 0,
});

/** `body` for each of `count` indices; without a loop if there is one. */
const repeat = (nest: NestBuilder, count: number, body: (index: Operand) => void): void => {
  if (count === 1) body(0);
  else nest.for(count, body);
};

const load = (nest: NestBuilder, { re, im }: Signal, index: Operand): ComplexExpr => ({
  re: nest.load(re, index),
  im: nest.load(im, index),
});

const store = (nest: NestBuilder, { re, im }: Signal, index: Operand, value: ComplexExpr): void => {
  nest.store(re, index, value.re);
  nest.store(im, index, value.im);
};

/** Complex numbers that the code can look up; tables have a power of two of values. */
class ComplexTable {
  readonly #re: Table;
  readonly #im: Table;

  constructor({ re, im }: ComplexNumbers, type: ScalarType) {
    const size = 2 ** Math.ceil(Math.log2(re.length));
    const padded = (values: Float64Array): Table => {
      const list = new Array<number>(size).fill(0);
      values.forEach((value, i) => {
        list[i] = type === "f32" ? Math.fround(value) : value;
      });
      return { type: type === "f32" ? "f32" : "f64", values: list };
    };
    this.#re = padded(re);
    this.#im = padded(im);
  }

  at(nest: NestBuilder, index: Operand): ComplexExpr {
    const i = typeof index === "number" ? constant("i32", index) : index;
    return { re: nest.let(lookup(this.#re, i)), im: nest.let(lookup(this.#im, i)) };
  }
}

/**
 * Transforms of a length made of small primes, of `inner` lines that stand next to each other. A stage of radix p turns
 * each transform of n = p·m numbers into p transforms of m, whose places are spaced p times as far:
 * y[pk + i] = exp(−2πi·ik/n) Σⱼ x[k + mj] exp(−2πi·ij/p).
 *
 * @see Van Loan, Computational Frameworks for the Fast Fourier Transform, 1992, section 1.7.
 */
class StagedTransform {
  readonly #nest: NestBuilder;
  readonly #radices: readonly number[];
  readonly #inner: number;
  readonly #length: number;
  readonly #butterflies: Butterflies;
  readonly #roots: ComplexTable;

  constructor(nest: NestBuilder, radices: readonly number[], inner: number, type: ScalarType) {
    this.#nest = nest;
    this.#radices = radices;
    this.#inner = inner;
    this.#length = radices.reduce((product, p) => product * p, 1);
    this.#butterflies = new Butterflies(nest);
    this.#roots = new ComplexTable(rootsOfUnity(this.#length), type);
  }

  /** Transforms `from`, the stages writing to one target and the other in turn; returns the target of the last. */
  run(from: Signal, targets: readonly [Signal, Signal]): Signal {
    let [source, spacing] = [from, this.#inner];
    this.#radices.forEach((radix, i) => {
      const target = targets[i % 2] as Signal;
      this.#stage(source, target, radix, spacing);
      source = target;
      spacing *= radix;
    });
    return source;
  }

  #stage(from: Signal, to: Signal, radix: number, spacing: number): void {
    const nest = this.#nest;
    const count = (this.#length * this.#inner) / (spacing * radix);
    // The roots of this stage are every `step`-th of those of the whole length.
    const step = spacing / this.#inner;
    repeat(nest, count, (k) => {
      const turns = count === 1 ? [] : this.#turns(k, radix, step);
      const readRow = settled(nest, plus(from.start, times(k, spacing)));
      const writeRow = settled(nest, plus(to.start, times(k, spacing * radix)));
      repeat(nest, spacing, (q) => {
        const place = settled(nest, plus(readRow, q));
        const target = settled(nest, plus(writeRow, q));
        const x = Array.from({ length: radix }, (_, j) => load(nest, from, plus(place, j * count * spacing)));
        this.#butterflies.transform(x).forEach((y, i) => {
          const turn = turns[i - 1];
          const value = turn ? this.#butterflies.multiply(y, turn) : y;
          store(nest, to, plus(target, i * spacing), value);
        });
      });
    });
  }

  /** exp(−2πi·ik/n) for i = 1, …, radix − 1. */
  #turns(k: Operand, radix: number, step: number): readonly ComplexExpr[] {
    return Array.from({ length: radix - 1 }, (_, i) => this.#roots.at(this.#nest, times(k, (i + 1) * step)));
  }
}

/** The least length of at least `n` that goes in stages of 8, 4, 2 and at most one 3 or 5. */
const convolutionLength = (n: number): number => {
  const powerOfTwo = (x: number): number => 2 ** Math.ceil(Math.log2(x));
  return Math.min(...[1, 3, 5].map((odd) => odd * powerOfTwo(n / odd)));
};

/**
 * Transforms of any length as convolutions: with jk = (j² + k² − (k − j)²) / 2, X[k] is w[k] times the convolution of
 * x[j] w[j] and 1 / w[j], where w[j] = exp(−πi·j²/n). The convolution is made by transforms of a longer length.
 *
 * @see Bluestein, A linear filtering approach to the computation of the discrete Fourier transform, 1970.
 */
class ChirpTransform {
  readonly #nest: NestBuilder;
  readonly #length: number;
  readonly #chirp: ComplexTable;
  /** The transform of 1 / w, divided by the length of the convolution. */
  readonly #filter: ComplexTable;
  readonly #transform: StagedTransform;
  readonly #butterflies: Butterflies;
  readonly #buffers: readonly [Signal, Signal];
  readonly #size: number;

  constructor(nest: NestBuilder, length: number, type: ScalarType) {
    this.#nest = nest;
    this.#length = length;
    this.#butterflies = new Butterflies(nest);
    this.#size = convolutionLength(2 * length - 1);
    this.#transform = new StagedTransform(nest, radicesOf(this.#size) as readonly number[], 1, type);
    this.#buffers = [pairOfBuffers(nest, type, this.#size), pairOfBuffers(nest, type, this.#size)];
    const chirp = { re: new Float64Array(length), im: new Float64Array(length) };
    const inverse = { re: new Float64Array(this.#size), im: new Float64Array(this.#size) };
    for (let j = 0; j < length; j++) {
      const [cos, sin] = unitCircle((j * j) % (2 * length), 2 * length);
      chirp.re[j] = cos;
      chirp.im[j] = -sin;
      for (const place of [j, (this.#size - j) % this.#size]) {
        inverse.re[place] = cos / this.#size;
        inverse.im[place] = sin / this.#size;
      }
    }
    this.#chirp = new ComplexTable(chirp, type);
    this.#filter = new ComplexTable(transformNumbers(inverse), type);
  }

  /** Transforms one line, whose elements are `spacing` apart. */
  run(from: Signal, to: Signal, spacing: number): void {
    const nest = this.#nest;
    const [first, second] = this.#buffers;
    const multiply = (x: ComplexExpr, table: ComplexTable, k: Expr): ComplexExpr =>
      this.#butterflies.multiply(x, table.at(nest, k));
    nest.for(this.#length, (j) => {
      const x = load(nest, from, settled(nest, plus(from.start, times(j, spacing))));
      store(nest, first, j, multiply(x, this.#chirp, j));
    });
    const zero = { re: constant(first.re.type, 0), im: constant(first.re.type, 0) };
    nest.for(this.#size, (j) => store(nest, first, j, zero), this.#length);
    const spectrum = this.#transform.run(first, [second, first]);
    nest.for(this.#size, (k) => store(nest, spectrum, k, multiply(load(nest, spectrum, k), this.#filter, k)));
    // Real and imaginary parts change places, which makes the transform its inverse.
    const turned = { re: spectrum.im, im: spectrum.re, start: 0 };
    const other = spectrum === first ? second : first;
    const result = this.#transform.run(turned, [other, turned]);
    nest.for(this.#length, (k) => {
      const { re, im } = load(nest, result, k);
      const place = settled(nest, plus(to.start, times(k, spacing)));
      store(nest, to, place, multiply({ re: im, im: re }, this.#chirp, k));
    });
  }
}
