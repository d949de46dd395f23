/** Where a subtree stands: positions in arrays, keys in objects, names or positions in registered classes. */
export type Path = readonly (string | number)[];

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** An object's key as it is written in a literal: quoted where it has to be. */
export const formatKey = (key: string): string => (IDENTIFIER.test(key) ? key : JSON.stringify(key));

/**
 * A path as it would be written in a program, after `root` if one is given.
 *
 * @example
 * formatPath(["layers", 0, "w"], "params"); // "params.layers[0].w"
 * formatPath(["my key"]); // "[\"my key\"]"
 */
export const formatPath = (path: Path, root = ""): string => {
  let text = root;
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (!IDENTIFIER.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
};
