import { readFileSync } from "node:fs";
import * as cotangent from "../../src/index.ts";
import { DTYPES, ELSEWHERE, REASONS } from "./reasons.ts";

/*
 * The table of JAX's names and ours, docs/jax-names.md: made from JAX's namespaces (test/golden/names.json), from our
 * own, and from the reasons for what we leave out (reasons.ts).
 */

interface Names {
  readonly jax: string;
  readonly namespaces: { readonly [namespace: string]: readonly string[] };
}

const names = JSON.parse(readFileSync(new URL("../golden/names.json", import.meta.url), "utf8")) as Names;

/** `scatter_add` as `scatterAdd`; capitals and a final underscore stay. */
const camelCase = (name: string): string =>
  name.replace(/(?<=[^_])_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Our namespaces that stand for one of JAX, the nearest first. */
const OURS: { readonly [namespace: string]: readonly string[] } = {
  "jax.numpy": ["numpy"],
  "jax.numpy.linalg": ["numpy.linalg"],
  "jax.numpy.fft": ["numpy.fft"],
  "jax.lax": ["lax"],
  "jax.lax.linalg": ["lax.linalg", "lax"],
  "jax.random": ["random"],
  "jax.nn": ["nn"],
  "jax.nn.initializers": ["nn.initializers"],
  "jax.scipy.special": ["scipy.special", "special"],
};

/** Where we have what JAX has in a namespace: `jax.scipy.stats.norm` is `scipy.stats.norm` or `stats.norm`. */
const roomsFor = (namespace: string): readonly string[] => {
  const known = OURS[namespace];
  if (known !== undefined) return known;
  const distribution = camelCase(namespace.slice("jax.scipy.stats.".length));
  return [`scipy.stats.${distribution}`, `stats.${distribution}`];
};

/** What a path such as "numpy.linalg.det" leads to, from the public face. */
const lookUp = (path: string): unknown =>
  path.split(".").reduce<unknown>((value, part) => {
    const isRoom = (typeof value === "object" && value !== null) || typeof value === "function";
    return isRoom ? (value as { readonly [name: string]: unknown })[part] : undefined;
  }, cotangent);

/** Our path of a name of JAX, if we have it. */
const oursOf = (namespace: string, name: string): string | undefined =>
  roomsFor(namespace)
    .map((room) => `${room}.${camelCase(name)}`)
    .find((path) => lookUp(path) !== undefined);

/** One name: ours, or why not. */
interface Row {
  readonly name: string;
  readonly ours?: string;
  readonly reason?: string;
}

/** What the table cannot say. */
export interface Gap {
  readonly name: string;
  readonly problem: string;
}

const rowOf = (namespace: string, name: string, gaps: Gap[]): Row => {
  const full = `${namespace}.${name}`;
  const own = oursOf(namespace, name);
  if (own !== undefined) return { name, ours: `\`${own}\`` };
  const elsewhere = ELSEWHERE[full];
  if (elsewhere !== undefined) {
    if (lookUp(elsewhere) === undefined) gaps.push({ name: full, problem: `there is no ${elsewhere}` });
    return { name, ours: `\`${elsewhere}\`` };
  }
  if (namespace === "jax.numpy" && DTYPES.includes(name)) return { name, ours: `the dtype \`"${name}"\`` };
  const reason = REASONS.find(({ applies }) => applies(full));
  if (reason === undefined) {
    gaps.push({ name: full, problem: "it is neither ours nor has a reason" });
    return { name };
  }
  return { name, reason: reason.why };
};

const section = (namespace: string, rows: readonly Row[]): string => {
  const had = rows.filter((row) => row.ours !== undefined);
  const lines = had.map((row) => `| \`${row.name}\` | ${row.ours} |`);
  const whys = [...new Set(rows.flatMap(({ reason }) => (reason === undefined ? [] : [reason])))];
  const left = whys.map((why) => {
    const listed = rows.filter((row) => row.reason === why).map((row) => `\`${row.name}\``);
    return `- ${why}: ${listed.join(" ")}`;
  });
  return [
    `## ${namespace}`,
    "",
    `${had.length} of ${rows.length}.`,
    "",
    ...(lines.length === 0 ? [] : ["| JAX | ours |", "|---|---|", ...lines, ""]),
    ...(left.length === 0 ? [] : ["Left out:", "", ...left, ""]),
  ].join("\n");
};

/** The page, and the names that it says nothing about. */
export const makeTable = (): { readonly text: string; readonly gaps: readonly Gap[] } => {
  const gaps: Gap[] = [];
  const sections = Object.entries(names.namespaces).map(([namespace, listed]) => {
    const rows = listed.map((name) => rowOf(namespace, name, gaps));
    return { rows, text: section(namespace, rows) };
  });
  const rows = sections.flatMap((s) => s.rows);
  const had = rows.filter((row) => row.ours !== undefined).length;
  const head = [
    "# JAX's names and ours",
    "",
    `Every public name of JAX ${names.jax}'s numpy, lax, random, nn, special functions and densities: ours, or why there is`,
    `none. We have ${had} of ${rows.length}. \`npm run names\` writes this page from the namespaces themselves;`,
    "`test/names/reasons.ts` holds the reasons.",
    "",
    "",
  ].join("\n");
  return { text: head + sections.map((s) => s.text).join("\n"), gaps };
};

/** Where the page stands. */
export const TABLE_FILE = new URL("../../docs/jax-names.md", import.meta.url);
