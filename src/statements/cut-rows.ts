import type { RelationPlan } from "./relation-plan.ts";

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
