import { readFileSync } from "node:fs";

/** The operating system user that runs a server. */
export interface OsUser {
  readonly uid: number;
  readonly gid: number;
}

/** Returns `postgres` or `nobody` if this process runs as root, which PostgreSQL rejects; otherwise undefined. */
export function serverUser(): OsUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8").split("\n").map(parseUser);
  return (
    users.find(user => user.name === "postgres") ??
    users.find(user => user.name === "nobody") ??
    users.find(user => user.uid > 0)
  );
}

function parseUser(line: string): OsUser & { readonly name: string } {
  const [name = "", , uid, gid] = line.split(":");
  return { name, uid: Number(uid), gid: Number(gid) };
}

/** Runs a program as a user. Returns its output and whether it succeeded. */
export function runAs(
  user: OsUser | undefined,
  command: readonly string[],
): { readonly ok: boolean; readonly output: string } {
  const child = Bun.spawnSync([...command], { ...user, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  return { ok: child.exitCode === 0, output: `${child.stdout}${child.stderr}`.trim() };
}
