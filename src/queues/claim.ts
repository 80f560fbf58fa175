import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import { ArgumentError } from "../errors.ts";
import { asRows } from "../rows/rows-where.ts";
import { checkedRow, runWrite, type WriteOptions } from "../rows/write.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, TableName, UpdateOf } from "../schema/tables.ts";
import type { Where } from "../statements/filter.ts";
import type { OrderBy } from "../statements/order.ts";
import { aliasBeside, relationPlan, requireKey, selectColumns } from "../statements/relation-plan.ts";
import { assignments, withoutScope } from "../statements/row-values.ts";
import { rowsWhereSql } from "../statements/rows-where-sql.ts";
import { newBinder, type RowStatement } from "../statements/statement.ts";
import { setClause } from "../statements/update-sql.ts";

/** Which rows `claim` takes. */
export interface ClaimSqlOptions<Row = Record<string, unknown>, Column extends string = string> {
  readonly where?: Where<Row>;
  /** The columns wanted; all readable ones by default. */
  readonly select?: readonly Column[] | undefined;
  readonly orderBy?: OrderBy<keyof Row & string>;
  /** Rows at most; 1 by default. */
  readonly limit?: number;
}

/**
 * The statement of `claim`: rows that nobody else has locked, locked (manual, SELECT, SKIP LOCKED).
 * @param schema a snapshot
 * @param table the table's name
 * @param options which rows
 * @param set column → value, checked: the rows are marked with it, which needs a primary key
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError for what cannot be meant
 * @example `claimSql(schema, "genre", { select: ["name"], orderBy: "genre_id" }).text` →
 * `SELECT "name" FROM "public"."genre" ORDER BY "genre"."genre_id" LIMIT $1::text::int8 FOR UPDATE SKIP LOCKED`
 */
export function claimSql<Row>(
  schema: AnySchema,
  table: string,
  options: ClaimSqlOptions<Row> = {},
  set?: object,
): RowStatement {
  const { where, orderBy, limit = 1, select } = options;
  const lock = { lock: "update", skipLocked: true, limit } as const;
  const picked = {
    ...lock,
    ...(where !== undefined && { where }),
    ...(orderBy !== undefined && { orderBy }),
  };
  if (set === undefined) return rowsWhereSql(schema, table, { ...picked, select });
  const key = requireKey(relationPlan(schema, table)).map(({ column }) => column.name);
  return markedSql(schema, table, rowsWhereSql(schema, table, { ...picked, select: key }), set, select);
}

// Materialised, so that no plan can pick twice; numbered, because an UPDATE returns its rows in any order.
function markedSql(
  schema: AnySchema,
  table: string,
  picked: RowStatement,
  set: object,
  select: readonly string[] | undefined,
): RowStatement {
  const plan = relationPlan(schema, table);
  const binder = newBinder(picked.params);
  const names = aliasBeside(plan, "claimed");
  const key = requireKey(plan).map(({ quoted }) => quoted);
  const changes = setClause(schema, binder, withoutScope(schema, plan, assignments(schema, plan, set)));
  const { text, output } = selectColumns(schema, plan, select, `${plan.alias}.`);
  const same = key.map(column => `${plan.alias}.${column} = ${names}.${column}`).join(" AND ");
  const numbered = `SELECT ${key.join(", ")}, row_number() OVER () AS "claim number" FROM (${picked.text}) AS "picked"`;
  const update = `UPDATE ${plan.name} SET ${changes} FROM ${names} WHERE ${same} RETURNING ${text}, ${names}."claim number"`;
  const columns = output.map(({ name }) => `"${name.replaceAll('"', '""')}"`).join(", ");
  return {
    text: `WITH ${names} AS MATERIALIZED (${numbered}), "marked" AS (${update}) SELECT ${columns} FROM "marked" ORDER BY "claim number"`,
    params: binder.params,
    output,
  };
}

/** Options of `claim`. */
export interface ClaimOptions<Row, Column extends string, Change>
  extends ClaimSqlOptions<Row, Column>,
    WriteOptions {
  /** Marks the rows: column → value. Without it they are the transaction's until it ends. */
  readonly set?: Change;
}

/**
 * Takes rows that nobody else has taken, without waiting for anybody: locked until the transaction ends, or marked.
 * @param sql a Bun SQL handle; without `set` a transaction, because the lock ends with it
 * @param schema a snapshot; rows outside its scope are not there
 * @param table the table's name
 * @param options which rows, in which order, how many (1 by default), and how to mark them
 * @returns all the rows taken, in order, as they are after `set`
 * @throws ArgumentError outside a transaction without `set`; ValidationError; ConstraintError; UnknownNameError; QueryError
 * @example `await sql.begin(tx => claim(tx, schema, "invoice", { orderBy: "invoice_id", limit: 10 }))`
 */
export async function claim<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: ClaimOptions<FilterOf<Tables, Name>, Column, UpdateOf<Tables, Name>> = {},
): Promise<Pick<RowOf<Tables, Name>, Column>[]> {
  const { set } = options;
  if (set === undefined && !isTransaction(sql))
    throw new ArgumentError(`${table}: claim needs a transaction, whose end frees the rows, or set`);
  return await runWrite(
    sql,
    schema,
    options,
    () => claimSql(schema, table, options, set && checkedRow(schema, table, set, "update", options)),
    asRows<Pick<RowOf<Tables, Name>, Column>>,
  );
}
