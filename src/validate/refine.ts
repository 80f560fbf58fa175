import type * as v from "valibot";
import { columnOf, relationOf } from "../schema/relation-of.ts";
import { REFINEMENTS, type SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, TableName } from "../schema/tables.ts";

/** Table → column → a valibot schema that runs before the column's own rule. */
export type Refinement<Tables> = {
  readonly [Name in TableName<Tables>]?: { readonly [Column in ColumnName<Tables, Name>]?: v.GenericSchema };
};

/**
 * Returns a snapshot with your own valibot schemas for columns, such as an e-mail address or the structure of a jsonb.
 * Every function that validates uses them. Your schema runs first; its output is validated by the column's own rule and
 * written. The schemas are not part of the snapshot's JSON.
 * @param schema a snapshot
 * @param refinement table → column → valibot schema
 * @returns a new snapshot; a new schema of a column replaces an earlier one
 * @throws UnknownNameError if a table or column does not exist
 * @example `refine(schema, { customer: { email: v.pipe(v.string(), v.email()) } })`
 */
export function refine<Tables>(
  schema: SchemaSnapshot<Tables>,
  refinement: Refinement<Tables>,
): SchemaSnapshot<Tables> {
  const merged = new Map(schema[REFINEMENTS]);
  for (const [table, columns] of Object.entries<object | undefined>(refinement)) {
    const { key } = relationOf(schema, table);
    for (const name of Object.keys(columns ?? {})) columnOf(schema, key, name);
    merged.set(key, new Map([...(merged.get(key) ?? []), ...Object.entries(columns ?? {})]));
  }
  return Object.freeze({ ...schema, [REFINEMENTS]: merged });
}
