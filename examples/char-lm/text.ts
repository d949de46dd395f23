/**
 * Thirteen sonnets by William Shakespeare (1, 12, 18, 29, 30, 33, 55, 60, 65, 71, 73, 130 and 116 of those printed in 1609),
 * in modern spelling; they are in the public domain. The last one is kept from training.
 */
import { readFileSync } from "node:fs";

export const sonnets = readFileSync(new URL("./sonnets.txt", import.meta.url), "utf8");

const lastBegins = sonnets.lastIndexOf("\n\n") + 2;

export const known = sonnets.slice(0, lastBegins);
export const heldOut = sonnets.slice(lastBegins);
