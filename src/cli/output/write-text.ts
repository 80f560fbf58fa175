import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** Writes text, ended by a line feed, to standard output, waiting for a reader who is slow. */
export async function writeLine(text: string): Promise<void> {
  if (text !== "") await Bun.write(Bun.stdout, text.endsWith("\n") ? text : `${text}\n`);
}

/** Writes text to a file, or to standard output without one. */
export async function writeText(path: string | undefined, text: string): Promise<void> {
  if (path === undefined) return writeLine(text);
  mkdirSync(dirname(path), { recursive: true });
  await Bun.write(path, text);
}
