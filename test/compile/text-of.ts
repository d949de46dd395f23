import { formatLowered, type LoweredJaxpr } from "../../src/compile/compile.ts";
import { generateModule } from "../../src/compile/generate.ts";

/** A lowered program, readable, and how long its code is, which is where another choice of the code generators shows. */
export const textOf = (lowered: LoweredJaxpr): string => {
  const { bytes, constants } = generateModule(lowered.program, lowered.plan);
  return `${formatLowered(lowered)}\ncode: ${bytes.length} bytes\nconstants: ${constants.size} bytes\n`;
};
