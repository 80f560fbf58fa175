import {
  chownSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RowfnError } from "../errors.ts";
import { type OsUser, runAs } from "./os-user.ts";

const PREFIX = "rowfn-postgres-";
/** Enough for a server with some databases. */
const MIN_FREE_BYTES = 1_000_000_000;

/** The parent of run directories: memory if enough is free, because it is many times faster than a disk. */
export function baseDirectory(): string {
  const shared = "/dev/shm";
  if (!existsSync(shared)) return tmpdir();
  const { bavail, bsize } = statfsSync(shared);
  return bavail * bsize > MIN_FREE_BYTES ? shared : tmpdir();
}

/** The path of a run directory. Its name contains the process, so that another process can tell whether the run has ended. */
export function runDirectory(label: string): string {
  return join(baseDirectory(), `${PREFIX}${process.pid}-${label}`);
}

/** Creates a directory that only its user can read. Returns false if it already exists. */
export function createRunDirectory(path: string, user: OsUser | undefined): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
  if (user !== undefined) chownSync(path, user.uid, user.gid);
  return true;
}

/**
 * Throws RowfnError for a directory that a different user of the machine has created under a name that can be guessed: its
 * server would get what the tests send.
 */
export function requireOwnDirectory(path: string, user: OsUser | undefined): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  // For a moment a new directory belongs to root, before it is given to the user of the server.
  const own = [user?.uid, process.getuid?.()];
  if (found === undefined || own.includes(found.uid)) return;
  throw new RowfnError(
    `the directory ${path} belongs to a different user; remove it, or set ROWFN_TEST_URL to a server of your own`,
  );
}

/** Removes directories that remained after a crash of the machine or a killed watchdog. */
export function removeStaleDirectories(): void {
  const base = baseDirectory();
  for (const name of readdirSync(base).filter(entry => entry.startsWith(PREFIX))) {
    const pid = Number(name.slice(PREFIX.length).split("-")[0]);
    if (isAlive(pid) || hasWatchdog(join(base, name))) continue;
    // A directory of a different user cannot be removed.
    try {
      rmSync(join(base, name), { recursive: true, force: true });
    } catch {}
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * A named pipe in the run directory, which every user of the server holds open for writing. The operating system closes
 * the pipe with each process, even after SIGKILL. When the last writer is gone, the watchdog reads the end of the pipe.
 */
export interface Lifeline {
  /** The file descriptor that this process holds. */
  readonly held: number;
  /** The file descriptor that the watchdog reads. */
  readonly watched: number;
}

export function createLifeline(directory: string, user: OsUser | undefined): Lifeline {
  const path = lifelinePath(directory);
  const created = runAs(user, ["mkfifo", "-m", "600", path]);
  if (!created.ok) throw new RowfnError(`pipe ${path} cannot be created: ${created.output}`);
  // Opening one end waits for the other end, opening both does not.
  const both = openSync(path, constants.O_RDWR);
  const held = openSync(path, constants.O_WRONLY);
  const watched = openSync(path, constants.O_RDONLY);
  closeSync(both);
  return { held, watched };
}

/** Opens an existing lifeline. Returns undefined if no watchdog reads it. */
export function holdLifeline(directory: string): number | undefined {
  try {
    return openSync(lifelinePath(directory), constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}

// Between the creation of a directory and the start of its watchdog.
const START_MS = 10_000;

/** Removes the directory of a run that has ended, whose process id the system has given to this run, as in a container. */
export function removeAbandoned(directory: string): void {
  const created = statSync(directory, { throwIfNoEntry: false })?.mtimeMs;
  if (created === undefined || Date.now() - created < START_MS || hasWatchdog(directory)) return;
  rmSync(directory, { recursive: true, force: true });
}

function hasWatchdog(directory: string): boolean {
  const held = holdLifeline(directory);
  if (held !== undefined) closeSync(held);
  return held !== undefined;
}

function lifelinePath(directory: string): string {
  return join(directory, "lifeline");
}
