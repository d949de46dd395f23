import { deflateSync, strToU8 } from "fflate";
import { describe, expect, test } from "vitest";
import { defaultSettings } from "../src/classifier/settings.ts";
import { decodeLink, encodeLink, mostCode, type PageState } from "../src/share/link.ts";

const state: PageState = {
  view: "classifier",
  code: 'export const f = (x) => x; // ∂ "quoted" \\ 数\n',
  tab: "kernels",
  classifier: { ...defaultSettings, dataset: "moons", width: 4 },
};

const linkOf = (text: string): string =>
  `#s=${Buffer.from(deflateSync(strToU8(text))).toString("base64url")}`;

describe("links", () => {
  test("bring back what was on the page", () => {
    const link = encodeLink(state) as string;
    expect(link).toMatch(/^#s=[\w-]+$/);
    expect(decodeLink(link)).toEqual({ kind: "state", state });
  });

  test("are not made of programs that are too long", () => {
    expect(encodeLink({ ...state, code: "x".repeat(mostCode) })).toBeDefined();
    expect(encodeLink({ ...state, code: "x".repeat(mostCode + 1) })).toBeUndefined();
    // Text that can't be compressed makes a longer link than anyone should have.
    const noise = Array.from({ length: mostCode }, (_, i) =>
      String.fromCharCode(33 + (((i * i * 7919) % 90931) % 90)),
    ).join("");
    const link = encodeLink({ ...state, code: noise });
    if (link !== undefined) expect(decodeLink(link).kind).toBe("state");
  });

  test.each(["", "#", "#main", "#other=1"])("%o says nothing", (fragment) => {
    expect(decodeLink(fragment)).toEqual({ kind: "none" });
  });

  test.each([
    ["letters that no link has", "#s=%%%"],
    ["what is not compressed", "#s=AAAA"],
    ["nothing", "#s="],
    ["no JSON", linkOf("{")],
    ["no object", linkOf("[1]")],
    ["no code", linkOf("{}")],
    ["code that is no text", linkOf('{"code":1}')],
    ["too long a link", `#s=${"A".repeat(40_000)}`],
    ["too long a program", linkOf(JSON.stringify({ code: "x".repeat(mostCode + 1) }))],
  ])("%s is refused", (_, fragment) => {
    expect(decodeLink(fragment).kind).toBe("refused");
  });

  test("every beginning of a link is refused, and none throws", () => {
    const link = encodeLink(state) as string;
    for (let length = 4; length < link.length - 1; length++) {
      expect(decodeLink(link.slice(0, length)).kind).toBe("refused");
    }
  });

  test("a small link can't unfold to a large text", () => {
    const bomb = linkOf(`{"code":"${"x".repeat(10_000_000)}"}`);
    expect(bomb.length).toBeLessThan(20_000);
    // Refused while it unfolds: a whole text that is too long has another message.
    expect(decodeLink(bomb)).toEqual({
      kind: "refused",
      why: "The link is damaged: a part of it may be missing.",
    });
  });

  test("choices that are none of ours are replaced", () => {
    const text =
      '{"code":"","view":"other","tab":3,"classifier":{"width":5,"rate":"fast","dataset":"circles"}}';
    expect(decodeLink(linkOf(text))).toEqual({
      kind: "state",
      state: {
        code: "",
        view: "functions",
        tab: "circuit",
        classifier: { ...defaultSettings, dataset: "circles" },
      },
    });
  });
});
