import { requireOptions, requireSnapshot } from "../../schema/arguments.ts";
import { normalTexts } from "../../schema/normal-form.ts";
import { PARTITION_OPTIONS, type PartitionOptions, withoutPartitions } from "../../schema/partitions.ts";
import type { AnySchema, Column, Relation } from "../../schema/snapshot.ts";
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
  const schema = normalTexts(unscoped(partitions ? whole : withoutPartitions(whole)));
  return {
    ...schema,
    engine: stableEngine(schema.engine),
    serverVersionNum: Math.floor(schema.serverVersionNum / 10_000) * 10_000,
    database: "",
    role: "",
    relations: schema.relations.map(stableRelation),
  };
}

// PostgreSQL is the default, so an update of the server changes nothing.
function stableEngine(engine: AnySchema["engine"]): AnySchema["engine"] {
  return engine === undefined || engine.name === "PostgreSQL" ? undefined : { ...engine, isStandby: false };
}

function stableRelation(relation: Relation): Relation {
  // Dropped columns leave gaps.
  const columns = relation.columns.map((column, index): Column => ({ ...column, position: index + 1 }));
  return { ...relation, columns };
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
