import { ArgumentError, UnknownNameError } from "../errors.ts";
import { type OptionNames, requireOptions, requireSnapshot } from "./arguments.ts";
import { nearest } from "./nearest.ts";
import type { PartitionOptions } from "./partitions.ts";
import { quoteIdentifier, quoteName } from "./quote.ts";
import { columnOf, findRelation, relationOf } from "./relation-of.ts";
import type {
  AnySchema,
  Check,
  Column,
  ForeignKey,
  Relation,
  SchemaSnapshot,
  UniqueKey,
} from "./snapshot.ts";
import type { ColumnName, TableName } from "./tables.ts";

/** Options of `viewNames` and `sequences`. */
export interface NameOptions {
  /** Only relations of this PostgreSQL schema. */
  readonly schema?: string;
}

const NAME_OPTIONS: OptionNames<NameOptions> = { schema: true };
const TABLE_OPTIONS: OptionNames<TableNameOptions> = { schema: true, partitions: true };

/** Options of `tableNames`. */
export interface TableNameOptions extends NameOptions, PartitionOptions {}

/**
 * The names of the tables, including partitioned and foreign tables.
 * @param schema a snapshot
 * @param options only one PostgreSQL schema; `partitions: true` to include partitions
 * @returns the names, ordered by PostgreSQL schema and name
 * @example `tableNames(schema, { schema: "public" }).slice(0, 3)` → `["album", "artist", "customer"]`
 */
export function tableNames<Tables>(
  schema: SchemaSnapshot<Tables>,
  options: TableNameOptions = {},
): TableName<Tables>[] {
  requireOptions("tableNames", options, TABLE_OPTIONS);
  return relationNames(
    schema,
    options,
    ({ kind, isPartition }) =>
      kind !== "view" && kind !== "materializedView" && (options.partitions === true || !isPartition),
  ) as TableName<Tables>[];
}

/**
 * The names of the views and materialized views.
 * @param schema a snapshot
 * @param options only one PostgreSQL schema
 * @returns the names, ordered by PostgreSQL schema and name
 * @example `viewNames(schema)` → `["album_overview", "genre_sales"]`
 */
export function viewNames<Tables>(
  schema: SchemaSnapshot<Tables>,
  options: NameOptions = {},
): TableName<Tables>[] {
  requireOptions("viewNames", options, NAME_OPTIONS);
  return relationNames(
    schema,
    options,
    ({ kind }) => kind === "view" || kind === "materializedView",
  ) as TableName<Tables>[];
}

function relationNames(
  schema: AnySchema,
  options: NameOptions,
  wanted: (relation: Relation) => boolean,
): string[] {
  requireSnapshot(schema);
  requireKnownSchema(schema, options);
  return schema.relations
    .filter(
      relation => wanted(relation) && (options.schema === undefined || relation.schema === options.schema),
    )
    .map(({ key }) => key);
}

/** Throws UnknownNameError for a PostgreSQL schema that the snapshot does not have. */
export function requireKnownSchema({ schemas }: AnySchema, { schema }: NameOptions): void {
  if (schema !== undefined && !schemas.includes(schema))
    throw new UnknownNameError(
      `PostgreSQL schema ${JSON.stringify(schema)} does not exist in the snapshot${nearest(schema, schemas)}`,
    );
}

/**
 * The columns of a table or view.
 * @param schema a snapshot
 * @param table the table's name
 * @returns column name → column, in table order (JavaScript puts names that are integers first);
 * without a prototype, so that any name is safe
 * @throws UnknownNameError for an unknown table
 * @example `columnsInfo(schema, "album")["title"]!.type` → `"character varying(160)"`
 */
export function columnsInfo<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
): Readonly<Record<ColumnName<Tables, Name>, Column>> {
  const record: Record<string, Column> = Object.create(null);
  for (const column of relationOf(schema, table).columns) record[column.name] = column;
  return Object.freeze(record);
}

/**
 * The columns of the primary key.
 * @param schema a snapshot
 * @param table the table's name
 * @returns the names in key order; none for a table without a key
 * @throws UnknownNameError for an unknown table
 * @example `pkCols(schema, "playlist_track")` → `["playlist_id", "track_id"]`
 */
