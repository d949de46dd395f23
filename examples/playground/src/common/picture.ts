/**
 * Pictures come from a worker that ran anyone's code. Of their SVG only drawing is taken over: known elements with known
 * attributes, made anew. Colours are those of the page's style sheet.
 */
const ELEMENTS: ReadonlySet<string> = new Set([
  "svg",
  "g",
  "rect",
  "circle",
  "path",
  "line",
  "polyline",
  "polygon",
  "text",
  "tspan",
  "title",
]);

const ATTRIBUTES: ReadonlySet<string> = new Set([
  "class",
  "x",
  "y",
  "x1",
  "y1",
  "x2",
  "y2",
  "cx",
  "cy",
  "r",
  "rx",
  "ry",
  "d",
  "points",
  "width",
  "height",
  "transform",
  "viewBox",
  "role",
  "aria-label",
  "text-anchor",
  "dominant-baseline",
  "font-size",
  "font-weight",
  "stroke-dasharray",
  "stroke-width",
  "fill-opacity",
  "stroke-opacity",
  "opacity",
  "data-node",
  "data-edge",
]);

/** The width up to which a picture is small. */
const SMALL = 560;

const NAMESPACE = "http://www.w3.org/2000/svg";

const copied = (from: Element): SVGElement | undefined => {
  if (from.namespaceURI !== NAMESPACE || !ELEMENTS.has(from.localName)) return undefined;
  const to = document.createElementNS(NAMESPACE, from.localName);
  for (const { name, value } of from.attributes) if (ATTRIBUTES.has(name)) to.setAttribute(name, value);
  for (const child of from.childNodes) {
    const copy =
      child instanceof Element
        ? copied(child)
        : child.nodeType === Node.TEXT_NODE
          ? child.cloneNode()
          : undefined;
    if (copy !== undefined) to.append(copy);
  }
  return to;
};

/**
 * The picture as an element of this page, or a note if it is none.
 *
 * @param scale how much larger than drawn a small picture is shown.
 */
export const pictureOf = (svg: string, scale = 1): Element => {
  // The style sheet of the file would be refused by the page's policy, even in a document that nobody shows.
  const bare = svg
    .replace(/<style>[^<]*<\/style>/g, "")
    .replace(/(?: font-size="\d+")? style="font-size:(\d+)px"/g, ' font-size="$1"')
    .replace(/ style="[^"]*"/g, "");
  const { documentElement } = new DOMParser().parseFromString(bare, "image/svg+xml");
  const picture = copied(documentElement);
  if (picture !== undefined && documentElement.localName === "svg") {
    const isSmall = Number(picture.getAttribute("width")) <= SMALL;
    for (const side of ["width", "height"]) {
      picture.setAttribute(side, String((isSmall ? scale : 1) * Number(picture.getAttribute(side))));
    }
    return picture;
  }
  const note = document.createElement("p");
  note.textContent = "The picture could not be read.";
  return note;
};
