import {
  type OptionNames,
  rejectRunnerOptions,
  requireArray,
  requireOptions,
  SEND_OPTIONS,
} from "../schema/arguments.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { ALL_COLUMNS, type AnyAlias, aliasClause, aliasOutput, splitSelect } from "./alias.ts";
import { keysSource } from "./keys-source.ts";
import { lockClause, ROW_LOCK_OPTIONS, type RowLockOptions } from "./lock.ts";
import { keyClause } from "./primary-key.ts";
import { relationPlan, requireKey, selectColumns } from "./relation-plan.ts";
import { NO_CLAUSE, namesShape, ownBinder, type RowStatement, shapeOf, statementOf } from "./statement.ts";

/** Options of the statements of `get` and `getMany`. */
export interface GetOptions<Item extends string | AnyAlias = string> extends RowLockOptions {
  /** The columns to return, and computed ones created by `alias`; default: all readable ones. */
  readonly select?: readonly Item[] | undefined;
}

const GET_MANY_OPTIONS = { select: true, include: true, ...SEND_OPTIONS } as const;
const GET_OPTIONS: OptionNames<GetOptions> = { ...ROW_LOCK_OPTIONS, ...GET_MANY_OPTIONS };

/**
 * The statement of `get`.
 * @param schema a snapshot
 * @param table the table's name
 * @param key the primary key: a value, an array in key order, or an object of its columns
 * @param options which columns
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError for an invalid key
 * @example `getSql(schema, "genre", 1).text` → `SELECT "genre_id", "name" FROM "public"."genre" WHERE "genre_id" = $1::text::int4`
 */
export function getSql(
  schema: AnySchema,
  table: string,
  key: unknown,
  options?: GetOptions<string | AnyAlias>,
): RowStatement {
  if (options !== undefined) {
    requireOptions("get", options, GET_OPTIONS);
    rejectRunnerOptions("getSql", options, INCLUDE);
  }
  const plan = relationPlan(schema, table);
  const { columns, aliases } = options ? splitSelect(options.select) : ALL_COLUMNS;
  const clauses = [
    keyClause(plan, key, READ_INSTEAD),
    options ? lockClause(plan.relation.key, options) : NO_CLAUSE,
    options ? aliasClause(schema, aliases) : NO_CLAUSE,
  ];
  return statementOf(
    schema,
    plan.relation,
    shapeOf("get", namesShape(columns)),
    clauses,
    (where, lock, computed) => {
      const { text, output } = selectColumns(plan, columns);
      const list = [text, computed].filter(item => item !== "").join(", ");
      return {
        text: `SELECT ${list} FROM ${plan.name} WHERE ${where}${lock}`,
        output: [...output, ...aliasOutput(schema, plan.relation.key, output, aliases)],
      };
    },
  );
}

const INCLUDE: readonly string[] = ["include"];
const READ_INSTEAD = "use rowsWhere or selectOne with a filter";

/**
 * The statement of `getMany`. It returns one row per key, in order; for a key that does not exist, the key is NULL.
 * @param schema a snapshot
 * @param table the table's name
 * @param keys primary keys, each as for `get`
 * @param options which columns; the columns of the key are always returned too
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError for an invalid key
 * @example `getManySql(schema, "genre", [1, 2]).text` →
 * `SELECT "genre"."genre_id", "genre"."name" FROM unnest($1::text::text[]) WITH ORDINALITY AS "keys" ("k1", "n") LEFT JOIN "public"."genre" ON "genre"."genre_id" = "keys"."k1"::int4 ORDER BY "keys"."n"`
 */
export function getManySql(
  schema: AnySchema,
  table: string,
  keys: readonly unknown[],
  options: Pick<GetOptions, "select"> = {},
): RowStatement {
  requireOptions("getMany", options, GET_MANY_OPTIONS);
  rejectRunnerOptions("getManySql", options, INCLUDE);
  const plan = relationPlan(schema, table);
  const columns = requireKey(plan, READ_INSTEAD);
  const binder = ownBinder(schema);
  if (options.select !== undefined) requireArray(`${table}: select`, options.select);
  const selected = options.select && [...options.select, ...columns.map(({ column }) => column.name)];
  const { text, output } = selectColumns(plan, selected, `${plan.alias}.`);
  const { source, condition, number } = keysSource(plan, keys, binder);
  return {
    text: `SELECT ${text} FROM ${source} LEFT JOIN ${plan.name} ON ${condition} ORDER BY ${number}`,
    params: binder.params,
    output,
  };
}
