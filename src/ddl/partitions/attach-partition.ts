import type { SqlHandle } from "../../driver/handle.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import type { Fragment } from "../../statements/fragment.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import { relationOfKind } from "../define/existing-name.ts";
import { literalSql } from "../define/literal-sql.ts";
import { attachSql } from "../define/relation-definition.ts";

const OPTIONS: OptionNames<ChangeOptions> = SEND_OPTIONS;

/**
 * The statement of `attachPartition`.
 * @param schema a snapshot
 * @param table the partitioned table's name
 * @param partition the name of the table that becomes a partition
 * @param bounds the bounds as SQL, or `"default"`
 * @returns the DDL
 * @throws UnknownNameError; ArgumentError if the table is not partitioned
 * @example ``attachPartitionSql(schema, "reading", "reading_2025", expr`FROM (${"2025-01-01"}) TO (${"2026-01-01"})`)``
 */
export function attachPartitionSql(
  schema: AnySchema,
  table: string,
  partition: string,
  bounds: Fragment | "default",
): readonly string[] {
  const parent = relationOfKind(schema, table, ["partitioned"]);
  const child = relationOfKind(schema, partition, ["table", "partitioned", "foreign"]);
  const values = bounds === "default" ? "DEFAULT" : `FOR VALUES ${literalSql(schema, bounds)}`;
  return [attachSql(parent, child, values)];
}

/**
 * Makes a table a partition of another table. PostgreSQL checks that its rows are within the bounds.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the partitioned table's name
 * @param partition the name of the table that becomes a partition
 * @param bounds the bounds as SQL, such as `FROM (...) TO (...)`, `IN (...)` or `WITH (MODULUS 4, REMAINDER 0)`, or `"default"`
 * @param options `onStatement`
 * @returns the new snapshot
 * @throws UnknownNameError; ArgumentError if the table is not partitioned; ScopeError; QueryError
 * @example ``schema = await attachPartition(sql, schema, "reading", "reading_2025", expr`FROM (${"2025-01-01"}) TO (${"2026-01-01"})`)``
 */
export async function attachPartition<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: TableName<Tables>,
  partition: TableName<Tables>,
  bounds: Fragment | "default",
  options: ChangeOptions = {},
): Promise<SchemaSnapshot<Tables>> {
  requireOptions("attachPartition", options, OPTIONS);
  requireUnscoped(schema);
  return await changeSchema<Tables>(
    sql,
    schema,
    attachPartitionSql(schema, table, partition, bounds),
    options,
  );
}
