import { hasColumn, quote, type Relation, type SchemaSnapshot } from "../../index.ts";
import { isSameName } from "../../schema/relation.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** Findings about the column that separates tenants: foreign keys and unique keys that leave it out. */
export function scopeFindings(schema: SchemaSnapshot, column: string): readonly Finding[] {
  const tables = schema.relations.filter(({ kind, isPartition }) => kind !== "view" && !isPartition);
  if (!tables.some(table => hasColumn(schema, table.key, column)))
    return [problem("scope references", `no table has a column ${column}`)];
  return [references(schema, tables, column), uniqueKeys(schema, tables, column)];
}

function references(schema: SchemaSnapshot, tables: readonly Relation[], column: string): Finding {
  const open = tables.flatMap(({ key, foreignKeys }) =>
    foreignKeys
      .filter(({ columns: own, references }) => {
        const target = tables.find(table => isSameName(table, references));
        if (target === undefined || !hasColumn(schema, target.key, column)) return false;
        // From another column, the key would refer to any tenant.
        return !references.columns.some((one, at) => one === column && own[at] === column);
      })
      .map(({ name }) => `${quote(schema, key)}: ${name}`),
  );
  if (open.length === 0) return ok("scope references", `every foreign key to a table with ${column} has it`);
  return warning(
    "scope references",
    `${open.length} without ${column}; hand-written SQL can refer to rows of another tenant; use composite foreign keys`,
    open.map(name => `-- ${name}`),
  );
}

function uniqueKeys(schema: SchemaSnapshot, tables: readonly Relation[], column: string): Finding {
  const open = tables
    .filter(table => hasColumn(schema, table.key, column))
    .flatMap(({ key, uniqueKeys }) =>
      uniqueKeys
        .filter(({ columns }) => !columns.includes(column))
        .map(({ name }) => `${quote(schema, key)}: ${name}`),
    );
  if (open.length === 0) return ok("scope unique keys", `every unique key of a table with ${column} has it`);
  return warning(
    "scope unique keys",
    `${open.length} without ${column}; an error tells one tenant that another uses a value; add ${column} to the key`,
    open.map(name => `-- ${name}`),
  );
}
