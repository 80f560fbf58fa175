import { readFileSync } from "node:fs";

/** The user a server runs as. */
export interface OsUser {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root: then `postgres` or `nobody` of the machine; otherwise the user we are. */
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

/** Runs a program to its end as a user; its output and whether it went well. */
export function runAs(
  user: OsUser | undefined,
  command: readonly string[],
): { readonly ok: boolean; readonly output: string } {
  const child = Bun.spawnSync([...command], { ...user, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  return { ok: child.exitCode === 0, output: `${child.stdout}${child.stderr}`.trim() };
}
