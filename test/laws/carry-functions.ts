/**
 * The primitives whose arguments cannot be described as plain data, because they carry a function or a program: their
 * laws are checked elsewhere (the programs of programs.test.ts apply them, and test/transforms).
 */
export const CARRY_FUNCTIONS: readonly string[] = [
  "checkpoint",
  "cond",
  "customJvpCall",
  "customLinear",
  "customLinearSolve",
  "customVjpCall",
  "debugCallback",
  "jit",
  "scan",
  "while",
];
