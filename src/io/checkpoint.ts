import { type Either, isLeft, map } from "fp-ts/lib/Either.js";
import { type IoError, type ReadOptions, refuse } from "./io-error.ts";
import { namedArrays, treeOfNamed } from "./names.ts";
import { formatSafetensors, parseSafetensors, type SafetensorsOptions } from "./safetensors.ts";

/*
 * A checkpoint is the tree of arrays that a training run needs to go on: parameters, optimizer state, keys, the step. It
 * is a safetensors file, so that other tools can read it.
 */

/**
 * Write a tree of arrays to a file, atomically: the bytes go to a file beside it, which takes its name only when all of
 * them are on the disk. Whoever stops in the middle leaves the file that was there before.
 *
 * @throws what the file system throws.
 * @example
 * await io.saveCheckpoint("run.safetensors", { params, optimizer: state, key, step: np.array(step, "int32") });
 */
export const saveCheckpoint = async (
  path: string,
  tree: unknown,
  options: SafetensorsOptions = {},
): Promise<void> => {
  const { open, rename, rm } = await import("node:fs/promises");
  const bytes = formatSafetensors(namedArrays(tree), options);
  const beside = `${path}.${process.pid}.partial`;
  try {
    const file = await open(beside, "w");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
};

/** What a checkpoint holds. */
export interface Checkpoint<T> {
  readonly tree: T;
  /** The text that was saved with it. */
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Read a tree of arrays from a file that `saveCheckpoint` wrote.
 *
 * @param like a tree of the same structure, shapes and dtypes: what a new run would begin with.
 * @returns the tree, or why there is none: the file is missing, is no checkpoint, or one of another tree.
 * @example
 * const saved = await io.loadCheckpoint("run.safetensors", begin(params));
 * const state = isRight(saved) ? saved.right.tree : begin(params);
 */
export const loadCheckpoint = async <T>(
  path: string,
  like: T,
  options: ReadOptions = {},
): Promise<Either<IoError, Checkpoint<T>>> => {
  const { readFile } = await import("node:fs/promises");
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const message = error instanceof Error ? error.message : String(error);
    return refuse("loadCheckpoint", isMissing ? "missing" : "not-readable", message);
  }
  const file = parseSafetensors(bytes, options);
  if (isLeft(file)) return file;
  const { tensors, metadata } = file.right;
  return map((tree: T) => ({ tree, metadata }))(treeOfNamed(like, tensors));
};
