/**
 * Loads what is measured. Specifiers are computed, because neither the peers, which this folder's own lockfile
 * installs, nor the built package need be there when the imports of the project are checked.
 */
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";

/** Where the built package is. */
export const built =
  process.env.COTANGENT_DIST === undefined
    ? new URL("../../dist/", import.meta.url)
    : pathToFileURL(`${process.env.COTANGENT_DIST}/`);

/** What Node is given of it; packages built before there was a form for Node have one for all. */
export const index = ["node/index.js", "index.js"].map((path) => new URL(path, built)).find(existsSync);

export const loadOurs = () => import(index.href);

/** An installed package by its name. */
export const loadPeer = (name) => import(name);
