import type { Equation, SourceLocation } from "../core/index.ts";

const sameFrame = (a: SourceLocation | undefined, b: SourceLocation | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.file === b.file &&
  a.line === b.line &&
  a.column === b.column &&
  a.functionName === b.functionName;

/** Frames of installed packages, such as a test runner, are not the user's. */
const isForeign = ({ file }: SourceLocation): boolean => file.includes("/node_modules/");

/** The place of a call, for comparison. */
const placeOf = ({ file, line, column }: SourceLocation): string => `${file}:${line}:${column}`;

/**
 * For each equation the user's calls that led to it, the outermost first, without those that are common to all of them:
 * what happened inside of the function that was traced.
 *
 * @param outside calls around the function: of a deep stack the outermost may be missing, so that they are not common.
 */
export const callPaths = (
  equations: readonly Equation[],
  outside: readonly SourceLocation[] = [],
): readonly (readonly SourceLocation[])[] => {
  const around = new Set(outside.map(placeOf));
  const paths = equations.map(({ origin }) =>
    (origin?.stack ?? []).filter((frame) => !isForeign(frame) && !around.has(placeOf(frame))).toReversed(),
  );
  const known = paths.filter((path) => path.length > 0);
  const [first] = known;
  if (first === undefined) return paths;
  let common = 0;
  // The last frame of a path is the line of the equation itself.
  while (known.every((path) => path.length > common + 1 && sameFrame(path[common], first[common]))) common++;
  return paths.map((path) => path.slice(common));
};
