import { instance } from "@viz-js/viz";
import { XmlDocument, type XmlElement } from "libxml2-wasm";

/** A picture, read by libxml2, which throws where it is not well-formed. */
export const parseSvg = (svg: string): { readonly root: XmlElement; readonly texts: readonly string[] } => {
  const { root } = XmlDocument.fromString(svg);
  const texts = root.find("//svg:text", { svg: "http://www.w3.org/2000/svg" }).map((node) => node.content);
  return { root, texts };
};

/** How many elements of a kind a picture has. */
export const countElements = (svg: string, name: string, attribute = ""): number =>
  parseSvg(svg).root.find(`//svg:${name}${attribute}`, { svg: "http://www.w3.org/2000/svg" }).length;

interface DotGraph {
  readonly objects?: readonly { readonly name: string; readonly label?: string }[];
  readonly edges?: readonly { readonly tail: number; readonly head: number; readonly label?: string }[];
}

/** A graph in the DOT language as Graphviz reads it: throws where Graphviz finds a fault. */
export const parseDot = async (dot: string): Promise<DotGraph> => {
  const viz = await instance();
  // The layout is of no interest here, and this engine is quick.
  const result = viz.render(dot, { format: "json0", engine: "osage" });
  // It warns that it has no font for some characters.
  const faults = result.errors.filter(({ level }) => level !== "warning").map(({ message }) => message);
  if (result.status !== "success" || faults.length > 0) throw new Error(faults.join("\n"));
  return JSON.parse(result.output) as DotGraph;
};
