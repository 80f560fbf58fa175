import { Format, Presets, SingleBar } from "cli-progress";
import { surroundings } from "../surroundings.ts";

/** A progress display. */
export interface ProgressBar {
  readonly show: (done: number) => void;
  readonly stop: () => void;
}

/** Shows a bar on standard error if that is a terminal; only a number if the end is not known, as that of a pipe. */
export function progressBar(total: number, unit: string): ProgressBar {
  const { stream, isTerminal } = surroundings().errors;
  if (!isTerminal || total === 0) return { show: () => {}, stop: () => {} };
  const format = Number.isFinite(total)
    ? `{bar} {percentage}% | {value}/{total} ${unit} | {eta_formatted}`
    : `{value} ${unit}`;
  const bar = new SingleBar(
    { format, formatTime: remainingTime, clearOnComplete: true, stream },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return { show: done => bar.update(done), stop: () => bar.stop() };
}

// Before the first progress cli-progress passes a word instead of seconds.
const remainingTime: typeof Format.TimeFormat = (seconds, ...rest) =>
  typeof seconds === "number" ? Format.TimeFormat(seconds, ...rest) : "";
