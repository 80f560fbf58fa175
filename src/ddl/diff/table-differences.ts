import { ArgumentError } from "../../errors.ts";
import { relationDifferences } from "../../schema/schema-diff.ts";
import type { Column, Relation } from "../../schema/snapshot.ts";
import { equalOrNew } from "./compare.ts";

/** Throws ArgumentError with the differences between a requested table and the existing one of its name. */
export function requireSameTable(requested: Relation, existing: Relation): void {
  const differences = relationDifferences(existing, withColumnsAndKeys(requested, existing));
  if (differences.length > 0)
    throw new ArgumentError(
      `table ${JSON.stringify(existing.key)} already exists and differs from the requested table:\n${differences.map(line => `  ${line}`).join("\n")}`,
    );
}

/** The existing table with the requested columns and keys. Expressions are not compared, because PostgreSQL rewrites them. */
function withColumnsAndKeys(requested: Relation, existing: Relation): Relation {
  const { primaryKey, uniqueKeys, foreignKeys } = existing;
  const place = new Map(existing.columns.map(({ name }, index) => [name, index]));
  const placeOf = ({ name }: Column): number => place.get(name) ?? place.size;
  return {
    ...existing,
    columns: requested.columns
      .map(column => requestedColumn(column, existing))
      .toSorted((a, b) => placeOf(a) - placeOf(b)),
    primaryKey: requested.primaryKey && equalOrNew(requested.primaryKey, primaryKey ? [primaryKey] : []),
    uniqueKeys: [
      ...requested.uniqueKeys.filter(key => key.isConstraint).map(key => equalOrNew(key, uniqueKeys)),
      ...uniqueKeys.filter(key => !key.isConstraint),
    ],
    foreignKeys: requested.foreignKeys.map(key => equalOrNew(key, foreignKeys)),
  };
}

// A type given as raw SQL is not compared.
function requestedColumn(column: Column, { columns }: Relation): Column {
  const old = columns.find(({ name }) => name === column.name);
  if (old === undefined) return column;
  const { notNull, identity, generated } = column;
  return { ...old, type: column.typeKey === "" ? old.type : column.type, notNull, identity, generated };
}
