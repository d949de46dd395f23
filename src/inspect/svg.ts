/**
 * SVG as text: what all pictures of this room are written with.
 */

/** A piece of finished SVG. */
export type Markup = string;

type Attributes = Readonly<Record<string, string | number | undefined>>;

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** What XML 1.0 does not allow in a document, escaped or not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not stay
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

/** Text as it may stand in an element or an attribute. */
export const escapeText = (text: string): string =>
  text.replace(FORBIDDEN, "�").replace(/[&<>"]/g, (c) => ESCAPES[c] as string);

/** Coordinates to a hundredth of a pixel: files stay small, and their differences readable. */
const attributeText = (value: string | number): string =>
  typeof value === "number" ? String(Math.round(value * 100) / 100) : escapeText(value);

/** An element; children that are text go through `escapeText` first. */
export const element = (name: string, attributes: Attributes, ...children: readonly Markup[]): Markup => {
  const written = Object.entries(attributes)
    .filter((entry): entry is [string, string | number] => entry[1] !== undefined)
    .map(([key, value]) => ` ${key}="${attributeText(value)}"`)
    .join("");
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
};

/** A line of text. */
export const text = (x: number, y: number, content: string, attributes: Attributes = {}): Markup =>
  element("text", { x, y, ...attributes }, escapeText(content));

/** What a browser shows when the pointer rests on the element around. */
export const tooltip = (content: string): Markup => element("title", {}, escapeText(content));

/** Font size in pixels of ordinary text. */
export const FONT_SIZE = 12;

/** The widest advance of a character among the fonts below, as a share of the font size. */
const ADVANCE = 0.61;
const WIDE = /[\u1100-\u115f\u2e80-\uffdc]|[\u{1f000}-\u{3ffff}]/u;

/** How wide a line of text is at most. All fonts of pictures have one width of characters, so that nobody must measure. */
export const textWidth = (content: string, fontSize = FONT_SIZE): number => {
  let characters = 0;
  for (const character of content) characters += WIDE.test(character) ? 1.7 : 1;
  return characters * ADVANCE * fontSize;
};

/** Which colours a picture has: those that the viewer's system asks for, or one set. */
export type Theme = "auto" | "light" | "dark";

/** Options that every picture takes. */
export interface PictureOptions {
  /** Default "auto": light or dark as the viewer's system is. */
  readonly theme?: Theme;
}

/**
 * A palette: colours by role. The six of `series` are told apart by those who see fewer colours too (after Okabe and Ito,
 * https://jfly.uni-koeln.de/color/), each as dark or light as it takes to be read on the background.
 */
interface Palette {
  readonly background: string;
  readonly ink: string;
  readonly faint: string;
  readonly grid: string;
  readonly surface: string;
  readonly value: string;
  readonly gradient: string;
  readonly bad: string;
  readonly parameter: string;
  readonly series: readonly string[];
}

const LIGHT: Palette = {
  background: "#ffffff",
  ink: "#1b1f24",
  faint: "#57606a",
  grid: "#d8dee4",
  surface: "#f3f5f7",
  value: "#0a5c36",
  gradient: "#b02a1c",
  bad: "#b4008c",
  parameter: "#dcebff",
  series: ["#0b66b0", "#b35200", "#00785a", "#a3397d", "#6a5000", "#3b3f9e"],
};

const DARK: Palette = {
  background: "#0f1318",
  ink: "#e8ecf0",
  faint: "#a3adb8",
  grid: "#333c47",
  surface: "#1d242c",
  value: "#6fdba3",
  gradient: "#ff9a8a",
  bad: "#ff7ce0",
  parameter: "#17395f",
  series: ["#62b6f5", "#f2a154", "#4fd0a8", "#e993c6", "#d9c45a", "#a5a8ff"],
};

/** How many colours series take turns with. */
export const SERIES = LIGHT.series.length;

const rules = (p: Palette): string =>
  [
    `.background{fill:${p.background}}`,
    `text{fill:${p.ink}}`,
    `.faint{fill:${p.faint}}`,
    `.value{fill:${p.value}}`,
    `.gradient{fill:${p.gradient}}`,
    `text.bad{fill:${p.bad}}`,
    `.line{stroke:${p.faint};fill:none}`,
    `.arrow{fill:${p.faint}}`,
    `.grid{stroke:${p.grid};fill:none}`,
    `.axis{stroke:${p.faint};fill:none}`,
    `.box{fill:${p.background};stroke:${p.ink}}`,
    `.surface{fill:${p.surface};stroke:${p.faint}}`,
    `.parameter{fill:${p.parameter};stroke:${p.ink}}`,
    `.halo{stroke:${p.background};stroke-width:3px;paint-order:stroke;stroke-linejoin:round}`,
    ...p.series.flatMap((color, i) => [
      `.stroke-${i}{stroke:${color};fill:none}`,
      `.fill-${i},text.fill-${i}{fill:${color}}`,
      `.tint-${i}{fill:${color};fill-opacity:.22;stroke:${color}}`,
    ]),
  ].join("");

const STYLE = `text{font:${FONT_SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}.title{font-weight:600}`;

const styleOf = (theme: Theme): string => {
  if (theme === "dark") return STYLE + rules(DARK);
  const light = STYLE + rules(LIGHT);
  return theme === "light" ? light : `${light}@media (prefers-color-scheme:dark){${rules(DARK)}}`;
};

/** A whole picture: a document of its own that may also stand inside HTML. */
export const picture = (
  width: number,
  height: number,
  label: string,
  content: readonly Markup[],
  { theme = "auto" }: PictureOptions = {},
): string => {
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    width: w,
    height: h,
    viewBox: `0 0 ${w} ${h}`,
    role: "img",
    "aria-label": label,
  };
  // A style sheet has no "<" and no "&", so that it stands as it is.
  const style = element("style", {}, styleOf(theme));
  const background = element("rect", { class: "background", width: w, height: h });
  return `${element("svg", attributes, style, background, ...content)}\n`;
};
