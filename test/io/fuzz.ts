/**
 * Malformed files against the readers: `npm run fuzz:io -- --runs 100000 --seed 1`. Each file is a good one with bytes
 * changed, cut out, doubled or added, or its header's text rewritten. A reader must answer, with an array or a reason; what
 * it accepts must have as many elements as its shape says, and be read again from our own writing of it.
 */
import { parseArgs } from "node:util";
import fc from "fast-check";
import { type Either, isRight } from "fp-ts/lib/Either.js";
import { type NDArray, sizeOf } from "../../src/array/index.ts";
import * as io from "../../src/io/index.ts";
import { arrays } from "../../src/testing/index.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
});
const [numRuns, seed] = [Number(values.runs), Number(values.seed)];

type Parse = (bytes: Uint8Array) => Either<io.IoError, Iterable<NDArray>>;
const map = <A, B>(f: (a: A) => B, e: Either<io.IoError, A>): Either<io.IoError, B> =>
  isRight(e) ? { _tag: "Right", right: f(e.right) } : e;
const formats: {
  readonly [name: string]: { readonly write: (x: NDArray) => Uint8Array; readonly parse: Parse };
} = {
  npy: { write: io.formatNpy, parse: (b) => map((x) => [x], io.parseNpy(b)) },
  npz: {
    write: (x) => io.formatNpz({ x, y: x }),
    parse: (b) => map((m) => m.values(), io.parseNpz(b, { maxBytes: 1 << 24 })),
  },
  safetensors: {
    write: (x) => io.formatSafetensors({ x, y: x }, { metadata: { a: "b" } }),
    parse: (b) => map(({ tensors }) => tensors.values(), io.parseSafetensors(b)),
  },
};

/** A change of some bytes: where (as a share of the length), what, how. */
const change = fc.record({
  kind: fc.constantFrom("flip", "set", "cut", "repeat", "insert", "digits"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 24 }),
  byte: fc.integer({ min: 0, max: 255 }),
});
type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

const changed = (bytes: Uint8Array, { kind, at, length, byte }: Change): Uint8Array => {
  // Half of the changes are made to the first bytes, where the header is.
  const place = Math.floor(at < 0.5 ? 2 * at * Math.min(160, bytes.length) : (2 * at - 1) * bytes.length);
  const out = Uint8Array.from(bytes);
  const join = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((p) => [...p]));
  const end = Math.min(place + length, bytes.length);
  switch (kind) {
    case "flip":
      if (place < out.length) out[place] = (out[place] as number) ^ (1 << (byte & 7));
      return out;
    case "set":
      return out.fill(byte, place, end);
    case "cut":
      return join(bytes.subarray(0, place), bytes.subarray(end));
    case "repeat":
      return join(bytes.subarray(0, end), bytes.subarray(place));
    case "insert":
      return join(bytes.subarray(0, place), new Uint8Array(length).fill(byte), bytes.subarray(place));
    default:
      for (let i = 0; i < out.length && i < 400; i++) {
        const c = out[i] as number;
        if (c >= 48 && c <= 57 && (i * 31 + byte) % 7 === 0) out[i] = 48 + ((c + byte) % 10);
      }
      return out;
  }
};

const reasons = new Map<string, number>();
const begun = performance.now();
fc.assert(
  fc.property(
    fc.constantFrom(...Object.keys(formats)),
    arrays({ dtype: ["float32", "float64", "int32", "uint32", "bool"] }),
    fc.array(change, { minLength: 1, maxLength: 4 }),
    (name, x, changes) => {
      const { write, parse } = formats[name] as (typeof formats)[string];
      const result = parse(changes.reduce(changed, write(x)));
      const verdict = isRight(result) ? "accepted" : result.left.reason;
      reasons.set(`${name}: ${verdict}`, (reasons.get(`${name}: ${verdict}`) ?? 0) + 1);
      if (!isRight(result)) return result.left.message.length > 0;
      return [...result.right].every((y) => {
        const again = parse(write(y));
        const size = y.toTypedArray().length;
        return size === sizeOf(y.shape) && isRight(again) && [...again.right][0]?.size === size;
      });
    },
  ),
  { numRuns, seed },
);
console.log(`${numRuns} files, seed ${seed}, ${((performance.now() - begun) / 1000).toFixed(0)} s`);
for (const [verdict, count] of [...reasons].sort()) console.log(`  ${verdict} ${count}`);
