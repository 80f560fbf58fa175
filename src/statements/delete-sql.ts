import { type KnownOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { type WriteFilter, writeWhereSql } from "./condition.ts";
import { keysSource } from "./keys-source.ts";
import { lockedSource } from "./locked-source.ts";
import { keyClause } from "./primary-key.ts";
import { numberColumn, relationPlan, requireKey } from "./relation-plan.ts";
import { type ReturningOptions, requireWriteOptions, returningClause } from "./returning.ts";
import { ownBinder, type RowStatement, returningShape, shapeOf, statementOf } from "./statement.ts";
import { returnedColumns } from "./update-many-sql.ts";

/** The names of the options of `deleteRow` and `deleteMany`. */
export const DELETE_OPTIONS: KnownOptions = { returning: true, ...SEND_OPTIONS };
const DELETE_WHERE_OPTIONS: KnownOptions = { where: true, all: true, ...DELETE_OPTIONS };

/**
 * The statement of `deleteRow`.
 * @param schema a snapshot
 * @param table the table's name
 * @param key the primary key, as for `get`
 * @param options what to return of the deleted row
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table; ArgumentError for an invalid key
 * @example `deleteRowSql(schema, "genre", 1, { returning: false }).text` →
 * `DELETE FROM "public"."genre" WHERE "genre_id" = $1::text::int4`
 */
export function deleteRowSql(
  schema: AnySchema,
  table: string,
  key: unknown,
  options: ReturningOptions = {},
): RowStatement {
  requireWriteOptions("deleteRow", options, DELETE_OPTIONS);
  const plan = relationPlan(schema, table);
  const kind = shapeOf("delete", returningShape(options.returning));
  return statementOf(schema, plan.relation, kind, [keyClause(plan, key, DELETE_INSTEAD)], where => {
    const { text, output } = returningClause(plan, options.returning);
    return { text: `DELETE FROM ${plan.name} WHERE ${where}${text}`, output };
  });
}

const DELETE_INSTEAD = "use deleteWhere with a filter";

/** Options of `deleteManySql`. */
export interface DeleteManySqlOptions<Column extends string = string> {
  /** `true` for all readable columns of the deleted rows, or column names; default: none. */
  readonly returning?: boolean | readonly Column[];
}

/** The statement of `deleteMany`. */
export interface DeleteManyStatement extends RowStatement {
  /** With `returning`, the column with the number of the row's key, from 1. */
  readonly number: string | undefined;
}

/**
 * The statement of `deleteMany`.
 * @param schema a snapshot
 * @param table the table's name
 * @param keys primary keys, each as for `get`
 * @param options the columns to return of the deleted rows
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError for an invalid key
 * @example `deleteManySql(schema, "genre", [1, 2]).text` →
 * `DELETE FROM "public"."genre" USING (SELECT "keys".* FROM unnest($1::text::text[]) WITH ORDINALITY AS "keys" ("k1", "n"), "public"."genre" WHERE "genre"."genre_id" = "keys"."k1"::int4 ORDER BY "genre"."genre_id" FOR UPDATE OF "genre") AS "keys" WHERE "genre"."genre_id" = "keys"."k1"::int4`
 */
export function deleteManySql(
  schema: AnySchema,
  table: string,
  keys: readonly unknown[],
  options: DeleteManySqlOptions = {},
): DeleteManyStatement {
  requireWriteOptions("deleteMany", options, DELETE_OPTIONS);
  const plan = relationPlan(schema, table);
  requireKey(plan, DELETE_INSTEAD);
  const binder = ownBinder(schema);
  const { source, alias, on, condition, number } = keysSource(plan, keys, binder, true);
  const locked = lockedSource(plan, binder, { from: source, alias, on }, "delete");
  const text = `DELETE FROM ${plan.name} USING ${locked} WHERE ${condition}`;
  const { params } = binder;
  if (!options.returning) return { text, params, output: [], number: undefined };
  const columns = returnedColumns(plan, options.returning);
  const counted = numberColumn(schema, plan);
  return {
    text: `${text} RETURNING ${columns.text}, ${number}::int4 AS "${counted.name}"`,
    params,
    output: [...columns.output, counted],
    number: counted.name,
  };
}

/** Options of `deleteWhere`. */
export interface DeleteWhereOptions<Row = Record<string, unknown>, Column extends string = string>
  extends WriteFilter<Row>,
    ReturningOptions<Column> {}

/**
 * The statement of `deleteWhere`.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options which rows, and what to return of them
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError for an empty filter without `all: true`
 * @example `deleteWhereSql(schema, "track", { where: { album_id: 1 }, returning: ["track_id"] }).text` →
 * `DELETE FROM "public"."track" WHERE "album_id" = $1::text::int4 RETURNING "track_id"`
 */
export function deleteWhereSql<Row>(
  schema: AnySchema,
  table: string,
  options: DeleteWhereOptions<Row>,
): RowStatement {
  requireWriteOptions("deleteWhere", options ?? null, DELETE_WHERE_OPTIONS);
  const plan = relationPlan(schema, table);
  const binder = ownBinder(schema);
  const where = writeWhereSql({ schema, plan, binder, prefix: "" }, options as WriteFilter<never>);
  const { text, output } = returningClause(plan, options.returning ?? false);
  return { text: `DELETE FROM ${plan.name}${where}${text}`, params: binder.params, output };
}
