import { ArgumentError } from "../errors.ts";
import type { OptionNames } from "../schema/arguments.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { bulkColumns, unnestedKey, unnestRows } from "./bulk-rows.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { dateColumns, rowKeySql } from "./key-parts.ts";
import { lockedSource } from "./locked-source.ts";
import { referenceGuard } from "./reference-guard.ts";
import {
  aliasBeside,
  distributionBeside,
  identityColumns,
  numberColumn,
  planColumn,
  type RelationPlan,
  relationPlan,
  requireKey,
  selectColumns,
} from "./relation-plan.ts";
import { requireWriteOptions, WRITE_OPTIONS } from "./returning.ts";
import { type Binder, joinConditions, type OutputColumn, ownBinder, type RowStatement } from "./statement.ts";

/** Options of the statement of `updateMany`. */
export interface UpdateManySqlOptions<Column extends string = string, Known extends string = string> {
  /** The columns of the stored rows to return, `true` for all readable ones; default: none. */
  readonly returning?: boolean | readonly Column[];
  /** An integer column with the version of its row. A row is changed only if it has the given version, which is incremented. */
  readonly version?: Known;
}

/** The names of the options of `updateMany`. */
export const UPDATE_MANY_OPTIONS: OptionNames<UpdateManySqlOptions> = { version: true, ...WRITE_OPTIONS };

/** The statement of `updateMany`, and the result column with the number of the row, from 1. */
export interface UpdateManyStatement extends RowStatement {
  readonly number: string;
}

/**
 * The statement of `updateMany`, for rows that passed validation, have the same columns and no duplicate key.
 * @param schema a snapshot
 * @param table the table's name
 * @param rows at least one row: the whole primary key and the changes; without changes the statement only reads
 * @param options what to return, the version column
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError if a part of the key is missing
 * @example `updateManySql(schema, "genre", [{ genre_id: 1, name: "Drone" }]).text` →
 * `UPDATE "public"."genre" SET "name" = "rows"."c2"::text FROM (SELECT "rows".* FROM unnest($1::text::text[], $2::text::text[]) WITH ORDINALITY AS "rows" ("c1", "c2", "n"), "public"."genre" WHERE "genre"."genre_id" = "rows"."c1"::int4 ORDER BY "genre"."genre_id" FOR NO KEY UPDATE OF "genre") AS "rows" WHERE "genre"."genre_id" = "rows"."c1"::int4 RETURNING "rows"."n"::int4 AS "n"`
 */
export function updateManySql(
  schema: AnySchema,
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  options: UpdateManySqlOptions = {},
): UpdateManyStatement {
  requireWriteOptions("updateMany", options, UPDATE_MANY_OPTIONS);
  const plan = relationPlan(schema, table);
  const binder = ownBinder(schema);
  const { given } = bulkColumns(plan, rows);
  const alias = aliasBeside(plan, "rows");
  const beside = given.filter(column => column === distributionBeside(plan));
  const key = [...requireKey(plan, "use updateWhere with a filter"), ...beside].filter(
    ({ column }) => !plan.scope.names.has(column.name),
  );
  const unnested = { alias, columns: given, rows, dates: dateColumns(key, rows) };
  const from = unnestRows(plan, binder, unnested);
  const names = given.map(({ column }) => column.name);
  const value = (column: ColumnPlan, castType: string): string =>
    `${alias}."c${names.indexOf(column.column.name) + 1}"::${castType}`;
  const version =
    options.version === undefined ? undefined : versionColumn(plan, options.version, names, rows);
  const set = setList(schema, plan, binder, given, version, value, `${alias}."n"`);
  for (const { column } of key) requireGiven(plan, names, column.name);
  const on = rowKeySql(plan, binder, unnestedKey(key, unnested), `${plan.alias}.`);
  // A row without changes is only looked up.
  const locked = set === "" ? "" : lockedSource(plan, binder, { from, alias, on }, "update");
  const conditions = [on];
  if (version !== undefined)
    conditions.push(
      `${plan.alias}.${version.column.quoted} ${version.equals} ${value(version.column, version.column.codec.castType)}`,
    );
  const where = joinConditions([...conditions, plan.scope.condition(binder, `${plan.alias}.`)]);
  const returned = returnedColumns(plan, options.returning);
  const number = numberColumn(schema, plan);
  const list = `${returned.text === "" ? "" : `${returned.text}, `}${alias}."n"::int4 AS "${number.name}"`;
  const text =
    set === ""
      ? `SELECT ${list} FROM ${from}, ${plan.name} WHERE ${where}`
      : `UPDATE ${plan.name} SET ${set} FROM ${locked} WHERE ${where} RETURNING ${list}`;
  return { text, params: binder.params, output: [...returned.output, number], number: number.name };
}

function setList(
  schema: AnySchema,
  plan: RelationPlan,
  binder: Binder,
  given: readonly ColumnPlan[],
  version: Version | undefined,
  value: (column: ColumnPlan, castType: string) => string,
  number: string,
): string {
  const identity = identityColumns(plan);
  const columns = given.filter(column => column !== version?.column && !identity.includes(column));
  const values = columns.map(column => value(column, column.codec.castType));
  const texts = referenceGuard(schema, plan, columns, undefined, number).guard(binder, values);
  const changes = columns.map(({ quoted }, at) => `${quoted} = ${texts[at]}`);
  if (version !== undefined) changes.push(`${version.column.quoted} = ${version.next}`);
  return changes.join(", ");
}

interface Version {
  readonly column: ColumnPlan;
  readonly equals: string;
  readonly next: string;
}

function versionColumn(
  plan: RelationPlan,
  name: string,
  names: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): Version {
  const column = planColumn(plan, name);
  const { shape } = column.codec;
  if (shape.kind !== "scalar" || (shape.family !== "integer" && shape.family !== "bigint"))
    throw new ArgumentError(
      `${plan.relation.key}.${name}: the version column must be an integer; this column has type ${column.column.type}`,
    );
  requireGiven(plan, names, name);
  const stored = `${plan.alias}.${column.quoted}`;
  // NULL + 1 would be NULL again.
  return rows.some(row => row[name] === null)
    ? { column, equals: "IS NOT DISTINCT FROM", next: `coalesce(${stored}, 0) + 1` }
    : { column, equals: "=", next: `${stored} + 1` };
}

function requireGiven({ relation }: RelationPlan, names: readonly string[], name: string): void {
  if (!names.includes(name))
    throw new ArgumentError(`${relation.key}.${name}: the value is missing in a row`);
}

/** The columns that `returning` lists, all readable ones for `true`, none by default. */
export function returnedColumns(
  plan: RelationPlan,
  returning: UpdateManySqlOptions["returning"],
): { readonly text: string; readonly output: readonly OutputColumn[] } {
  if (!returning) return { text: "", output: [] };
  return selectColumns(plan, returning === true ? undefined : returning, `${plan.alias}.`);
}
