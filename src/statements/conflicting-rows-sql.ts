import type { AnySchema } from "../schema/snapshot.ts";
import { unnestedKey, unnestRows } from "./bulk-rows.ts";
import { conflictTarget } from "./conflict-target.ts";
import { dateColumns, keyPartsSql } from "./key-parts.ts";
import { aliasBeside, planColumn, relationPlan, selectColumns } from "./relation-plan.ts";
import { returnedNames } from "./returning.ts";
import { joinConditions, newBinder, type RowStatement } from "./statement.ts";
import type { UpsertOptions } from "./upsert-sql.ts";

/** The statement that returns the stored rows with the keys of upserted rows, in the order of these. */
export function conflictingRowsSql(
  schema: AnySchema,
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  { key, returning }: Pick<UpsertOptions, "key" | "returning">,
): RowStatement {
  const plan = relationPlan(schema, table);
  const target = conflictTarget(plan, key, true);
  const binder = newBinder();
  const columns = target.columns
    .filter(name => !plan.scope.names.has(name))
    .map(name => planColumn(plan, name));
  const alias = aliasBeside(plan, "rows");
  const unnested = { alias, columns, rows, dates: dateColumns(columns, rows) };
  const from = unnestRows(plan, binder, unnested);
  const parts = unnestedKey(columns, unnested);
  const prefix = `${plan.alias}.`;
  const same = target.key.nullsNotDistinct
    ? joinConditions(
        parts.map(({ column, value }) => `${prefix}${column.quoted} IS NOT DISTINCT FROM ${value}`),
      )
    : keyPartsSql(plan, binder, parts, prefix);
  const { text, output } = selectColumns(plan, returnedNames(returning), prefix);
  // An alias, because the predicate of a partial index has no prefix.
  const predicate = target.key.predicate === null ? "" : `(${target.key.predicate})`;
  const stored = joinConditions([predicate, plan.scope.condition(binder, "")]);
  const source = stored === "" ? plan.name : `(SELECT * FROM ${plan.name} WHERE ${stored}) AS ${plan.alias}`;
  return {
    text: `SELECT ${text} FROM ${from} JOIN ${source} ON ${same} ORDER BY ${alias}."n"`,
    params: binder.params,
    output,
  };
}
