import {
  allocate,
  ConcreteArray,
  type DType,
  denseData,
  type NDArray,
  type Shape,
  sameShape,
  sizeOf,
  type TypedArray,
} from "../../array/index.ts";
import {
  type Aval,
  aval,
  type BatchAxis,
  bind,
  type Chooser,
  DTypeError,
  definePrimitive,
  describeAval,
  type ElementRange,
  type ExampleSpec,
  type Params,
  type Primitive,
  ShapeError,
} from "../../core/index.ts";
import { convert, type Expr, type Operand } from "../../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../../kernel/nest.ts";
import { plus, settled, times } from "../../kernel/strided.ts";
import { batchedAt } from "../broadcast.ts";
import type { FloatType, Key } from "./draws.ts";
import { pairOf } from "./draws-nest.ts";

/*
 * What samplers that draw until they accept have in common. An operand `key`, uint32[...batch, 2], and parameters of
 * the distribution, floating-point[...batch, ...shape], give one number for each element of the parameters; each key
 * serves its own row of them. The numbers are those of JAX, which draws in the same order. They are loops of their own
 * and not a `whileLoop` over whole arrays, because a loop over arrays goes on for all elements as long as one wants
 * another draw, and because the operations outside `jit` would each make an array of every draw.
 */

/** One row of a sampler, for reference evaluation. */
export interface SampledRow {
  readonly key: Key;
  /** The elements of the row, of each parameter. */
  readonly parameters: readonly TypedArray[];
  readonly out: TypedArray;
  readonly type: FloatType;
}

/** One row of a sampler in loops. */
export interface SampledRowExpr {
  readonly key: Expr;
  readonly count: number;
  /** The `i`-th element of each parameter, as f64. */
  parameters(i: Expr): readonly Expr[];
  /** Set the `i`-th element of the result. */
  store(i: Expr, value: Expr): void;
  /** What an element of the result was set to. */
  result(i: Expr): Expr;
  readonly type: "f32" | "f64";
}

/** What makes one sampler differ from another. */
export interface SamplerDefinition<P extends Params> {
  readonly name: string;
  /** The numbers that each parameter of the distribution may be tested with. */
  readonly ranges: readonly ElementRange[];
  /** The parameters that an example may have. */
  drawParams(choose: Chooser): P;
  /** The dtype of the result; default: that of the parameters of the distribution. */
  dtype?(params: P): DType;
  /** Fill `out`. */
  sample(row: SampledRow, params: P): void;
  /** The same in loops; what it returns writes one row, so that buffers can be had once for all rows. */
  loops(nest: NestBuilder, count: number, params: P): (row: SampledRowExpr) => void;
}

/** The shape that all parameters have. */
const shapeOf = (name: string, [key, ...parameters]: readonly Aval[]): Shape => {
  const { shape, dtype } = parameters[0] as Aval;
  const wrong = parameters.find((x) => !sameShape(x.shape, shape) || x.dtype !== dtype);
  if (wrong !== undefined || (dtype !== "float32" && dtype !== "float64")) {
    throw new DTypeError(
      `${name}: parameters must be floating-point and have one dtype and shape; got ` +
        `${parameters.map(describeAval).join(" and ")}.`,
    );
  }
  const keys = (key as Aval).shape;
  if ((key as Aval).dtype !== "uint32" || keys.at(-1) !== 2) {
    throw new DTypeError(`${name}: keys are uint32[..., 2]; got ${describeAval(key as Aval)}.`);
  }
  const batch = keys.slice(0, -1);
  if (!sameShape(shape.slice(0, batch.length), batch)) {
    throw new ShapeError(
      `${name}: the axes before the last of the keys, ${describeAval(key as Aval)}, must be the first of the ` +
        `parameters, ${describeAval(parameters[0] as Aval)}.`,
    );
  }
  return shape;
};

