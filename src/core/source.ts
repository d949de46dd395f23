/** Where in the user's code something happened. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly functionName: string | undefined;
}

/** This module; a bundler that writes no ES module leaves the address out. */
const HERE: string = import.meta.url ?? "";

/**
 * Where this library's own code lies: frames from there are not the user's. Source maps put frames of `dist` in `src`.
 * Inside somebody's bundle it is the bundle, user's code included.
 */
const OWN: readonly string[] = /(?:src\/core|dist\/(?:chunks|node))\/[^/]*$/.test(HERE)
  ? ["src/", "dist/"].map((folder) => HERE.replace(/\w+\/\w+\/[^/]*$/, folder))
  : [HERE];

/** How many frames are looked at: enough to leave this library from inside nested transforms. */
const DEPTH = 40;

type StackErrorConstructor = ErrorConstructor & { stackTraceLimit?: number };

const FRAME =
  /^\s*at (?:(?:async )?(.*?) \()?((?:file:\/\/|(?:blob:)?https?:\/\/|node:|\/|[A-Za-z]:\\).*?):(\d+):(\d+)\)?$/;
/** Firefox and Safari: `name@file:line:column`. */
const FRAME_GECKO = /^(?:(.*?)@)?((?:file|(?:blob:)?https?):\/\/.*?):(\d+):(\d+)$/;

const asUrl = (file: string): string => (file.startsWith("/") ? `file://${file}` : file);

/** The frames of `error` outside this library, the innermost first. */
export const userStack = (error: Error): readonly SourceLocation[] =>
  (error.stack ?? "").split("\n").flatMap((text): SourceLocation[] => {
    const match = FRAME.exec(text) ?? FRAME_GECKO.exec(text);
    if (match === null) return [];
    const [, functionName, file, row, column] = match;
    if (file === undefined || file.startsWith("node:")) return [];
    const url = asUrl(file);
    if (OWN.some((place) => url.startsWith(place))) return [];
    return [{ file, line: Number(row), column: Number(column), functionName: functionName || undefined }];
  });

/** The innermost frame of `error` outside this library, or `undefined` if there is none. */
export const userLocation = (error: Error): SourceLocation | undefined => userStack(error)[0];

let isEager = false;

/** Say whether frames are read at once; returns whether they were before. */
export const readOriginsAtOnce = (next: boolean): boolean => {
  const before = isEager;
  isEager = next;
  return before;
};

/** Where an equation comes from. The frames are read when somebody asks: most are never asked for. */
export class Origin {
  #frames: Error | undefined;
  #stack: readonly SourceLocation[] = [];

  private constructor(frames: Error) {
    this.#frames = frames;
  }

  /** The present call. */
  static here(): Origin {
    const errors: StackErrorConstructor = Error;
    const limit = errors.stackTraceLimit;
    errors.stackTraceLimit = DEPTH;
    const frames = new Error();
    if (limit !== undefined) errors.stackTraceLimit = limit;
    const origin = new Origin(frames);
    // Frames that nobody has read hold on to what functions were called on.
    if (isEager) void origin.location;
    return origin;
  }

  /** The user's calls that led here, the innermost first. Of a deep stack the outermost are missing. */
  get stack(): readonly SourceLocation[] {
    if (this.#frames !== undefined) {
      this.#stack = userStack(this.#frames);
      this.#frames = undefined;
    }
    return this.#stack;
  }

  /** The user's file and line, if they are known. */
  get location(): SourceLocation | undefined {
    return this.stack[0];
  }
}

/**
 * `file:line:column`, the form that editors open.
 *
 * @example
 * core.formatLocation({ file: "model.ts", line: 3, column: 7, functionName: "loss" }); // "model.ts:3:7"
 */
export const formatLocation = (location: SourceLocation): string =>
  `${location.file.replace(/^file:\/\//, "")}:${location.line}:${location.column}`;
