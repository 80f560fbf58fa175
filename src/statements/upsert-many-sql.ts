import { ArgumentError } from "../errors.ts";
import { canChangeOwnUpdates } from "../schema/row-triggers.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { type BulkSource, bulkColumns, stagedSource, unnestSource } from "./bulk-rows.ts";
import { aliasSql, conflictTarget, upsertPlan } from "./conflict-target.ts";
import { type CopyStatement, canCopy, copyChunks } from "./copy-in-sql.ts";
import { foreignUpsertManySql } from "./foreign-upsert-sql.ts";
import { dateColumns } from "./key-parts.ts";
import { conflictSql, requireAction } from "./on-conflict.ts";
import { referenceGuard } from "./reference-guard.ts";
import { planColumn, type RelationPlan, selectColumns } from "./relation-plan.ts";
import { requireWriteOptions, returnedNames, returningClause } from "./returning.ts";
import { type Binder, ownBinder, type RowStatement } from "./statement.ts";
import { UPSERT_MANY_OPTIONS, type UpsertOptions } from "./upsert-sql.ts";

type Row = Readonly<Record<string, unknown>>;

/**
 * The statement of `upsertMany` for rows that passed validation, have the same columns and no duplicate key. Rows
 * are written in the order of their keys, so that concurrent calls cannot deadlock, and returned in input order. Rows whose
 * keys a trigger could change, and those with a NULL or a Date in the key, are written in input order if they are returned.
 * @param schema a snapshot
 * @param table the table's name
 * @param rows at least one row, all with the columns of the first, the key's among them
 * @param options which unique key, what to update, what to return
 * @returns the SQL, its parameters and the columns it returns
 * @throws ArgumentError with the reason for a key that cannot be a conflict target; UnknownNameError
 * @example `upsertManySql(schema, "genre", [{ genre_id: 13, name: "Polka" }]).text` →
 * `INSERT INTO "public"."genre" ("genre_id", "name") SELECT "c1"::int4, "c2"::text FROM unnest($1::text::text[], $2::text::text[]) WITH ORDINALITY AS "rows" ("c1", "c2", "n") ORDER BY 1 ON CONFLICT ("genre_id") DO UPDATE SET "name" = EXCLUDED."name"`
 */
export function upsertManySql(
  schema: AnySchema,
  table: string,
  rows: readonly Row[],
  options: UpsertOptions = {},
): RowStatement {
  requireWriteOptions("upsertMany", options, UPSERT_MANY_OPTIONS);
  requireAction(options);
  const plan = upsertPlan(schema, table);
  const target = conflictTarget(plan, options.key, options.update !== "nothing");
  if (target.isForeign)
    return foreignUpsertManySql(schema, rows, { returning: false, ...options, plan, target });
  const binder = ownBinder(schema);
  return upsertFrom(schema, plan, binder, unnestSource(schema, plan, binder, rows, target), options);
}

function upsertFrom(
  schema: AnySchema,
  plan: RelationPlan,
  binder: Binder,
  { columns, values, from, isRow }: BulkSource,
  options: UpsertOptions,
): RowStatement {
  const target = conflictTarget(plan, options.key, options.update !== "nothing");
  const names = columns.map(({ quoted }) => quoted).join(", ");
  const positions = target.columns.map(name => columns.findIndex(({ column }) => column.name === name) + 1);
  const conflict = conflictSql(schema, plan, binder, target, columns, options);
  const insert = (order: string): string =>
    `INSERT INTO ${plan.name}${aliasSql(plan)} (${names})${plan.overriding} SELECT ${values} FROM ${from} ORDER BY ${order} ${conflict}`;
  const { params } = binder;
  if (!options.returning) return { text: insert(positions.join(", ")), params, output: [] };
  const isWritten = keepsKeys(schema, plan) ? isRow?.(WRITTEN) : undefined;
  if (isWritten === undefined) {
    const { text, output } = returningClause(plan, options.returning);
    return { text: `${insert(`"n"`)}${text}`, params, output };
  }
  const { text, output } = selectColumns(plan, returnedNames(options.returning), WRITTEN);
  const returned = new Set([...output.map(({ name }) => name), ...target.columns]);
  const list = [...returned].map(name => planColumn(plan, name).quoted).join(", ");
  return {
    text:
      `WITH "written" AS (${insert(positions.join(", "))} RETURNING ${list}) ` +
      `SELECT ${text} FROM "written" LEFT JOIN ${from} ON ${isWritten} ORDER BY "rows"."n"`,
    params,
    output,
  };
}

