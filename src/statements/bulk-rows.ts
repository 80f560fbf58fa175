import { ArgumentError } from "../errors.ts";
import { requireArray } from "../schema/arguments.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { printArrayLiteral } from "../types/array-literal.ts";
import { codecFor } from "../types/resolve.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { typedSql } from "./column-value.ts";
import type { ConflictTarget } from "./conflict-target.ts";
import { isFragment } from "./fragment.ts";
import { dateColumns, type KeyPart, keyPartsSql, storedSql } from "./key-parts.ts";
import { referenceGuard } from "./reference-guard.ts";
import { aliasBeside, planColumn, type RelationPlan, relationPlan } from "./relation-plan.ts";
import { type Assignment, assignedSql, assignments, isStamp, withScope } from "./row-values.ts";
import { type Binder, bind, joinConditions, ownBinder, type RowStatement } from "./statement.ts";

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
      value === undefined
        ? "the value is missing"
        : "functions that write many rows do not accept raw SQL; use updateWhere, or a function that writes one row";
    throw new ArgumentError(`${plan.relation.key}.${name}, rows[${index}]: ${reason}`);
  }
  return codec.print(value);
}

/** The columns of rows that are sent together: the rows' own columns, and the scope's with one value for all rows. */
export interface BulkColumns {
  readonly given: readonly ColumnPlan[];
  readonly stamps: readonly Assignment[];
}

/** The columns of rows that all have the columns of the first; throws ArgumentError if a row contradicts the scope. */
export function bulkColumns(plan: RelationPlan, rows: readonly Row[]): BulkColumns {
  requireArray("rows", rows);
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
  /** The condition that a row with the prefix has the key of a given row; undefined if it would take too long to find each. */
  readonly isRow?: (prefix: string) => string | undefined;
}

/**
 * Rows as one parameter per column, so that the SQL is equal for any number of rows. Each parameter is a text[],
 * because PostgreSQL flattens arrays of arrays. Column n is `"c<n>"`, the row's number from 1 is `"n"`. In an upsert, a Date
 * that is part of the conflict target stands for the stored value of its millisecond, if there is one.
 */
export function unnestSource(
  schema: AnySchema,
  plan: RelationPlan,
  binder: Binder,
  rows: readonly Row[],
  target?: ConflictTarget,
): BulkSource {
  const columns = bulkColumns(plan, rows);
  if (columns.given.length === 0)
    throw new ArgumentError(
      `${plan.relation.key}: rows without any column cannot be inserted together; insert them one by one`,
    );
  const key = columns.given.filter(({ column }) => target?.columns.includes(column.name));
  const unnested = { alias: `"rows"`, columns: columns.given, rows, dates: dateColumns(key, rows) };
  const from = unnestRows(plan, binder, unnested);
  const parts = unnestedKey(key, unnested, target);
  const values = columns.given.map((column, index) => {
    const value = `"c${index + 1}"::${column.codec.castType}`;
    return unnested.dates.includes(column)
      ? `coalesce(${storedSql(plan, binder, parts, [column], target!)}, ${value})`
      : value;
  });
  const source = insertSource(schema, plan, binder, columns, values, { from, number: `"rows"."n"` });
  // With Dates and NULLs PostgreSQL could only compare each row with all others.
  const isEqual = ({ column: { column, filterCodec } }: KeyPart): boolean =>
    filterCodec.equals === "=" && rows.every(row => row[column.name] !== null);
  const isFast = (): boolean => parts.length > 0 && unnested.dates.length === 0 && parts.every(isEqual);
  return {
    ...source,
    isRow: prefix => {
      const stored = parts.map(part => storedPart(schema, part));
      return isFast() ? keyPartsSql(plan, binder, stored, prefix) : undefined;
    },
  };
}

// With `validate: false` PostgreSQL can change a value by the modifier of its type, such as 1.005 in numeric(5,2).
function storedPart(schema: AnySchema, part: KeyPart): KeyPart {
  const { column, filterCodec } = part.column;
  const isModified = column.typmod !== -1 || schema.types[column.typeKey]?.kind === "domain";
  return isModified ? { ...part, value: `${part.value}::${column.type}::${filterCodec.castType}` } : part;
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
  return insertSource(schema, plan, binder, columns, values, { from: `${staging} AS "rows"` });
}

