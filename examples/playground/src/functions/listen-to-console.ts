import { clipped, showAny } from "../common/show.ts";

const MOST_LINES = 200;
const LONGEST = 2000;

/** What a program prints. */
export interface Listener {
  readonly lines: readonly string[];
  /** Hear nothing more. */
  readonly mute: () => void;
  /** Give the worker its own console back. */
  readonly stop: () => void;
}

export const listenToConsole = (): Listener => {
  const lines: string[] = [];
  let isMuted = false;
  const { log, info, warn, error, debug } = console;
  const hear = (...parts: readonly unknown[]): void => {
    if (isMuted) return;
    if (lines.length < MOST_LINES) lines.push(clipped(parts.map(showAny).join(" "), LONGEST));
    else if (lines.length === MOST_LINES) lines.push("… and more");
  };
  Object.assign(console, { log: hear, info: hear, warn: hear, error: hear, debug: hear });
  return {
    lines,
    mute: () => {
      isMuted = true;
    },
    stop: () => {
      Object.assign(console, { log, info, warn, error, debug });
    },
  };
};
