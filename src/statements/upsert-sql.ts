import { ArgumentError } from "../errors.ts";
import { type OptionNames, requireObject } from "../schema/arguments.ts";
import { abilitiesOf } from "../schema/engine.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { codecFor } from "../types/resolve.ts";
import { type ColumnPlan, nullSql } from "./column-plan.ts";
import { aliasSql, type ConflictTarget, conflictTarget, upsertPlan } from "./conflict-target.ts";
import { upsertValuesClause } from "./dated-key.ts";
import type { Where } from "./filter.ts";
import { type ForeignUpsert, foreignUpsertSql } from "./foreign-upsert-sql.ts";
import type { Fragment } from "./fragment.ts";
import { insertSql } from "./insert-sql.ts";
import { conflictClause, requireAction } from "./on-conflict.ts";
import { type RelationPlan, unusedName } from "./relation-plan.ts";
import { type ReturningOptions, requireWriteOptions, returningClause, WRITE_OPTIONS } from "./returning.ts";
import { rowValues } from "./row-values.ts";
import {
  namesShape,
  type OutputColumn,
  type RowStatement,
  returningShape,
  shapeOf,
  statementOf,
} from "./statement.ts";

/** Options of `upsert` and `upsertMany` for an existing row. */
export interface UpsertOptions<
  Column extends string = string,
  Known extends string = string,
  Row = Record<string, unknown>,
> extends ReturningOptions<Column> {
  /** The columns of the unique key that identifies an existing row; default: the primary key. */
  readonly key?: readonly Known[];
  /**
   * The changes of an existing row: by default all given columns except keys; only these columns of the row; raw SQL
   * (``{ quantity: expr`${old("quantity")} + ${excluded("quantity")}` }``); all of them if any differs (`"changed"`);
   * the whole row, in which columns that are not given get their defaults (`"replace"`); or `"nothing"`.
   */
  readonly update?:
    | readonly Known[]
    | { readonly [Column in Known]?: Fragment }
    | "changed"
    | "replace"
    | "nothing";
  /** A filter of the existing rows that are changed, or `expr` with `old` and `excluded`. */
  readonly where?: Where<Row>;
}

/** Options of `upsertSql`. */
export interface UpsertRowSqlOptions<
  Column extends string = string,
  Known extends string = string,
  Row = Record<string, unknown>,
> extends UpsertOptions<Column, Known, Row> {
  /** `true` for the result `{ row, inserted }`, which says whether the row was inserted. */
  readonly inserted?: boolean;
}

/** The names of the options of `upsertMany`. */
export const UPSERT_MANY_OPTIONS: Readonly<
  Record<keyof UpsertOptions | keyof typeof WRITE_OPTIONS | "overriding", true>
> = { key: true, update: true, where: true, overriding: true, ...WRITE_OPTIONS };
const UPSERT_OPTIONS: OptionNames<UpsertRowSqlOptions> = { inserted: true, ...UPSERT_MANY_OPTIONS };

/** The statement of an upsert, and the name of the result column that says whether the row was inserted. */
export interface UpsertStatement extends RowStatement {
  readonly flag?: string;
}

/**
 * The statement of `upsert`, for a row that passed validation.
 * @param schema a snapshot
 * @param table the table's name
 * @param row column → value; without a value for a key with a default the statement is a plain INSERT
 * @param options which unique key, what to update, what to return
 * @returns the SQL, its parameters and the columns it returns
 * @throws ArgumentError with the reason for a key that cannot be a conflict target; UnknownNameError
 * @example `upsertSql(schema, "genre", { genre_id: 1, name: "Drone" }, { returning: false }).text` →
 * `INSERT INTO "public"."genre" ("genre_id", "name") VALUES ($1::text::int4, $2::text) ON CONFLICT ("genre_id") DO UPDATE SET "name" = EXCLUDED."name"`
 */
export function upsertSql(
  schema: AnySchema,
  table: string,
  row: Readonly<Record<string, unknown>>,
  options: UpsertRowSqlOptions = {},
): UpsertStatement {
  requireWriteOptions("upsert", options, UPSERT_OPTIONS);
  requireAction(options);
  const plan = upsertPlan(schema, table);
  const target = conflictTarget(plan, options.key, options.update !== "nothing");
  if (!hasConflictKey(plan, target, row))
    return insertSql(schema, table, row, { returning: options.returning } as ReturningOptions);
  if (target.isForeign) return foreignUpsert(schema, row, { ...options, plan, target });
  const values = rowValues(plan, row, "insert");
  const inserted = upsertValuesClause(schema, plan, target, row, values);
  const clauses = [inserted, conflictClause(schema, plan, target, values, options)];
  return statementOf(
    schema,
    values.shape,
    shapeOf("upsert", optionsShape(options)),
    clauses,
    (what, conflict) => {
      const start = `INSERT INTO ${plan.name}${aliasSql(plan)} ${what} ${conflict}`;
      const returning = returningClause(plan, options.returning);
      if (!options.inserted) return { text: start + returning.text, output: returning.output };
      return withFlag(start, returning, insertedFlag(schema, plan, target));
    },
  );
}

