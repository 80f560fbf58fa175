import { ArgumentError } from "../../errors.ts";
import { requireArray } from "../../schema/arguments.ts";
import type { Migration } from "./migration.ts";
import { readMigrations } from "./migration-file.ts";

/** The migrations of a directory in the order of their names, or of a list; throws ArgumentError if one is invalid. */
export async function loadMigrations(
  migrations: string | readonly Migration[],
): Promise<readonly Migration[]> {
  const list = typeof migrations === "string" ? await readMigrations(migrations) : migrations;
  validateMigrations(list);
  return list;
}

function validateMigrations(migrations: readonly Migration[]): void {
  requireArray("migrations", migrations);
  const names = new Set<string>();
  for (const { name, up } of migrations) {
    if (typeof name !== "string" || name === "")
      throw new ArgumentError(`the name of a migration must be a non-empty string, received ${String(name)}`);
    if (names.has(name)) throw new ArgumentError(`migration ${name} appears twice; rename one`);
    names.add(name);
    if (typeof up === "string" && up.trim() === "") throw new ArgumentError(`migration ${name} is empty`);
  }
}
