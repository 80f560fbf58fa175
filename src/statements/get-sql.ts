import type { AnySchema } from "../schema/snapshot.ts";
import { printArrayLiteral } from "../types/array-literal.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { lockClause, type RowLockOptions } from "./lock.ts";
import { keyClause, keyTexts } from "./primary-key.ts";
import { aliasBeside, type RelationPlan, relationPlan, requireKey, selectColumns } from "./relation-plan.ts";
import {
  type Binder,
  bind,
  joinConditions,
  namesShape,
  newBinder,
  type RowStatement,
  shapeOf,
  statementOf,
} from "./statement.ts";

/** What `get` and `getMany` return of a row. */
export interface GetOptions<Column extends string = string> extends RowLockOptions {
  /** The columns wanted; all readable ones by default. */
  readonly select?: readonly Column[] | undefined;
}

/**
 * The statement of `get`.
 * @param schema a snapshot
 * @param table the table's name
 * @param key the primary key: a value, an array in key order, or an object of its columns
 * @param options which columns
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError for a key of the wrong shape
 * @example `getSql(schema, "genre", 1).text` → `SELECT "genre_id", "name" FROM "public"."genre" WHERE "genre_id" = $1::text::int4`
 */
export function getSql(
  schema: AnySchema,
  table: string,
  key: unknown,
  options: GetOptions = {},
): RowStatement {
  const plan = relationPlan(schema, table);
  const clauses = [keyClause(plan, key), lockClause(plan.relation.key, options)];
  return statementOf(plan.relation, shapeOf("get", namesShape(options.select)), clauses, (where, lock) => {
    const { text, output } = selectColumns(plan, options.select);
    return { text: `SELECT ${text} FROM ${plan.name} WHERE ${where}${lock}`, output };
  });
}

/**
 * The statement of `getMany`: one row for each key, in order; the row of a key that is not there has NULL in the key.
 * @param schema a snapshot
 * @param table the table's name
 * @param keys primary keys, each as for `get`
 * @param options which columns; the key's are always among those returned
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError for a key of the wrong shape
 */
export function getManySql(
  schema: AnySchema,
  table: string,
  keys: readonly unknown[],
  options: Pick<GetOptions, "select"> = {},
): RowStatement {
  const plan = relationPlan(schema, table);
  const columns = requireKey(plan);
  const binder = newBinder();
  const selected = options.select && [...options.select, ...columns.map(({ column }) => column.name)];
  const { text, output } = selectColumns(plan, selected, `${plan.alias}.`);
  const from = keysSource(plan, columns, keys, binder);
  const scope = plan.scope.condition(binder, `${plan.alias}.`);
  const on = columns.map(
    ({ quoted, filterCodec }, index) =>
      `${plan.alias}.${quoted} ${filterCodec.equals} ${aliasBeside(plan, "keys")}."k${index + 1}"::${filterCodec.castType}`,
  );
  const join = joinConditions([...on, scope]);
  return {
    text: `SELECT ${text} FROM ${from} LEFT JOIN ${plan.name} ON ${join} ORDER BY ${aliasBeside(plan, "keys")}."n"`,
    params: binder.params,
    output,
  };
}

// Each key column is one text[] parameter: one text for any number of keys, and array or box keys need no special case.
function keysSource(
  plan: RelationPlan,
  columns: readonly ColumnPlan[],
  keys: readonly unknown[],
  binder: Binder,
): string {
  const tuples = keys.map(key => keyTexts(plan, key));
  const lists = columns.map((_, index) =>
    bind(binder, printArrayLiteral(tuples.map(tuple => tuple[index]!)), "text[]", columns[index]),
  );
  const names = columns.map((_, index) => `"k${index + 1}"`);
  return `unnest(${lists.join(", ")}) WITH ORDINALITY AS ${aliasBeside(plan, "keys")} (${[...names, `"n"`].join(", ")})`;
}
