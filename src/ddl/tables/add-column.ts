import type { SqlHandle } from "../../driver/handle.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { ChangedTable } from "../../schema/changed-table.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { AnySchema, Relation, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import { addedColumnSql, type ColumnEntry, defaultSql, newColumn } from "../define/column-entry.ts";
import { commentSql } from "../define/comment-definition.ts";
import { checkConstraintSql, foreignKeyConstraintSql } from "../define/constraint-definition.ts";
import { withEntryForms } from "../define/entry-form.ts";
import { relationOfKind, TABLE_KINDS } from "../define/existing-name.ts";
import { type ForeignKeyOptions, foreignKeyDefinition, referringTable } from "../define/foreign-key-entry.ts";
import { constraintNames, defaultName, requireNewColumn } from "../define/new-name.ts";

/** Options of `addColumn`. */
export interface AddColumnOptions extends ChangeOptions {
  /** A value, or ``expr`now()` ``; existing rows get the default too. */
  readonly default?: unknown;
  /** The referenced table, or an object with the table and the options of the foreign key. */
  readonly references?: string | (ForeignKeyOptions & { readonly references: string });
  /** The column's comment. */
  readonly comment?: string;
}

const ADD_COLUMN_OPTIONS: OptionNames<AddColumnOptions> = {
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
 * @param options `default`, `references`, `comment`
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
  requireNewColumn(relation, column);
  const added = newColumn(schema, relation.key, column, entry);
  const value =
    options.default === undefined
      ? added.default
      : defaultSql(schema, `${relation.key}.${column}`, added.columnType, options.default);
  const constraints = [
    ...checkTexts(relation, column, added.checks),
    ...foreignKeyTexts(schema, relation, column, options.references),
  ];
  const name = quoteName(relation);
  const actions = [
    `ADD COLUMN ${addedColumnSql({ ...added, default: value })}`,
    ...constraints.map(text => `ADD ${text}`),
  ];
  const comment = options.comment ?? added.comment;
  return [
    `ALTER TABLE ${name} ${actions.join(", ")}`,
    ...(comment === null ? [] : [commentSql(`COLUMN ${name}.${quoteIdentifier(column)}`, comment)]),
  ];
}

function checkTexts(relation: Relation, column: string, checks: readonly string[]): readonly string[] {
  const used = new Set(constraintNames(relation));
  return checks.map(expression => {
    const name = defaultName(relation.name, [column], "check", used);
    used.add(name);
    return checkConstraintSql({ name, expression, validated: true, enforced: true, noInherit: false });
  });
}

function foreignKeyTexts(
  schema: AnySchema,
  relation: Relation,
  column: string,
  given: AddColumnOptions["references"],
): readonly string[] {
  if (given === undefined) return [];
  const existing = referringTable(schema, relation.key);
  const table = { ...existing, columns: [...existing.columns, column] };
  const entry = typeof given === "string" ? { references: given } : given;
  const key = foreignKeyDefinition(schema, table, { ...entry, columns: column }, constraintNames(relation));
  return [foreignKeyConstraintSql(key)];
}

/**
 * Adds a column at the end of a table.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param column the new column's name
 * @param entry a valibot schema, or the name of a PostgreSQL type, `"text"` or `"text not null"`
 * @param options `default` (existing rows get it too), `references`, `comment`, `onStatement`
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
  const statements = addColumnSql(schema, table, column, entry, options);
  const after = await changeSchema<ChangedTable<Tables, Name>>(sql, schema, statements, options);
  return withEntryForms(after, relationOfKind(schema, table, TABLE_KINDS), { [column]: entry });
}
