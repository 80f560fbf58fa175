import { quoteIdentifier, quoteLiteral, quoteName } from "../schema/quote.ts";
import type { Column, Relation } from "../schema/snapshot.ts";

/**
 * The statements after which the sequences of a table's columns continue beyond the stored values: rows that bring their
 * numbers do not advance them. A sequence that is already beyond them is unchanged.
 */
export function advanceSequencesSql(relation: Relation): readonly string[] {
  return relation.columns.filter(hasSequence).map(column => advanceSql(relation, column));
}

function advanceSql(relation: Relation, column: Column): string {
  const name = quoteName(relation);
  const isAscending = !(column.identityOptions?.increment ?? "1").startsWith("-");
  const [furthest, beyond, before] = isAscending ? ["max", ">", "- 1"] : ["min", "<", "+ 1"];
  const sequence = `pg_get_serial_sequence(${quoteLiteral(name)}, ${quoteLiteral(column.name)})::regclass`;
  const value = `${furthest}(${quoteIdentifier(column.name)})`;
  return (
    `SELECT setval(${sequence}, ${value}) FROM ${name} HAVING ${value} ${beyond} (SELECT ` +
    `coalesce(pg_sequence_last_value(seqrelid), seqstart ${before}) FROM pg_sequence WHERE seqrelid = ${sequence})`
  );
}

/** Whether a sequence numbers a column: of an identity column, or in the default of a serial column. */
function hasSequence({ identity, default: value }: Column): boolean {
  return identity !== null || /^nextval\('(?:[^']|'')+'::regclass\)$/.test(value ?? "");
}
