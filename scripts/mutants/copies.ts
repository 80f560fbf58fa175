import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SQL } from "bun";
import { startPostgres } from "../../src/testing/index.ts";
import { FEW_RANDOM_CASES } from "../test-files.ts";

/** A copy of the repository with a server of its own. */
export interface Copy {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /** Drops the databases that tests left behind because they were stopped. */
  dropDatabases(): Promise<void>;
  remove(): Promise<void>;
}

export const ROOT: string = join(import.meta.dir, "../..");

const COPIED: readonly string[] = [
  "src",
  "test",
  "examples",
  "bench",
  "docs",
  "scripts",
  "package.json",
  "tsconfig.json",
  "bunfig.toml",
  "biome.json",
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
];

export async function copyRepository(): Promise<Copy> {
  const root = mkdtempSync(join(tmpdir(), "rowfn-mutants-"));
  for (const name of COPIED)
    cpSync(join(ROOT, name), join(root, name), {
      recursive: true,
      filter: path => !path.endsWith("node_modules"),
    });
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  const server = await startPostgres();
  return {
    root,
    env: {
      ...FEW_RANDOM_CASES,
      ROWFN_TEST_URL: server.url,
      ROWFN_PREPARE: "true",
      ROWFN_TEST_CACHE: join(root, "cache"),
    },
    dropDatabases: () => dropDatabases(server.url),
    remove: async () => {
      await server.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function dropDatabases(url: string): Promise<void> {
  const sql = new SQL(url, { max: 1 });
  const names = await sql.unsafe("select datname from pg_database where datname like 'rowfn\\_test\\_%'");
  for (const { datname } of names) await sql.unsafe(`drop database if exists ${datname} with (force)`);
  await sql.close({ timeout: 5 });
}
