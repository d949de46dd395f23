/**
 * What a page and a worker say to each other. The worker runs code that anyone may have written, so whatever it says is
 * looked at before it is believed: see `isReply`.
 */

/** A question; `id` comes back with the answer. */
export interface Query {
  readonly id: number;
  readonly input: unknown;
}

/** `ready` once, when the worker has loaded all that it needs, or `broken`; then answers. */
export type Reply =
  | { readonly kind: "ready" }
  | { readonly kind: "broken"; readonly message: string }
  | { readonly kind: "done"; readonly id: number; readonly output: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly message: string };

export const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> =>
  typeof x === "object" && x !== null && !Array.isArray(x);

export const isReply = (x: unknown): x is Reply => {
  if (!isRecord(x)) return false;
  switch (x["kind"]) {
    case "ready":
      return true;
    case "broken":
      return typeof x["message"] === "string";
    case "done":
      return typeof x["id"] === "number" && "output" in x;
    case "failed":
      return typeof x["id"] === "number" && typeof x["message"] === "string";
    default:
      return false;
  }
};
