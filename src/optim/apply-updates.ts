import * as np from "../numpy/index.ts";
import { mapTrees } from "./trees.ts";

/**
 * Parameters plus updates, in the dtypes of the parameters.
 *
 * @throws TypeError if the trees differ in structure, naming the first place where they do.
 * @example
 * params = applyUpdates(params, updates);
 */
export const applyUpdates = <P>(params: P, updates: P): P =>
  mapTrees<P>("applyUpdates", { params, updates }, (p, u) => np.astype(np.add(p, u), p.dtype));
