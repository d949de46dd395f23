import type { Arbitrary } from "fast-check";
import type { DType, NDArray } from "../../src/array/index.ts";
import type { Chooser, FlatFunction } from "../../src/core/index.ts";
import * as np from "../../src/numpy/index.ts";
import { chooserFrom } from "../../src/testing/chooser.ts";
import { drawn } from "../../src/testing/tape.ts";
import { branch, scan, whileLoop } from "./loop-primitives.ts";

/*
 * Random programs with loops and branches within one another, which return what they were given, the same value twice,
 * views of values, and constants.
 */

/** What is known of a value before the program runs. */
interface Facts {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** A program for some inputs, and what it returns. */
interface Drawn {
  readonly run: FlatFunction;
  readonly outputs: readonly Facts[];
}

export interface RegionProgram {
  readonly run: FlatFunction;
  readonly inputs: readonly Facts[];
}

const SHAPES: readonly (readonly number[])[] = [[], [3], [2, 3], [3, 2], [0, 3]];
const LENGTHS = [3, 2, 3, 0, 1, 4];
const DEEPEST = 2;

const float = (shape: readonly number[]): Facts => ({ shape, dtype: "float64" });
const isAlike = (a: Facts, b: Facts): boolean => a.dtype === b.dtype && a.shape.join() === b.shape.join();

class Draw {
  readonly #choose: Chooser;
  readonly #depth: number;
  readonly #facts: Facts[];
  readonly #steps: ((values: NDArray[]) => readonly NDArray[])[] = [];

  constructor(choose: Chooser, inputs: readonly Facts[], depth: number) {
    this.#choose = choose;
    this.#facts = [...inputs];
    this.#depth = depth;
  }

