import { type OptionNames, rejectRunnerOptions, requireOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { type AnyAlias, aliasClause, aliasNames, aliasOutput, splitSelect } from "./alias.ts";
import { whereClause } from "./condition.ts";
import type { Where } from "./filter.ts";
import { limitClause, limitedRowsSql } from "./limit.ts";
import { lockClause, ROW_LOCK_OPTIONS, type RowLockOptions } from "./lock.ts";
import { type OrderBy, orderClause } from "./order.ts";
import { ownTableSql, type RelationPlan, relationPlan, selectColumns } from "./relation-plan.ts";
import { namesShape, type RowStatement, shapeOf, statementOf } from "./statement.ts";

/** Options of the statement of `rowsWhere`. */
export interface SelectOptions<
  Row = Record<string, unknown>,
  Item extends string | AnyAlias = string,
  Sort extends string = keyof Row & string,
> extends RowLockOptions {
  /** A filter of the rows; default: all rows. */
  readonly where?: Where<Row>;
  /** The columns to return, and computed ones created by `alias`; default: all readable ones. */
  readonly select?: readonly Item[] | undefined;
  /** Columns, computed ones of `select`, or columns of rows that the row refers to (`artist.name`), `asc(...)`, `desc(...)`, raw SQL, or a list. */
  readonly orderBy?: OrderBy<Sort>;
  /** Maximum number of rows. */
  readonly limit?: number;
  /** Number of rows to skip. */
  readonly offset?: number;
}

/** The names of the options of functions that read like `rowsWhere`, but without `include`. */
export const SELECT_OPTIONS: OptionNames<SelectOptions> & typeof SEND_OPTIONS = {
  ...{ where: true, select: true, orderBy: true, limit: true, offset: true },
  ...ROW_LOCK_OPTIONS,
  ...SEND_OPTIONS,
};
const INCLUDE: readonly string[] = ["include"];
const ROWS_OPTIONS = { include: true, ...SELECT_OPTIONS } as const;

/**
 * The statement of `rowsWhere`.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options what to read
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError and ValueError if the options are invalid
 * @example `rowsWhereSql(schema, "artist", { where: { artist_id: 1 }, select: ["name"] }).text` →
 * `SELECT "name" FROM "public"."artist" WHERE "artist_id" = $1::text::int4`
 */
export function rowsWhereSql<Row>(
  schema: AnySchema,
  table: string,
  options: SelectOptions<Row, string | AnyAlias, string> = {},
): RowStatement {
  requireOptions("rowsWhere", options, ROWS_OPTIONS);
  rejectRunnerOptions("rowsWhereSql", options, INCLUDE);
  return rowsSql(schema, table, options, "rows", selectColumns);
}

/** As `rowsWhereSql`, for the rows of the table itself, without those of tables that inherit from it. */
export function ownRowsSql<Row>(
  schema: AnySchema,
  table: string,
  options: SelectOptions<Row, string, string>,
): RowStatement {
  return rowsSql(schema, table, options, "own rows", selectColumns, ownTableSql);
}

/** Rows with the select list that `select` returns; `kind` names this list and the source among the cached statements. */
export function rowsSql<Row>(
  schema: AnySchema,
  table: string,
  options: SelectOptions<Row, string | AnyAlias, string>,
  kind: string,
  select: typeof selectColumns,
  tableSql: (plan: RelationPlan) => string = ({ name }) => name,
): RowStatement {
  const plan = relationPlan(schema, table);
  const { columns, aliases } = splitSelect(options.select);
  const order = orderClause(schema, plan, options.orderBy, aliasNames(aliases));
  const clauses = [
    whereClause(schema, plan, options.where),
    order,
    limitClause(plan.relation.key, options.limit, options.offset),
    lockClause(plan.relation.key, options),
    aliasClause(schema, aliases),
  ];
  return statementOf(
    schema,
    plan.relation,
    shapeOf(kind, namesShape(columns)),
    clauses,
    (...clausesAndAliases) => {
      const texts = clausesAndAliases.slice(0, -1);
      const [, , limit, lock] = texts;
      const { text, stored, output } = select(plan, columns);
      const from = tableSql(plan);
      if (aliases.length > 0) {
        const list = [text, clausesAndAliases.at(-1)!].filter(item => item !== "").join(", ");
        return {
          text: `SELECT ${list} FROM ${from}${texts.join("")}`,
          output: [...output, ...aliasOutput(schema, plan.relation.key, output, aliases)],
        };
      }
      // In raw SQL a bare name may mean an item of the select list.
      const isLimited = order.shape && limit !== "" && lock === "" && text !== stored;
      return {
        text: isLimited
          ? limitedRowsSql(plan, text, stored, from + texts.join(""))
          : `SELECT ${text} FROM ${from}${texts.join("")}`,
        output,
      };
    },
  );
}
