import { type OptionNames, requireOptions } from "../../schema/arguments.ts";
import { newIdentifier } from "../../schema/new-identifier.ts";
import type { AnySchema, RelationName } from "../../schema/snapshot.ts";
import type { Fragment } from "../../statements/fragment.ts";
import type { NewColumn } from "./column-entry.ts";
import type { CheckDefinition, ForeignKeyDefinition, UniqueDefinition } from "./constraint-definition.ts";
import { columnList, requireColumns } from "./existing-name.ts";
import { type ForeignKeyEntry, foreignKeyDefinition, type ReferringTable } from "./foreign-key-entry.ts";
import type { IndexDefinition } from "./index-definition.ts";
import { INDEX_OPTIONS, type IndexEntry, indexDefinition } from "./index-definition.ts";
import { literalSql } from "./literal-sql.ts";
import { defaultName } from "./new-name.ts";
import type { TableOptions, UniqueEntry } from "./table-options.ts";

/** A table that gets constraints. */
export interface ConstrainedTable {
  /** The name that the caller gave. */
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

/** The keys, checks and indexes of the options, with names that are not taken. */
export function newConstraints(
  schema: AnySchema,
  table: ConstrainedTable,
  options: TableOptions,
  taken: ReadonlySet<string>,
): NewConstraints {
  const used = new Set([...taken, table.name.name]);
  const register = <Named extends { readonly name: string | null }>(named: Named): Named => {
    used.add(named.name ?? "");
    return named;
  };
  const names = table.columns.map(({ name }) => name);
  const primaryKey =
    table.primaryKey.length === 0
      ? null
      : register(uniqueDefinition(defaultName(table.name.name, [], "pkey", used), table.primaryKey, false));
  const uniqueKeys = (options.unique ?? []).map(entry => register(uniqueEntry(table, names, entry, used)));
  const referring: ReferringTable = {
    relation: table.name,
    key: table.key,
    columns: names,
    primaryKey: table.primaryKey,
    keys: [table.primaryKey, ...uniqueKeys.map(({ columns }) => columns.filter(name => name !== null))],
  };
  const foreignKeys = foreignKeyEntries(options.foreignKeys).map(entry =>
    register(foreignKeyDefinition(schema, referring, entry, used)),
  );
  const checks = checkEntries(schema, table, options.checks, used, register);
  const indexes = (options.indexes ?? []).map(entry =>
    register(indexEntry(schema, table, names, entry, used)),
  );
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

const UNIQUE_ENTRY: OptionNames<UniqueEntry> = { columns: true, name: true, nullsNotDistinct: true };
const INDEX_ENTRY: OptionNames<IndexEntry> = { columns: true, ...INDEX_OPTIONS };

function uniqueEntry(
  { key, name }: ConstrainedTable,
  names: readonly string[],
  given: string | readonly string[] | UniqueEntry,
  used: ReadonlySet<string>,
): UniqueDefinition {
  const entry: UniqueEntry =
    typeof given === "object" && "columns" in given
      ? given
      : { columns: given as string | readonly string[] };
  requireOptions(`${key}: a unique key`, entry, UNIQUE_ENTRY);
  const columns = columnList(key, "a unique key", entry.columns);
  requireColumns(key, names, columns);
  const chosen =
    entry.name === undefined ? defaultName(name.name, columns, "key", used) : newIdentifier(entry.name);
  return uniqueDefinition(chosen, columns, entry.nullsNotDistinct ?? false);
}

function foreignKeyEntries(given: TableOptions["foreignKeys"] = []): readonly ForeignKeyEntry[] {
  if (Array.isArray(given)) return given as readonly ForeignKeyEntry[];
  return Object.entries(given).map(([columns, entry]) =>
    typeof entry === "string" ? { columns, references: entry } : { ...entry, columns },
  );
}

// The checks of the columns' entries come first, each as a separate constraint.
function checkEntries(
  schema: AnySchema,
  { columns, name }: ConstrainedTable,
  given: TableOptions["checks"] = [],
  used: ReadonlySet<string>,
  register: (check: CheckDefinition) => CheckDefinition,
): readonly CheckDefinition[] {
  const own = columns.flatMap(column =>
    column.checks.map(expression =>
      register(checkDefinition(defaultName(name.name, [column.name], "check", used), expression)),
    ),
  );
  const named = Array.isArray(given)
    ? (given as readonly Fragment[]).map(fragment =>
        register(checkDefinition(defaultName(name.name, [], "check", used), literalSql(schema, fragment))),
      )
    : Object.entries(given as Readonly<Record<string, Fragment>>).map(([chosen, fragment]) =>
        register(checkDefinition(newIdentifier(chosen), literalSql(schema, fragment))),
      );
  return [...own, ...named];
}

function checkDefinition(name: string, expression: string): CheckDefinition {
  return { name, expression, validated: true, enforced: true, noInherit: false };
}

function indexEntry(
  schema: AnySchema,
  { key, name }: ConstrainedTable,
  columns: readonly string[],
  given: string | readonly string[] | IndexEntry,
  used: ReadonlySet<string>,
): IndexDefinition {
  const entry: IndexEntry =
    typeof given === "object" && "columns" in given
      ? given
      : { columns: given as string | readonly string[] };
  requireOptions(`${key}: an index`, entry, INDEX_ENTRY);
  return indexDefinition(schema, { name: name.name, columns }, entry.columns, entry, used);
}
