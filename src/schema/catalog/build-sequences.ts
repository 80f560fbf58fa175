import { byRelationName } from "../relation-name.ts";
import type { Sequence, SequenceOptions } from "../snapshot.ts";
import {
  allRows,
  type Catalog,
  columnNames,
  commentOf,
  extensionOf,
  relationName,
  schemaName,
} from "./catalog.ts";
import type { SequenceRow } from "./rows.ts";

/** The sequences of a catalog, except identity sequences. */
export function buildSequences(catalog: Catalog): readonly Sequence[] {
  return allRows(catalog.sequence)
    .filter(row => row[8] !== "i" && extensionOf(catalog, "relation", row[3]) === null)
    .map(row => buildSequence(catalog, row))
    .toSorted(byRelationName);
}

function buildSequence(catalog: Catalog, row: SequenceRow): Sequence {
  return {
    schema: schemaName(catalog, row[2]),
    name: row[7],
    ...sequenceOptions(row),
    ownedBy: ownerOf(catalog, row),
    ...(row[5] === 1 ? { isUnlogged: true } : {}),
    comment: commentOf(catalog, "relation", row[3]),
  };
}

function ownerOf(
  catalog: Catalog,
  { 1: table, 4: position, 8: dependency }: SequenceRow,
): Sequence["ownedBy"] {
  if (dependency !== "a" || table === null || position === null || !catalog.relation.has(table)) return null;
  const { schema, name } = relationName(catalog, table);
  return { schema, table: name, column: columnNames(catalog, table, [position])[0] ?? "" };
}

export function sequenceOptions(row: SequenceRow): SequenceOptions {
  return JSON.parse(row[9]) as SequenceOptions;
}
