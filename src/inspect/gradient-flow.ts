import { isFloat, type NDArray } from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";
import { sliceInDim } from "../lax/index.ts";
import * as np from "../numpy/index.ts";
import { flattenArrays, requireSameStructure } from "../transforms/flatten-function.ts";
import { flattenWithPath, formatPath } from "../tree/index.ts";
import type { Histogram, RunEvent } from "./event-file.ts";

/** Options of `gradientFlow`. */
export interface GradientFlowOptions {
  /** How many bins the histograms of gradients have. Default 30. */
  readonly bins?: number;
  /** A unit is dead once the gradient of all its weights was 0 for so many steps running. Default 1. */
  readonly deadAfter?: number;
}

/** What is measured of one parameter array at one step, as arrays, so that it can come out of a compiled step. */
export interface ParameterSample {
  /** Euclidean norms, float64[]. */
  readonly weightNorm: NDArray;
  readonly gradientNorm: NDArray;
  readonly updateNorm: NDArray;
  /** bool[units]: for each unit, along the last axis, whether the gradient of all its weights is 0. */
  readonly silent: NDArray;
  /** How many numbers of the gradient are not finite, int32[]; the histogram is of the others. */
  readonly nonFinite: NDArray;
  /** int32[bins], with the least and the largest number, their sum and that of their squares, float64[]. */
  readonly counts: NDArray;
  readonly low: NDArray;
  readonly high: NDArray;
  readonly sum: NDArray;
  readonly sumOfSquares: NDArray;
}

/** One step: a sample of each array of floats among the parameters, in the order of the leaves. */
export type FlowSample = readonly ParameterSample[];

/** What became of one parameter array at one step. */
export interface ParameterFlow {
  readonly weightNorm: number;
  readonly gradientNorm: number;
  readonly updateNorm: number;
  /** ‖update‖ / ‖weights‖; NaN for weights that are all 0. About 0.001 is usual. */
  readonly updateRatio: number;
  /** The share of units that are dead, from 0 to 1. */
  readonly dead: number;
  readonly nonFinite: number;
  /** Of the gradient. */
  readonly histogram: Histogram;
}

/** One step of a history. */
export interface FlowStep {
  readonly step: number;
  /** In the order of the names. */
  readonly parameters: readonly ParameterFlow[];
}

/** How gradients flowed in the steps of a run: plain data, never changed. */
export interface FlowHistory {
  /** The path of each parameter array, such as `layers[0].kernel`. */
  readonly names: readonly string[];
  readonly steps: readonly FlowStep[];
  /** For each array and unit, for how many steps running its gradient has been 0. */
  readonly silentFor: readonly (readonly number[])[];
}

/** Watches gradients: see `gradientFlow`. */
export interface GradientFlow {
  /** The history before the first step. */
  init(params: unknown): FlowHistory;
  /** Measure one step; works inside `jit`. `updates` are what the optimizer adds to the parameters. */
  measure(params: unknown, grads: unknown, updates?: unknown): FlowSample;
  /** The history with one more step, by default that behind the latest. */
  record(history: FlowHistory, sample: FlowSample, step?: number): FlowHistory;
}

const norm = (x: NDArray): NDArray => np.sqrt(np.sum(np.square(x.astype("float64"))));

/** Counts of the finite numbers in bins of equal width from the least to the largest. */
const distribution = (
  gradient: NDArray,
  bins: number,
): Pick<ParameterSample, "counts" | "low" | "high" | "sum" | "sumOfSquares" | "nonFinite"> => {
  const wide = np.ravel(gradient.astype("float64"));
  if (wide.size === 0) {
    const zero = np.array(0, "float64");
    return {
      counts: np.zeros([bins], "int32"),
      low: zero,
      high: zero,
      sum: zero,
      sumOfSquares: zero,
      nonFinite: np.array(0, "int32"),
    };
  }
  const finiteHere = np.isfinite(wide);
  const finite = np.where(finiteHere, wide, 0);
  const none = np.logicalNot(np.any(finiteHere));
  const [low, high] = [
    np.where(none, 0, np.min(np.where(finiteHere, wide, Number.POSITIVE_INFINITY))),
    np.where(none, 0, np.max(np.where(finiteHere, wide, Number.NEGATIVE_INFINITY))),
  ];
  const width = np.subtract(high, low);
  const share = np.divide(np.subtract(finite, low), np.where(np.equal(width, 0), 1, width));
  const bin = np.clip(np.floor(np.multiply(share, bins)), 0, bins - 1).astype("int32");
  // What is not finite is counted behind the last bin.
  const counts = np.bincount(np.where(finiteHere, bin, bins), { length: bins + 1 });
  return {
    counts: sliceInDim(counts, 0, bins),
    low,
    high,
    sum: np.sum(finite),
    sumOfSquares: np.sum(np.square(finite)),
    nonFinite: counts.at(bins).get(),
  };
};

/** The arrays of floats of a tree, by name, and where they stand among all leaves. */
const floatLeaves = (
  tree: unknown,
  where: string,
): { readonly names: string[]; readonly places: number[] } => {
  const [leaves] = flattenWithPath(tree);
  const [arrays] = flattenArrays(tree, where);
  const places = arrays.flatMap((x, i) => (isFloat(x.dtype) ? [i] : []));
  const names = places.map((i) => formatPath(leaves[i]?.[0] ?? []) || "params");
  return { names, places };
};

