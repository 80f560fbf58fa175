import type * as v from "valibot";
import { type OptionNames, requireOptions } from "../schema/arguments.ts";
import { derive } from "../schema/derived.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, InsertOf, RowOf, TableName, UpdateOf } from "../schema/tables.ts";
import { refine } from "./refine.ts";
import { type Purpose, scopedRules, type TableRules } from "./rules.ts";
import { type TableSchema, tableSchema } from "./table-schema.ts";

/** Options of `rowSchema`, `insertSchema` and `updateSchema`. */
export interface SchemaOptions<Column extends string = string> {
  /** Column → a valibot schema that runs before the column's own rule; its output is validated and written. */
  readonly columns?: { readonly [Name in Column]?: v.GenericSchema };
}

const SCHEMA_OPTIONS: OptionNames<SchemaOptions> = { columns: true };

// A call of `derive` with `tableSchema` would put JSON Schema into the bundle of every server.
const schemas = derive((_rules: TableRules): { table?: v.GenericSchema } => ({}));

function schemaOf(rules: TableRules): v.GenericSchema {
  const known = schemas(rules);
  known.table ??= tableSchema(rules);
  return known.table;
}

function schemaFor(
  schema: AnySchema,
  table: string,
  purpose: Purpose,
  options: SchemaOptions,
): v.GenericSchema {
  const refined = options.columns && refine(schema as SchemaSnapshot, { [table]: options.columns });
  return schemaOf(scopedRules(refined ?? schema, table, purpose));
}

/**
 * Returns a valibot schema of the rows that reading functions return.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options your own schemas for single columns
 * @returns a schema with `entries`, for `v.parse`, `v.pick`, Standard Schema and JSON Schema; cached per snapshot
 * @throws UnknownNameError if the table or a column does not exist
 * @example `v.safeParse(rowSchema(schema, "genre"), { genre_id: 1, name: "Rock" }).success` → `true`
 */
export function rowSchema<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: SchemaOptions<ColumnName<Tables, Name>> = {},
): TableSchema<RowOf<Tables, Name>> {
  requireOptions("rowSchema", options, SCHEMA_OPTIONS);
  return schemaFor(schema, table, "row", options) as unknown as TableSchema<RowOf<Tables, Name>>;
}

/**
 * Returns a valibot schema of rows to insert. PostgreSQL stores the values that it accepts exactly as given.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options your own schemas for single columns: `{ columns: { email: v.pipe(v.string(), v.email()) } }`
 * @returns a schema with `entries`, in which columns with a default are optional and generated columns are not allowed;
 * cached per snapshot
 * @throws UnknownNameError if the table or a column does not exist
 * @example `v.safeParse(insertSchema(schema, "genre"), { genre_id: 1 }).issues![0].message` →
 * `Expected a value, received nothing (the column is NOT NULL without a default)`
 */
export function insertSchema<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: SchemaOptions<ColumnName<Tables, Name>> = {},
): TableSchema<InsertOf<Tables, Name>> {
  requireOptions("insertSchema", options, SCHEMA_OPTIONS);
  return schemaFor(schema, table, "insert", options) as unknown as TableSchema<InsertOf<Tables, Name>>;
}

/**
 * Returns a valibot schema of the changes of a row: at least one column, of which none is required.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options your own schemas for single columns
 * @returns a schema with `entries`; cached per snapshot
 * @throws UnknownNameError if the table or a column does not exist
 * @example `v.safeParse(updateSchema(schema, "track"), { milliseconds: 0 }).issues![0].message` →
 * `Expected a value that satisfies milliseconds > 0, received 0 (constraint track_milliseconds_check)`
 */
export function updateSchema<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: SchemaOptions<ColumnName<Tables, Name>> = {},
): TableSchema<UpdateOf<Tables, Name>> {
  requireOptions("updateSchema", options, SCHEMA_OPTIONS);
  return schemaFor(schema, table, "update", options) as unknown as TableSchema<UpdateOf<Tables, Name>>;
}
