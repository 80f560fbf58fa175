import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import { ArgumentError } from "../errors.ts";
import { requireValidRow, runWrite, type WriteContext, type WriteOptions } from "../rows/write.ts";
import { type OptionNames, requireOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, TableName, UpdateOf } from "../schema/tables.ts";
import type { Where } from "../statements/filter.ts";
import type { OrderBy } from "../statements/order.ts";
import {
  aliasBeside,
  identityColumns,
  type RelationPlan,
  relationPlan,
  requireKey,
  selectColumns,
  unusedName,
} from "../statements/relation-plan.ts";
import { assignments, setSql, withoutScope } from "../statements/row-values.ts";
import { rowsSql, rowsWhereSql } from "../statements/rows-where-sql.ts";
import { newBinder, type RowStatement, whereSql } from "../statements/statement.ts";
import { requireSameNode } from "../statements/update-sql.ts";

/** Options of `claim` and `claimSql`. */
export interface ClaimOptions<
  Row = Record<string, unknown>,
  Column extends string = string,
  Change extends object = object,
> extends WriteOptions {
  /** A filter of the rows; default: all rows. */
  readonly where?: Where<Row>;
  /** The columns to return; all readable ones by default. */
  readonly select?: readonly Column[] | undefined;
  /** The order in which rows are claimed; default: any. */
  readonly orderBy?: OrderBy<keyof Row & string>;
  /** The maximum number of rows; 1 by default. */
  readonly limit?: number;
  /** Column → value: marks the rows. Without `set` they are locked until the transaction ends. */
  readonly set?: Change;
}

const CLAIM_OPTIONS: OptionNames<ClaimOptions> = {
  ...{ where: true, select: true, orderBy: true, limit: true, set: true, validate: true },
  ...SEND_OPTIONS,
};

/**
 * The statement of `claim`: selects rows that no other session has locked, and locks them (manual, SELECT, SKIP LOCKED).
 * @param schema a snapshot
 * @param table the table's name
 * @param options the rows to claim; `set`, whose values are not validated here, needs a primary key
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError if a table or column does not exist; ArgumentError if an option is invalid
 * @example `claimSql(schema, "genre", { select: ["name"], orderBy: "genre_id" }).text` →
 * `SELECT "name" FROM "public"."genre" ORDER BY "genre"."genre_id" LIMIT 1 FOR UPDATE SKIP LOCKED`
 */
export function claimSql(schema: AnySchema, table: string, options: ClaimOptions = {}): RowStatement {
  requireOptions("claim", options, CLAIM_OPTIONS);
  const { where, orderBy, select, limit = 1, set } = options;
  const claimed = {
    ...({ lock: "update", skipLocked: true, limit } as const),
    ...(where !== undefined && { where }),
    ...(orderBy !== undefined && { orderBy }),
  };
  if (set === undefined) return rowsWhereSql<Record<string, unknown>>(schema, table, { ...claimed, select });
  const plan = relationPlan(schema, table);
  const key = keyItems(plan);
  const list = { text: key.map(item => item.select).join(", "), stored: "", output: [] };
  return markSql(schema, plan, {
    rows: rowsSql<Record<string, unknown>>(schema, table, claimed, "claim", () => list),
    key: key.map(item => item.name),
    set,
    select,
  });
}

/** A column that identifies a row, in the claiming query and in the one that marks. */
interface KeyItem {
  readonly name: string;
  readonly select: string;
}

// A child table of an inheritance can have a row with the same key.
function keyItems(plan: RelationPlan): readonly KeyItem[] {
  requireKey(plan);
  const key = identityColumns(plan).map(({ quoted }) => ({ name: quoted, select: quoted }));
  return plan.hasChildren ? [...key, { name: "tableoid", select: "tableoid" }] : key;
}

interface Mark {
  /** Selects the keys of the rows. */
  readonly rows: RowStatement;
  readonly key: readonly string[];
  readonly set: object;
  readonly select: readonly string[] | undefined;
}

// MATERIALIZED, so that no plan selects twice; numbered, because UPDATE returns its rows in any order.
function markSql(schema: AnySchema, plan: RelationPlan, { rows, key, set, select }: Mark): RowStatement {
  const binder = newBinder(rows.params);
  const claimed = aliasBeside(plan, "claimed");
  const number = quoteIdentifier(unusedName(plan, "claim number"));
  const given = withoutScope(plan, assignments(plan, set));
  requireSameNode(plan, given);
  const changes = setSql(schema, plan, binder, given);
  const { text, output } = selectColumns(plan, select, `${plan.alias}.`);
  const isSameRow = key.map(column => `${plan.alias}.${column} = ${claimed}.${column}`);
  const where = whereSql([...isSameRow, plan.scope.condition(binder, `${plan.alias}.`)]);
  const numbered = `SELECT ${key.join(", ")}, row_number() OVER () AS ${number} FROM (${rows.text}) AS "picked"`;
  const update = `UPDATE ${plan.name} SET ${changes} FROM ${claimed}${where} RETURNING ${text}, ${claimed}.${number}`;
  const columns = output.map(({ name }) => quoteIdentifier(name)).join(", ");
  return {
    text: `WITH ${claimed} AS MATERIALIZED (${numbered}), "marked" AS (${update}) SELECT ${columns} FROM "marked" ORDER BY ${number}`,
    params: binder.params,
    output,
  };
}

/**
 * Claims rows that no other session has locked, without waiting: they are locked until the transaction ends, or marked.
 * @param sql a Bun SQL handle; without `set` a transaction, which holds the locks
 * @param schema a snapshot; only rows inside its scope are claimed
 * @param table the table's name
 * @param options the rows to claim, their order and number (1 by default), and the values that mark them
 * @returns the rows in order, with the values of `set`
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
  options: ClaimOptions<FilterOf<Tables, Name>, Column, UpdateOf<Tables, Name> & object> = {},
): Promise<Pick<RowOf<Tables, Name>, Column>[]> {
  requireOptions("claim", options, CLAIM_OPTIONS);
  const { set } = options;
  if (set === undefined && !isTransaction(sql))
    throw new ArgumentError(
      `${table}: claim must run inside a transaction or mark the rows; use transaction(...), or pass set`,
    );
  const context: WriteContext = { sql, schema, table, options };
  const statement = claimSql(schema, table, {
    ...(options as ClaimOptions),
    ...(set !== undefined && { set: requireValidRow(context, "update", set) }),
  });
  return (await runWrite(context, statement)) as Pick<RowOf<Tables, Name>, Column>[];
}
