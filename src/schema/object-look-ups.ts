import { ArgumentError } from "../errors.ts";
import { type OptionNames, requireOptions, requireSnapshot } from "./arguments.ts";
import { type NameOptions, requireKnownSchema } from "./look-ups.ts";
import { relationOf } from "./relation-of.ts";
import type { Index, Relation, SchemaSnapshot, Sequence, Trigger } from "./snapshot.ts";
import type { ColumnName, TableName } from "./tables.ts";

/** An index of a table, and what it ensures. */
export interface IndexInfo extends Index {
  readonly isUnique: boolean;
  readonly isPrimary: boolean;
}

/**
 * The indexes of a table, with those of its primary key and unique keys.
 * @param schema a snapshot
 * @param table the table's or materialized view's name
 * @returns the index of the primary key, the unique ones, then the others
 * @throws UnknownNameError if the table does not exist
 * @example `indexes(schema, "track").map(({ name, method }) => [name, method])` → `[["track_pkey", "btree"], ["track_album_id_idx", "btree"], ["track_tags_idx", "gin"]]`
 */
export function indexes<Tables>(
  schema: SchemaSnapshot<Tables>,
  table: TableName<Tables>,
): readonly IndexInfo[] {
  const { primaryKey, uniqueKeys, indexes: others } = relationOf(schema, table);
  return [
    ...(primaryKey === null ? [] : [{ ...primaryKey, isUnique: true, isPrimary: true }]),
    ...uniqueKeys.map(key => ({ ...key, isUnique: true, isPrimary: false })),
    ...others.map(index => ({ ...index, isUnique: false, isPrimary: false })),
  ];
}

/**
 * The triggers of a table or view that users created.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @returns each with its function, state and CREATE TRIGGER, by name
 * @throws UnknownNameError if the table does not exist
 * @example `triggers(schema, "track")` → `[]`
 */
export function triggers<Tables>(
  schema: SchemaSnapshot<Tables>,
  table: TableName<Tables>,
): readonly Trigger[] {
  return relationOf(schema, table).userTriggers;
}

/**
 * The query of a view or materialized view.
 * @param schema a snapshot
 * @param view the view's name
 * @returns the SELECT as PostgreSQL prints it, without a semicolon
 * @throws UnknownNameError if the view does not exist; ArgumentError for a table
 * @example `viewDefinition(schema, "genre_sales").includes("sum(invoice_line.quantity)")` → `true`
 */
export function viewDefinition<Tables>(schema: SchemaSnapshot<Tables>, view: TableName<Tables>): string {
  const { definition, key } = relationOf(schema, view);
  if (definition === null) throw new ArgumentError(`${key} is not a view`);
  return definition;
}

/**
 * The default expressions of a table's columns.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @returns column → SQL; columns without a default, identity columns and generated columns are left out. The record has no
 * prototype, so that any name is safe
 * @throws UnknownNameError if the table does not exist
 * @example `columnDefaults(schema, "track")` → `{ unit_price: "0.99", tags: "'{}'::text[]" }`
 */
export function columnDefaults<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
): { readonly [Column in ColumnName<Tables, Name>]?: string } {
  return columnTexts(relationOf(schema, table), column => column.default) as never;
}

/** The comments of a table and its columns. */
export interface Comments<Column extends string = string> {
  /** Null without a comment. */
  readonly table: string | null;
  /** Column → comment, without columns that have none. */
  readonly columns: { readonly [Name in Column]?: string };
}

/**
 * The comments of a table and its columns.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @returns the comment of the table, and column → comment for the columns that have one
 * @throws UnknownNameError if the table does not exist
 * @example `comments(schema, "artist").columns.country` → `"ISO 3166 code of where the artist comes from"`
 */
export function comments<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
): Comments<ColumnName<Tables, Name>> {
  const relation = relationOf(schema, table);
  return Object.freeze({
    table: relation.comment,
    columns: columnTexts(relation, column => column.comment) as never,
  });
}

function columnTexts(
  { columns }: Relation,
  textOf: (column: Relation["columns"][number]) => string | null,
): Readonly<Record<string, string>> {
  const record: Record<string, string> = Object.create(null);
  for (const column of columns) {
    const text = textOf(column);
    if (text !== null) record[column.name] = text;
  }
  return Object.freeze(record);
}

const SEQUENCE_OPTIONS: OptionNames<NameOptions> = { schema: true };

/**
 * The sequences, with those of `serial` columns but without identity sequences, which belong to their columns.
 * @param schema a snapshot
 * @param options only one PostgreSQL schema
 * @returns each with its range, its increment and the column that owns it
 * @throws UnknownNameError if the PostgreSQL schema does not exist in the snapshot
 * @example `sequences(schema)` → `[]`
 */
export function sequences<Tables>(
  schema: SchemaSnapshot<Tables>,
  options: NameOptions = {},
): readonly Sequence[] {
  requireSnapshot(schema);
  requireOptions("sequences", options, SEQUENCE_OPTIONS);
  requireKnownSchema(schema, options);
  return schema.sequences.filter(one => options.schema === undefined || one.schema === options.schema);
}
