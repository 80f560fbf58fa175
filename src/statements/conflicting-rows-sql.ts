import type { AnySchema } from "../schema/snapshot.ts";
import { codecFor } from "../types/resolve.ts";
import { unnestedKey, unnestRows } from "./bulk-rows.ts";
import { type ConflictTarget, conflictTarget } from "./conflict-target.ts";
import { dateColumns, keyPartsSql, matchSql } from "./key-parts.ts";
import {
  aliasBeside,
  ownTableSql,
  planColumn,
  type RelationPlan,
  relationPlan,
  selectColumns,
} from "./relation-plan.ts";
import { returnedNames } from "./returning.ts";
import { rulesCondition, type ScopeRule, unscoped } from "./scope.ts";
import { type Binder, joinConditions, type RowStatement, scopedBinder } from "./statement.ts";
import type { UpsertOptions } from "./upsert-sql.ts";

type Rows = readonly Readonly<Record<string, unknown>>[];

/** The statement that returns the stored rows with the keys of upserted rows, in the order of these. */
export function conflictingRowsSql(
  schema: AnySchema,
  table: string,
  rows: Rows,
  { key, returning }: Pick<UpsertOptions, "key" | "returning">,
): RowStatement {
  const plan = relationPlan(schema, table);
  const target = conflictTarget(plan, key, true);
  const binder = scopedBinder(schema);
  const { from, same, number } = upsertedKeys(plan, binder, target, rows);
  const { text, output } = selectColumns(plan, returnedNames(returning), `${plan.alias}.`);
  const source = storedRowsSql(plan, target, plan.scope.condition(binder, ""));
  return {
    text: `SELECT ${text} FROM ${from} JOIN ${source} ON ${same} ORDER BY ${number}`,
    params: binder.params,
    output,
  };
}

/**
 * The statement that returns the number, from 1, of the first upserted row whose key belongs to a row outside the scope;
 * undefined if the scope's columns are part of the key.
 */
export function outsideRowSql(
  schema: AnySchema,
  table: string,
  rows: Rows,
  { key }: Pick<UpsertOptions, "key">,
): RowStatement | undefined {
  const scoped = relationPlan(schema, table);
  const { scope } = scoped;
  const target = conflictTarget(scoped, key, true);
  const isInKey = ({ column }: ScopeRule): boolean => target.columns.includes(column.column.name);
  const others = scope.rules.filter(rule => !isInKey(rule));
  if (others.length === 0) return undefined;
  const plan = relationPlan(unscoped(schema), table);
  const binder = scopedBinder(schema);
  const { from, same, number } = upsertedKeys(plan, binder, target, rows, scope.names);
  const keyInScope = rulesCondition(scope.rules.filter(isInKey), binder, "");
  const outside = `(${rulesCondition(others, binder, "")}) IS NOT TRUE`;
  const source = storedRowsSql(plan, target, joinConditions([keyInScope, outside]));
  return {
    text: `SELECT ${number}::int4 AS "n" FROM ${from} JOIN ${source} ON ${same} ORDER BY ${number} LIMIT 1`,
    params: binder.params,
    output: [{ name: "n", label: "n", codec: codecFor(schema, "int4", -1) }],
  };
}

interface UpsertedKeys {
  readonly from: string;
  readonly same: string;
  readonly number: string;
}

function upsertedKeys(
  plan: RelationPlan,
  binder: Binder,
  target: ConflictTarget,
  rows: Rows,
  scoped: ReadonlySet<string> = plan.scope.names,
): UpsertedKeys {
  const columns = target.columns.filter(name => !scoped.has(name)).map(name => planColumn(plan, name));
  const alias = aliasBeside(plan, "rows");
  const unnested = { alias, columns, rows, dates: dateColumns(columns, rows) };
  const from = unnestRows(plan, binder, unnested);
  const parts = unnestedKey(columns, unnested, target);
  const prefix = `${plan.alias}.`;
  const same = target.key.nullsNotDistinct
    ? joinConditions(parts.map(part => matchSql(part, prefix)))
    : keyPartsSql(plan, binder, parts, prefix);
  return { from, same, number: `${alias}."n"` };
}

// An alias, because the predicate of a partial index has no prefix.
function storedRowsSql(plan: RelationPlan, { key }: ConflictTarget, condition: string): string {
  const stored = joinConditions([key.predicate === null ? "" : `(${key.predicate})`, condition]);
  const own = ownTableSql(plan);
  return stored === "" ? own : `(SELECT * FROM ${own} WHERE ${stored}) AS ${plan.alias}`;
}
