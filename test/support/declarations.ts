import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeDeclarations } from "../../scripts/declarations.ts";

const ROOT = join(import.meta.dir, "../..");
// Copies of the checkout share its node_modules, and one would remove the declarations of the other.
const CACHE = process.env["ROWFN_TEST_CACHE"] ?? join(ROOT, "node_modules/.cache/rowfn-tests");

function hashOfSources(): string {
  const globs = ["bun.lock", "*.json", "src/**/*.ts", "scripts/*.ts"].map(glob => new Bun.Glob(glob));
  const sources = globs.flatMap(glob => [...glob.scanSync(ROOT)]).toSorted();
  const hasher = new Bun.CryptoHasher("sha256");
  for (const path of sources) hasher.update(`${path}\n`).update(readFileSync(join(ROOT, path)));
  return hasher.digest("hex").slice(0, 16);
}

/**
 * Returns the directory with the declarations that the package would have. They are written once for all test files,
 * and again after a change, because to check a program against them takes a fifth of the time of the sources.
 */
export async function declarations(): Promise<string> {
  const directory = join(CACHE, `declarations-${hashOfSources()}`);
  if (existsSync(directory)) return directory;
  const own = join(CACHE, `declarations-${process.pid}`);
  await writeDeclarations(own);
  const earlier = readdirSync(CACHE).filter(name => /^declarations-[0-9a-f]{16}$/.test(name));
  for (const name of earlier)
    if (join(CACHE, name) !== directory) rmSync(join(CACHE, name), { recursive: true, force: true });
  try {
    renameSync(own, directory);
  } catch (error) {
    // A different test file may have written them meanwhile.
    if (!existsSync(directory)) throw error;
    rmSync(own, { recursive: true });
  }
  return directory;
}
