/** A line that no test runs. */
export interface UncoveredLine {
  readonly file: string;
  /** From 1. */
  readonly number: number;
}

/** The lines of an lcov report, of the files for which `isCounted` is true. */
export interface Coverage {
  readonly lines: number;
  readonly uncovered: readonly UncoveredLine[];
}

export function readCoverage(report: string, isCounted: (file: string) => boolean): Coverage {
  let lines = 0;
  const uncovered: UncoveredLine[] = [];
  for (const record of report.split("end_of_record")) {
    const file = /^SF:(.*)$/m.exec(record)?.[1];
    if (file === undefined || !isCounted(file)) continue;
    for (const [, number, count] of record.matchAll(/^DA:(\d+),(\d+)/gm)) {
      lines++;
      if (count === "0") uncovered.push({ file, number: Number(number) });
    }
  }
  return { lines, uncovered };
}