function foreignUpsert(
  schema: AnySchema,
  row: Readonly<Record<string, unknown>>,
  { inserted, ...upsert }: ForeignUpsert & UpsertRowSqlOptions,
): UpsertStatement {
  if (!inserted) return foreignUpsertSql(schema, row, upsert);
  const flag = flagColumn(schema, upsert.plan);
  return { ...foreignUpsertSql(schema, row, { ...upsert, flag }), flag: flag.name };
}

function optionsShape({ key, update, returning, inserted }: UpsertRowSqlOptions): string | undefined {
  const changes = typeof update === "string" ? update : namesShape(update as readonly string[]);
  return shapeOf(inserted ? "flag" : "", namesShape(key), changes, returningShape(returning));
}

function withFlag(
  start: string,
  { text, output }: ReturnType<typeof returningClause>,
  { sql, column }: InsertedFlag,
): Omit<UpsertStatement, "params"> {
  const clause = `${text === "" ? " RETURNING" : `${text},`} ${sql}`;
  return { text: start + clause, output: [...output, column], flag: column.name };
}

/** Whether a conflict is possible. A key that the database generates is always new. */
export function hasConflictKey(plan: RelationPlan, target: ConflictTarget, row: object, place = ""): boolean {
  requireObject("row", row);
  const missing = target.columns.filter(name => !Object.hasOwn(row, name) && !plan.scope.names.has(name));
  if (missing.length === 0) return true;
  const made = missing.every(name => {
    const { column, default: initial } = plan.columns.get(name)!;
    return column.identity !== null || initial !== null;
  });
  if (made && missing.length === target.columns.length) return false;
  const computed = missing.find(name => plan.columns.get(name)!.column.generated !== null);
  if (computed !== undefined)
    throw new ArgumentError(
      `${plan.relation.key}.${computed} is a generated column, whose value only PostgreSQL knows, so it cannot be part of the key; name the columns of another unique key, or write INSERT ... ON CONFLICT as raw SQL`,
    );
  throw new ArgumentError(
    `${plan.relation.key}${place}: the row has no ${missing.join(", ")}; the whole conflict key is required`,
  );
}

/** The item of RETURNING that says whether an upsert inserted the row. */
export interface InsertedFlag {
  readonly sql: string;
  readonly column: OutputColumn;
}

/**
 * PostgreSQL 18 has `old` (manual, INSERT, RETURNING). In older versions the lock of the conflict is in the xmax of an
 * existing row. A partitioned table, a view and some engines have no xmax, so the statement looks the row up in its own snapshot.
 */
function insertedFlag(schema: AnySchema, plan: RelationPlan, target: ConflictTarget): InsertedFlag {
  const column = flagColumn(schema, plan);
  const sql = `${insertedCondition(schema, plan, target)} AS ${quoteIdentifier(column.name)}`;
  return { sql, column };
}

function flagColumn(schema: AnySchema, plan: RelationPlan): OutputColumn {
  const name = unusedName(plan, "inserted");
  return { name, label: `${plan.relation.key}.${name}`, codec: codecFor(schema, "bool", -1) };
}

function insertedCondition(
  schema: AnySchema,
  { relation, name, alias, columns }: RelationPlan,
  target: ConflictTarget,
): string {
  const key = target.columns.map(name => columns.get(name)!);
  const { returningOld, systemColumns } = abilitiesOf(schema);
  const mayBeNull = target.key.nullsNotDistinct || relation.kind === "view";
  const given = mayBeNull ? key.find(({ column }) => column.nullOnRead === "never") : key[0];
  // The whole row: each column of the key can be NULL in an existing one.
  if (returningOld)
    return given === undefined
      ? "(old IS NOT DISTINCT FROM NULL)"
      : `(${nullSql(given, `old.${given.quoted}`)})`;
  if (relation.kind === "table" && systemColumns) return `(${alias}.xmax = 0)`;
  const same = key.map(column => sameSql(column, alias, mayBeNull)).join(" AND ");
  return `(NOT EXISTS (SELECT FROM ${name} AS "before" WHERE ${same}))`;
}

function sameSql({ column, quoted }: ColumnPlan, alias: string, mayBeNull: boolean): string {
  const [before, after] = [`"before".${quoted}`, `${alias}.${quoted}`];
  const isSame = `${before} = ${after}`;
  return mayBeNull && column.nullOnRead !== "never"
    ? `(${isSame} OR (${before} IS NULL AND ${after} IS NULL))`
    : isSame;
}
