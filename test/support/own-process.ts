import { chownSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { type OsUser, serverUser } from "../../src/testing/os-user.ts";
import { baseDirectory } from "../../src/testing/run-directory.ts";

/** A directory for a program, which its user owns. */
export function processDirectory(label: string, user: OsUser | undefined = serverUser()): string {
  const directory = mkdtempSync(join(baseDirectory(), `rowfn-${label}-`));
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
  return directory;
}

/** A running program. */
export interface OwnProcess {
  /** Ends the program and resolves when it has ended. */
  readonly stop: () => Promise<void>;
}

export interface OwnProcessOptions {
  /** The file for the program's output. */
  readonly log: string;
  /** The signal that ends the program. */
  readonly signal: "INT" | "KILL";
  /** A directory that is removed after the program has ended. */
  readonly directory?: string;
}

// The shell reads the standard input that this process holds, and a signal of the terminal must not end it earlier. The
// program is signaled again because it may still be starting.
const OWN = `
trap '' INT TERM HUP
log=$1 signal=$2 directory=$3
shift 3
"$@" >"$log" 2>&1 </dev/null &
child=$!
cat >/dev/null
{ while kill -"$signal" "$child"; do sleep 0.1; done & } 2>/dev/null
wait "$child"
[ -z "$directory" ] || rm -rf "$directory" || { sleep 1; rm -rf "$directory"; }
`;

/**
 * Starts a program as the user of test servers. It ends when `stop` is called, and when this process ends for any
 * reason, so a failed test leaves nothing behind.
 */
export function startOwnProcess(command: readonly string[], options: OwnProcessOptions): OwnProcess {
  const { log, signal, directory = "" } = options;
  const child = Bun.spawn(["/bin/sh", "-c", OWN, "sh", log, signal, directory, ...command], {
    ...serverUser(),
    ...{ cwd: "/", stdin: "pipe", stdout: "ignore", stderr: "ignore" },
  });
  return {
    stop: async () => {
      child.stdin.end();
      await child.exited;
    },
  };
}

/** Removes a directory when `stop` is called or this process ends. */
export function ownDirectory(directory: string): OwnProcess {
  return startOwnProcess(["sleep", "infinity"], { log: "/dev/null", signal: "KILL", directory });
}

/** A port of 127.0.0.1 on which nothing listens. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  listener.stop(true);
  return listener.port;
}
