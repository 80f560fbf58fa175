import { ArgumentError } from "../../errors.ts";
import { quoteIdentifier } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import type { AnySchema, Column, Relation } from "../../schema/snapshot.ts";
import { baseTypeKey } from "../../types/resolve.ts";
import { relationOfKind } from "../define/existing-name.ts";

/** A table that is partitioned by a range of one column with dates or timestamps. */
export interface TimePartitioned {
  readonly relation: Relation;
  /** The type of the column: `date`, `timestamp` or `timestamptz`. */
  readonly type: string;
  /** A time as a bound of a partition. */
  readonly bound: (time: Date) => string;
}

/** Returns the table; throws ArgumentError if it is not partitioned by a range of times. */
export function timePartitioned(schema: AnySchema, table: string): TimePartitioned {
  const relation = relationOfKind(schema, table, ["partitioned"]);
  const column = relation.columns.find(({ name }) => isKey(relation, name));
  const type = column === undefined ? "" : baseTypeKey(schema, column.typeKey);
  const bound = BOUNDS[type];
  if (bound !== undefined) return { relation, type, bound };
  throw new ArgumentError(
    `${relation.key} is partitioned by ${relation.partitionKey}; createPartitions requires a range of one column of type date, timestamp or timestamptz`,
  );
}

function isKey({ partitionKey }: Relation, name: Column["name"]): boolean {
  return partitionKey === `RANGE (${quoteIdentifier(name)})` || partitionKey === `RANGE (${name})`;
}

const BOUNDS: Readonly<Record<string, (time: Date) => string>> = {
  date: time => time.toISOString().slice(0, 10),
  timestamp: time => time.toISOString().slice(0, 19).replace("T", " "),
  timestamptz: time => `${time.toISOString().slice(0, 19).replace("T", " ")}+00`,
};

/** A partition and the times of its bounds; infinite for MINVALUE and MAXVALUE. */
export interface TimePartition {
  readonly relation: Relation;
  readonly from: number;
  readonly to: number;
}

/** The partitions of a table with bounds in time; the default partition is left out. */
export function timePartitions(schema: AnySchema, parent: Relation): readonly TimePartition[] {
  return schema.relations.flatMap(relation => {
    const isOwn = relation.parents.some(name => isSameName(name, parent));
    const bounds = /^FOR VALUES FROM \((.*)\) TO \((.*)\)$/.exec(relation.partitionBound ?? "");
    if (!relation.isPartition || !isOwn || bounds === null) return [];
    return [{ relation, from: timeOf(bounds[1]!), to: timeOf(bounds[2]!) }];
  });
}

// The catalog is read in UTC, with ISO dates.
function timeOf(bound: string): number {
  const text = /^'(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d(?:\.\d+)?))?(?:\+00)?'$/.exec(bound);
  if (text !== null) return Date.parse(`${text[1]}T${text[2] ?? "00:00:00"}Z`);
  return /MINVALUE|-infinity/.test(bound) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
