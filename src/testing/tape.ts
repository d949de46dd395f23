import { Arbitrary, type Random, Stream, Value } from "fast-check";

/*
 * Values that are drawn by a program of one's own, and shrink well all the same. Every choice is a whole number; the
 * choices are written on a tape; and a value is made simpler by making the tape simpler and drawing from it again.
 */

/** Where choices come from. */
export interface Source {
  /** A whole number from 0 to `bound`, both included; 0 is the simplest. */
  next(bound: number): number;
  /** Mark what `body` draws as a unit that may be left out: one item of a list. */
  span<T>(body: () => T): T;
}

/** A stretch of a tape that was drawn as a unit. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** Draws from `decide` and writes down what was drawn. */
class Recorder implements Source {
  readonly choices: number[] = [];
  readonly spans: Span[] = [];
  readonly #decide: (bound: number, position: number) => number;

  constructor(decide: (bound: number, position: number) => number) {
    this.#decide = decide;
  }

  next(bound: number): number {
    if (!(bound >= 0)) throw new RangeError(`A choice needs a bound of at least 0; got ${bound}.`);
    const choice = Math.min(this.#decide(bound, this.choices.length), bound);
    this.choices.push(choice);
    return choice;
  }

  span<T>(body: () => T): T {
    const start = this.choices.length;
    const result = body();
    if (this.choices.length > start) this.spans.push({ start, end: this.choices.length });
    return result;
  }
}

/** What an arbitrary keeps beside its value in order to shrink it. */
interface Recording {
  readonly choices: readonly number[];
  readonly spans: readonly Span[];
}

/** A shorter tape is simpler; of two that are equally long, the one whose first different choice is smaller. */
const isSimpler = (a: readonly number[], b: readonly number[]): boolean => {
  if (a.length !== b.length) return a.length < b.length;
  const i = a.findIndex((choice, k) => choice !== b[k]);
  return i >= 0 && (a[i] as number) < (b[i] as number);
};

/** Tapes that may be simpler, the boldest first. */
function* candidates({ choices, spans }: Recording): Generator<readonly number[]> {
  const longestFirst = [...spans].sort((a, b) => b.end - b.start - (a.end - a.start));
  for (const { start, end } of longestFirst) yield [...choices.slice(0, start), ...choices.slice(end)];
  for (let kept = 0; kept < choices.length; kept = 2 * kept + 1) yield choices.slice(0, kept);
  for (const { start, end } of longestFirst) {
    yield [...choices.slice(0, start), ...new Array<number>(end - start).fill(0), ...choices.slice(end)];
  }
  yield* withoutItem({ choices, spans });
  for (let i = 0; i < choices.length; i++) {
    for (const smaller of smallerThan(choices[i] as number)) {
      yield [...choices.slice(0, i), smaller, ...choices.slice(i + 1)];
    }
  }
}

/** Few items are counted by choices up to this, and drawn within so many choices after it. */
const MOST_COUNTED = 8;
const COUNT_REACH = 16;

/** Tapes where a choice, which may be the number of items that follow, is one less, and one item is left out. */
function* withoutItem({ choices, spans }: Recording): Generator<readonly number[]> {
  for (let i = 0; i < choices.length; i++) {
    const count = choices[i] as number;
    if (count === 0 || count > MOST_COUNTED) continue;
    for (const { start, end } of spans) {
      if (start <= i || start > i + COUNT_REACH) continue;
      yield [...choices.slice(0, i), count - 1, ...choices.slice(i + 1, start), ...choices.slice(end)];
    }
  }
}

/** Some of the numbers below `choice`: the least ones, some on the way, and the next ones. */
const smallerThan = (choice: number): readonly number[] => {
  const smaller = new Set<number>();
  for (let k = 0; k < 8; k++) smaller.add(k);
  for (let step = choice; step >= 1; step /= 2) smaller.add(Math.floor(choice - step));
  for (let k = 1; k < 4; k++) smaller.add(choice - k);
  return [...smaller].filter((k) => k >= 0 && k < choice);
};

/** A fast-check arbitrary of what `build` makes of its choices. */
class TapeArbitrary<T> extends Arbitrary<T> {
  readonly #build: (source: Source) => T;

  constructor(build: (source: Source) => T) {
    super();
    this.#build = build;
  }

  generate(random: Random): Value<T> {
    return this.#draw((bound) => random.nextInt(0, bound));
  }

  canShrinkWithoutContext(_value: unknown): _value is T {
    return false;
  }

  shrink(_value: T, context: unknown): Stream<Value<T>> {
    return context === undefined ? Stream.nil() : new Stream(this.#simplerValues(context as Recording));
  }

  #draw(decide: (bound: number, position: number) => number): Value<T> {
    const recorder = new Recorder(decide);
    const value = this.#build(recorder);
    const recording: Recording = { choices: recorder.choices, spans: recorder.spans };
    return new Value(value, recording);
  }

  *#simplerValues(recording: Recording): Generator<Value<T>> {
    for (const tape of candidates(recording)) {
      let value: Value<T>;
      try {
        value = this.#draw((_bound, position) => tape[position] ?? 0);
      } catch {
        continue;
      }
      if (isSimpler((value.context as Recording).choices, recording.choices)) yield value;
    }
  }
}

/**
 * An arbitrary of the values that `build` makes from a source of choices. `build` must draw all its randomness from the
 * source, and make the simplest value when every choice is 0. Values shrink by leaving out spans and lowering choices.
 *
 * @example
 * const pairs = drawn((source) => [source.next(9), source.next(9)]);
 * fc.assert(fc.property(pairs, ([a, b]) => a + b === b + a));
 */
export const drawn = <T>(build: (source: Source) => T): Arbitrary<T> => new TapeArbitrary(build);