const WRITTEN = '"written".';

/**
 * Whether a row is certainly stored with the key that was given: a trigger could change it, and a partition has its own triggers.
 * A cluster may not join what its nodes return.
 */
function keepsKeys(schema: AnySchema, { relation, distribution }: RelationPlan): boolean {
  if (relation.kind !== "table" || distribution !== undefined) return false;
  return !relation.triggers.fillsInsert && !canChangeOwnUpdates(schema, relation);
}

/** The statements of an `upsertMany` of thousands of rows by COPY to a temporary table, for one transaction. */
export interface StagedUpsert {
  readonly create: string;
  readonly copy: CopyStatement;
  readonly upsert: RowStatement;
  readonly drop: string;
}

/**
 * Whether rows can be copied to a temporary table: a Date that identifies a row and a foreign table need parameters, and so does
 * the number of a row whose reference is outside the scope.
 */
export function canStage(
  schema: AnySchema,
  plan: RelationPlan,
  rows: readonly Row[],
  options: UpsertOptions,
): boolean {
  const { columns, isForeign } = conflictTarget(plan, options.key, options.update !== "nothing");
  const names = Object.keys(rows[0]!);
  if (isForeign || !canCopy(plan, names)) return false;
  const given = names.map(name => planColumn(plan, name));
  if (referenceGuard(schema, plan, given, "").shape !== "") return false;
  return (
    dateColumns(
      columns.map(name => planColumn(plan, name)),
      rows,
    ).length === 0
  );
}

/** The name of the temporary table, whose columns are numbered. */
export const STAGING_NAME = "rowfn_rows";

const STAGING = `pg_temp."${STAGING_NAME}"`;

/**
 * The statements of `upsertMany` for thousands of rows without `returning`.
 * @param schema a snapshot
 * @param table the table's name
 * @param rows as for `upsertManySql`
 * @param options which unique key, what to update
 * @returns the statements in the order they are sent, in one transaction
 * @throws ArgumentError with the reason for a key that cannot be a conflict target; UnknownNameError
 * @example `stagedUpsertSql(schema, "genre", [{ genre_id: 13, name: "Polka" }]).create` →
 * `CREATE TEMPORARY TABLE pg_temp."rowfn_rows" ("c1" int4, "c2" text) ON COMMIT DROP`
 */
export function stagedUpsertSql(
  schema: AnySchema,
  table: string,
  rows: readonly Row[],
  options: UpsertOptions = {},
): StagedUpsert {
  requireWriteOptions("upsertMany", options, UPSERT_MANY_OPTIONS);
  if (options.returning !== undefined && options.returning !== false)
    throw new ArgumentError("stagedUpsertSql: rows are not returned; use upsertManySql");
  requireAction(options);
  const plan = upsertPlan(schema, table);
  const binder = ownBinder(schema);
  const columns = bulkColumns(plan, rows);
  const fields = columns.given.map(({ codec }, index) => `"c${index + 1}" ${codec.castType}`);
  return {
    create: `CREATE TEMPORARY TABLE ${STAGING} (${fields.join(", ")}) ON COMMIT DROP`,
    copy: {
      text: `COPY ${STAGING} FROM STDIN`,
      params: ownBinder(schema).params,
      chunks: copyChunks(plan, { ...columns, stamps: [] }, rows),
    },
    upsert: upsertFrom(schema, plan, binder, stagedSource(schema, plan, binder, columns, STAGING), {
      ...options,
      returning: false,
    }),
    drop: `DROP TABLE ${STAGING}`,
  };
}
