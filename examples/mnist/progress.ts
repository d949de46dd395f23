import { Presets, SingleBar } from "cli-progress";

/** Shows how training goes. */
export interface Progress {
  /** Says that one more step of this epoch is done, and its loss. */
  readonly step: (loss: number) => void;
  /** Ends the epoch: the bar goes, one line of text stays. */
  readonly endEpoch: (line: string) => void;
}

/** The parts of a standard output that are needed here. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/**
 * A bar that is drawn again for every epoch. Where the output is no terminal (a pipe, a log), nothing appears
 * but the line that ends each epoch.
 *
 *     const progress = createProgress(epochs, stepsPerEpoch);
 *     progress.step(0.31);
 *     progress.endEpoch("epoch 1: test accuracy 97.2%");
 */
export function createProgress(
  epochs: number,
  stepsPerEpoch: number,
  output: Output = process.stdout,
): Progress {
  const writeLine = (line: string): void => {
    output.write(`${line}\n`);
  };
  if (output.isTTY !== true) return { step: () => {}, endEpoch: writeLine };

  const bar = new SingleBar(
    {
      stream: output,
      format: "epoch {epoch}/{epochs} {bar} {value}/{total} steps, loss {loss}, {eta_formatted} left",
      clearOnComplete: true,
      hideCursor: true,
      barsize: 30,
    },
    Presets.shades_classic,
  );
  let epoch = 0;
  const begin = (): void => {
    epoch += 1;
    bar.start(stepsPerEpoch, 0, { epoch, epochs, loss: "-" });
  };
  return {
    step: (loss) => {
      if (!bar.isActive) begin();
      bar.increment(1, { loss: loss.toFixed(4) });
    },
    endEpoch: (line) => {
      if (bar.isActive) bar.stop();
      writeLine(line);
    },
  };
}
