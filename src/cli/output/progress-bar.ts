import { Presets, SingleBar } from "cli-progress";
import { surroundings } from "../surroundings.ts";

/** A progress display. */
export interface ProgressBar {
  readonly show: (done: number) => void;
  readonly stop: () => void;
}

/** Shows a bar on standard error if that is a terminal. */
export function progressBar(total: number, unit: string): ProgressBar {
  const { stream, isTerminal } = surroundings().errors;
  if (!isTerminal || total === 0) return { show: () => {}, stop: () => {} };
  const bar = new SingleBar(
    {
      format: `{bar} {percentage}% | {value}/{total} ${unit} | {eta_formatted}`,
      clearOnComplete: true,
      stream,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return { show: done => bar.update(done), stop: () => bar.stop() };
}
