import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import type { RelationName, Sequence, SequenceOptions } from "../../schema/snapshot.ts";

/** The options of a sequence, without its type: `["START WITH 1", "INCREMENT BY 1", ...]`. */
export function sequenceParts(options: SequenceOptions): readonly string[] {
  return [
    `START WITH ${options.start}`,
    `INCREMENT BY ${options.increment}`,
    `MINVALUE ${options.minimum}`,
    `MAXVALUE ${options.maximum}`,
    `CACHE ${options.cache}`,
    options.cycle ? "CYCLE" : "NO CYCLE",
  ];
}

/** `CREATE SEQUENCE`, without its owner, because that column may not exist yet: see `sequenceOwnerSql`. */
export function createSequenceSql(sequence: Sequence): string {
  return `CREATE ${sequence.isUnlogged ? "UNLOGGED " : ""}SEQUENCE ${quoteName(sequence)} AS ${sequence.type} ${sequenceParts(sequence).join(" ")}`;
}

export function sequenceOwnerSql(sequence: Sequence): string {
  const { ownedBy } = sequence;
  const owner =
    ownedBy === null
      ? "NONE"
      : `${quoteName({ schema: ownedBy.schema, name: ownedBy.table })}.${quoteIdentifier(ownedBy.column)}`;
  return `ALTER SEQUENCE ${quoteName(sequence)} OWNED BY ${owner}`;
}

/** Whether a column of the table owns the sequence. */
export function isOwner(table: RelationName, { ownedBy }: Sequence): boolean {
  return ownedBy !== null && isSameName(table, { schema: ownedBy.schema, name: ownedBy.table });
}