function insertSource(
  schema: AnySchema,
  plan: RelationPlan,
  binder: Binder,
  { given, stamps }: BulkColumns,
  values: readonly string[],
  { from, number }: { readonly from: string; readonly number?: string },
): BulkSource {
  const scoped = stamps.map(stamp => typedSql(stamp.column, assignedSql(schema, binder, stamp)));
  const columns = [...given, ...stamps.map(({ column }) => column)];
  const { guard } = referenceGuard(schema, plan, columns, ` FROM ${from}`, number);
  return { columns, values: guard(binder, [...values, ...scoped]).join(", "), from };
}

/** Rows as parameters, and the columns of the key whose values are Dates. */
export interface UnnestedRows {
  readonly alias: string;
  readonly columns: readonly ColumnPlan[];
  readonly rows: readonly Row[];
  readonly dates?: readonly ColumnPlan[];
}

/** `unnest($1::text::text[], ...) WITH ORDINALITY AS "rows" ("c1", ..., "n")` */
export function unnestRows(
  plan: RelationPlan,
  binder: Binder,
  { alias, columns, rows, dates = [] }: UnnestedRows,
): string {
  requireArray("rows", rows);
  const list = (column: ColumnPlan, texts: readonly (string | null)[]): string =>
    bind(binder, printArrayLiteral(texts), "text[]", column);
  const texts = (column: ColumnPlan): readonly (string | null)[] =>
    rows.map((row, index) => valueText(plan, column, row, index));
  const lasts = (column: ColumnPlan): readonly (string | null)[] =>
    rows.map(
      (row, index) => column.codec.last!(row[column.column.name]) ?? valueText(plan, column, row, index),
    );
  const lists = [
    ...columns.map(column => list(column, texts(column))),
    ...dates.map(column => list(column, lasts(column))),
  ];
  const fields = [
    ...columns.map((_, index) => `"c${index + 1}"`),
    ...dates.map((_, index) => `"d${index + 1}"`),
  ];
  return `unnest(${lists.join(", ")}) WITH ORDINALITY AS ${alias} (${fields.join(", ")}, "n")`;
}

/** The parts of the key of unnested rows; in a conflict target NULLs can be equal. */
export function unnestedKey(
  key: readonly ColumnPlan[],
  { alias, columns, rows, dates = [] }: UnnestedRows,
  target?: ConflictTarget,
): readonly KeyPart[] {
  return key.map(column => {
    const { castType } = column.filterCodec;
    const date = dates.indexOf(column);
    return {
      column,
      value: `${alias}."c${columns.indexOf(column) + 1}"::${castType}`,
      ...(date !== -1 && { last: `${alias}."d${date + 1}"::${castType}` }),
      isNullEqual:
        target?.key.nullsNotDistinct === true && rows.some(row => row[column.column.name] === null),
    };
  });
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
  requireArray("key", key);
  const plan = relationPlan(schema, table);
  const binder = ownBinder(schema);
  const columns = key.filter(name => !plan.scope.names.has(name)).map(name => planColumn(plan, name));
  const alias = aliasBeside(plan, "rows");
  const unnested = { alias, columns, rows, dates: dateColumns(columns, rows) };
  const from = unnestRows(plan, binder, unnested);
  const same = keyPartsSql(plan, binder, unnestedKey(columns, unnested), `${plan.alias}.`);
  const found = joinConditions([same, plan.scope.condition(binder, `${plan.alias}.`)]);
  const codec = codecFor(schema, "int4", -1);
  return {
    text: `SELECT "n"::int4 FROM ${from} WHERE NOT EXISTS (SELECT FROM ${plan.name} WHERE ${found}) ORDER BY "n"`,
    params: binder.params,
    output: [{ name: "n", label: "n", codec }],
  };
}
