import { type Unzipped, unzipSync, zipSync } from "fflate";
import { type Either, isLeft, right } from "fp-ts/lib/Either.js";
import type { NDArray } from "../array/index.ts";
import { type IoError, type ReadOptions, refuse } from "./io-error.ts";
import { formatNpy, parseNpy } from "./npy.ts";

/** Options of `parseNpz`. */
export interface NpzOptions extends ReadOptions {
  /** How many bytes the files may have together once unpacked, so that a small archive can't fill the memory; default 4 GiB. */
  readonly maxBytes?: number;
}

const WHERE = "parseNpz";

const unpack = (bytes: Uint8Array, maxBytes: number): Either<IoError, Unzipped> => {
  let total = 0;
  try {
    const files = unzipSync(bytes, {
      filter: ({ originalSize }) => {
        total += originalSize;
        return total <= maxBytes;
      },
    });
    if (total > maxBytes) {
      return refuse(
        WHERE,
        "too-large",
        `the arrays have ${total} bytes unpacked; at most ${maxBytes} are read (maxBytes).`,
      );
    }
    return right(files);
  } catch (error) {
    return refuse(
      WHERE,
      "bad-header",
      `this is no zip archive: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
};

/**
 * Reads the arrays of a .npz file, as `numpy.savez` and `numpy.savez_compressed` write it, by name.
 *
 * @returns the arrays, or why the bytes were refused.
 * @example
 * const read = io.parseNpz(io.formatNpz(new Map([["w", np.array([1, 2])]])));
 * isRight(read) && read.right.get("w"); // [1, 2]
 */
export const parseNpz = (
  bytes: Uint8Array,
  { maxBytes = 2 ** 32, ...options }: NpzOptions = {},
): Either<IoError, ReadonlyMap<string, NDArray>> => {
  const files = unpack(bytes, maxBytes);
  if (isLeft(files)) return files;
  const arrays = new Map<string, NDArray>();
  for (const [file, content] of Object.entries(files.right)) {
    if (!file.endsWith(".npy")) {
      return refuse(WHERE, "bad-header", `${JSON.stringify(file)} in the archive is no .npy file.`);
    }
    const array = parseNpy(content, options);
    if (isLeft(array))
      return refuse(`${WHERE}, ${JSON.stringify(file)}`, array.left.reason, array.left.message);
    arrays.set(file.slice(0, -".npy".length), array.right);
  }
  return right(arrays);
};

/** Options of `formatNpz`. */
export interface FormatNpzOptions {
  /** Whether the files are compressed, as by `numpy.savez_compressed`; default false. */
  readonly compressed?: boolean;
}

/**
 * The bytes of a .npz file with these arrays, as `numpy.load` reads it.
 *
 * @example
 * io.formatNpz(new Map([["w", np.array([1, 2])]])) instanceof Uint8Array; // true
 */
export const formatNpz = (
  arrays: ReadonlyMap<string, NDArray> | { readonly [name: string]: NDArray },
  { compressed = false }: FormatNpzOptions = {},
): Uint8Array => {
  const named = arrays instanceof Map ? [...arrays] : Object.entries(arrays);
  const files = Object.fromEntries(named.map(([name, x]) => [`${name}.npy`, formatNpy(x as NDArray)]));
  return zipSync(files, { level: compressed ? 6 : 0 });
};