/** Declare a sampler. */
export const defineSampler = <P extends Params>(definition: SamplerDefinition<P>): Primitive<P> => {
  const { name, ranges, sample, loops } = definition;
  const primitive: Primitive<P> = definePrimitive<P>({
    name,
    abstractEval: (inputs, params) => {
      const shape = shapeOf(name, inputs);
      return [aval(shape, definition.dtype?.(params) ?? (inputs[1] as Aval).dtype)];
    },
    evaluate: ([key, ...parameters], params, [output]) => {
      const { shape, dtype } = output as Aval;
      const out = allocate(dtype, sizeOf(shape));
      const words = denseData(key as ConcreteArray);
      const data = parameters.map((x) => denseData(x));
      const count = sizeOf(shape.slice((key as ConcreteArray).ndim - 1));
      const type = (parameters[0] as ConcreteArray).dtype as FloatType;
      for (let start = 0, word = 0; start < out.length; start += count, word += 2) {
        sample(
          {
            key: [words[word] as number, words[word + 1] as number],
            parameters: data.map((x) => x.subarray(start, start + count)),
            out: out.subarray(start, start + count),
            type,
          },
          params,
        );
      }
      return [new ConcreteArray(out, shape, dtype)];
    },
    jvp: {
      missing: "draws accept and reject by jumps; a sampler that can be differentiated has a rule of its own",
    },
    transpose: { missing: "random numbers are not linear in the parameters of their distribution" },
    batch: (inputs, axes, size, params) => ({
      outputs: bind(
        primitive,
        inputs.map((x, i) => batchedAt(x, axes[i] as BatchAxis, size, 0)),
        params,
      ),
      axes: [0],
    }),
    lowering: {
      kind: "nest",
      build: (nest, params, [key], [output]) => {
        const { shape } = output as Aval;
        const count = sizeOf(shape.slice((key as Aval).shape.length - 1));
        if (sizeOf(shape) > 0) buildRows(nest, sizeOf(shape) / count, count, loops(nest, count, params));
      },
    },
    args: {
      example: (choose) => drawExample(choose, ranges, definition.drawParams(choose)),
      differentiable: [],
    },
  });
  return primitive;
};

const buildRows = (
  nest: NestBuilder,
  rows: number,
  count: number,
  writeRow: (row: SampledRowExpr) => void,
): void => {
  const [keys, ...parameters] = nest.inputs as readonly [Buffer, ...Buffer[]];
  const out = nest.outputs[0] as Buffer;
  nest.for(rows, (r) => {
    const word = settled(nest, times(r, 2));
    const start: Operand = settled(nest, times(r, count));
    writeRow({
      key: nest.let(pairOf(nest.load(keys, word), nest.load(keys, plus(word, 1)))),
      count,
      parameters: (i) => parameters.map((x) => nest.let(convert(nest.load(x, plus(start, i)), "f64"))),
      store: (i, value) => nest.store(out, plus(start, i), convert(value, out.type)),
      result: (i) => nest.load(out, plus(start, i)),
      type: parameters[0]?.type as "f32" | "f64",
    });
  });
};

const drawExample = <P extends Params>(
  choose: Chooser,
  ranges: readonly ElementRange[],
  params: P,
): ExampleSpec<P> => {
  const shape = choose.shape({ maxRank: 3 });
  const batch = choose.int(0, shape.length);
  const dtype = choose.floatDType();
  const key = {
    shape: [...shape.slice(0, batch), 2],
    dtype: "uint32" as const,
    elements: { min: 0, max: 2 ** 32 - 1 },
  };
  return { inputs: [key, ...ranges.map((elements) => ({ shape, dtype, elements }))], params };
};

/** Bind a sampler to a key and parameters that have the shape of the sample. */
export const bindSampler = <P extends Params>(
  primitive: Primitive<P>,
  key: NDArray,
  parameters: readonly NDArray[],
  params: P,
): NDArray => bind(primitive, [key, ...parameters], params)[0] as NDArray;
