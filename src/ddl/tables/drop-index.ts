import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError, UnknownNameError } from "../../errors.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import { nearest } from "../../schema/nearest.ts";
import { quoteName } from "../../schema/quote.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { type ChangeOptions, changeConcurrently, changeSchema } from "../change-schema.ts";
import { INDEXED_KINDS, relationOfKind } from "../define/existing-name.ts";

/** Options of `dropIndex`. */
export interface DropIndexOptions extends ChangeOptions {
  /** Do nothing if the index does not exist. */
  readonly ifExists?: boolean;
  /** Drop the index outside of any transaction, without blocking the table. */
  readonly concurrently?: boolean;
}

const DROP_INDEX_OPTIONS: OptionNames<DropIndexOptions> = {
  ifExists: true,
  concurrently: true,
  ...SEND_OPTIONS,
};

/**
 * The statement of `dropIndex`.
 * @param schema a snapshot
 * @param table the table's name
 * @param index the index's name
 * @param options `concurrently`, `ifExists`
 * @returns the DDL
 * @throws UnknownNameError for an unknown table or index; ArgumentError for the index of a constraint
 * @example `dropIndexSql(schema, "track", "track_album_id_idx")` → `['DROP INDEX "public"."track_album_id_idx"']`
 */
export function dropIndexSql(
  schema: AnySchema,
  table: string,
  index: string,
  options: DropIndexOptions = {},
): readonly string[] {
  requireOptions("dropIndex", options, DROP_INDEX_OPTIONS);
  const relation = relationOfKind(schema, table, INDEXED_KINDS);
  const { primaryKey, uniqueKeys, indexes } = relation;
  const constraints = [...(primaryKey ? [primaryKey] : []), ...uniqueKeys.filter(key => key.isConstraint)];
  if (constraints.some(({ name }) => name === index))
    throw new ArgumentError(
      `${relation.key}: ${index} is the index of a constraint; drop the constraint with transformTable and dropConstraints`,
    );
  const names = [...indexes, ...uniqueKeys].map(({ name }) => name);
  const { ifExists = false } = options;
  if (!ifExists && !names.includes(index))
    throw new UnknownNameError(
      `${relation.key} has no index ${JSON.stringify(index)}${nearest(index, names)}`,
    );
  const concurrently = options.concurrently === true ? "CONCURRENTLY " : "";
  return [
    `DROP INDEX ${concurrently}${ifExists ? "IF EXISTS " : ""}${quoteName({ schema: relation.schema, name: index })}`,
  ];
}

/**
 * Drops an index.
 * @param sql a Bun SQL handle; with `concurrently` not a transaction
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param index the index's name
 * @param options `concurrently` does not block the table; `ifExists: true` does nothing if the index does not exist; `onStatement`
 * @returns the new snapshot
 * @throws UnknownNameError for an unknown table or index; ArgumentError for the index of a constraint; ScopeError; QueryError
 * @example `schema = await dropIndex(sql, schema, "track", "track_album_id_idx")`
 */
export async function dropIndex<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: TableName<Tables>,
  index: string,
  options: DropIndexOptions = {},
): Promise<SchemaSnapshot<Tables>> {
  requireOptions("dropIndex", options, DROP_INDEX_OPTIONS);
  requireUnscoped(schema);
  const change = options.concurrently === true ? changeConcurrently : changeSchema;
  return await change<Tables>(sql, schema, dropIndexSql(schema, table, index, options), options);
}
