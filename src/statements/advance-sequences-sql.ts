import { quoteIdentifier, quoteLiteral, quoteName } from "../schema/quote.ts";
import type { AnySchema, Column, Relation } from "../schema/snapshot.ts";
import { baseTypeKey } from "../types/resolve.ts";

/**
 * The statements after which the sequences of a table's columns continue beyond the stored values: rows that bring their
 * numbers do not advance them. A sequence that is already beyond them is unchanged.
 */
export function advanceSequencesSql(schema: AnySchema, relation: Relation): readonly string[] {
  return relation.columns.filter(hasSequence).flatMap(column => {
    const furthest = furthestNumber(schema, column);
    return furthest === undefined ? [] : advanceSql(relation, column, furthest);
  });
}

const INTEGERS: ReadonlySet<string> = new Set(["int2", "int4", "int8"]);
const OTHER_NUMBERS: ReadonlySet<string> = new Set(["numeric", "float4", "float8"]);

/**
 * Returns the SQL of the furthest number of a column for `setval`; undefined for other types, such as text, whose default
 * can be a number of a sequence too, but whose values have a different order.
 */
export function furthestNumber(
  schema: AnySchema,
  column: Column,
  isAscending: boolean = ascends(column),
): string | undefined {
  const key = baseTypeKey(schema, column.typeKey);
  const furthest = `${isAscending ? "max" : "min"}(${quoteIdentifier(column.name)})`;
  if (INTEGERS.has(key)) return furthest;
  return OTHER_NUMBERS.has(key) ? `${furthest}::bigint` : undefined;
}

function ascends({ identityOptions }: Column): boolean {
  return !(identityOptions?.increment ?? "1").startsWith("-");
}

function advanceSql(relation: Relation, column: Column, value: string): string {
  const name = quoteName(relation);
  const [beyond, before] = ascends(column) ? [">", "- 1"] : ["<", "+ 1"];
  const sequence = `pg_get_serial_sequence(${quoteLiteral(name)}, ${quoteLiteral(column.name)})::regclass`;
  return (
    `SELECT setval(${sequence}, ${value}) FROM ${name} HAVING ${value} ${beyond} (SELECT ` +
    `coalesce(pg_sequence_last_value(seqrelid), seqstart ${before}) FROM pg_sequence WHERE seqrelid = ${sequence})`
  );
}

/** Whether a sequence numbers a column: of an identity column, or in the default of a serial column. */
function hasSequence({ identity, default: value }: Column): boolean {
  return identity !== null || /^nextval\('(?:[^']|'')+'::regclass\)$/.test(value ?? "");
}
