import type { SqlHandle } from "../driver/handle.ts";
import { insertMany } from "../rows/insert-many.ts";
import type { Relation, SchemaSnapshot } from "../schema/snapshot.ts";
import type { WideTables } from "../schema/tables.ts";
import {
  built,
  type ChangeOptions,
  inOneTransaction,
  requireUnscoped,
  schemaAfter,
  sendStatements,
} from "./change-schema.ts";
import type { ChangedTable } from "./changed-table.ts";
import type { CreateFromRowsSqlOptions } from "./create-from-rows-sql.ts";
import { newName } from "./relation-name.ts";

/** Options of `createFromRows`. */
export interface CreateFromRowsOptions extends CreateFromRowsSqlOptions, ChangeOptions {}

/**
 * Makes a table for rows and fills it, in one transaction. Whole numbers become bigint, other numbers double precision,
 * dates timestamptz, bytes bytea, lists of one kind arrays, objects and other lists jsonb, texts text.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the new table's name
 * @param rows the rows, an array; a column that some leave out is null there
 * @param options as for `createTable`; `columns` for types of your own
 * @returns the new snapshot
 * @throws ArgumentError for a column whose values no one type holds, and for no rows; UnknownNameError; ScopeError;
 * ValidationError with the row's number; QueryError. Nothing has changed then
 * @example `schema = await createFromRows(sql, schema, "word", [{ id: 1, text: "a" }, { id: 2, score: 0.5 }])`
 */
export async function createFromRows<Tables, const Name extends string>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  rows: readonly object[],
  options: CreateFromRowsOptions = {},
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  requireUnscoped(schema);
  const statements = await built(({ createFromRowsSql }) => createFromRowsSql(schema, table, rows, options));
  const { schema: namespace, name } = newName(schema, table);
  return await inOneTransaction(sql, async tx => {
    await sendStatements(tx, statements, options);
    const after = await schemaAfter(tx, schema);
    const made = after.relations.find(one => one.schema === namespace && one.name === name) as Relation;
    const { onStatement } = options;
    const given = rows as Record<string, unknown>[];
    await insertMany(tx, after as SchemaSnapshot<WideTables>, made.key, given, {
      ...(onStatement && { onStatement }),
    });
    const numbering = await built(({ continueNumberingSql }) => continueNumberingSql(made));
    await sendStatements(tx, numbering, options);
    return after as SchemaSnapshot<ChangedTable<Tables, Name>>;
  });
}
