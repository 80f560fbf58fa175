import type { AnySchema } from "../schema/snapshot.ts";
import { assignments, withoutScope } from "../statements/assignments.ts";
import type { Where } from "../statements/filter-types.ts";
import type { OrderBy } from "../statements/order.ts";
import { aliasBeside, relationPlan, requireKey, selectColumns } from "../statements/relation-plan.ts";
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
