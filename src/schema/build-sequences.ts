import type { CatalogRows, SequenceOptionsRow, SequenceRow } from "./catalog-rows.ts";
import type { Sequence, SequenceOptions } from "./snapshot.ts";

/** The sequences of a catalog, without those of identity columns. */
export function buildSequences(rows: CatalogRows): readonly Sequence[] {
  return (rows.sequences ?? []).map(buildSequence);
}

function buildSequence([schema, name, options, owner, comment]: SequenceRow): Sequence {
  const ownedBy = owner && { schema: owner[0], table: owner[1], column: owner[2] };
  return { schema, name, ...sequenceOptions(options), ownedBy, comment };
}

export function sequenceOptions([
  type,
  start,
  increment,
  minimum,
  maximum,
  cache,
  cycle,
]: SequenceOptionsRow): SequenceOptions {
  return { type, start, increment, minimum, maximum, cache, cycle };
}
