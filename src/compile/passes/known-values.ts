import {
  ConcreteArray,
  filledArray,
  firstElement,
  type NDArray,
  numbersOf,
  scalarArray,
  sizeOf,
  stridesOf,
} from "../../array/index.ts";
import { type Atom, type Equation, Literal, type Var } from "../../core/index.ts";
import { broadcastInDimPrimitive } from "../../primitives/broadcast.ts";
import { iotaPrimitive } from "../../primitives/iota.ts";

/** Arrays of no more elements are looked through, and computed ahead. */
export const SMALL = 1024;

const isRepeated = (x: ConcreteArray): boolean => {
  const strides = stridesOf(x);
  return x.shape.every((n, axis) => n === 1 || strides[axis] === 0);
};

/** The scalar that every element of a value is, if that is easily seen; `undefined` for empty arrays too. */
export const knownScalar = (value: NDArray): Literal | undefined => {
  if (!(value instanceof ConcreteArray) || value.size === 0) return undefined;
  const first = firstElement(value);
  if (!isRepeated(value)) {
    if (value.size > SMALL) return undefined;
    if (numbersOf(value).some((x: number) => !Object.is(x, first))) return undefined;
  }
  return new Literal(scalarArray(first, value.dtype, value.weakType));
};

/** What is known of the values of a program whose equations are being written. */
export class KnownValues {
  readonly #consts: ReadonlyMap<Var, NDArray>;
  readonly #makers: ReadonlyMap<Var, Equation>;
  readonly #scalars = new Map<Var, Literal | undefined>();
  readonly #counts = new Map<Var, ConcreteArray>();

  constructor(consts: ReadonlyMap<Var, NDArray>, makers: ReadonlyMap<Var, Equation>) {
    this.#consts = consts;
    this.#makers = makers;
  }

  /** The scalar that every element of `atom` is, if there is such a scalar in the program. */
  scalarOf(atom: Atom): Atom | undefined {
    if (atom.aval.shape.length === 0) return atom;
    const v = atom as Var;
    const maker = this.#makers.get(v);
    if (maker !== undefined) {
      const [operand] = maker.inputs;
      return maker.primitive === broadcastInDimPrimitive && operand?.aval.shape.length === 0
        ? operand
        : undefined;
    }
    const value = this.#consts.get(v);
    if (value === undefined) return undefined;
    if (!this.#scalars.has(v)) this.#scalars.set(v, knownScalar(value));
    return this.#scalars.get(v);
  }

  /** The number that every element of `atom` is. */
  numberOf(atom: Atom): number | undefined {
    const scalar = this.scalarOf(atom);
    return scalar instanceof Literal ? firstElement(scalar.value) : undefined;
  }

  /** The value of a literal, of a constant, of a broadcast of either, or of a small count. */
  valueOf(atom: Atom): ConcreteArray | undefined {
    if (atom instanceof Literal) return atom.value;
    const value = this.#consts.get(atom);
    if (value !== undefined) return value instanceof ConcreteArray ? value : undefined;
    const maker = this.#makers.get(atom);
    if (maker === undefined) return undefined;
    const { shape, dtype, weakType } = atom.aval;
    if (maker.primitive === broadcastInDimPrimitive) {
      const operand = maker.inputs[0] as Atom;
      const scalar = operand instanceof Literal ? operand : undefined;
      if (scalar !== undefined) return filledArray(shape, firstElement(scalar.value), dtype, weakType);
      const known = this.#consts.get(operand as Var);
      return known instanceof ConcreteArray
        ? maker.primitive.evaluate([known], maker.params, [atom.aval])[0]
        : undefined;
    }
    if (maker.primitive !== iotaPrimitive || sizeOf(shape) > SMALL) return undefined;
    let count = this.#counts.get(atom);
    if (count === undefined) {
      count = maker.primitive.evaluate([], maker.params, [atom.aval])[0] as ConcreteArray;
      this.#counts.set(atom, count);
    }
    return count;
  }
}
