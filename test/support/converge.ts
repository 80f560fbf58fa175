import { expect } from "bun:test";
import type { SQL } from "bun";
import { type MigrationStep, migrationSql } from "../../src/ddl/index.ts";
import { fingerprint, loadSchema, type PartitionOptions, schemaDiff } from "../../src/index.ts";

/** Creates objects and rows in one database and objects in the other, and applies the proposal once. */
export async function convergeIn(
  [before, after]: readonly [SQL, SQL],
  first: string,
  second: string,
  options: PartitionOptions = {},
): Promise<readonly MigrationStep[]> {
  await before.unsafe(first);
  await after.unsafe(second);
  const to = await loadSchema(after, { functions: true });
  const steps = migrationSql(await loadSchema(before, { functions: true }), to, options);
  for (const { text } of steps) await before.unsafe(text);
  const now = await loadSchema(before, { functions: true });
  expect(schemaDiff(now, to, options)).toEqual([]);
  expect(fingerprint(now, options)).toBe(fingerprint(to, options));
  expect(migrationSql(now, to, options)).toEqual([]);
  return steps;
}
