import { chownSync, existsSync, mkdirSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasReader } from "./lifeline.ts";
import type { OsUser } from "./os-user.ts";

const PREFIX = "rowfn-postgres-";
/** A server with some databases fits. */
const ENOUGH = 1_000_000_000;

/** Memory where there is enough of it: many times faster than a disk. */
export function baseDirectory(): string {
  const shared = "/dev/shm";
  if (!existsSync(shared)) return tmpdir();
  const { bavail, bsize } = statfsSync(shared);
  return bavail * bsize > ENOUGH ? shared : tmpdir();
}

/** The path of a run's directory; the process that made it is part of the name, so that others know when it is dead. */
export function runDirectory(label: string): string {
  return join(baseDirectory(), `${PREFIX}${process.pid}-${label}`);
}

/** Makes the directory, for its user alone; false when it is there already. */
export function makeRunDirectory(path: string, user: OsUser | undefined): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
  if (user !== undefined) chownSync(path, user.uid, user.gid);
  return true;
}

/** Removes directories that a crashed machine or a killed watchdog left behind. */
export function removeStaleDirectories(): void {
  const base = baseDirectory();
  for (const name of readdirSync(base).filter(entry => entry.startsWith(PREFIX))) {
    const pid = Number(name.slice(PREFIX.length).split("-")[0]);
    if (isAlive(pid) || hasReader(join(base, name))) continue;
    // Another user's is not ours to remove.
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
