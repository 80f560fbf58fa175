import { ArgumentError } from "../errors.ts";
import type { RelationPlan } from "./relation-plan.ts";
import { type Binder, bind } from "./statement.ts";

/** The parameters of `limitClause`, each only when given. */
export function limitTexts(
  table: string,
  limit: number | undefined,
  offset: number | undefined,
): readonly string[] {
  return [...countText(table, "limit", limit), ...countText(table, "offset", offset)];
}

/** ` LIMIT $1::text::int8 OFFSET $2::text::int8`, each only when given. `limit: 0` is no rows, not all. */
export function limitClause(
  binder: Binder,
  table: string,
  limit: number | undefined,
  offset: number | undefined,
): string {
  return clause(binder, table, "limit", limit) + clause(binder, table, "offset", offset);
}

function clause(binder: Binder, table: string, word: "limit" | "offset", count: number | undefined): string {
  return countText(table, word, count)
    .map(text => ` ${word.toUpperCase()} ${bind(binder, text, "int8")}`)
    .join("");
}

function countText(table: string, word: string, count: number | undefined): readonly string[] {
  if (count === undefined) return [];
  if (Number.isSafeInteger(count) && count >= 0) return [String(count)];
  throw new ArgumentError(
    `${table}: ${word} is a whole number from 0, received ${typeof count === "number" ? count : typeof count}`,
  );
}

/**
 * Rows that ORDER BY and LIMIT cut, cast after that: casts beside ORDER BY are done before the sort, for the rows that
 * LIMIT cuts off too. A subquery with a LIMIT keeps its order: nothing else is done with its rows (manual 9.21 says
 * the same of aggregates).
 * @param list what is wanted of each row, of the columns of the table
 * @param stored these columns without casts
 */
export function cutRowsText(
  { name, alias }: RelationPlan,
  list: string,
  stored: string,
  clauses: string,
): string {
  return `SELECT ${list} FROM (SELECT ${stored} FROM ${name}${clauses}) AS ${alias}`;
}
