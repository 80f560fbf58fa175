import { Presets, SingleBar } from "cli-progress";

/** How far something has come, for people. */
export interface Progress {
  readonly show: (done: number) => void;
  readonly stop: () => void;
}

/** A bar on standard error where that is a terminal, else nothing. */
export function progressBar(total: number, unit: string): Progress {
  if (process.stderr.isTTY !== true || total === 0) return { show: () => {}, stop: () => {} };
  const bar = new SingleBar(
    { format: `{bar} {percentage}% | {value}/{total} ${unit} | {eta_formatted}`, clearOnComplete: true },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return { show: done => bar.update(done), stop: () => bar.stop() };
}
