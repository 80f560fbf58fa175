import type { AnySchema, ForeignKey, Index, Relation } from "../../schema/snapshot.ts";

/** A foreign key whose columns no index begins with. */
export interface MissingIndex {
  /** The table that has the foreign key, as the functions take it. */
  readonly table: string;
  /** What an index would be of, in the order of the key. */
  readonly columns: readonly string[];
  /** The foreign key's name. */
  readonly foreignKey: string;
}

/**
 * The foreign keys without an index: deleting a row that they could refer to reads the whole table, and so does a join.
 * @param schema a snapshot
 * @returns table, columns and name of each, ordered by table; `createIndex` takes table and columns
 * @example `missingForeignKeyIndexes(schema)[0]` → `{ table: "customer", columns: ["support_rep_id"], foreignKey: "customer_support_rep_id_fkey" }`
 */
export function missingForeignKeyIndexes(schema: AnySchema): readonly MissingIndex[] {
  // A partition gets its indexes from the table it belongs to.
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

// The order of the first columns does not matter to equality (manual 11.3).
function serves({ columns, method, predicate, valid }: Index, foreignKey: ForeignKey): boolean {
  const first = columns.slice(0, foreignKey.columns.length);
  return (
    valid &&
    method === "btree" &&
    (predicate === null || isNotNull(predicate, foreignKey.columns)) &&
    foreignKey.columns.every(name => first.includes(name))
  );
}

// Rows that refer to nothing are never looked for.
function isNotNull(predicate: string, columns: readonly string[]): boolean {
  const [, name] = /^\(("(?:[^"]|"")+"|[a-z_][a-z0-9_]*) IS NOT NULL\)$/.exec(predicate) ?? [];
  return name !== undefined && columns.includes(name.replace(/^"|"$/g, "").replaceAll('""', '"'));
}
