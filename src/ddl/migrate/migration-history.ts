import { MigrationError } from "../../errors.ts";
import { checksum, type Migration } from "./migration.ts";
import type { LoggedMigration } from "./migration-log.ts";

/**
 * The migrations that have not run yet. Throws MigrationError when the list is not a continuation of the history: one
 * that ran was changed or is gone, or a new one stands before one that ran.
 */
export function pendingMigrations(
  migrations: readonly Migration[],
  history: readonly LoggedMigration[],
): readonly Migration[] {
  const known = new Map(migrations.map(migration => [migration.name, migration]));
  for (const { name, checksum: before } of history) {
    const migration = known.get(name);
    if (migration === undefined)
      throw new MigrationError(`migration ${name} has run on this database, and is gone`, name);
    const now = checksum(migration);
    if (before !== null && now !== null && before !== now)
      throw new MigrationError(
        `migration ${name} has run on this database, and was changed since: write a new one instead`,
        name,
      );
  }
  return requireOrder(migrations, new Set(history.map(({ name }) => name)));
}

function requireOrder(migrations: readonly Migration[], done: ReadonlySet<string>): readonly Migration[] {
  const pending = migrations.filter(({ name }) => !done.has(name));
  const last = migrations.findLastIndex(({ name }) => done.has(name));
  const [first] = pending;
  if (first !== undefined && migrations.indexOf(first) < last)
    throw new MigrationError(
      `migration ${first.name} stands before ${migrations[last]!.name}, which has run on this database: give it a later name`,
      first.name,
    );
  return pending;
}
