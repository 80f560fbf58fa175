import type * as v from "valibot";
import { columnOf, relationOf } from "../schema/relation-of.ts";
import { REFINEMENTS, type SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, TableName } from "../schema/tables.ts";

/** Table → column → a valibot schema that its values have to pass as well. */
export type Refinement<Tables> = {
  readonly [Name in TableName<Tables>]?: { readonly [Column in ColumnName<Tables, Name>]?: v.GenericSchema };
};

/**
 * A snapshot whose columns have to be more than PostgreSQL asks: an e-mail address, a jsonb of a certain shape.
 * Every function that validates obeys it. A value passes your schema first, then the column's own rule; what your
 * schema returns is what is written. The schemas are not part of the snapshot's JSON.
 * @param schema a snapshot
 * @param refinement table → column → valibot schema
 * @returns a new snapshot; a column refined before gets the new schema
 * @throws UnknownNameError for an unknown table or column
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
