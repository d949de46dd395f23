/**
 * Whether two implementations computed the same numbers.
 */

/** How far float32 programs may differ that sum in another order, relative to the norm of the whole array. */
const TOLERANCE = 1e-3;

/** What differs between the digests of two implementations, or undefined. */
export const difference = (expected, actual) => {
  if (expected.length !== actual.length) return `${expected.length} arrays, but ${actual.length}`;
  for (const [i, a] of expected.entries()) {
    const b = actual[i];
    if (a.size !== b.size) return `array ${i} has ${a.size} elements, but ${b.size}`;
    const scale = Math.max(1e-30, a.norm / Math.sqrt(a.size));
    if (!(Math.abs(a.norm - b.norm) <= TOLERANCE * scale * Math.sqrt(a.size))) {
      return `array ${i} has norm ${a.norm}, but ${b.norm}`;
    }
    const wrong = a.some.findIndex((x, k) => !(Math.abs(x - b.some[k]) <= TOLERANCE * (scale + Math.abs(x))));
    if (wrong >= 0) return `array ${i} has ${a.some[wrong]} at sample ${wrong}, but ${b.some[wrong]}`;
  }
  return undefined;
};
