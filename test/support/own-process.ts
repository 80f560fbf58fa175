import { chownSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { type OsUser, serverUser } from "../../src/testing/os-user.ts";
import { baseDirectory } from "../../src/testing/run-directory.ts";

/** A directory for a program, owned by the user of the program. */
export function processDirectory(label: string, user: OsUser | undefined = serverUser()): string {
  const directory = mkdtempSync(join(baseDirectory(), `rowfn-${label}-`));
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
  return directory;
}

/** A running program. */
export interface OwnProcess {
  /** Stops the program and resolves when it has exited. */
  readonly stop: () => Promise<void>;
}

export interface OwnProcessOptions {
  /** The file with the program's output. */
  readonly log: string;
  /** The signal that stops the program. */
  readonly signal: "INT" | "KILL";
  /** A directory that is removed after the program has exited. */
  readonly directory?: string;
}

// The shell reads the standard input that this process holds open, and a signal of the terminal must not stop it
// earlier. The program is signaled again because it may still be starting.
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
 * Starts a program as the user of test servers. It stops when `stop` is called, and when this process exits for any
 * reason, so a failed test leaves no program running.
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

/** Removes a directory when `stop` is called or this process exits. */
export function ownDirectory(directory: string): OwnProcess {
  return startOwnProcess(["sleep", "infinity"], { log: "/dev/null", signal: "KILL", directory });
}

/** A port of 127.0.0.1 without a listener. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  listener.stop(true);
  return listener.port;
}
