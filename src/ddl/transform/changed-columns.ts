import { ArgumentError } from "../../errors.ts";
import { columnOf } from "../../schema/relation-of.ts";
import type { AnySchema, Column, Relation } from "../../schema/snapshot.ts";
import { type NewColumn, newColumn } from "../define/column-entry.ts";
import { type ColumnType, columnType } from "../define/column-type.ts";
import { newIdentifier } from "../define/identifier.ts";
import { literalSql } from "../define/literal-sql.ts";
import type { TableChanges } from "./table-changes.ts";

/** A column that stays, under its new name. */
export interface StayingColumn {
  readonly before: Column;
  readonly name: string;
  /** Null when the type stays. */
  readonly retype: { readonly type: ColumnType; readonly using: string | null } | null;
}

export interface ChangedColumns {
  readonly dropped: readonly Column[];
  readonly staying: readonly StayingColumn[];
  readonly added: readonly NewColumn[];
}

/** The columns before and after; throws for what cannot be meant: unknown, dropped and changed, two of one name. */
export function changedColumns(schema: AnySchema, table: Relation, changes: TableChanges): ChangedColumns {
  const { drop = [], rename = {}, retype = {}, add = {}, defaults = {}, notNull = {} } = changes;
  const dropped = new Set(drop.map(name => columnOf(schema, table.key, name).name));
  for (const name of [...Object.keys({ ...rename, ...retype, ...defaults, ...notNull })]) {
    if (Object.hasOwn(add, name)) continue;
    columnOf(schema, table.key, name);
    if (dropped.has(name)) throw new ArgumentError(`${table.key}.${name} cannot be dropped and changed`);
  }
  const columns: ChangedColumns = {
    dropped: table.columns.filter(({ name }) => dropped.has(name)),
    staying: table.columns
      .filter(({ name }) => !dropped.has(name))
      .map(before => ({
        before,
        name: Object.hasOwn(rename, before.name) ? newIdentifier(rename[before.name]!) : before.name,
        retype: Object.hasOwn(retype, before.name) ? newType(schema, retype[before.name]!) : null,
      })),
    added: Object.entries(add).map(([name, entry]) => newColumn(schema, table.key, name, entry)),
  };
  requireDifferent(table, columns);
  return columns;
}

function newType(
  schema: AnySchema,
  entry: NonNullable<TableChanges["retype"]>[string],
): NonNullable<StayingColumn["retype"]> {
  if (typeof entry === "string") return { type: columnType(schema, entry), using: null };
  return { type: columnType(schema, entry.type), using: literalSql(schema, entry.using) };
}

function requireDifferent(table: Relation, { staying, added }: ChangedColumns): void {
  const names = [...staying, ...added].map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined)
    throw new ArgumentError(`${table.key} would have two columns ${JSON.stringify(twice)}`);
}
