import type { AnySchema } from "../schema/snapshot.ts";
import { codecFor } from "../types/resolve.ts";
import { unnestRows } from "./bulk-source.ts";
import { aliasBeside, planColumn, relationPlan } from "./relation-plan.ts";
import { scopeCondition, scopeOf } from "./scope.ts";
import { newBinder, type RowStatement } from "./statement.ts";

/**
 * Which of many rows are not in the table, inside the scope: their numbers from 1, in order, as `n`.
 * @param schema a snapshot
 * @param table the table's name
 * @param key the columns that tell rows
 * @param rows rows with at least these columns
 * @returns the SQL, its parameters and the columns it returns
 * @example `absentRowsSql(schema, "genre", ["genre_id"], [{ genre_id: 1 }]).text` →
 * `SELECT "n"::int4 FROM unnest($1::text::text[]) WITH ORDINALITY AS "rows" ("c1", "n") WHERE NOT EXISTS (SELECT FROM "public"."genre" WHERE "genre"."genre_id" = "rows"."c1"::int4) ORDER BY "n"`
 */
export function absentRowsSql(
  schema: AnySchema,
  table: string,
  key: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): RowStatement {
  const plan = relationPlan(schema, table);
  const binder = newBinder();
  const scoped = scopeOf(schema, plan).map(([{ column }]) => column.name);
  const columns = key.filter(name => !scoped.includes(name)).map(name => planColumn(schema, plan, name));
  const alias = aliasBeside(plan, "rows");
  const from = unnestRows(plan, binder, columns, rows, alias);
  const same = columns.map(
    ({ quoted, filterCodec }, index) =>
      `${plan.alias}.${quoted} ${filterCodec.equals} ${alias}."c${index + 1}"::${filterCodec.castType}`,
  );
  const scope = scopeCondition(schema, plan, binder, `${plan.alias}.`);
  const found = (scope === "" ? same : [...same, scope]).join(" AND ");
  const codec = codecFor(schema, "int4", -1);
  return {
    text: `SELECT "n"::int4 FROM ${from} WHERE NOT EXISTS (SELECT FROM ${plan.name} WHERE ${found}) ORDER BY "n"`,
    params: binder.params,
    output: [{ name: "n", label: "n", codec }],
  };
}
