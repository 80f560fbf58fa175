import { requireSnapshot } from "../../schema/arguments.ts";
import { unquoted } from "../../schema/quote.ts";
import type { AnySchema, ForeignKey, Index, Relation } from "../../schema/snapshot.ts";

/** A foreign key without an index that begins with its columns. */
export interface MissingIndex {
  /** The name of the table that has the foreign key. */
  readonly table: string;
  /** The columns to index, in the order of the key. */
  readonly columns: readonly string[];
  /** The foreign key's name. */
  readonly foreignKey: string;
}

/**
 * The foreign keys without an index: to delete a referenced row, PostgreSQL reads the whole referencing table, as for a join.
 * @param schema a snapshot
 * @returns table, columns and name of each, ordered by table; pass table and columns to `createIndex`
 * @example `missingForeignKeyIndexes(schema)[0]` → `{ table: "customer", columns: ["support_rep_id"], foreignKey: "customer_support_rep_id_fkey" }`
 */
export function missingForeignKeyIndexes(schema: AnySchema): readonly MissingIndex[] {
  requireSnapshot(schema);
  // A partition gets its indexes from the partitioned table.
  const tables = schema.relations.filter(({ isPartition }) => !isPartition);
  return tables.flatMap(relation =>
    relation.foreignKeys
      .filter(foreignKey => !indexesOf(relation).some(index => serves(index, foreignKey)))
      .map(({ name, columns }) => ({ table: relation.key, columns, foreignKey: name })),
  );
}

function indexesOf({ primaryKey, uniqueKeys, indexes }: Relation): readonly Index[] {
  return [...(primaryKey ? [primaryKey] : []), ...uniqueKeys, ...indexes];
}

// For equality the order of an index's first columns does not matter (manual 11.3).
function serves({ columns, method, predicate, valid }: Index, foreignKey: ForeignKey): boolean {
  const first = columns.slice(0, foreignKey.columns.length);
  return (
    valid &&
    method === "btree" &&
    (predicate === null || isNotNull(predicate, foreignKey.columns)) &&
    foreignKey.columns.every(name => first.includes(name))
  );
}

// A row whose reference is NULL is never looked up.
function isNotNull(predicate: string, columns: readonly string[]): boolean {
  const [, name] = /^\(("(?:[^"]|"")+"|[a-z_][a-z0-9_]*) IS NOT NULL\)$/.exec(predicate) ?? [];
  return name !== undefined && columns.includes(unquoted(name));
}
