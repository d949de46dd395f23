/**
 * Loads what is measured. Specifiers are computed, because neither the peers, which this folder's own lockfile
 * installs, nor the built package need be there when the imports of the project are checked.
 */
import { pathToFileURL } from "node:url";

/** Where the built package is. */
export const built =
  process.env.COTANGENT_DIST === undefined
    ? new URL("../../dist/", import.meta.url)
    : pathToFileURL(`${process.env.COTANGENT_DIST}/`);

export const loadOurs = () => import(new URL("index.js", built).href);

/** An installed package by its name. */
export const loadPeer = (name) => import(name);
