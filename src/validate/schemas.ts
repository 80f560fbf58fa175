import type * as v from "valibot";
import { type OptionNames, requireOptions } from "../schema/arguments.ts";
import { derive } from "../schema/derived.ts";
import type { NestedInsert } from "../schema/nested-types.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, InsertOf, RowOf, TableName, UpdateOf } from "../schema/tables.ts";
import { type InsertInclude, insertTable } from "../statements/insert-nodes.ts";
import { type NestOption, requireNest } from "../statements/nest.ts";
import { refine } from "./refine.ts";
import { type Purpose, scopedRules, type TableRules } from "./rules.ts";
import { type TableSchema, tableSchema } from "./table-schema.ts";
import { treeSchema } from "./tree-schema.ts";

/** Options of `rowSchema`, `insertSchema` and `updateSchema`. */
export interface SchemaOptions<Column extends string = string> {
  /** Column → a valibot schema that runs before the column's own rule; its output is validated and written. */
  readonly columns?: { readonly [Name in Column]?: v.GenericSchema };
}

const SCHEMA_OPTIONS: OptionNames<SchemaOptions> = { columns: true };
const INSERT_SCHEMA_OPTIONS = { include: true, ...SCHEMA_OPTIONS } as const;

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
  return schemaOf(scopedRules(refinedSchema(schema, table, options), table, purpose));
}

function refinedSchema(schema: AnySchema, table: string, { columns }: SchemaOptions): AnySchema {
  return columns === undefined ? schema : refine(schema as SchemaSnapshot, { [table]: columns });
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
 * Returns a valibot schema of rows to insert. PostgreSQL stores the values that it accepts exactly as given. With `include`
 * it is the schema of rows with nested rows, whose issues have the path from the outermost row.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options your own schemas for single columns: `{ columns: { email: v.pipe(v.string(), v.email()) } }`; `include` as for
 * `insert`
 * @returns a schema with `entries`, in which columns with a default are optional and generated columns are not allowed;
 * cached per snapshot, except with `include`
 * @throws UnknownNameError if the table or a column does not exist
 * @example `v.safeParse(insertSchema(schema, "genre"), { genre_id: 1 }).issues![0].message` →
 * `Expected a value, received nothing (the column is NOT NULL without a default)`
 */
export function insertSchema<
  Tables,
  Name extends TableName<Tables>,
  const Wanted extends InsertInclude = Record<never, never>,
>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: SchemaOptions<ColumnName<Tables, Name>> & NestOption<Tables, Name, Wanted> = {},
): TableSchema<[keyof Wanted] extends [never] ? InsertOf<Tables, Name> : NestedInsert<Tables, Name, Wanted>> {
  requireOptions("insertSchema", options, INSERT_SCHEMA_OPTIONS);
  const { include } = options as { readonly include?: unknown };
  if (include === undefined) return schemaFor(schema, table, "insert", options) as never;
  requireNest("insertSchema", include);
  const tree = insertTable(schema, table, include.relations);
  return treeSchema(refinedSchema(schema, table, options), tree) as never;
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
