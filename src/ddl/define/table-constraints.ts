import type { AnySchema, RelationName } from "../../schema/snapshot.ts";
import type { Fragment } from "../../statements/fragment.ts";
import type { NewColumn } from "./column-entry.ts";
import type { CheckDefinition, ForeignKeyDefinition, UniqueDefinition } from "./constraint-definition.ts";
import { columnList, requireColumns } from "./existing-name.ts";
import { type ForeignKeyEntry, foreignKeyDefinition, type ReferringTable } from "./foreign-key-entry.ts";
import type { IndexDefinition } from "./index-definition.ts";
import { type IndexEntry, indexDefinition } from "./index-definition.ts";
import { literalSql } from "./literal-sql.ts";
import { defaultName, newIdentifier } from "./new-name.ts";
import type { TableOptions, UniqueEntry } from "./table-options.ts";

/** What constraints of a new table are made of. */
export interface Constrained {
  /** As the caller calls the table. */
  readonly key: string;
  readonly name: RelationName;
  readonly columns: readonly NewColumn[];
  readonly primaryKey: readonly string[];
}

export interface NewConstraints {
  readonly definition: {
    readonly primaryKey: UniqueDefinition | null;
    readonly uniqueKeys: readonly UniqueDefinition[];
    readonly checks: readonly CheckDefinition[];
    readonly foreignKeys: readonly ForeignKeyDefinition[];
  };
  readonly foreignKeys: readonly ForeignKeyDefinition[];
  readonly indexes: readonly IndexDefinition[];
}

/** The keys, checks and indexes of a new table, each with a name of its own. */
export function newConstraints(
  schema: AnySchema,
  table: Constrained,
  options: TableOptions,
  taken: ReadonlySet<string>,
): NewConstraints {
  const used = new Set([...taken, table.name.name]);
  const keep = <Named extends { readonly name: string | null }>(made: Named): Named => {
    used.add(made.name ?? "");
    return made;
  };
  const names = table.columns.map(({ name }) => name);
  const primaryKey =
    table.primaryKey.length === 0
      ? null
      : keep(uniqueDefinition(defaultName(table.name.name, [], "pkey", used), table.primaryKey, false));
  const uniqueKeys = (options.unique ?? []).map(entry => keep(uniqueEntry(table, names, entry, used)));
  const referring: ReferringTable = {
    relation: table.name,
    key: table.key,
    columns: names,
    primaryKey: table.primaryKey,
    keys: [table.primaryKey, ...uniqueKeys.map(({ columns }) => columns.filter(name => name !== null))],
  };
  const foreignKeys = foreignKeyEntries(options.foreignKeys).map(entry =>
    keep(foreignKeyDefinition(schema, referring, entry, used)),
  );
  const checks = checkEntries(schema, table, options.checks, used, keep);
  const indexes = (options.indexes ?? []).map(entry => keep(indexEntry(schema, table, names, entry, used)));
  return { definition: { primaryKey, uniqueKeys, checks, foreignKeys }, foreignKeys, indexes };
}

function uniqueDefinition(
  name: string,
  columns: readonly string[],
  nullsNotDistinct: boolean,
): UniqueDefinition {
  return {
    name,
    columns,
    include: [],
    options: [],
    deferrable: false,
    initiallyDeferred: false,
    nullsNotDistinct,
    period: false,
  };
}

function uniqueEntry(
  { key, name }: Constrained,
  names: readonly string[],
  given: string | readonly string[] | UniqueEntry,
  used: ReadonlySet<string>,
): UniqueDefinition {
  const entry: UniqueEntry =
    typeof given === "object" && "columns" in given
      ? given
      : { columns: given as string | readonly string[] };
  const columns = columnList(key, "a unique key", entry.columns);
  requireColumns(key, names, columns);
  const called =
    entry.name === undefined ? defaultName(name.name, columns, "key", used) : newIdentifier(entry.name);
  return uniqueDefinition(called, columns, entry.nullsNotDistinct ?? false);
}

function foreignKeyEntries(given: TableOptions["foreignKeys"] = []): readonly ForeignKeyEntry[] {
  if (Array.isArray(given)) return given as readonly ForeignKeyEntry[];
  return Object.entries(given).map(([columns, entry]) =>
    typeof entry === "string" ? { columns, references: entry } : { ...entry, columns },
  );
}

// Those of a column's entry first, each a constraint of its own.
function checkEntries(
  schema: AnySchema,
  { columns, name }: Constrained,
  given: TableOptions["checks"] = [],
  used: ReadonlySet<string>,
  keep: (check: CheckDefinition) => CheckDefinition,
): readonly CheckDefinition[] {
  const own = columns.flatMap(column =>
    column.checks.map(expression =>
      keep(checkDefinition(defaultName(name.name, [column.name], "check", used), expression)),
    ),
  );
  const named = Array.isArray(given)
    ? (given as readonly Fragment[]).map(fragment =>
        keep(checkDefinition(defaultName(name.name, [], "check", used), literalSql(schema, fragment))),
      )
    : Object.entries(given as Readonly<Record<string, Fragment>>).map(([called, fragment]) =>
        keep(checkDefinition(newIdentifier(called), literalSql(schema, fragment))),
      );
  return [...own, ...named];
}

function checkDefinition(name: string, expression: string): CheckDefinition {
  return { name, expression, validated: true, enforced: true, noInherit: false };
}

function indexEntry(
  schema: AnySchema,
  { name }: Constrained,
  columns: readonly string[],
  given: string | readonly string[] | IndexEntry,
  used: ReadonlySet<string>,
): IndexDefinition {
  const entry: IndexEntry =
    typeof given === "object" && "columns" in given
      ? given
      : { columns: given as string | readonly string[] };
  return indexDefinition(schema, { name: name.name, columns }, entry.columns, entry, used);
}
