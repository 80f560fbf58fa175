import { ArgumentError } from "../../errors.ts";
import { type OptionNames, requireOptions } from "../../schema/arguments.ts";
import { newIdentifier } from "../../schema/new-identifier.ts";
import { columnOf } from "../../schema/relation-of.ts";
import type { AnySchema, Column, Relation } from "../../schema/snapshot.ts";
import { type NewColumn, newColumn } from "../define/column-entry.ts";
import { type ColumnType, columnType } from "../define/column-type.ts";
import { literalSql } from "../define/literal-sql.ts";
import type { RetypeEntry, TableChanges } from "./table-changes.ts";

/** A column that is not dropped, with its new name. */
export interface RemainingColumn {
  readonly before: Column;
  readonly name: string;
  /** Null if the type does not change. */
  readonly retype: { readonly type: ColumnType; readonly using: string | null } | null;
}

export interface ChangedColumns {
  /** Generated columns come first, because PostgreSQL drops no column that they are generated from. */
  readonly dropped: readonly Column[];
  readonly remaining: readonly RemainingColumn[];
  readonly added: readonly NewColumn[];
}

/** The columns before and after the changes; throws if a column is unknown, dropped and changed, or would exist twice. */
export function changedColumns(schema: AnySchema, table: Relation, changes: TableChanges): ChangedColumns {
  const { drop = [], rename = {}, retype = {}, add = {} } = changes;
  const names = new Set(drop.map(name => columnOf(schema, table.key, name).name));
  requireRemaining(schema, table, changes, names);
  const dropped = table.columns.filter(({ name }) => names.has(name));
  const columns: ChangedColumns = {
    dropped: [
      ...dropped.filter(({ generated }) => generated !== null),
      ...dropped.filter(({ generated }) => generated === null),
    ],
    remaining: table.columns
      .filter(({ name }) => !names.has(name))
      .map(before => ({
        before,
        name: Object.hasOwn(rename, before.name) ? newIdentifier(rename[before.name]!) : before.name,
        retype: Object.hasOwn(retype, before.name) ? newType(schema, retype[before.name]!) : null,
      })),
    added: Object.entries(add).map(([name, entry]) => newColumn(schema, table.key, name, entry)),
  };
  requireDifferentNames(table, columns);
  return columns;
}

function requireRemaining(
  schema: AnySchema,
  table: Relation,
  { rename, retype, add = {}, defaults, notNull }: TableChanges,
  dropped: ReadonlySet<string>,
): void {
  for (const name of Object.keys({ ...rename, ...retype, ...defaults, ...notNull })) {
    if (Object.hasOwn(add, name)) continue;
    columnOf(schema, table.key, name);
    if (dropped.has(name))
      throw new ArgumentError(`${table.key}.${name} is both dropped and changed; remove one of the two`);
  }
}

const RETYPE_ENTRY: OptionNames<Exclude<RetypeEntry, string>> = { type: true, using: true };

function newType(schema: AnySchema, entry: RetypeEntry): NonNullable<RemainingColumn["retype"]> {
  if (typeof entry === "string") return { type: columnType(schema, entry), using: null };
  requireOptions("retype", entry, RETYPE_ENTRY);
  return { type: columnType(schema, entry.type), using: literalSql(schema, entry.using) };
}

function requireDifferentNames(table: Relation, { remaining, added }: ChangedColumns): void {
  const names = [...remaining, ...added].map(({ name }) => name);
  const duplicate = names.find((name, index) => names.indexOf(name) < index);
  if (duplicate !== undefined)
    throw new ArgumentError(`${table.key} would have two columns named ${JSON.stringify(duplicate)}`);
}
