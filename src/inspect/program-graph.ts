import type { NDArray } from "../array/index.ts";
import type { Aval, SourceLocation } from "../core/index.ts";

/**
 * What a node of a graph is:
 *
 * - `parameter`: an argument that gradients are taken by; `data`: another argument;
 * - `constant`: a number in the program, or an array that the function closed over;
 * - `gate`: one operation, or a function with a derivative rule of its own;
 * - `loop`, `branch`: a gate with programs inside;
 * - `fold`: several gates drawn as one;
 * - `output`: a result.
 */
export type NodeKind = "parameter" | "data" | "constant" | "gate" | "loop" | "branch" | "fold" | "output";

/** A program inside a node: the body of a loop, one branch of several. */
export interface InnerGraph {
  readonly title: string;
  readonly graph: ProgramGraph;
}

/** A node of a graph. */
export interface GraphNode {
  /** Its own among the nodes of the graph. */
  readonly id: number;
  readonly kind: NodeKind;
  /** What stands in it: the symbol of an operation, the name of an argument. */
  readonly label: string;
  /** Whether it is a number that is written in the program: such a node has one edge. */
  readonly isLiteral: boolean;
  /** A second line: how often a loop turns, what is folded here. */
  readonly detail: string | undefined;
  /** The equation as a jaxpr prints it, for gates. */
  readonly equation: string | undefined;
  /** The user's calls that led to the operation, the outermost first. */
  readonly calls: readonly SourceLocation[];
  /** The programs inside a loop or a branch. */
  readonly inside: readonly InnerGraph[];
  /** The gates that were folded into this one, in order; numbers in the program that only they read are left out. */
  readonly folded: readonly GraphNode[];
  /** A text that is equal for gates that do the same to arrays of the same kind. */
  readonly signature: string;
}

/** An array that passes from one node to another. */
export interface Wire {
  readonly aval: Aval;
  /** Its value; `undefined` in a graph of a program without values. */
  readonly value: NDArray | undefined;
  /** The gradient of the output by this use of the value; `undefined` where there is none. */
  readonly gradient: NDArray | undefined;
}

/** An edge: one wire, or several between nodes that are folds. */
export interface GraphEdge {
  readonly from: number;
  readonly to: number;
  /** Which result of the gate `from` it is, and which operand of `to`. */
  readonly output: number;
  readonly input: number;
  readonly wires: readonly Wire[];
}

/**
 * A program as a graph, as plain data: draw it by `drawGraph`, write it for Graphviz by `graphToDot`, or walk it. Nodes
 * stand in an order in which each comes behind those that it needs.
 */
export interface ProgramGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

const GATES: ReadonlySet<NodeKind> = new Set<NodeKind>(["gate", "loop", "branch", "fold"]);

/** Whether a node computes something. */
export const isGate = ({ kind }: GraphNode): boolean => GATES.has(kind);

/** The first line of all that is known of a node, for people. */
export const describeNode = (node: GraphNode): string =>
  [node.label, node.detail, node.equation].filter((line) => line !== undefined && line !== "").join("\n");
