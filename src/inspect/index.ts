/**
 * Pictures and measurements of programs, in Node, browsers and workers alike: what a function computes, what flows back
 * through it, and what it costs. Nothing here needs a display; pictures are SVG as text.
 *
 * @module
 */
export { type CircuitOptions, circuit, type GraphOptions, graph } from "./circuit.ts";
export {
  type CostOptions,
  type CostReport,
  cost,
  type EquationCost,
  type LineCost,
  type MeasuredCost,
} from "./cost.ts";
export { type ConfusionOptions, drawConfusion } from "./draw-confusion.ts";
export { type CostQuantity, type DrawCostOptions, drawCost } from "./draw-cost.ts";
export { type Curve, type CurveOptions, drawCurves } from "./draw-curves.ts";
export { drawGradientFlow } from "./draw-gradient-flow.ts";
export { type DrawGraphOptions, drawGraph } from "./draw-graph.ts";
export { type DrawLandscapeOptions, drawLandscape } from "./draw-landscape.ts";
export { encodeEvents, type Histogram, type RunEvent } from "./event-file.ts";
export {
  type FlowHistory,
  type FlowSample,
  type FlowStep,
  type GradientFlow,
  type GradientFlowOptions,
  gradientFlow,
  gradientFlowEvents,
  type ParameterFlow,
  type ParameterSample,
} from "./gradient-flow.ts";
export { graphToDot } from "./graph-to-dot.ts";
export { type Landscape, type LandscapeOptions, lossLandscape } from "./landscape.ts";
export type { GraphEdge, GraphNode, InnerGraph, NodeKind, ProgramGraph, Wire } from "./program-graph.ts";
export type { PictureOptions, Theme } from "./svg.ts";