export function pkCols<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
): ColumnName<Tables, Name>[] {
  const columns = relationOf(schema, table).primaryKey?.columns ?? [];
  return columns.filter(name => name !== null) as ColumnName<Tables, Name>[];
}

/**
 * The foreign keys of a table.
 * @param schema a snapshot
 * @param table the table's name
 * @returns each foreign key: `columns[i]` refers to `references.columns[i]`
 * @throws UnknownNameError for an unknown table
 * @example `foreignKeys(schema, "album").map(({ columns }) => columns)` → `[["artist_id"]]`
 */
export function foreignKeys<Tables>(
  schema: SchemaSnapshot<Tables>,
  table: TableName<Tables>,
): readonly ForeignKey[] {
  return relationOf(schema, table).foreignKeys;
}

/**
 * The unique constraints and unique indexes of a table, without the primary key.
 * @param schema a snapshot
 * @param table the table's name
 * @returns each with its columns in key order, predicate and whether ON CONFLICT can use it
 * @throws UnknownNameError for an unknown table
 * @example `uniqueKeys(schema, "artist").map(({ columns }) => columns)` → `[]`
 */
export function uniqueKeys<Tables>(
  schema: SchemaSnapshot<Tables>,
  table: TableName<Tables>,
): readonly UniqueKey[] {
  return relationOf(schema, table).uniqueKeys;
}

/**
 * The CHECK constraints of a table.
 * @param schema a snapshot
 * @param table the table's name
 * @returns each with its columns and expression
 * @throws UnknownNameError for an unknown table
 * @example `checks(schema, "track").map(({ columns }) => columns)` → `[["milliseconds"]]`
 */
export function checks<Tables>(schema: SchemaSnapshot<Tables>, table: TableName<Tables>): readonly Check[] {
  return relationOf(schema, table).checks;
}

/**
 * The labels of a column's enum, in the enum's order. The column may also be an array of the enum or a domain over it.
 * @param schema a snapshot
 * @param table the table's name
 * @param column the column's name
 * @returns the labels
 * @throws UnknownNameError for an unknown table or column; ArgumentError if the column is not an enum
 * @example `enumValues(schema, "customer", "tier")` → `["free", "plus", "pro"]`
 */
export function enumValues<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
  column: ColumnName<Tables, Name>,
): readonly string[] {
  const { typeKey, type } = columnOf(schema, table, column);
  const labels = labelsOf(schema, typeKey);
  if (labels === undefined)
    throw new ArgumentError(`${table}.${column} has type ${type}, which is not an enum`);
  return labels;
}

function labelsOf(schema: AnySchema, typeKey: string): readonly string[] | undefined {
  const type = schema.types[typeKey];
  if (type?.kind === "enum") return type.labels;
  if (type?.kind === "array") return labelsOf(schema, type.element);
  return type?.kind === "domain" ? labelsOf(schema, type.base) : undefined;
}

/**
 * Whether the snapshot has a table or view of this name.
 * @param schema a snapshot
 * @param table any text
 * @example `hasTable(schema, "albums")` → `false`
 */
export function hasTable<Tables>(schema: SchemaSnapshot<Tables>, table: string): table is TableName<Tables> {
  return findRelation(schema, table) !== undefined;
}

/**
 * Whether a table or view has a column of this name; false for an unknown table too.
 * @param schema a snapshot
 * @param table any text
 * @param column any text
 * @example `hasColumn(schema, "album", "title")` → `true`
 */
export function hasColumn(schema: AnySchema, table: string, column: string): boolean {
  return findRelation(schema, table)?.columns.some(({ name }) => name === column) ?? false;
}

/**
 * A table or column as SQL, checked against the snapshot and quoted.
 * @param schema a snapshot
 * @param table the table's name
 * @param column a column of it
 * @returns SQL
 * @throws UnknownNameError for an unknown table or column
 * @example `quote(schema, "album", "title")` → `"public"."album"."title"`
 */
export function quote<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
  column?: ColumnName<Tables, Name>,
): string {
  const relation = quoteName(relationOf(schema, table));
  return column === undefined
    ? relation
    : `${relation}.${quoteIdentifier(columnOf(schema, table, column).name)}`;
}
