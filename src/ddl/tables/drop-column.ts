import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { referrersOf } from "../../schema/referrers.ts";
import { columnOf } from "../../schema/relation-of.ts";
import type { AnySchema, Relation, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { ColumnName, TableName } from "../../schema/tables.ts";
import { changeSchema } from "../change-schema.ts";
import type { ChangedTable } from "../changed-table.ts";
import { relationOfKind, TABLE_KINDS } from "../define/relation-name.ts";
import type { DropTableOptions, DropTableSqlOptions } from "./drop-table.ts";

/**
 * The statement of `dropColumn`.
 * @param schema a snapshot
 * @param table the table's name
 * @param column the column's name
 * @param options `cascade`
 * @returns the DDL
 * @throws UnknownNameError; ArgumentError when a foreign key refers to it, or a key, index or check is of several columns, and
 * `cascade` is not given
 * @example `dropColumnSql(schema, "track", "composer")` → `['ALTER TABLE "public"."track" DROP COLUMN "composer"']`
 */
export function dropColumnSql(
  schema: AnySchema,
  table: string,
  column: string,
  options: DropTableSqlOptions = {},
): readonly string[] {
  const relation = relationOfKind(schema, table, TABLE_KINDS);
  columnOf(schema, table, column);
  if (options.cascade !== true) requireUnused(schema, relation, column);
  const cascade = options.cascade === true ? " CASCADE" : "";
  return [`ALTER TABLE ${quoteName(relation)} DROP COLUMN ${quoteIdentifier(column)}${cascade}`];
}

// PostgreSQL drops a key, index or CHECK of several columns with any one of them, without a word.
function requireUnused(schema: AnySchema, relation: Relation, column: string): void {
  const { primaryKey, uniqueKeys, indexes, foreignKeys, checks } = relation;
  const own = [...(primaryKey ? [primaryKey] : []), ...uniqueKeys, ...indexes, ...foreignKeys, ...checks]
    .filter(({ columns }) => columns.length > 1 && columns.includes(column))
    .map(({ name }) => name);
  const others = referrersOf(schema, relation)
    .filter(({ foreignKey }) => foreignKey.references.columns.includes(column))
    .map(({ table, foreignKey }) => `${foreignKey.name} of ${table}`);
  const all = [...new Set([...own, ...others])];
  if (all.length > 0)
    throw new ArgumentError(
      `${relation.key}.${column} is part of more, cascade: true drops it too: ${all.join("; ")}`,
    );
}

/**
 * Drops a column with its values, and the keys, checks and indexes of this column alone.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param column the column's name
 * @param options `cascade: true` drops also keys and checks it shares with other columns, foreign keys that refer to it, views
 * @returns the new snapshot
 * @throws ArgumentError when more than the column would go and `cascade` is not given; ScopeError; UnknownNameError;
 * QueryError, with what depends on it, when it is a view
 * @example `schema = await dropColumn(sql, schema, "track", "composer")`
 */
export function dropColumn<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  column: ColumnName<Tables, Name>,
  options?: DropTableOptions,
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  return changeSchema(sql, schema, options, ({ dropColumnSql }) =>
    dropColumnSql(schema, table, column, options),
  );
}
