import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { ChangedTable } from "../../schema/changed-table.ts";
import type { AnySchema, Relation, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { type ChangeOptions, createUnlessExists } from "../change-schema.ts";
import { type ColumnEntry, type NewColumn, newColumn } from "../define/column-entry.ts";
import { withEntryForms } from "../define/entry-form.ts";
import { relationOfKind, TABLE_KINDS } from "../define/existing-name.ts";
import type { ForeignKeyOptions } from "../define/foreign-key-entry.ts";
import { requireNewColumn } from "../define/new-name.ts";
import { changeStatements } from "../transform/changed-table.ts";

/** Options of `addColumn`. */
export interface AddColumnOptions extends ChangeOptions {
  /** Leave an existing column unchanged if it has this type and NOT NULL; reject any other. */
  readonly ifNotExists?: boolean;
  /** A value, or ``expr`now()` ``; existing rows get the default too. */
  readonly default?: unknown;
  /** The referenced table, or an object with the table and the options of the foreign key. */
  readonly references?: string | (ForeignKeyOptions & { readonly references: string });
  /** The column's comment. */
  readonly comment?: string;
}

const ADD_COLUMN_OPTIONS: OptionNames<AddColumnOptions> = {
  ifNotExists: true,
  default: true,
  references: true,
  comment: true,
  ...SEND_OPTIONS,
};

/**
 * The statements of `addColumn`.
 * @param schema a snapshot
 * @param table the table's name
 * @param column the new column's name
 * @param entry a valibot schema, or the name of a PostgreSQL type, `"text"` or `"text not null"`
 * @param options `default`, `references`, `comment`, `ifNotExists`
 * @returns the DDL in order
 * @throws ArgumentError if the entry has no PostgreSQL type or the column exists; UnknownNameError
 * @example `addColumnSql(schema, "genre", "stars", "integer not null", { default: 3 })` →
 * `['ALTER TABLE "public"."genre" ADD COLUMN "stars" integer DEFAULT 3 NOT NULL']`
 */
export function addColumnSql(
  schema: AnySchema,
  table: string,
  column: string,
  entry: ColumnEntry,
  options: AddColumnOptions = {},
): readonly string[] {
  requireOptions("addColumn", options, ADD_COLUMN_OPTIONS);
  const relation = relationOfKind(schema, table, TABLE_KINDS);
  if (options.ifNotExists === true && hasColumn(relation, newColumn(schema, relation.key, column, entry)))
    return [];
  requireNewColumn(relation, column);
  const { default: value, references, comment } = options;
  return changeStatements(schema, relation, {
    add: { [column]: entry },
    ...(value !== undefined && { defaults: { [column]: value } }),
    ...(references !== undefined && { foreignKeys: { [column]: references } }),
    ...(comment !== undefined && { comments: { [column]: comment } }),
  });
}

/** Whether the table has the column; throws ArgumentError if its type or NOT NULL is different. */
function hasColumn({ key, columns }: Relation, { column: wanted }: NewColumn): boolean {
  const existing = columns.find(({ name }) => name === wanted.name);
  if (existing === undefined) return false;
  if (existing.type === wanted.type && existing.notNull === wanted.notNull) return true;
  const found = `${existing.type}${existing.notNull ? " NOT NULL" : ""}`;
  throw new ArgumentError(
    `${key}.${wanted.name} already exists as ${found}; change it with transformTable, or leave out ifNotExists`,
  );
}

/**
 * Adds a column at the end of a table.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param column the new column's name
 * @param entry a valibot schema, or the name of a PostgreSQL type, `"text"` or `"text not null"`
 * @param options `default` (existing rows get it too), `references`, `comment`, `onStatement`; `ifNotExists: true` leaves an existing
 * column of this type unchanged
 * @returns the new snapshot
 * @throws ArgumentError if the entry has no PostgreSQL type or the column exists; UnknownNameError; ScopeError; QueryError
 * if the table has rows and a NOT NULL column has no default
 * @example `schema = await addColumn(sql, schema, "genre", "stars", v.optional(v.pipe(v.number(), v.integer()), 3))`
 */
export async function addColumn<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  column: string,
  entry: ColumnEntry,
  options?: AddColumnOptions,
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  requireUnscoped(schema);
  const after = await createUnlessExists<ChangedTable<Tables, Name>>(
    sql,
    schema,
    table,
    current => addColumnSql(current, table, column, entry, options),
    options,
  );
  return withEntryForms(after, relationOfKind(schema, table, TABLE_KINDS), { [column]: entry });
}
