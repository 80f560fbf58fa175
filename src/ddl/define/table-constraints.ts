import { ArgumentError } from "../../errors.ts";
import { type OptionNames, requireArray, requireOptions } from "../../schema/arguments.ts";
import { newIdentifier } from "../../schema/new-identifier.ts";
import type { AnySchema, Check, Index, Relation, RelationName, UniqueKey } from "../../schema/snapshot.ts";
import type { Fragment } from "../../statements/fragment.ts";
import type { NewColumn } from "./column-entry.ts";
import { columnList, requireColumns } from "./existing-name.ts";
import { type ForeignKeyEntry, foreignKeyDefinition, type ReferringTable } from "./foreign-key-entry.ts";
import { INDEX_OPTIONS, type IndexEntry, indexDefinition, isUnique } from "./index-definition.ts";
import { equalNulls, repeatedKeys } from "./key-parts.ts";
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
  /** The keys that an existing table has. */
  readonly existing?: Pick<ReferringTable, "primaryKey" | "keys">;
}

export type NewConstraints = Pick<
  Relation,
  "primaryKey" | "uniqueKeys" | "checks" | "foreignKeys" | "indexes"
>;

/** The keys, checks and indexes of the options, with names that are not taken. */
export function newConstraints(
  schema: AnySchema,
  table: ConstrainedTable,
  options: TableOptions,
  taken: ReadonlySet<string>,
): NewConstraints {
  const used = new Set([...taken, table.name.name]);
  const register = <Named extends { readonly name: string }>(named: Named): Named => {
    used.add(named.name);
    return named;
  };
  const names = table.columns.map(({ column }) => column.name);
  const primaryKey =
    table.primaryKey.length === 0
      ? null
      : register(newKey(defaultName(table.name.name, [], "pkey", used), table.primaryKey, false));
  for (const name of ["unique", "indexes"] as const)
    if (options[name] !== undefined) requireArray(`createTable: ${name}`, options[name]);
  const given = (options.unique ?? []).map(entry => register(uniqueEntry(schema, table, names, entry, used)));
  const uniqueKeys =
    table.existing === undefined ? withoutRepeated(table.key, primaryKey, given, options.unique) : given;
  const referring: ReferringTable = {
    relation: table.name,
    key: table.key,
    columns: names,
    primaryKey: table.primaryKey.length > 0 ? table.primaryKey : (table.existing?.primaryKey ?? []),
    keys: [
      table.primaryKey,
      ...(table.existing?.keys ?? []),
      ...uniqueKeys.map(({ columns }) => columns.filter(name => name !== null)),
    ],
  };
  const foreignKeys = foreignKeyEntries(options.foreignKeys).map(entry =>
    register(foreignKeyDefinition(schema, referring, entry, used)),
  );
  const checks = checkEntries(schema, table, options.checks, used, register);
  const indexes = (options.indexes ?? []).map(entry =>
    register(indexEntry(schema, table, names, entry, used)),
  );
  return {
    primaryKey,
    uniqueKeys: [...uniqueKeys, ...indexes.filter(isUnique)],
    checks,
    foreignKeys,
    indexes: indexes.filter(index => !isUnique(index)),
  };
}

function newKey(name: string, columns: readonly string[], nullsNotDistinct: boolean): UniqueKey {
  return {
    ...{ name, columns, expressions: [], keyOptions: [], include: [], predicate: null, method: "btree" },
    ...{ options: [], valid: true, comment: null, isConstraint: true, nullsNotDistinct },
    ...{ deferrable: false, initiallyDeferred: false, period: false, conflictTarget: "doUpdate" },
  };
}

const UNIQUE_ENTRY: OptionNames<UniqueEntry> = { columns: true, name: true, nullsNotDistinct: true };
const INDEX_ENTRY: OptionNames<IndexEntry> = { columns: true, ...INDEX_OPTIONS };

function uniqueEntry(
  schema: AnySchema,
  { key, name }: ConstrainedTable,
  names: readonly string[],
  given: string | readonly string[] | UniqueEntry,
  used: ReadonlySet<string>,
): UniqueKey {
  const entry: UniqueEntry =
    typeof given === "object" && given !== null && "columns" in given ? given : { columns: given };
  requireOptions(`${key}: a unique key`, entry, UNIQUE_ENTRY);
  const columns = columnList(key, "a unique key", entry.columns);
  requireColumns(key, names, columns);
  const chosen =
    entry.name === undefined ? defaultName(name.name, columns, "key", used) : newIdentifier(entry.name);
  return newKey(chosen, columns, equalNulls(schema, key, entry.nullsNotDistinct));
}

// CREATE TABLE creates one key for equal ones, and ignores the name of the other.
function withoutRepeated(
  table: string,
  primaryKey: UniqueKey | null,
  uniqueKeys: readonly UniqueKey[],
  entries: TableOptions["unique"] = [],
): readonly UniqueKey[] {
  const repeated = repeatedKeys({ primaryKey, uniqueKeys });
  const named = repeated.find(key =>
    entries.some(entry => typeof entry === "object" && "name" in entry && entry.name === key.name),
  );
  if (named !== undefined)
    throw new ArgumentError(
      `${table}: the unique key ${named.name} has the columns of another key: ${named.columns.join(", ")}; remove it`,
    );
  return uniqueKeys.filter(key => !repeated.includes(key));
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
  register: (check: Check) => Check,
): readonly Check[] {
  const own = columns.flatMap(({ column, checks }) =>
    checks.map(expression =>
      register(newCheck(defaultName(name.name, [column.name], "check", used), expression)),
    ),
  );
  const named = Array.isArray(given)
    ? (given as readonly Fragment[]).map(fragment =>
        register(newCheck(defaultName(name.name, [], "check", used), literalSql(schema, fragment))),
      )
    : Object.entries(given as Readonly<Record<string, Fragment>>).map(([chosen, fragment]) =>
        register(newCheck(newIdentifier(chosen), literalSql(schema, fragment))),
      );
  return [...own, ...named];
}

function newCheck(name: string, expression: string): Check {
  return { name, expression, columns: [], comment: null, validated: true, enforced: true, noInherit: false };
}

function indexEntry(
  schema: AnySchema,
  { key, name }: ConstrainedTable,
  columns: readonly string[],
  given: string | readonly string[] | IndexEntry,
  used: ReadonlySet<string>,
): Index | UniqueKey {
  const entry: IndexEntry =
    typeof given === "object" && given !== null && "columns" in given ? given : { columns: given };
  requireOptions(`${key}: an index`, entry, INDEX_ENTRY);
  return indexDefinition(schema, { name: name.name, columns }, entry.columns, entry, used);
}
