import { ArgumentError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { printArrayLiteral } from "../types/array-literal.ts";
import { codecFor } from "../types/resolve.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { isFragment } from "./fragment.ts";
import { referenceGuard } from "./reference-guard.ts";
import { aliasBeside, planColumn, type RelationPlan, relationPlan } from "./relation-plan.ts";
import { type Assignment, assignedSql, assignments, isStamp, withScope } from "./row-values.ts";
import { type Binder, bind, joinConditions, newBinder, type RowStatement } from "./statement.ts";

type Row = Readonly<Record<string, unknown>>;

/** A value of one of many rows as PostgreSQL's text or null; throws ArgumentError for a missing value and raw SQL. */
export function valueText(
  plan: RelationPlan,
  { column: { name }, codec }: ColumnPlan,
  row: Row,
  index: number,
): string | null {
  const value = row[name];
  if (value === null) return null;
  if (value === undefined || isFragment(value)) {
    const reason =
      value === undefined ? "the value is missing" : "raw SQL is not possible in functions for many rows";
    throw new ArgumentError(`${plan.relation.key}.${name}, row ${index}: ${reason}`);
  }
  return codec.print(value);
}

/** The columns of rows that are sent together: those of each row, and the scope's with one value for all rows. */
export interface BulkColumns {
  readonly given: readonly ColumnPlan[];
  readonly stamps: readonly Assignment[];
}

/** The columns of rows that all have those of the first; throws ArgumentError if a row contradicts the scope. */
export function bulkColumns(plan: RelationPlan, rows: readonly Row[]): BulkColumns {
  const first = rows[0] ?? {};
  const shape = withScope(plan, assignments(plan, first));
  if ([...plan.scope.names].some(name => Object.hasOwn(first, name)))
    for (const row of rows) withScope(plan, assignments(plan, row));
  return {
    given: shape.filter(assignment => !isStamp(assignment)).map(({ column }) => column),
    stamps: shape.filter(isStamp),
  };
}

/** `INSERT INTO t (columns) SELECT values FROM from`. */
export interface BulkSource {
  readonly columns: readonly ColumnPlan[];
  readonly values: string;
  readonly from: string;
}

/**
 * Rows as one parameter per column, so that the SQL is equal for any number of rows. Each parameter is a text[],
 * because PostgreSQL flattens arrays of arrays. Column n is `"c<n>"`, the row's number from 1 is `"n"`.
 */
export function unnestSource(
  schema: AnySchema,
  plan: RelationPlan,
  binder: Binder,
  rows: readonly Row[],
): BulkSource {
  const columns = bulkColumns(plan, rows);
  if (columns.given.length === 0)
    throw new ArgumentError(
      `${plan.relation.key}: rows without any column cannot be inserted together; insert them one by one`,
    );
  const from = unnestRows(plan, binder, columns.given, rows, `"rows"`);
  const casts = columns.given.map(({ codec }, index) => `"c${index + 1}"::${codec.castType}`);
  return insertSource(schema, plan, binder, columns, casts, from);
}

/** Rows that were copied to a staging table, whose columns already have their types. */
export function stagedSource(
  schema: AnySchema,
  plan: RelationPlan,
  binder: Binder,
  columns: BulkColumns,
  staging: string,
): BulkSource {
  const values = columns.given.map((_, index) => `"c${index + 1}"`);
  return insertSource(schema, plan, binder, columns, values, `${staging} AS "rows"`);
}

function insertSource(
  schema: AnySchema,
  plan: RelationPlan,
  binder: Binder,
  { given, stamps }: BulkColumns,
  values: readonly string[],
  from: string,
): BulkSource {
  const scoped = stamps.map(stamp => assignedSql(schema, binder, stamp));
  const columns = [...given, ...stamps.map(({ column }) => column)];
  const { guard } = referenceGuard(schema, plan, columns, ` FROM ${from}`);
  return { columns, values: guard(binder, [...values, ...scoped]).join(", "), from };
}

/** `unnest($1::text::text[], ...) WITH ORDINALITY AS "rows" ("c1", ..., "n")` */
export function unnestRows(
  plan: RelationPlan,
  binder: Binder,
  columns: readonly ColumnPlan[],
  rows: readonly Row[],
  alias: string,
): string {
  const lists = columns.map(column => {
    const texts = rows.map((row, index) => valueText(plan, column, row, index));
    return bind(binder, printArrayLiteral(texts), "text[]", column);
  });
  const fields = columns.map((_, index) => `"c${index + 1}"`);
  return `unnest(${lists.join(", ")}) WITH ORDINALITY AS ${alias} (${fields.join(", ")}, "n")`;
}

/**
 * The statement that returns the numbers, from 1, of the rows that do not exist in the table inside the scope.
 * @param schema a snapshot
 * @param table the table's name
 * @param key the columns that identify a row
 * @param rows rows with at least these columns
 * @returns the SQL, its parameters and the columns it returns
 * @example `absentRowsSql(schema, "genre", ["genre_id"], [{ genre_id: 1 }]).text` →
 * `SELECT "n"::int4 FROM unnest($1::text::text[]) WITH ORDINALITY AS "rows" ("c1", "n") WHERE NOT EXISTS (SELECT FROM "public"."genre" WHERE "genre"."genre_id" = "rows"."c1"::int4) ORDER BY "n"`
 */
export function absentRowsSql(
  schema: AnySchema,
  table: string,
  key: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): RowStatement {
  const plan = relationPlan(schema, table);
  const binder = newBinder();
  const columns = key.filter(name => !plan.scope.names.has(name)).map(name => planColumn(plan, name));
  const alias = aliasBeside(plan, "rows");
  const from = unnestRows(plan, binder, columns, rows, alias);
  const same = columns.map(
    ({ quoted, filterCodec }, index) =>
      `${plan.alias}.${quoted} ${filterCodec.equals} ${alias}."c${index + 1}"::${filterCodec.castType}`,
  );
  const found = joinConditions([...same, plan.scope.condition(binder, `${plan.alias}.`)]);
  const codec = codecFor(schema, "int4", -1);
  return {
    text: `SELECT "n"::int4 FROM ${from} WHERE NOT EXISTS (SELECT FROM ${plan.name} WHERE ${found}) ORDER BY "n"`,
    params: binder.params,
    output: [{ name: "n", label: "n", codec }],
  };
}
