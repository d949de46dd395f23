/**
 * Pictures and measurements of programs, in Node, browsers and workers alike: what a function computes, what flows back
 * through it, and what it costs. Nothing here needs a display; pictures are SVG as text.
 *
 * @module
 */
export { type CircuitOptions, circuit, type GraphOptions, graph } from "./circuit.ts";
export { drawGraph } from "./draw-graph.ts";
export { graphToDot } from "./graph-to-dot.ts";
export type { GraphEdge, GraphNode, InnerGraph, NodeKind, ProgramGraph, Wire } from "./program-graph.ts";
export type { PictureOptions, Theme } from "./svg.ts";
