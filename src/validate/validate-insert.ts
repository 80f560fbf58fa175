import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { InsertOf, TableName } from "../schema/tables.ts";
import { type Validated, validateRows } from "./validate-rows.ts";

/**
 * Checks rows against what the table will accept, without a database.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param rows one row, or many
 * @returns the rows that pass, and the issues of the others; `v.flatten` works on them
 * @throws UnknownNameError for an unknown table
 * @example `validateInsert(schema, "genre", [{ genre_id: 1, name: "Rock" }, { genre_id: 1.5 }]).issues.map(v.getDotPath)` →
 * `["1.genre_id", "1.name"]`
 */
export function validateInsert<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
  rows: unknown,
): Validated<InsertOf<Tables, Name>> {
  return validateRows(schema, table, rows, "insert") as Validated<InsertOf<Tables, Name>>;
}
