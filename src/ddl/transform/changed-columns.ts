import { ArgumentError } from "../../errors.ts";
import { type OptionNames, requireArray, requireBoolean, requireOptions } from "../../schema/arguments.ts";
import { newColumnIdentifier } from "../../schema/new-identifier.ts";
import { columnOf } from "../../schema/relation-of.ts";
import type { AnySchema, Column, Relation } from "../../schema/snapshot.ts";
import { defaultSql, type NewColumn, newColumn, withNotNull } from "../define/column-entry.ts";
import { type ColumnType, columnType } from "../define/column-type.ts";
import { literalSql } from "../define/literal-sql.ts";
import { conversion } from "../diff/retype.ts";
import { retypedOptions } from "../diff/sequence-range.ts";
import { dependsOnType } from "../diff/setting-steps.ts";
import type { RetypeEntry, TableChanges } from "./table-changes.ts";

/** A column that is not dropped. */
export interface RemainingColumn {
  readonly before: Column;
  readonly after: Column;
  /** Null if the type does not change. */
  readonly retype: { readonly type: ColumnType; readonly using: string | null } | null;
}

export interface ChangedColumns {
  readonly dropped: readonly Column[];
  readonly remaining: readonly RemainingColumn[];
  readonly added: readonly NewColumn[];
}

/** The columns before and after the changes; throws if a column is unknown, dropped and changed, or would exist twice. */
export function changedColumns(schema: AnySchema, table: Relation, changes: TableChanges): ChangedColumns {
  const { drop = [], add = {} } = changes;
  requireArray("drop", drop);
  const names = new Set(drop.map(name => columnOf(schema, table.key, name).name));
  requireRemaining(schema, table, changes, names);
  const columns: ChangedColumns = {
    dropped: table.columns.filter(({ name }) => names.has(name)),
    remaining: table.columns
      .filter(({ name }) => !names.has(name))
      .map(column => remainingColumn(schema, table, column, changes)),
    added: Object.entries(add).map(([name, entry]) => {
      const { column, checks } = newColumn(schema, table.key, name, entry);
      return { column: withAttributes(schema, table, name, column, changes), checks };
    }),
  };
  requireDifferentNames(table, columns);
  return columns;
}

function requireRemaining(
  schema: AnySchema,
  table: Relation,
  { rename, retype, add = {}, defaults, notNull, comments }: TableChanges,
  dropped: ReadonlySet<string>,
): void {
  for (const name of Object.keys({ ...rename, ...retype, ...defaults, ...notNull, ...comments })) {
    if (Object.hasOwn(add, name)) continue;
    columnOf(schema, table.key, name);
    if (dropped.has(name))
      throw new ArgumentError(`${table.key}.${name} is both dropped and changed; remove one of the two`);
  }
}

const RETYPE_ENTRY: OptionNames<Exclude<RetypeEntry, string>> = { type: true, using: true };

function remainingColumn(
  schema: AnySchema,
  table: Relation,
  before: Column,
  changes: TableChanges,
): RemainingColumn {
  const { rename = {}, retype = {} } = changes;
  const given = Object.hasOwn(retype, before.name) ? newType(schema, retype[before.name]!) : null;
  const retyped = given === null ? before : retypedColumn(before, given.type);
  const name = Object.hasOwn(rename, before.name) ? newColumnIdentifier(rename[before.name]!) : before.name;
  const after = withAttributes(schema, table, before.name, { ...retyped, name }, changes);
  return { before, after, retype: given };
}

function newType(schema: AnySchema, entry: RetypeEntry): NonNullable<RemainingColumn["retype"]> {
  if (typeof entry === "string") return { type: columnType(schema, entry), using: null };
  requireOptions("retype", entry, RETYPE_ENTRY);
  return { type: columnType(schema, entry.type), using: literalSql(schema, entry.using) };
}

const COLLATABLE: ReadonlySet<string> = new Set([
  "text",
  "varchar",
  "bpchar",
  "_text",
  "_varchar",
  "_bpchar",
]);

function retypedColumn(before: Column, { type, typeKey, typmod }: ColumnType): Column {
  const { default: value, settings, identityOptions } = before;
  const isText = typeKey === before.typeKey || COLLATABLE.has(typeKey);
  return {
    ...before,
    type,
    typeKey,
    typmod,
    identityOptions: identityOptions && retypedOptions(identityOptions, type),
    collation: isText ? before.collation : null,
    settings: isText ? settings : settings?.filter(setting => !dependsOnType(setting)),
    default:
      value === null || typeKey === before.typeKey
        ? value
        : conversion(`(${value})`, before, { type, typeKey }),
  };
}

/** The column with the default, NOT NULL and comment that the changes give it. */
function withAttributes(
  schema: AnySchema,
  table: Relation,
  name: string,
  column: Column,
  { defaults = {}, notNull = {}, comments = {} }: TableChanges,
): Column {
  if (Object.hasOwn(notNull, name)) requireBoolean(`${table.key}.${name}: notNull`, notNull[name]);
  return {
    ...(Object.hasOwn(notNull, name) ? withNotNull(column, notNull[name]!) : column),
    default: Object.hasOwn(defaults, name)
      ? defaultSql(schema, `${table.key}.${name}`, column, defaults[name])
      : column.default,
    comment: Object.hasOwn(comments, name) ? comments[name]! : column.comment,
  };
}

function requireDifferentNames(table: Relation, { remaining, added }: ChangedColumns): void {
  const names = [...remaining.map(({ after }) => after), ...added.map(({ column }) => column)].map(
    ({ name }) => name,
  );
  const duplicate = names.find((name, index) => names.indexOf(name) < index);
  if (duplicate !== undefined)
    throw new ArgumentError(`${table.key} would have two columns named ${JSON.stringify(duplicate)}`);
}
