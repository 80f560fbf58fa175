import { declare, hasColumn, quote, type Relation, type SchemaSnapshot } from "../../index.ts";
import { isWholeTable } from "../../schema/partitions.ts";
import { isSameName } from "../../schema/relation.ts";
import { type Finding, ok, problem } from "./finding.ts";

/**
 * Findings about keys that a cluster rejects.
 * @param column the column by which tables would be distributed; default: the distributions that the server has
 */
export function distributionFindings(schema: SchemaSnapshot, column: string | undefined): readonly Finding[] {
  const tables = schema.relations.filter(isWholeTable);
  if (column === undefined)
    return tables.some(({ distribution }) => distribution !== undefined) ? findings(schema) : [];
  if (!tables.some(table => hasColumn(schema, table.key, column)))
    return [problem("distribution", `no table has a column ${column}`)];
  return findings(withDistribution(schema, tables, column));
}

/** Every table with the column is distributed by it, all co-located, and every other table is a reference table. */
function withDistribution(
  schema: SchemaSnapshot,
  tables: readonly Relation[],
  column: string,
): SchemaSnapshot {
  const roots = tables.filter(({ parents }) => parents.length === 0);
  const [first] = roots.filter(table => hasColumn(schema, table.key, column)).map(({ key }) => key);
  const colocated = (key: string): object => (key === first ? {} : { colocatedWith: first });
  const declared = roots.map(table => [
    table.key,
    {
      distribution: hasColumn(schema, table.key, column) ? { column, ...colocated(table.key) } : "reference",
    },
  ]);
  return declare(schema, Object.fromEntries(declared)) as SchemaSnapshot;
}

function findings(schema: SchemaSnapshot): readonly Finding[] {
  const tables = schema.relations.filter(isWholeTable);
  return [uniqueKeys(schema, tables), foreignKeys(schema, tables)];
}

function uniqueKeys(schema: SchemaSnapshot, tables: readonly Relation[]): Finding {
  const rejected = tables.flatMap(({ key, distribution, primaryKey, uniqueKeys }) => {
    const column = distribution?.column ?? undefined;
    if (column === undefined) return [];
    return [...(primaryKey === null ? [] : [primaryKey]), ...uniqueKeys]
      .filter(({ columns }) => !columns.includes(column))
      .map(({ name }) => `-- ${quote(schema, key)}: ${name} lacks ${column}`);
  });
  if (rejected.length === 0) return ok("cluster unique keys", "every unique key has the distribution column");
  return problem(
    "cluster unique keys",
    `${rejected.length} that a cluster rejects, because a node checks only its own rows; add the column to the key`,
    rejected,
  );
}

function foreignKeys(schema: SchemaSnapshot, tables: readonly Relation[]): Finding {
  const rejected = tables.flatMap(table =>
    table.foreignKeys.flatMap(({ name, columns, references }) => {
      const target = tables.find(one => isSameName(one, references));
      const reason = target && rejection(table, target, columns, references.columns);
      return reason === undefined ? [] : [`-- ${quote(schema, table.key)}: ${name} ${reason}`];
    }),
  );
  if (rejected.length === 0) return ok("cluster references", "every foreign key stays on one node");
  return problem(
    "cluster references",
    `${rejected.length} foreign keys that a cluster rejects, because the row they refer to may be on another node`,
    rejected,
  );
}

/** Why a cluster rejects a foreign key between two tables; undefined if it does not. */
function rejection(
  { distribution: own }: Relation,
  target: Relation,
  columns: readonly string[],
  references: readonly string[],
): string | undefined {
  const other = target.distribution;
  if (other === undefined)
    return own === undefined
      ? undefined
      : `refers to ${target.key}, which only one node has; distribute it too`;
  if (other.column === null) return undefined;
  if (own === undefined || own.column === null)
    return `refers to the distributed table ${target.key} from a table without a distribution column`;
  if (own.group !== other.group) return `refers to ${target.key}, which is not co-located`;
  return columns.some((name, at) => name === own.column && references[at] === other.column)
    ? undefined
    : `lacks the distribution columns ${own.column} and ${other.column}`;
}
