import type { SqlHandle } from "../../driver/handle.ts";
import type { AnySchema, ReferentialAction, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { relationPlan, requireKey } from "../../statements/relation-plan.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import type { ColumnEntries } from "../define/new-table.ts";
import type { TableOptions } from "../define/table-options.ts";
import { createTableSql } from "./create-table.ts";

/** Options of `createLinkTable`. */
export interface CreateLinkTableSqlOptions {
  /** The new table's name; `playlist_track` of the two tables' names by default. */
  readonly name?: string;
  /** What happens to a link when one of its rows is deleted; `cascade`, it goes, by default. */
  readonly onDelete?: ReferentialAction;
  /** More columns. */
  readonly columns?: ColumnEntries;
}

/** The table between two others, as `createTable` takes it. */
export interface LinkTable {
  readonly table: string;
  readonly columns: ColumnEntries;
  readonly options: TableOptions;
}

/**
 * The statements of `createLinkTable`.
 * @param schema a snapshot
 * @param table a table's name
 * @param other the table it is to be linked with
 * @param options name, onDelete, more columns
 * @returns the DDL in order
 * @throws ArgumentError for a table without a primary key; UnknownNameError
 * @example `createLinkTableSql(schema, "artist", "genre")[0]` →
 * `'CREATE TABLE "public"."artist_genre" (\n  "artist_id" integer NOT NULL,\n  "genre_id" integer NOT NULL,\n  CONSTRAINT "artist_genre_pkey" PRIMARY KEY ("artist_id", "genre_id"),\n  CONSTRAINT "artist_genre_artist_id_fkey" FOREIGN KEY ("artist_id") REFERENCES "public"."artist" ("artist_id") ON DELETE CASCADE,\n  CONSTRAINT "artist_genre_genre_id_fkey" FOREIGN KEY ("genre_id") REFERENCES "public"."genre" ("genre_id") ON DELETE CASCADE\n)'`
 */
export function createLinkTableSql(
  schema: AnySchema,
  table: string,
  other: string,
  options: CreateLinkTableSqlOptions = {},
): readonly string[] {
  const planned = linkTable(schema, table, other, options);
  return createTableSql(schema, planned.table, planned.columns, planned.options);
}

export function linkTable(
  schema: AnySchema,
  table: string,
  other: string,
  { name, onDelete = "cascade", columns = {} }: CreateLinkTableSqlOptions,
): LinkTable {
  const sides = [keySide(schema, table, "from"), keySide(schema, other, "to")] as const;
  const isSame = sides[0].plainNames.some(column => sides[1].plainNames.includes(column));
  const [first, second] = sides.map(side => (isSame ? side.distinctNames : side.plainNames));
  const entry = (names: readonly string[], side: KeySide): (readonly [string, string])[] =>
    names.map((column, index) => [column, `${side.types[index]} not null`] as const);
  return {
    table: name ?? `${sides[0].name}_${sides[1].name}`,
    columns: { ...Object.fromEntries([...entry(first!, sides[0]), ...entry(second!, sides[1])]), ...columns },
    options: {
      primaryKey: [...first!, ...second!],
      foreignKeys: [
        { columns: first!, references: table, onDelete },
        { columns: second!, references: other, onDelete },
      ],
      indexes: [second!],
    },
  };
}

interface KeySide {
  readonly name: string;
  readonly types: readonly string[];
  /** `artist_id`, also for a key called `id`. */
  readonly plainNames: readonly string[];
  /** Where both sides have the same. */
  readonly distinctNames: readonly string[];
}

function keySide(schema: AnySchema, table: string, side: string): KeySide {
  const plan = relationPlan(schema, table);
  const columns = requireKey(plan).map(({ column }) => column);
  const { name } = plan.relation;
  return {
    name,
    types: columns.map(({ type, typeKey }) => (typeKey.includes(".") ? typeKey : type)),
    plainNames: columns.map(column => (column.name === "id" ? `${name}_id` : column.name)),
    distinctNames: columns.map(column => `${side}_${column.name}`),
  };
}

/** Options of `createLinkTable`. */
export interface CreateLinkTableOptions extends CreateLinkTableSqlOptions, ChangeOptions {}

/**
 * Makes the table between two others that `link` fills (many-to-many): the primary keys of both are its own, and an index
 * serves the way back.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table a table's name
 * @param other the table it is to be linked with; itself gives the columns `from_id` and `to_id`
 * @param options `name`, `artist_genre` by default; `onDelete`, `cascade` by default; more `columns`
 * @returns the new snapshot
 * @throws ArgumentError for a table without a primary key, a name that is taken; UnknownNameError; ScopeError; QueryError
 * @example `schema = await createLinkTable(sql, schema, "artist", "genre")`
 */
export function createLinkTable<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: TableName<Tables>,
  other: TableName<Tables>,
  options?: CreateLinkTableOptions,
): Promise<SchemaSnapshot<Tables>> {
  return changeSchema<Tables>(sql, schema, options, ({ createLinkTableSql }) =>
    createLinkTableSql(schema, table, other, options),
  );
}
