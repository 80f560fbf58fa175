import { requireSnapshot } from "../../schema/arguments.ts";
import { requireOptions } from "../../schema/options.ts";
import { PARTITION_OPTIONS, type PartitionOptions, withoutPartitions } from "../../schema/partitions.ts";
import type { AnySchema, Column, PgType, Relation } from "../../schema/snapshot.ts";
import { unscoped } from "../../statements/scope.ts";

/**
 * Prints a snapshot as JSON for a file that is reviewed and committed: a change of the database changes few lines, and equal
 * databases give equal text on every server. The names of the database and role and the minor version are left out.
 * @param schema a snapshot
 * @param options `partitions: true` includes partitions
 * @returns JSON that `parseSchema` reads
 * @example `await Bun.write("src/database.json", snapshotJson(schema))`
 */
export function snapshotJson(schema: AnySchema, options: PartitionOptions = {}): string {
  requireSnapshot(schema);
  requireOptions("snapshotJson", options, PARTITION_OPTIONS);
  return `${printJson(stableSnapshot(schema, options), "")}\n`;
}

/** The snapshot without its scope and without what differs between equal databases. */
export function stableSnapshot(whole: AnySchema, { partitions = false }: PartitionOptions): AnySchema {
  const schema = partitions ? whole : withoutPartitions(whole);
  const { serverVersionNum, relations, types, ...rest } = unscoped(schema);
  return {
    ...rest,
    serverVersionNum: Math.floor(serverVersionNum / 10_000) * 10_000,
    database: "",
    role: "",
    relations: relations.map(stableRelation),
    types: Object.fromEntries(Object.entries<PgType>(types).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function stableRelation(relation: Relation): Relation {
  const { columns, uniqueKeys, indexes, foreignKeys, checks, exclusions } = relation;
  return {
    ...relation,
    // Dropped columns leave gaps.
    columns: columns.map((column, index): Column => ({ ...column, position: index + 1 })),
    uniqueKeys: byName(uniqueKeys),
    indexes: byName(indexes),
    foreignKeys: byName(foreignKeys),
    checks: byName(checks),
    exclusions: byName(exclusions),
  };
}

function byName<Thing extends { readonly name: string }>(things: readonly Thing[]): readonly Thing[] {
  return things.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Values that fit are on one line. */
const WIDTH = 100;

function printJson(value: unknown, indent: string): string {
  const line = JSON.stringify(value);
  if (typeof value !== "object" || value === null || indent.length + line.length <= WIDTH) return line;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const parts = Array.isArray(value)
    ? value.map(part => printJson(part, inner))
    : Object.entries(value)
        .filter(([, part]) => part !== undefined)
        .map(([key, part]) => `${JSON.stringify(key)}: ${printJson(part, inner)}`);
  return `${open}\n${parts.map(part => inner + part).join(",\n")}\n${indent}${close}`;
}
