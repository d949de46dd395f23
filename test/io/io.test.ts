import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc, test as property } from "@fast-check/vitest";
import { type Either, isLeft } from "fp-ts/lib/Either.js";
import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { ArgumentError } from "../../src/core/index.ts";
import * as io from "../../src/io/index.ts";
import * as np from "../../src/numpy/index.ts";
import { arrays } from "../../src/testing/index.ts";

/** What NumPy and safetensors wrote; `golden/io.py` says how. */
interface Written {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly (number | boolean | string)[];
}
interface Golden {
  readonly npy: readonly { readonly bytes: string; readonly array: Written; readonly equal: boolean }[];
  readonly npz: readonly { readonly bytes: string; readonly arrays: readonly Written[] }[];
  readonly safetensors: readonly {
    readonly bytes: string;
    readonly metadata: { readonly [key: string]: string };
    readonly equal: boolean;
    readonly arrays: readonly Written[];
  }[];
}
const golden = JSON.parse(readFileSync(new URL("../golden/io.json", import.meta.url), "utf8")) as Golden;

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));
const value = (x: number | boolean | string): number =>
  typeof x === "string" ? Number(x.replace("inf", "Infinity")) : Number(x);

const get = <E extends { readonly message: string }, A>(result: Either<E, A>): A => {
  if (isLeft(result)) throw new Error(result.left.message);
  return result.right;
};
const reasonOf = <A>(result: Either<io.IoError, A>): string => (isLeft(result) ? result.left.reason : "none");

const expectWritten = (x: NDArray | undefined, { dtype, shape, values }: Written): void => {
  expect(x?.dtype).toBe(dtype);
  expect(x?.shape).toEqual(shape);
  expect([...(x as NDArray).toTypedArray()]).toEqual(values.map(value));
};

describe("files of NumPy and safetensors", () => {
  test.each(golden.npy.map((g) => [g.array.name, g] as const))(".npy of %s", (_, { bytes, array, equal }) => {
    const x = get(io.parseNpy(bytesOf(bytes)));
    expectWritten(x, array);
    if (equal) expect(Buffer.from(io.formatNpy(x)).toString("base64")).toBe(bytes);
  });
  test(".npz, stored and compressed", () => {
    for (const { bytes, arrays: written } of golden.npz) {
      const file = get(io.parseNpz(bytesOf(bytes)));
      expect([...file.keys()]).toEqual(written.map(({ name }) => name));
      for (const each of written) expectWritten(file.get(each.name), each);
    }
  });
  test("safetensors, and the same bytes from our own writer", () => {
    for (const { bytes, arrays: written, metadata, equal } of golden.safetensors) {
      const { tensors, metadata: found } = get(io.parseSafetensors(bytesOf(bytes)));
      expect(Object.fromEntries(found)).toEqual(metadata);
      for (const each of written) expectWritten(tensors.get(each.name), each);
      expect(tensors.size).toBe(written.length);
      if (equal)
        expect(Buffer.from(io.formatSafetensors(tensors, { metadata })).toString("base64")).toBe(bytes);
    }
  });
});

describe("what is written is read back, bit for bit", () => {
  const array = arrays({ dtype: ["float32", "float64", "int32", "uint32", "bool"] });
  const same = (x: NDArray, y: NDArray | undefined): void => {
    expect(y?.dtype).toBe(x.dtype);
    expect(y?.shape).toEqual(x.shape);
    expect(Buffer.from(y?.toTypedArray().buffer as ArrayBuffer)).toEqual(
      Buffer.from(x.toTypedArray().buffer),
    );
  };
  property.prop([array])("npy", (x) => same(x, get(io.parseNpy(io.formatNpy(x)))));
  property.prop([fc.dictionary(fc.string({ minLength: 1 }), array), fc.boolean()])(
    "npz",
    (named, compressed) => {
      const file = get(io.parseNpz(io.formatNpz(new Map(Object.entries(named)), { compressed })));
      for (const [name, x] of Object.entries(named)) same(x, file.get(name));
    },
  );
  property.prop([fc.dictionary(fc.string(), array)])("safetensors", (named) => {
    const { tensors } = get(io.parseSafetensors(io.formatSafetensors(new Map(Object.entries(named)))));
    expect(tensors.size).toBe(Object.keys(named).length);
    for (const [name, x] of Object.entries(named)) same(x, tensors.get(name));
  });
});

