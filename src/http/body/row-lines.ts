import { derive } from "../../schema/derived.ts";

const lines = derive((_row: object): { line?: number } => ({}));

/** Notes the line of the file that a row comes from. */
export function setRowLine(row: object, line: number): void {
  lines(row).line = line;
}

/** The line of the file that a row comes from, if it comes from a file. */
export function rowLine(row: unknown): number | undefined {
  return typeof row === "object" && row !== null ? lines(row).line : undefined;
}
