import { nameParts, quoteIdentifier, quoteLiteral, quoteName } from "../schema/quote.ts";
import { isSameName } from "../schema/relation.ts";
import type { AnySchema, Column, Relation } from "../schema/snapshot.ts";
import { baseTypeKey } from "../types/resolve.ts";

/**
 * The statements after which the sequences of a table's columns continue beyond the stored values: rows that bring their
 * numbers do not advance them. A sequence that is already beyond them is unchanged.
 */
export function advanceSequencesSql(schema: AnySchema, relation: Relation): readonly string[] {
  return relation.columns.flatMap(column => {
    const sequence = sequenceOf(schema, relation, column);
    if (sequence === undefined) return [];
    const furthest = furthestNumber(schema, column, sequence.isAscending);
    return furthest === undefined ? [] : advanceSql(relation, sequence, furthest);
  });
}

interface NumberingSequence {
  /** Its regclass. */
  readonly sql: string;
  readonly isAscending: boolean;
}

/** The sequence that numbers a column: of an identity column, or in the default of a serial column. */
function sequenceOf(schema: AnySchema, relation: Relation, column: Column): NumberingSequence | undefined {
  // A table that inherits a serial column shares the sequence, which belongs to the column of its parent.
  const [, name] = /^nextval\(('(?:[^']|'')+'::regclass)\)$/.exec(column.default ?? "") ?? [];
  if (name !== undefined) return { sql: name, isAscending: !isDescending(schema, name) };
  if (column.identity === null) return undefined;
  const owner = partitionedTable(schema, relation);
  const own = owner.columns.find(one => one.name === column.name) ?? column;
  return {
    sql: `pg_get_serial_sequence(${quoteLiteral(quoteName(owner))}, ${quoteLiteral(column.name)})::regclass`,
    isAscending: !own.identityOptions?.increment.startsWith("-"),
  };
}

/** Whether the sequence of a literal such as `'public."Number"'::regclass` counts down. */
function isDescending({ sequences }: AnySchema, literal: string): boolean {
  const text = literal.slice(1, -"'::regclass".length).replaceAll("''", "'");
  const [name, namespace] = nameParts(text).toReversed();
  const found = sequences.find(
    one => one.name === name && (namespace === undefined || one.schema === namespace),
  );
  return found?.increment.startsWith("-") ?? false;
}

// The identity columns of partitions have the sequence of the partitioned table (PostgreSQL 17).
function partitionedTable(schema: AnySchema, relation: Relation): Relation {
  if (!relation.isPartition) return relation;
  const parent = schema.relations.find(one => relation.parents.some(name => isSameName(name, one)));
  return parent === undefined ? relation : partitionedTable(schema, parent);
}

const INTEGERS: ReadonlySet<string> = new Set(["int2", "int4", "int8"]);
const OTHER_NUMBERS: ReadonlySet<string> = new Set(["numeric", "float4", "float8"]);

/**
 * Returns the SQL of the furthest number of a column for `setval`; undefined for other types, such as text, whose default
 * can be a number of a sequence too, but whose values have a different order.
 */
export function furthestNumber(schema: AnySchema, column: Column, isAscending: boolean): string | undefined {
  const key = baseTypeKey(schema, column.typeKey);
  const furthest = `${isAscending ? "max" : "min"}(${quoteIdentifier(column.name)})`;
  if (INTEGERS.has(key)) return furthest;
  return OTHER_NUMBERS.has(key) ? `${furthest}::bigint` : undefined;
}

function advanceSql(relation: Relation, { sql, isAscending }: NumberingSequence, value: string): string {
  const [beyond, before] = isAscending ? [">", "- 1"] : ["<", "+ 1"];
  return (
    `SELECT setval(${sql}, ${value}) FROM ${quoteName(relation)} HAVING ${value} ${beyond} (SELECT ` +
    `coalesce(pg_sequence_last_value(seqrelid), seqstart ${before}) FROM pg_sequence WHERE seqrelid = ${sql})`
  );
}
