/**
 * GradBench's protocol, as its CONTRIBUTING.md describes it: an eval sends messages, one JSON object a line, and a tool
 * answers each with one. Only "define" and "evaluate" ask for anything; everything else is acknowledged by its number.
 */

export interface Timing {
  readonly name: string;
  readonly nanoseconds: number;
}

export interface StartMessage {
  readonly id: number;
  readonly kind: "start";
  readonly eval?: string;
}

export interface DefineMessage {
  readonly id: number;
  readonly kind: "define";
  readonly module: string;
}

export interface EvaluateMessage {
  readonly id: number;
  readonly kind: "evaluate";
  readonly module: string;
  readonly function: string;
  readonly input: unknown;
  readonly description?: string;
}

export interface AnalysisMessage {
  readonly id: number;
  readonly kind: "analysis";
  readonly of: number;
  readonly valid: boolean;
  readonly error?: string;
}

export type Message = StartMessage | DefineMessage | EvaluateMessage | AnalysisMessage;

export interface Response {
  readonly id: number;
  readonly tool?: string;
  readonly success?: boolean;
  readonly output?: unknown;
  readonly timings?: readonly Timing[];
  readonly error?: string;
}

/** What a function brought, and how long it took. */
export interface Evaluation {
  /** Plain data, as the eval wants it. */
  readonly output: unknown;
  readonly timings: readonly Timing[];
}

/** A function of an eval: of the input of a message, which the eval's README describes. */
export type EvalFunction = (input: never) => Evaluation;

/** The functions of an eval by their names. */
export type EvalModule = Readonly<Record<string, EvalFunction>>;

/** Finds a module by its name; `undefined` if there is none. */
export type FindModule = (name: string) => EvalModule | undefined;

const failure = (id: number, error: string): Response => ({ id, success: false, error });

const evaluate = (message: EvaluateMessage, find: FindModule): Response => {
  const { id, module, function: name, input } = message;
  const functions = find(module);
  if (functions === undefined) return failure(id, `There is no module "${module}".`);
  const evaluation = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (evaluation === undefined) {
    return failure(id, `Module "${module}" has ${Object.keys(functions).join(", ")}, but no "${name}".`);
  }
  return { id, success: true, ...(evaluation as (input: unknown) => Evaluation)(input) };
};

/** The answer to a message. What goes wrong is told in it, never thrown: the eval decides whether to go on. */
export const respond = (message: Message, find: FindModule): Response => {
  const { id } = message;
  try {
    switch (message.kind) {
      case "start":
        return { id, tool: "cotangent" };
      case "define": {
        const known = find(message.module) !== undefined;
        return known ? { id, success: true } : failure(id, `There is no module "${message.module}".`);
      }
      case "evaluate":
        return evaluate(message, find);
      default:
        return { id };
    }
  } catch (error) {
    return failure(id, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
};
