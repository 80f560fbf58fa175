import { ArgumentError } from "../errors.ts";
import { requireArray } from "../schema/arguments.ts";
import { newColumnIdentifier } from "../schema/new-identifier.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { detectTypes } from "./detect-types.ts";
import { type RelationPlan, relationPlan } from "./relation-plan.ts";

/** Column → name of the type that holds all its values. */
export type ColumnTypes = ReadonlyMap<string, string>;

/** The columns that rows have and the table does not; throws ArgumentError for a value of no type. */
export function newColumnTypes(plan: RelationPlan, rows: readonly unknown[], from = 0): ColumnTypes {
  const known = Object.fromEntries(plan.columns);
  const advice = "add the column with addColumn first";
  const types = detectTypes(plan.relation.key, rows, { known, from, advice });
  return new Map(
    [...types].filter(([name]) => !plan.columns.has(name)).map(([name, type]) => [name, type ?? "text"]),
  );
}

/** The ALTER TABLE that adds columns; another session may have added some since the snapshot was read. */
export function addColumnsText({ relation, name }: RelationPlan, types: ColumnTypes): string {
  const actions = [...types].map(([column, type]) => {
    return `ADD COLUMN IF NOT EXISTS ${quoteIdentifier(newColumnIdentifier(column))} ${type}`;
  });
  if (relation.isPartition)
    throw new ArgumentError(
      `${relation.key}: alter: true cannot add column ${JSON.stringify([...types.keys()][0])} to a partition; add it to the partitioned table first`,
    );
  if (relation.kind === "table" || relation.kind === "partitioned")
    return `ALTER TABLE ${name} ${actions.join(", ")}`;
  throw new ArgumentError(
    `${relation.key}: alter: true cannot add column ${JSON.stringify([...types.keys()][0])}, because the relation is not a table`,
  );
}

/**
 * The statement with which `alter: true` adds the columns that rows have and the table does not. Types are detected as by
 * `createFromRows`: integers are bigint, other numbers double precision, objects jsonb, strings text.
 * @param schema a snapshot
 * @param table the table's name
 * @param rows the rows to insert
 * @returns the DDL; empty if the table has all columns
 * @throws ArgumentError if no type holds all values of a column; UnknownNameError if the table does not exist
 * @example `newColumnsSql(schema, "genre", [{ name: "Polka", tempo: 120 }])` →
 * `['ALTER TABLE "public"."genre" ADD COLUMN IF NOT EXISTS "tempo" bigint']`
 */
export function newColumnsSql(schema: AnySchema, table: string, rows: readonly object[]): readonly string[] {
  requireArray("rows", rows);
  const plan = relationPlan(schema, table);
  const types = newColumnTypes(plan, rows);
  return types.size === 0 ? [] : [addColumnsText(plan, types)];
}
