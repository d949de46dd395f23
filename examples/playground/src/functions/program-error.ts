/** Something is wrong with what a person wrote, in a line of it if that is known (the first is 1). */
export class ProgramError extends Error {
  override readonly name = "ProgramError";
  readonly line: number | undefined;

  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}