/** A safetensors file with this header, whatever it says. */
const fileWith = (header: string, data = 0, length?: bigint): Uint8Array => {
  const text = new TextEncoder().encode(header);
  const out = new Uint8Array(8 + text.length + data);
  new DataView(out.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  out.set(text, 8);
  return out;
};
const entry = (shape: unknown, offsets: unknown, dtype: unknown = "F32"): string =>
  JSON.stringify({ dtype, shape, data_offsets: offsets });

describe("malformed files are refused with a reason", () => {
  test.each<readonly [string, Uint8Array, string]>([
    ["nothing", new Uint8Array(3), "truncated"],
    ["a header longer than the file", fileWith("{}", 0, 100n), "truncated"],
    ["a header of 2^60 bytes", fileWith("{}", 0, 2n ** 60n), "too-large"],
    ["no JSON", fileWith("{x"), "bad-header"],
    ["a list", fileWith("[]"), "bad-header"],
    ["bytes behind nothing", fileWith("{}", 4), "wrong-length"],
    ["an unknown dtype", fileWith(`{"a":${entry([1], [0, 4], "F8")}}`, 4), "unknown-dtype"],
    ["a dtype of the prototype", fileWith(`{"a":${entry([1], [0, 4], "toString")}}`, 4), "unknown-dtype"],
    ["a negative length", fileWith(`{"a":${entry([-1], [0, 4])}}`, 4), "bad-shape"],
    ["a fraction", fileWith(`{"a":${entry([0.5], [0, 4])}}`, 4), "bad-shape"],
    ["an overflowing shape", fileWith(`{"a":${entry([2 ** 40, 2 ** 40], [0, 4])}}`, 4), "bad-shape"],
    ["offsets outside", fileWith(`{"a":${entry([2], [0, 8])}}`, 4), "bad-header"],
    ["offsets the wrong way round", fileWith(`{"a":${entry([1], [4, 0])}}`, 4), "bad-header"],
    ["offsets of another length", fileWith(`{"a":${entry([1], [0, 8])}}`, 8), "wrong-length"],
    ["an overlap", fileWith(`{"a":${entry([1], [0, 4])},"b":${entry([1], [0, 4])}}`, 4), "overlap"],
    ["a hole", fileWith(`{"a":${entry([1], [4, 8])}}`, 8), "overlap"],
    ["metadata that is no text", fileWith('{"__metadata__":{"a":1}}'), "bad-header"],
    ["a boolean of 2", fileWith(`{"a":${entry([1], [0, 1], "BOOL")}} `, 1).fill(2, -1), "out-of-range"],
    ["a long of 2^40", fileWith(`{"a":${entry([1], [0, 8], "I64")}}`, 8).fill(1, -3), "out-of-range"],
  ])("safetensors: %s", (_, bytes, reason) => {
    expect(reasonOf(io.parseSafetensors(bytes))).toBe(reason);
  });

  test("a name like __proto__ is a name", () => {
    const { tensors } = get(io.parseSafetensors(fileWith(`{"__proto__":${entry([1], [0, 4])}}`, 4)));
    expect([...tensors.keys()]).toEqual(["__proto__"]);
  });

  const npyWith = (header: string, data = 0): Uint8Array =>
    new Uint8Array([
      0x93,
      ...Buffer.from("NUMPY"),
      1,
      0,
      header.length & 255,
      header.length >> 8,
      ...Buffer.from(header),
      ...new Uint8Array(data),
    ]);
  const described = (descr: string, shape: string): string =>
    `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }\n`;
  test.each<readonly [string, Uint8Array, string]>([
    ["nothing", new Uint8Array(0), "truncated"],
    ["other bytes", new Uint8Array(20), "bad-magic"],
    ["format 9", npyWith("{}").fill(9, 6, 7), "bad-version"],
    ["a header cut off", npyWith("{}").fill(255, 8, 9), "truncated"],
    ["no dictionary", npyWith("[]"), "bad-header"],
    [
      "an entry too many",
      npyWith("{'descr': '<f4', 'fortran_order': False, 'shape': (), 'x': 1}"),
      "bad-header",
    ],
    [
      "an entry twice",
      npyWith("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}"),
      "bad-header",
    ],
    ["a shape that is no tuple", npyWith(described("<f4", "(3)"), 12), "bad-header"],
    ["objects", npyWith(described("|O", "()"), 8), "unknown-dtype"],
    ["text", npyWith(described("<U3", "()"), 12), "unknown-dtype"],
    ["too few bytes", npyWith(described("<f4", "(3,)"), 8), "wrong-length"],
    ["too many bytes", npyWith(described("<f4", "(1,)"), 8), "wrong-length"],
    ["an overflowing shape", npyWith(described("<f4", "(4294967296, 4294967296)"), 8), "wrong-length"],
  ])("npy: %s", (_, bytes, reason) => {
    expect(reasonOf(io.parseNpy(bytes))).toBe(reason);
  });

  test("npz: no archive, other files in it, too much in it", () => {
    expect(reasonOf(io.parseNpz(new Uint8Array(50)))).toBe("bad-header");
    const file = io.formatNpz({ a: np.zeros([1000]) }, { compressed: true });
    expect(reasonOf(io.parseNpz(file, { maxBytes: 100 }))).toBe("too-large");
    expect(reasonOf(io.parseNpz(file.subarray(0, file.length - 30)))).toBe("bad-header");
  });

  test("NaN can be refused", () => {
    const file = io.formatNpy(np.array([1, Number.NaN]));
    expect(reasonOf(io.parseNpy(file, { nonFinite: "refuse" }))).toBe("not-finite");
    expect(reasonOf(io.parseNpy(file))).toBe("none");
  });

  property.prop([fc.uint8Array({ maxLength: 200 })])("no bytes make a reader throw", (bytes) => {
    for (const parse of [io.parseNpy, io.parseNpz, io.parseSafetensors])
      expect(parse(bytes)).toHaveProperty("_tag");
  });
});

describe("checkpoints", () => {
  const tree = { params: [{ w: np.ones([2, 3]), b: null }], step: np.array(7, "int32"), rate: np.array(0.5) };
  const folder = mkdtempSync(join(tmpdir(), "cotangent-"));
  const path = join(folder, "run.safetensors");

  test("names are paths; the tree comes back, weak types too", async () => {
    expect([...io.namedArrays(tree).keys()]).toEqual(["params.0.w", "rate", "step"]);
    await io.saveCheckpoint(path, tree, { metadata: { made: "by a test" } });
    const { tree: back, metadata } = get(await io.loadCheckpoint(path, tree));
    expect([...metadata]).toEqual([["made", "by a test"]]);
    expect(back.params[0]?.w.toArray()).toEqual(tree.params[0]?.w.toArray());
    expect(back.rate.weakType).toBe(tree.rate.weakType);
    expect(back.params[0]?.b).toBe(null);
    expect(readdirSync(folder)).toEqual(["run.safetensors"]);
  });

  test("what does not fit is refused, naming the array", async () => {
    const message = async (like: unknown): Promise<string> => {
      const result = await io.loadCheckpoint(path, like);
      return isLeft(result) ? result.left.message : "";
    };
    expect(await message({ ...tree, step: np.array(7) })).toMatch(
      /"step" is int32\[\], but the tree has float32\[\]/,
    );
    expect(await message({ step: tree.step, rate: tree.rate })).toMatch(/an array "params.0.w", but/);
    expect(await message({ ...tree, more: np.ones([1]) })).toMatch(/"more" is missing/);
    expect(reasonOf(await io.loadCheckpoint(join(folder, "none"), tree))).toBe("missing");
    expect(reasonOf(await io.loadCheckpoint(folder, tree))).toBe("not-readable");
    writeFileSync(join(folder, "broken"), "x");
    expect(reasonOf(await io.loadCheckpoint(join(folder, "broken"), tree))).toBe("truncated");
    expect(() => io.namedArrays({ "a.b": np.ones([1]), a: { b: np.ones([1]) } })).toThrow(ArgumentError);
  });

  test("a save that fails leaves the old file and nothing else", async () => {
    const before = readFileSync(path);
    await expect(io.saveCheckpoint(path, { __metadata__: np.ones([1]) })).rejects.toThrow(ArgumentError);
    await expect(io.saveCheckpoint(join(folder, "no", "folder"), tree)).rejects.toThrow(/ENOENT/);
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(folder).sort()).toEqual(["broken", "run.safetensors"]);
  });
});
