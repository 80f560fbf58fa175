import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { AnySchema, Relation, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import type { ChangedTable } from "../changed-table.ts";
import { columnDefinition } from "../define/column-definition.ts";
import { type ColumnEntry, defaultSql, newColumn } from "../define/column-entry.ts";
import { commentOn } from "../define/comment-definition.ts";
import { checkConstraint, foreignKeyConstraint } from "../define/constraint-definition.ts";
import { type ForeignKeyOptions, foreignKeyDefinition, referringTable } from "../define/foreign-key-entry.ts";
import { chosenName } from "../define/identifier.ts";
import { relationOfKind, TABLE_KINDS } from "../define/relation-name.ts";
import { constraintNames } from "./add-foreign-key.ts";

/** Options of `addColumn`. */
export interface AddColumnSqlOptions {
  /** A value, or ``expr`now()` ``; the rows that are there get it too. */
  readonly default?: unknown;
  /** The table it refers to, or that with options. */
  readonly references?: string | (ForeignKeyOptions & { readonly references: string });
  readonly comment?: string;
}

/**
 * The statements of `addColumn`.
 * @param schema a snapshot
 * @param table the table's name
 * @param column the new column's name
 * @param entry a valibot schema, or the name of a PostgreSQL type, `"text"` or `"text not null"`
 * @param options default, foreign key, comment
 * @returns the DDL in order
 * @throws ArgumentError for an entry without a type, a name that is taken; UnknownNameError
 * @example `addColumnSql(schema, "genre", "stars", "integer not null", { default: 3 })` →
 * `['ALTER TABLE "public"."genre" ADD COLUMN "stars" integer DEFAULT 3 NOT NULL']`
 */
export function addColumnSql(
  schema: AnySchema,
  table: string,
  column: string,
  entry: ColumnEntry,
  options: AddColumnSqlOptions = {},
): readonly string[] {
  const relation = relationOfKind(schema, table, TABLE_KINDS);
  if (relation.columns.some(({ name }) => name === column))
    throw new ArgumentError(`${relation.key} has a column ${JSON.stringify(column)} already`);
  const made = newColumn(schema, relation.key, column, entry);
  const value =
    options.default === undefined
      ? made.default
      : defaultSql(schema, `${relation.key}.${column}`, made.columnType, options.default);
  const definition = columnDefinition({
    ...made,
    default: value,
    collation: null,
    identity: null,
    identityOptions: null,
    generated: null,
    generationExpression: null,
  });
  const constraints = [
    ...checkTexts(relation, column, made.checks),
    ...foreignKeyTexts(schema, relation, column, options.references),
  ];
  const name = quoteName(relation);
  const actions = [`ADD COLUMN ${definition}`, ...constraints.map(text => `ADD ${text}`)];
  const comment = options.comment ?? made.comment;
  return [
    `ALTER TABLE ${name} ${actions.join(", ")}`,
    ...(comment === null ? [] : [commentOn(`COLUMN ${name}.${quoteIdentifier(column)}`, comment)]),
  ];
}

function checkTexts(relation: Relation, column: string, checks: readonly string[]): readonly string[] {
  const used = new Set(constraintNames(relation));
  return checks.map(expression => {
    const name = chosenName(relation.name, [column], "check", used);
    used.add(name);
    return checkConstraint({ name, expression, validated: true, enforced: true, noInherit: false });
  });
}

function foreignKeyTexts(
  schema: AnySchema,
  relation: Relation,
  column: string,
  given: AddColumnSqlOptions["references"],
): readonly string[] {
  if (given === undefined) return [];
  const known = referringTable(schema, relation.key);
  const table = { ...known, columns: [...known.columns, column] };
  const entry = typeof given === "string" ? { references: given } : given;
  const key = foreignKeyDefinition(schema, table, { ...entry, columns: column }, constraintNames(relation));
  return [foreignKeyConstraint(key)];
}

/** Options of `addColumn`. */
export interface AddColumnOptions extends AddColumnSqlOptions, ChangeOptions {}

/**
 * Adds a column at the end of a table.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param column the new column's name
 * @param entry a valibot schema, or the name of a PostgreSQL type, `"text"` or `"text not null"`
 * @param options `default` (the rows that are there get it too), `references`, `comment`
 * @returns the new snapshot
 * @throws ArgumentError for an entry without a type, a name that is taken; UnknownNameError; ScopeError; QueryError when
 * rows are there and a column that refuses NULL has no default
 * @example `schema = await addColumn(sql, schema, "genre", "stars", v.optional(v.pipe(v.number(), v.integer()), 3))`
 */
export function addColumn<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  column: string,
  entry: ColumnEntry,
  options?: AddColumnOptions,
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  return changeSchema(sql, schema, options, ({ addColumnSql }) =>
    addColumnSql(schema, table, column, entry, options),
  );
}
