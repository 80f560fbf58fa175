import { ArgumentError } from "../errors.ts";
import { describeValue } from "../types/problem.ts";
import type { RelationPlan } from "./relation-plan.ts";
import { bind, type Clause, NO_CLAUSE } from "./statement.ts";

/**
 * ` LIMIT 10` or ` LIMIT $1::text::int8 OFFSET $2::text::int8`. Without the number of rows PostgreSQL would replan a
 * prepared statement each time, because the plan for any number of rows is a bad one. `limit: 0` returns no rows.
 */
export function limitClause(table: string, limit: number | undefined, offset: number | undefined): Clause {
  const limitText = limit === undefined ? undefined : countText(table, "limit", limit);
  if (offset !== undefined) return offsetClause(limitText, countText(table, "offset", offset));
  if (limitText === undefined) return NO_CLAUSE;
  if (limit! > MAX_LITERAL) return countsClause([{ word: "LIMIT", text: limitText }]);
  limitClauses[limit!] ??= literalClause(` LIMIT ${limitText}`);
  return limitClauses[limit!]!;
}

// By the number of rows.
const limitClauses: Clause[] = [];

function literalClause(text: string): Clause {
  return Object.freeze({ shape: text, params: [], sql: () => text });
}

// Each number has its own statement; larger ones are rare, and their rows cost more than the plan.
const MAX_LITERAL = 1_001;

interface Count {
  readonly word: string;
  readonly text: string;
}

function offsetClause(limit: string | undefined, offset: string): Clause {
  const limits = limit === undefined ? [] : [{ word: "LIMIT", text: limit }];
  return countsClause([...limits, { word: "OFFSET", text: offset }]);
}

function countsClause(counts: readonly Count[]): Clause {
  return {
    shape: counts.map(({ word }) => word).join(" "),
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
 * @param from the table with the clauses
 */
export function limitedRowsSql({ alias }: RelationPlan, list: string, stored: string, from: string): string {
  return `SELECT ${list} FROM (SELECT ${stored} FROM ${from}) AS ${alias}`;
}
