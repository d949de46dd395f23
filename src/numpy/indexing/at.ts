import type { ArrayLike, GetOptions, Index, IndexedArray, NDArray, SetOptions } from "../../array/index.ts";
import { read } from "./read.ts";
import { ADD, MAXIMUM, MINIMUM, MULTIPLY, SET, type Update, write } from "./write.ts";

/** The places of an array that indices name, for pure reads and updates. */
class Places implements IndexedArray {
  readonly #array: NDArray;
  readonly #indices: readonly Index[];

  constructor(array: NDArray, indices: readonly Index[]) {
    this.#array = array;
    this.#indices = indices;
  }

  get(options?: GetOptions): NDArray {
    return read(this.#array, this.#indices, options);
  }
  set(values: ArrayLike, options?: SetOptions): NDArray {
    return this.#update(SET, values, options);
  }
  add(values: ArrayLike, options?: SetOptions): NDArray {
    return this.#update(ADD, values, options);
  }
  mul(values: ArrayLike, options?: SetOptions): NDArray {
    return this.#update(MULTIPLY, values, options);
  }
  min(values: ArrayLike, options?: SetOptions): NDArray {
    return this.#update(MINIMUM, values, options);
  }
  max(values: ArrayLike, options?: SetOptions): NDArray {
    return this.#update(MAXIMUM, values, options);
  }
  apply(f: (x: NDArray) => NDArray, options?: SetOptions): NDArray {
    return this.set(f(this.get()), options);
  }

  #update(update: Update, values: ArrayLike, options?: SetOptions): NDArray {
    return write(update, this.#array, this.#indices, values, options);
  }
}

/** The places of `x` that `indices` names, one index an axis: the method `x.at(…)`. */
export const at = (x: NDArray, indices: readonly Index[]): IndexedArray => new Places(x, indices);
