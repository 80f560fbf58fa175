import type { Column, Relation } from "../../schema/snapshot.ts";
import { mentions } from "../expression-columns.ts";

/** Whether a partitioned table keeps its partition key, which no ALTER changes. */
export function keepsPartitionKey(before: Relation, after: Relation, columnOrder: boolean): boolean {
  return before.partitionKey === after.partitionKey && !changesKeyColumn(before, after, columnOrder);
}

/** Whether a column of a partition key gets another type, or moves with `columnOrder`. */
export function changesKeyColumn(
  before: Relation | undefined,
  after: Relation,
  columnOrder: boolean,
): boolean {
  if (before?.partitionKey == null || after.partitionKey === null) return false;
  const isKey = ({ name }: Column): boolean => mentions(after.partitionKey, new Set([name]));
  const known = new Map(before.columns.map(column => [column.name, column]));
  const order = before.columns.filter(({ name }) => after.columns.some(column => column.name === name));
  const end = after.columns.findIndex(({ name }, index) => order[index]?.name !== name);
  return after.columns.some((column, index) => {
    const old = known.get(column.name);
    if (old === undefined || !isKey(column)) return false;
    const isMoved = columnOrder && end !== -1 && index >= end;
    return isMoved || old.type !== column.type || old.collation !== column.collation;
  });
}