  /** Some steps; then values like those `wanted`, where anything goes for `undefined`. */
  program(wanted: readonly (Facts | undefined)[]): Drawn {
    const given = this.#facts.length;
    for (let n = this.#choose.int(2, this.#depth === 0 ? 9 : 7); n > 0; n--) this.#step();
    const places = wanted.map((facts) =>
      facts === undefined ? (this.#recent(() => true) ?? 0) : this.#like(facts),
    );
    const steps = [...this.#steps];
    return {
      run: (...inputs) => {
        if (inputs.length !== given) throw new RangeError(`${given} inputs, not ${inputs.length}`);
        const values = [...inputs];
        for (const step of steps) values.push(...step(values));
        return places.map((place) => values[place] as NDArray);
      },
      outputs: places.map((place) => this.#facts[place] as Facts),
    };
  }

  /** The place of a value with these facts; it is made if there is none. */
  #like(facts: Facts): number {
    const place = this.#recent((f) => isAlike(f, facts));
    if (place !== undefined && this.#choose.int(0, 6) > 0) return place;
    return this.#add(() => [np.full(facts.shape, 1, { dtype: facts.dtype })], facts);
  }

  #add(step: (values: NDArray[]) => readonly NDArray[], ...outputs: Facts[]): number {
    this.#steps.push(step);
    this.#facts.push(...outputs);
    return this.#facts.length - outputs.length;
  }

  #pick(fits: (facts: Facts) => boolean): number {
    return this.#recent(fits) ?? this.#like(float([3]));
  }

  /** Some value that fits, most often one of the newest. */
  #recent(fits: (facts: Facts) => boolean): number | undefined {
    const places = this.#facts.flatMap((facts, place) => (fits(facts) ? [place] : [])).reverse();
    if (places.length === 0) return undefined;
    return this.#choose.pick(places.slice(0, this.#choose.int(1, places.length)));
  }

  #step(): void {
    const choose = this.#choose;
    const place = this.#pick(({ dtype }) => dtype === "float64");
    const { shape } = this.#facts[place] as Facts;
    const of = (f: (x: NDArray) => NDArray, result: readonly number[]): void => {
      this.#add((values) => [f(values[place] as NDArray)], float(result));
    };
    switch (choose.int(0, this.#depth < DEEPEST ? 12 : 7)) {
      case 0:
        of(np.sin, shape);
        return;
      case 1:
      case 2: {
        const other = this.#pick(
          (f) => f.dtype === "float64" && (f.shape.length === 0 || isAlike(f, float(shape))),
        );
        if (!isAlike(this.#facts[other] as Facts, float(shape)) && this.#facts[other]?.shape.length !== 0)
          return;
        const combine = choose.pick([np.add, np.multiply, np.subtract]);
        this.#add((v) => [np.tanh(combine(v[place] as NDArray, v[other] as NDArray))], float(shape));
        return;
      }
      case 3: {
        const axis = choose.int(0, Math.max(0, shape.length - 1));
        if (shape.length === 0) of((x) => np.broadcastTo(x, [3]), [3]);
        else of((x) => np.sum(x, axis), shape.toSpliced(axis, 1));
        return;
      }
      case 4:
        of((x) => np.transpose(x), shape.toReversed());
        return;
      case 5:
        if (shape.length === 0) of(np.cos, shape);
        else of((x) => np.flip(np.cumsum(x, 0)), shape);
        return;
      case 6: {
        const [rows = 1] = shape;
        if (shape.length === 2) of((x) => np.matmul(x, np.transpose(x)), [rows, rows]);
        else of((x) => np.broadcastTo(x, [2, ...shape]), [2, ...shape]);
        return;
      }
      case 7: {
        const whole = this.#pick(({ dtype }) => dtype === "int32");
        if (this.#facts[whole]?.dtype !== "int32") return;
        this.#add((v) => [np.bitwiseAnd(np.add(v[whole] as NDArray, 1), 3)], this.#facts[whole] as Facts);
        return;
      }
      case 8:
      case 9:
        this.#scan();
        return;
      case 10:
      case 11:
        this.#while();
        return;
      default:
        this.#branch();
    }
  }

  #several(most: number): number[] {
    return Array.from({ length: this.#choose.int(0, most) }, () => this.#recent(() => true) ?? 0);
  }

  #factsOf(places: readonly number[]): Facts[] {
    return places.map((place) => this.#facts[place] as Facts);
  }

  #scan(): void {
    const choose = this.#choose;
    const lengths = LENGTHS.filter((n) => this.#facts.some(({ shape }) => shape[0] === n));
    const length = choose.pick([...lengths, ...LENGTHS]);
    const consts = this.#several(2);
    const carry = this.#several(3);
    const scanned = this.#several(6).filter((place) => this.#facts[place]?.shape[0] === length);
    const reverse = choose.bool();
    const slices = this.#factsOf(scanned).map(({ shape, dtype }) => ({ shape: shape.slice(1), dtype }));
    const inputs = [...this.#factsOf(consts), ...this.#factsOf(carry), ...slices];
    const stacked = new Array<undefined>(choose.int(0, 2)).fill(undefined);
    const body = new Draw(choose, inputs, this.#depth + 1).program([...this.#factsOf(carry), ...stacked]);
    const results = body.outputs.map(({ shape, dtype }, k) => ({
      shape: k < carry.length ? shape : [length, ...shape],
      dtype,
    }));
    const of = (values: readonly NDArray[], places: readonly number[]): NDArray[] =>
      places.map((place) => values[place] as NDArray);
    this.#add(
      (v) =>
        scan(
          (k, c, x) => body.run(...k, ...c, ...x),
          of(v, consts),
          of(v, carry),
          of(v, scanned),
          length,
          reverse,
        ),
      ...results,
    );
  }

  #while(): void {
    const choose = this.#choose;
    const consts = this.#several(2);
    const carry = this.#several(3);
    const turns = choose.int(0, 4);
    const inputs = [...this.#factsOf(consts), ...this.#factsOf(carry)];
    const body = new Draw(choose, inputs, this.#depth + 1).program(this.#factsOf(carry));
    this.#add(
      (values) => {
        const of = (places: readonly number[]): NDArray[] => places.map((place) => values[place] as NDArray);
        const count = np.array(0, { dtype: "int32" });
        return whileLoop(
          (_, c) => np.less(c[0] as NDArray, turns),
          (k, c) => [np.add(c[0] as NDArray, 1), ...body.run(...k, ...c.slice(1))],
          of(consts),
          [count, ...of(carry)],
        );
      },
      { shape: [], dtype: "int32" },
      ...this.#factsOf(carry),
    );
  }

  #branch(): void {
    const choose = this.#choose;
    const operands = this.#several(3);
    const index = this.#pick((f) => f.dtype === "int32" && f.shape.length === 0);
    const fixed = choose.int(-1, 3);
    const isIndex = this.#facts[index]?.dtype === "int32";
    const wanted = Array.from({ length: choose.int(1, 2) }, () => float(choose.pick(SHAPES)));
    const branches = Array.from({ length: choose.int(1, 3) }, () =>
      new Draw(choose, this.#factsOf(operands), this.#depth + 1).program(wanted),
    );
    this.#add(
      (values) =>
        branch(
          isIndex ? (values[index] as NDArray) : np.array(fixed, { dtype: "int32" }),
          branches.map(({ run }) => run),
          operands.map((place) => values[place] as NDArray),
        ),
      ...wanted,
    );
  }
}

/** Programs of arrays of float64 and int32 with loops and branches in them. */
export const regionPrograms = (): Arbitrary<RegionProgram> =>
  drawn((source) => {
    const choose = chooserFrom(source);
    const inputs: Facts[] = [
      ...Array.from({ length: choose.int(1, 3) }, () => float(choose.pick(SHAPES))),
      { shape: [], dtype: "int32" },
      { shape: [3], dtype: "int32" },
    ];
    const wanted = new Array<undefined>(choose.int(1, 4)).fill(undefined);
    return { run: new Draw(choose, inputs, 0).program(wanted).run, inputs };
  });
