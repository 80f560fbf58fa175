import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ArgumentError } from "../../errors.ts";
import type { Migration } from "./migration.ts";

const NO_TRANSACTION = /^--\s*rowfn:\s*no transaction\s*$/m;

/** The `.sql` files of a directory in the order of their names, by character codes: `001_a.sql`, `002_b.sql`. */
export async function migrationFiles(directory: string): Promise<readonly Migration[]> {
  const names = fileNames(directory).filter(name => name.endsWith(".sql"));
  return await Promise.all(names.sort().map(name => migrationFile(directory, name)));
}

async function migrationFile(directory: string, name: string): Promise<Migration> {
  const up = await Bun.file(join(directory, name)).text();
  return { name, up, transaction: !NO_TRANSACTION.test(up) };
}

function fileNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    throw new ArgumentError(`no directory of migrations: ${directory}`, { cause: error });
  }
}
