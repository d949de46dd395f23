import { dtypeInfo } from "../array/index.ts";
import type { Buffer } from "./program.ts";
import type { FunctionBuilder, Local, ValueType } from "./wasm/function.ts";

/**
 * Where the code of kernels finds buffers. Scratch buffers lie at a fixed distance from an address that a call passes,
 * constants at one from an address in a global; what belongs to turns of loops moves with them.
 */
export interface AddressSpace {
  /** Parameters of the functions of kernels: the base of scratch memory, then the turn of each loop around, outermost first. */
  readonly params: readonly ValueType[];
  /** The distance of a buffer from its base. */
  offsetOf(buffer: Buffer): number;
  /** Which base: buffers that share one can share moving pointers. */
  baseOf(buffer: Buffer): string;
  /** Whether to push that base takes no arithmetic. */
  hasPlainBase(buffer: Buffer): boolean;
  /** Push the base of a buffer. */
  pushBase(f: FunctionBuilder, buffer: Buffer): void;
}

/** Where memory was found for a buffer that has memory of its own: in scratch memory, or among the constants. */
export interface Placement {
  readonly base: "scratch" | "const";
  readonly offset: number;
}

/** The address space of kernels inside of `loops` loops; `pushConstants` pushes the address that constants count from. */
export const addressSpace = (
  loops: number,
  placementOf: (buffer: Buffer) => Placement,
  pushConstants: (f: FunctionBuilder) => void,
): AddressSpace => {
  const turn = (f: FunctionBuilder, loop: number): Local => f.param(1 + loop);
  const space: AddressSpace = {
    params: new Array<ValueType>(1 + loops).fill("i32"),
    offsetOf: (buffer) => {
      const { origin } = buffer;
      if (origin.kind === "same" || origin.kind === "moving") return space.offsetOf(origin.of);
      return origin.kind === "swapped" ? 0 : placementOf(buffer).offset;
    },
    hasPlainBase: ({ origin }) =>
      origin.kind === "same" ? space.hasPlainBase(origin.of) : !["moving", "swapped"].includes(origin.kind),
    baseOf: (buffer) => {
      const { origin } = buffer;
      switch (origin.kind) {
        case "same":
          return space.baseOf(origin.of);
        case "moving":
          return `${space.baseOf(origin.of)}+${bytesOf(buffer, origin.step)}·${origin.loop}`;
        case "swapped":
          return `(${[origin.even, origin.odd].map((b) => `${space.baseOf(b)}@${space.offsetOf(b)}`).join()})${origin.loop}`;
        default:
          return placementOf(buffer).base;
      }
    },
    pushBase: (f, buffer) => {
      const { origin } = buffer;
      switch (origin.kind) {
        case "same":
          space.pushBase(f, origin.of);
          return;
        case "moving":
          space.pushBase(f, origin.of);
          f.get(turn(f, origin.loop)).i32(bytesOf(buffer, origin.step)).op("i32.mul", "i32.add");
          return;
        case "swapped":
          for (const half of [origin.odd, origin.even]) {
            space.pushBase(f, half);
            f.i32(space.offsetOf(half)).op("i32.add");
          }
          f.get(turn(f, origin.loop)).i32(1).op("i32.and", "select");
          return;
        default:
          if (placementOf(buffer).base === "const") pushConstants(f);
          else f.get(f.param(0));
      }
    },
  };
  return space;
};

const bytesOf = ({ dtype }: Buffer, elements: number): number => elements * dtypeInfo(dtype).bytes;
