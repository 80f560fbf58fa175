import { ArgumentError } from "../errors.ts";
import { describeValue } from "../types/problem.ts";
import type { RelationPlan } from "./relation-plan.ts";
import { bind, type Clause, NO_CLAUSE } from "./statement.ts";

/** ` LIMIT $1::text::int8 OFFSET $2::text::int8`, each only if given. `limit: 0` returns no rows. */
export function limitClause(table: string, limit: number | undefined, offset: number | undefined): Clause {
  const counts: { readonly word: string; readonly text: string }[] = [];
  if (limit !== undefined) counts.push({ word: "LIMIT", text: countText(table, "limit", limit) });
  if (offset !== undefined) counts.push({ word: "OFFSET", text: countText(table, "offset", offset) });
  if (counts.length === 0) return NO_CLAUSE;
  return {
    shape: counts.length === 1 ? counts[0]!.word : "LIMIT OFFSET",
    params: counts.map(({ text }) => text),
    sql: binder => counts.map(({ word, text }) => ` ${word} ${bind(binder, text, "int8")}`).join(""),
  };
}

function countText(table: string, word: string, count: unknown): string {
  if (Number.isSafeInteger(count) && (count as number) >= 0) return String(count);
  throw new ArgumentError(
    `${table}: ${word} must be a non-negative integer, received ${describeValue(count)}`,
  );
}

/**
 * Rows that are cast after ORDER BY and LIMIT. Casts beside ORDER BY are evaluated before the sort, so also for the
 * rows that LIMIT leaves out. A subquery with a LIMIT keeps its order if nothing else is done with its rows (manual
 * 9.21 says so of aggregates).
 * @param list the select list, of columns of the table
 * @param stored these columns without casts
 */
export function limitedRowsSql(
  { name, alias }: RelationPlan,
  list: string,
  stored: string,
  clauses: string,
): string {
  return `SELECT ${list} FROM (SELECT ${stored} FROM ${name}${clauses}) AS ${alias}`;
}
