import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";
import { ArgumentError } from "../../errors.ts";
import { schemaAfter } from "../../rows/schema-after.ts";
import {
  choiceText,
  type OptionNames,
  requireOptions,
  requireUnscoped,
  SEND_OPTIONS,
} from "../../schema/arguments.ts";
import { abilitiesOf } from "../../schema/engine.ts";
import { quoteLiteral, quoteName } from "../../schema/quote.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { lockSql } from "../../statements/lock.ts";
import { describeValue } from "../../types/problem.ts";
import { type ChangeOptions, createLock, inOneTransaction, sendStatements } from "../change-schema.ts";
import { defaultName } from "../define/new-name.ts";
import { detachSql, dropRelationSql } from "../define/relation-definition.ts";
import { PARTITION_UNITS, type PartitionUnit, type Period, periodOf } from "./period.ts";
import { type TimePartition, timePartitioned, timePartitions } from "./range-column.ts";

/** Options of `createPartitions`. */
export interface CreatePartitionsOptions extends ChangeOptions {
  /** The length of a partition, in UTC; weeks begin on Monday. */
  readonly by: PartitionUnit;
  /** The number of periods after the current one that get a partition. */
  readonly ahead: number;
  /** The number of periods before the current one that remain; older partitions are dropped with their rows. Default: all. */
  readonly keep?: number;
  /** Detach the older partitions instead of dropping them; they remain as tables. */
  readonly detach?: boolean;
  /** The current time; default: now. */
  readonly now?: Date;
}

const OPTIONS: OptionNames<CreatePartitionsOptions> = {
  ...{ by: true, ahead: true, keep: true, detach: true, now: true },
  ...SEND_OPTIONS,
};

/**
 * The statements of `createPartitions`.
 * @param schema a snapshot
 * @param table the name of a table that is partitioned by a range of dates or timestamps
 * @param options the length and number of partitions
 * @returns the DDL; empty if every partition exists
 * @throws ArgumentError if the table is not partitioned by a range of times, or an option is invalid; UnknownNameError
 * @example `createPartitionsSql(schema, "reading", { by: "day", ahead: 30, keep: 90 })`
 */
export function createPartitionsSql(
  schema: AnySchema,
  table: string,
  options: CreatePartitionsOptions,
): readonly string[] {
  requireOptions("createPartitions", options ?? null, OPTIONS);
  const { by, ahead, keep, detach = false, now = new Date() } = options;
  requireValid(options);
  const { relation, type, bound } = timePartitioned(schema, table);
  if (by === "hour" && type === "date")
    throw new ArgumentError(`${relation.key} is partitioned by a date, so by must be "day" or longer`);
  const existing = timePartitions(schema, relation);
  const parent = quoteName(relation);
  const create = ({ suffix, from, to }: Period): string =>
    `CREATE TABLE ${quoteName({ schema: relation.schema, name: defaultName(relation.name, [], suffix, new Set()) })} PARTITION OF ${parent} FOR VALUES FROM (${quoteLiteral(bound(from))}) TO (${quoteLiteral(bound(to))})`;
  const oldest = keep === undefined ? undefined : periodOf(by, now, -keep).from.getTime();
  const old = existing.filter(({ to }) => oldest !== undefined && to <= oldest);
  return [
    ...old.map(({ relation: partition }) =>
      detach ? detachSql(relation, partition) : dropRelationSql(partition),
    ),
    ...Array.from({ length: ahead + 1 }, (_, offset) => periodOf(by, now, offset))
      .filter(period => !existing.some(partition => covers(partition, period)))
      .map(create),
  ];
}

function requireValid({ by, ahead, keep = 0, now }: CreatePartitionsOptions): void {
  if (!PARTITION_UNITS.includes(by))
    throw new ArgumentError(`by must be ${choiceText(PARTITION_UNITS)}, received ${describeValue(by)}`);
  if (now !== undefined && !(now instanceof Date && !Number.isNaN(now.getTime())))
    throw new ArgumentError(`now must be a valid Date, received ${describeValue(now)}`);
  for (const [name, value] of Object.entries({ ahead, keep }))
    if (!Number.isInteger(value) || value < 0)
      throw new ArgumentError(`${name} must be a non-negative integer, received ${String(value)}`);
}

function covers({ from, to }: TimePartition, period: Period): boolean {
  return from <= period.from.getTime() && to >= period.to.getTime();
}

/**
 * Creates the partitions of a table for the current and the next periods of time, and drops those that are too old. Run it
 * regularly: it creates only what does not exist, and calls at the same time wait for each other. A period is UTC; partitions
 * are named `reading_20261128`.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope; which partitions exist is read from the database
 * @param table the name of a table that is partitioned by a range of dates or timestamps
 * @param options `by`, `ahead` and `keep` in periods, `detach: true` to detach instead of dropping; `onStatement`
 * @returns the new snapshot
 * @throws ArgumentError if the table is not partitioned by a range of times, or an option is invalid; UnknownNameError;
 * ScopeError; QueryError, for example if a new partition overlaps an existing one
 * @example `schema = await createPartitions(sql, schema, "reading", { by: "day", ahead: 30, keep: 90 })`
 */
export async function createPartitions<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: TableName<Tables>,
  options: CreatePartitionsOptions,
): Promise<SchemaSnapshot<Tables>> {
  requireUnscoped(schema);
  createPartitionsSql(schema, table, options);
  const lock = lockSql(createLock(`partitions of ${quoteName(timePartitioned(schema, table).relation)}`), {});
  return await inOneTransaction(sql, options, async tx => {
    if (abilitiesOf(schema).advisoryLocks) await sendForValues(tx, lock.text, lock.params);
    const current = await schemaAfter<Tables>(tx, schema);
    const statements = createPartitionsSql(current, table, options);
    if (statements.length === 0) return current;
    await sendStatements(tx, statements, options);
    return await schemaAfter<Tables>(tx, schema);
  });
}
