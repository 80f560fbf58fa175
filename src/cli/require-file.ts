import { statSync } from "node:fs";
import { RowfnError } from "../index.ts";

/** Throws if there is no file with this path. */
export function requireFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new RowfnError(`file ${path} does not exist`);
  if (found.isDirectory()) throw new RowfnError(`${path} is a directory, not a file`);
}
