import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { AnySchema, ReferentialAction, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { relationPlan, requireKey } from "../../statements/relation-plan.ts";
import { type ChangeOptions, createUnlessExists } from "../change-schema.ts";
import type { ColumnEntries } from "../define/column-entries.ts";
import { relationOfKind, TABLE_KINDS } from "../define/existing-name.ts";
import type { TableOptions } from "../define/table-options.ts";
import { createTableSql } from "./create-table.ts";

/** Options of `createLinkTable`. */
export interface CreateLinkTableOptions extends ChangeOptions {
  /** Leave an existing table unchanged, with its comments, if it has these columns and keys; reject any other. */
  readonly ifNotExists?: boolean;
  /** The junction table's name; default: both tables' names, `playlist_track`. */
  readonly name?: string;
  /** The action on a link when one of its rows is deleted; default: `cascade`, which deletes the link. */
  readonly onDelete?: ReferentialAction;
  /** More columns. */
  readonly columns?: ColumnEntries;
}

const CREATE_LINK_TABLE_OPTIONS: OptionNames<CreateLinkTableOptions> = {
  ifNotExists: true,
  name: true,
  onDelete: true,
  columns: "object",
  ...SEND_OPTIONS,
};

/** A junction table, as the arguments of `createTable`. */
interface JunctionTable {
  readonly table: string;
  readonly columns: ColumnEntries;
  readonly options: TableOptions & { readonly ifNotExists: boolean };
}

/**
 * The statements of `createLinkTable`.
 * @param schema a snapshot
 * @param table a table's name
 * @param other the other table's name
 * @param options `name`, `onDelete`, `columns`, `ifNotExists`
 * @returns the DDL in order
 * @throws ArgumentError if a table has no primary key; UnknownNameError
 * @example `createLinkTableSql(schema, "artist", "genre")[0]` →
 * `'CREATE TABLE "public"."artist_genre" (\n  "artist_id" integer NOT NULL,\n  "genre_id" integer NOT NULL,\n  CONSTRAINT "artist_genre_pkey" PRIMARY KEY ("artist_id", "genre_id"),\n  CONSTRAINT "artist_genre_artist_id_fkey" FOREIGN KEY ("artist_id") REFERENCES "public"."artist" ("artist_id") ON DELETE CASCADE,\n  CONSTRAINT "artist_genre_genre_id_fkey" FOREIGN KEY ("genre_id") REFERENCES "public"."genre" ("genre_id") ON DELETE CASCADE\n)'`
 */
export function createLinkTableSql(
  schema: AnySchema,
  table: string,
  other: string,
  options: CreateLinkTableOptions = {},
): readonly string[] {
  requireOptions("createLinkTable", options, CREATE_LINK_TABLE_OPTIONS);
  const junction = junctionTable(schema, table, other, options);
  return createTableSql(schema, junction.table, junction.columns, junction.options);
}

function junctionTable(
  schema: AnySchema,
  table: string,
  other: string,
  { name, onDelete = "cascade", columns = {}, ifNotExists = false }: CreateLinkTableOptions,
): JunctionTable {
  const sides = [keySide(schema, table, "from"), keySide(schema, other, "to")] as const;
  const isSame = sides[0].plainNames.some(column => sides[1].plainNames.includes(column));
  const [first, second] = sides.map(side => (isSame ? side.distinctNames : side.plainNames));
  const entries = (names: readonly string[], side: KeySide): (readonly [string, string])[] =>
    names.map((column, index) => [column, `${side.types[index]} not null`] as const);
  return {
    table: name ?? `${sides[0].name}_${sides[1].name}`,
    columns: {
      ...Object.fromEntries([...entries(first!, sides[0]), ...entries(second!, sides[1])]),
      ...columns,
    },
    options: {
      ifNotExists,
      primaryKey: [...first!, ...second!],
      foreignKeys: [
        { columns: first!, references: table, onDelete },
        { columns: second!, references: other, onDelete },
      ],
      indexes: [second!],
    },
  };
}

/** The primary key of one of the two tables, as the junction table refers to it. */
interface KeySide {
  readonly name: string;
  readonly types: readonly string[];
  /** `artist_id`, also for a key named `id`. */
  readonly plainNames: readonly string[];
  /** `from_artist_id`, for sides whose plain names are equal. */
  readonly distinctNames: readonly string[];
}

function keySide(schema: AnySchema, table: string, side: string): KeySide {
  relationOfKind(schema, table, TABLE_KINDS);
  const plan = relationPlan(schema, table);
  if (plan.relation.primaryKey?.period)
    throw new ArgumentError(
      `${table}: link relates rows by equality, and the primary key is WITHOUT OVERLAPS; create the table with createTable`,
    );
  const columns = requireKey(plan).map(({ column }) => column);
  const { name } = plan.relation;
  return {
    name,
    types: columns.map(({ type, typeKey }) => (typeKey.includes(".") ? typeKey : type)),
    plainNames: columns.map(column => (column.name === "id" ? `${name}_id` : column.name)),
    distinctNames: columns.map(column => `${side}_${column.name}`),
  };
}

/**
 * Creates the junction table that `link` fills (many-to-many): its primary key consists of both tables' primary keys, and
 * an index serves the other direction.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table a table's name
 * @param other the other table's name; for the same table the columns are `from_id` and `to_id`
 * @param options `name`, default: `artist_genre`; `onDelete`, default: `cascade`; more `columns`; `onStatement`
 * @returns the new snapshot
 * @throws ArgumentError if a table has no primary key or the name already exists; UnknownNameError; ScopeError; QueryError
 * @example `schema = await createLinkTable(sql, schema, "artist", "genre")`
 */
export async function createLinkTable<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: TableName<Tables>,
  other: TableName<Tables>,
  options?: CreateLinkTableOptions,
): Promise<SchemaSnapshot<Tables>> {
  requireUnscoped(schema);
  const statementsOf = (current: AnySchema): readonly string[] =>
    createLinkTableSql(current, table, other, options);
  return await createUnlessExists(sql, schema, options?.name ?? `${table} ${other}`, statementsOf, options);
}
