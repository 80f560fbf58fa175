import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import { isSameName } from "../../schema/relation.ts";
import { relationOf } from "../../schema/relation-of.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { type ChangeOptions, changeConcurrently, changeSchema } from "../change-schema.ts";
import { relationOfKind } from "../define/existing-name.ts";
import { detachSql } from "../define/relation-definition.ts";

/** Options of `detachPartition`. */
export interface DetachPartitionOptions extends ChangeOptions {
  /** Detach outside of any transaction, without blocking the table. */
  readonly concurrently?: boolean;
}

const OPTIONS: OptionNames<DetachPartitionOptions> = { concurrently: true, ...SEND_OPTIONS };

/**
 * The statement of `detachPartition`.
 * @param schema a snapshot
 * @param table the partitioned table's name
 * @param partition the partition's name
 * @param options `concurrently`
 * @returns the DDL
 * @throws UnknownNameError; ArgumentError if the table is not partitioned or the partition belongs to another table
 * @example `detachPartitionSql(schema, "reading", "reading_20250101")`
 */
export function detachPartitionSql(
  schema: AnySchema,
  table: string,
  partition: string,
  options: DetachPartitionOptions = {},
): readonly string[] {
  requireOptions("detachPartition", options, OPTIONS);
  const parent = relationOfKind(schema, table, ["partitioned"]);
  const child = relationOf(schema, partition);
  if (!child.parents.some(name => isSameName(name, parent)))
    throw new ArgumentError(`${child.key} is not a partition of ${parent.key}`);
  const concurrently = options.concurrently === true ? " CONCURRENTLY" : "";
  return [`${detachSql(parent, child)}${concurrently}`];
}

/**
 * Makes a partition a table of its own, with its rows.
 * @param sql a Bun SQL handle; with `concurrently` not a transaction
 * @param schema a snapshot without a scope
 * @param table the partitioned table's name
 * @param partition the partition's name
 * @param options `concurrently` does not block the table; `onStatement`
 * @returns the new snapshot
 * @throws UnknownNameError; ArgumentError if the partition belongs to another table; ScopeError; QueryError
 * @example `schema = await detachPartition(sql, schema, "reading", "reading_20250101")`
 */
export async function detachPartition<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: TableName<Tables>,
  partition: string,
  options: DetachPartitionOptions = {},
): Promise<SchemaSnapshot<Tables>> {
  requireOptions("detachPartition", options, OPTIONS);
  requireUnscoped(schema);
  const change = options.concurrently === true ? changeConcurrently : changeSchema;
  return await change<Tables>(sql, schema, detachPartitionSql(schema, table, partition, options), options);
}