/** The arrays of `tree`, which must be like `params`. */
const leavesLike = (params: unknown, tree: unknown, name: string): readonly NDArray[] => {
  const [expected, structure] = flattenArrays(params, "gradientFlow, params");
  const [leaves, other] = flattenArrays(tree, `gradientFlow, ${name}`);
  requireSameStructure(structure, other, { where: "gradientFlow", names: ["params", name] });
  leaves.forEach((x, i) => {
    const like = expected[i] as NDArray;
    if (x.shape.join() !== like.shape.join()) {
      throw new ShapeError(
        `gradientFlow: ${name} have an array of ${describeAval(x)} where the parameters have ${describeAval(like)}.`,
      );
    }
  });
  return leaves;
};

const flowOf = (sample: ParameterSample, silentFor: readonly number[], deadAfter: number): ParameterFlow => {
  const [weightNorm, gradientNorm, updateNorm] = [
    Number(sample.weightNorm),
    Number(sample.gradientNorm),
    Number(sample.updateNorm),
  ];
  const [low, high, bins] = [Number(sample.low), Number(sample.high), sample.counts.size];
  return {
    weightNorm,
    gradientNorm,
    updateNorm,
    updateRatio: weightNorm === 0 ? Number.NaN : updateNorm / weightNorm,
    dead: silentFor.length === 0 ? 0 : silentFor.filter((n) => n >= deadAfter).length / silentFor.length,
    nonFinite: Number(sample.nonFinite),
    histogram: {
      edges: Array.from({ length: bins + 1 }, (_, i) =>
        i === bins ? high : low + ((high - low) * i) / bins,
      ),
      counts: sample.counts.toArray() as number[],
      sum: Number(sample.sum),
      sumOfSquares: Number(sample.sumOfSquares),
    },
  };
};

/**
 * Watches how gradients flow while a network learns: for each parameter array the norms of weights, gradients and updates,
 * how large updates are beside weights, which units are dead, and a histogram of the gradient. All of it is pure: `measure`
 * may stand inside a compiled step, `record` returns a new history, which is plain data.
 *
 * @throws ArgumentError for options out of range; TreeError or ShapeError for gradients that are not like the parameters.
 * @example
 * const [flow, w] = [gradientFlow(), np.array([3, 4])];
 * const history = flow.record(flow.init(w), flow.measure(w, np.array([0, 2])));
 * history.steps[0]?.parameters.map(({ weightNorm, gradientNorm, dead }) => [weightNorm, gradientNorm, dead]);
 * // [[5, 2, 0.5]]
 */
export const gradientFlow = ({ bins = 30, deadAfter = 1 }: GradientFlowOptions = {}): GradientFlow => {
  for (const [name, n] of Object.entries({ bins, deadAfter }))
    if (!(Number.isInteger(n) && n >= 1))
      throw new ArgumentError(`gradientFlow: ${name} must be a whole number of at least 1; got ${n}.`);
  return {
    init: (params) => {
      const { names } = floatLeaves(params, "gradientFlow, params");
      return { names, steps: [], silentFor: names.map(() => []) };
    },
    measure: (params, grads, updates) => {
      const weights = leavesLike(params, params, "params");
      const gradients = leavesLike(params, grads, "grads");
      const changes = updates === undefined ? undefined : leavesLike(params, updates, "updates");
      return floatLeaves(params, "gradientFlow, params").places.map((i): ParameterSample => {
        const gradient = gradients[i] as NDArray;
        const others = gradient.shape.slice(0, -1).map((_, axis) => axis);
        const change = changes?.[i];
        return {
          weightNorm: norm(weights[i] as NDArray),
          gradientNorm: norm(gradient),
          updateNorm: change === undefined ? np.array(Number.NaN, "float64") : norm(change),
          silent: np.ravel(np.all(np.equal(gradient, 0), others)),
          ...distribution(gradient, bins),
        };
      });
    },
    record: ({ names, steps, silentFor }, sample, step = (steps.at(-1)?.step ?? -1) + 1) => {
      if (sample.length !== names.length) {
        throw new ArgumentError(
          `gradientFlow: the history is of ${names.length} parameter arrays, the sample of ${sample.length}.`,
        );
      }
      const nextSilent = sample.map(({ silent }, i) =>
        (silent.toArray() as boolean[]).map((isSilent, unit) =>
          isSilent ? (silentFor[i]?.[unit] ?? 0) + 1 : 0,
        ),
      );
      const parameters = sample.map((each, i) => flowOf(each, nextSilent[i] as number[], deadAfter));
      return { names, steps: [...steps, { step, parameters }], silentFor: nextSilent };
    },
  };
};

/**
 * A history as events for `encodeEvents`: `gradientNorm/…`, `updateRatio/…` and so on, and the histograms of gradients.
 *
 * @example
 * const [flow, params] = [gradientFlow(), { w: np.ones([3]) }];
 * const history = flow.record(flow.init(params), flow.measure(params, params, params));
 * gradientFlowEvents(history).length; // 1
 */
export const gradientFlowEvents = ({ names, steps }: FlowHistory): readonly RunEvent[] =>
  steps.map(({ step, parameters }): RunEvent => {
    const scalars: Record<string, number> = {};
    const histograms: Record<string, Histogram> = {};
    parameters.forEach(({ histogram, nonFinite: _, ...numbers }, i) => {
      for (const [quantity, x] of Object.entries(numbers))
        if (!Number.isNaN(x)) scalars[`${quantity}/${names[i]}`] = x;
      histograms[`gradient/${names[i]}`] = histogram;
    });
    return { step, scalars, histograms };
  });
