/**
 * The state of the page as a link: JSON, compressed, in the letters that addresses may have. Anyone may write such a
 * link, so all of it is checked when it is read.
 */
import { deflateSync, Inflate, strFromU8, strToU8 } from "fflate";
import { type ClassifierSettings, checkedSettings } from "../classifier/settings.ts";
import { isRecord } from "../worker/messages.ts";

export const views = ["functions", "classifier", "digits"] as const;
export type View = (typeof views)[number];

export const resultTabs = ["circuit", "steps", "jaxpr", "derivative", "kernels"] as const;
export type ResultTab = (typeof resultTabs)[number];

/** What a link brings back. */
export interface PageState {
  readonly view: View;
  readonly code: string;
  readonly tab: ResultTab;
  readonly classifier: ClassifierSettings;
}

/** The longest text of a program, and of a link. */
export const mostCode = 20_000;
const MOST_LINK = 30_000;
/** Code escaped as JSON, and the rest. */
const MOST_JSON = 8 * mostCode;
/** So many bytes of a link are inflated at a time: each can become a thousand. */
const PIECE = 64;

const PREFIX = "#s=";

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

const fromBase64Url = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

/** Never makes more than `most` bytes, whatever it is given. */
const inflate = (bytes: Uint8Array, most: number): Uint8Array => {
  const pieces: Uint8Array[] = [];
  let length = 0;
  let isWhole = false;
  const stream = new Inflate((piece, isLast) => {
    length += piece.length;
    if (length > most) throw new RangeError("too long");
    pieces.push(piece);
    isWhole = isLast;
  });
  for (let i = 0; i < bytes.length; i += PIECE) {
    stream.push(bytes.subarray(i, i + PIECE), i + PIECE >= bytes.length);
  }
  if (!isWhole) throw new RangeError("cut off");
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
};

/** The fragment of an address, "#" included; `undefined` if the program is too long for one. */
export const encodeLink = (state: PageState): string | undefined => {
  if (state.code.length > mostCode) return undefined;
  const link = PREFIX + toBase64Url(deflateSync(strToU8(JSON.stringify(state)), { level: 9 }));
  return link.length > MOST_LINK ? undefined : link;
};

const oneOf = <T extends string>(known: readonly T[], x: unknown): T =>
  known.find((each) => each === x) ?? (known[0] as T);

export type DecodedLink =
  | { readonly kind: "none" }
  | { readonly kind: "state"; readonly state: PageState }
  | { readonly kind: "refused"; readonly why: string };

const refused = (why: string): DecodedLink => ({ kind: "refused", why });

/** What a fragment says; a fragment that is no link of ours says nothing. */
export const decodeLink = (fragment: string): DecodedLink => {
  if (!fragment.startsWith(PREFIX)) return { kind: "none" };
  if (fragment.length > MOST_LINK) return refused("The link is too long.");
  let json: unknown;
  try {
    json = JSON.parse(strFromU8(inflate(fromBase64Url(fragment.slice(PREFIX.length)), MOST_JSON)));
  } catch {
    return refused("The link is damaged: a part of it may be missing.");
  }
  if (!isRecord(json) || typeof json["code"] !== "string" || json["code"].length > mostCode) {
    return refused("The link is none of this page.");
  }
  const { view, code, tab, classifier } = json;
  return {
    kind: "state",
    state: {
      view: oneOf(views, view),
      code,
      tab: oneOf(resultTabs, tab),
      classifier: checkedSettings(classifier),
    },
  };
};
