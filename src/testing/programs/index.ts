export { drawProgram, type ProgramOptions, programs } from "./draw.ts";
export { type Facts, Program, type Step } from "./program.ts";
