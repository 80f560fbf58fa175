import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { RowfnError } from "../errors.ts";
import { type OsUser, runAs } from "./os-user.ts";

// A named pipe that every user of a server holds open for writing. The system closes it with a process, however that
// ends, SIGKILL included; when the last writer is gone the server's watchdog reads its end.

/** A new lifeline in a run's directory: our end, and the end the watchdog reads. */
export interface Lifeline {
  readonly held: number;
  readonly watched: number;
}

export function makeLifeline(directory: string, user: OsUser | undefined): Lifeline {
  const path = pathIn(directory);
  const made = runAs(user, ["mkfifo", "-m", "600", path]);
  if (!made.ok) throw new RowfnError(`cannot make the pipe ${path}: ${made.output}`);
  // Reading and writing at once does not wait for another process; then each end can be opened alone.
  const both = openSync(path, constants.O_RDWR);
  const held = openSync(path, constants.O_WRONLY);
  const watched = openSync(path, constants.O_RDONLY);
  closeSync(both);
  return { held, watched };
}

/** Holds an existing lifeline; undefined when nobody watches it any more. */
export function holdLifeline(directory: string): number | undefined {
  try {
    return openSync(pathIn(directory), constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}

/** Whether a watchdog reads the lifeline of a directory. */
export function hasReader(directory: string): boolean {
  const held = holdLifeline(directory);
  if (held !== undefined) closeSync(held);
  return held !== undefined;
}

function pathIn(directory: string): string {
  return join(directory, "lifeline");
}
