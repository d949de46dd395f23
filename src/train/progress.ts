/** How far a run is. */
export interface Progress {
  /** One more step of this epoch is done. */
  step(loss: number): void;
  /** The epoch is over: the bar goes, one line stays. */
  endEpoch(line: string): void;
  /** The run is over, well or not. */
  stop(): void;
}

/** The parts of a standard output that are needed here. */
export type ProgressOutput = NodeJS.WritableStream & { readonly isTTY?: boolean };

const SILENT: Progress = { step: () => {}, endEpoch: () => {}, stop: () => {} };

/**
 * A bar that is drawn again for every epoch: steps done, steps a second, loss, time left. Silent where the output is no
 * terminal, and where there is none.
 *
 * @param given where it is drawn; `null` for nowhere, `undefined` for the standard error.
 */
export const createProgress = async (
  epochs: number,
  stepsPerEpoch: number | undefined,
  given: ProgressOutput | null | undefined,
): Promise<Progress> => {
  const output = given === undefined && typeof process === "object" ? process.stderr : given;
  if (output?.isTTY !== true) return SILENT;
  const { default: cliProgress } = await import("cli-progress");
  const bar = new cliProgress.SingleBar(
    {
      stream: output,
      format: "epoch {epoch} {bar} {value}/{total} | {rate} steps/s | loss {loss} | {eta_formatted} left",
      clearOnComplete: true,
      hideCursor: true,
      barsize: 24,
    },
    cliProgress.Presets.shades_classic,
  );
  let epoch = 0;
  let done = 0;
  let begun = 0;
  return {
    step: (loss) => {
      if (!bar.isActive) {
        epoch++;
        done = 0;
        begun = performance.now();
        bar.start(stepsPerEpoch ?? 0, 0, { epoch: `${epoch}/${epochs}`, loss: "-", rate: "-" });
      }
      done++;
      if (stepsPerEpoch === undefined) bar.setTotal(done);
      const rate = ((1000 * done) / Math.max(1, performance.now() - begun)).toFixed(0);
      bar.increment(1, { loss: loss.toFixed(4), rate });
    },
    endEpoch: (line) => {
      if (bar.isActive) bar.stop();
      output.write(`${line}\n`);
    },
    stop: () => {
      if (bar.isActive) bar.stop();
    },
  };
};
