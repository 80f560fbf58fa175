import { type Catalog, commentOf } from "./catalog.ts";
import type { SequenceOptionsRow, SequenceRow } from "./catalog-rows.ts";
import { byRelationName } from "./name-order.ts";
import type { Sequence, SequenceOptions } from "./snapshot.ts";

/** The sequences of a catalog, without those of identity columns. */
export function buildSequences(catalog: Catalog): readonly Sequence[] {
  return catalog.parts.sequence
    .filter(row => row[8] !== "i")
    .map(row => buildSequence(catalog, row))
    .toSorted(byRelationName);
}

function buildSequence(catalog: Catalog, row: SequenceRow): Sequence {
  const { 1: oid, 2: schema, 7: name } = row;
  return {
    schema: catalog.schemaNames.get(schema) ?? "",
    name,
    ...sequenceOptions(row),
    ownedBy: ownerOf(catalog, row),
    comment: commentOf(catalog, "relation", oid),
  };
}

function ownerOf(
  catalog: Catalog,
  { 3: table, 4: position, 8: dependency }: SequenceRow,
): Sequence["ownedBy"] {
  const owner = dependency === "a" ? catalog.relationNames.get(table ?? 0) : undefined;
  if (owner === undefined) return null;
  const column = catalog.columnNames.get(table ?? 0)?.[position ?? 0] ?? "";
  return { schema: owner.schema, table: owner.name, column };
}

export function sequenceOptions(row: SequenceRow): SequenceOptions {
  const [type, start, increment, minimum, maximum, cache, cycle] = JSON.parse(row[9]) as SequenceOptionsRow;
  return { type, start, increment, minimum, maximum, cache, cycle };
}
