import { childrenOf, partitionsOf } from "./partitions.ts";
import type { Trigger } from "./relation.ts";
import { relationNamed } from "./relation-of.ts";
import type { AnySchema, Relation } from "./snapshot.ts";

/** Whether a trigger fires for an event, which follows CREATE TRIGGER and the name in its definition. */
export function firesFor({ definition, state }: Trigger, event: RegExp): boolean {
  return state !== "disabled" && event.test(definition.replaceAll(/"(?:[^"]|"")*"/g, ""));
}

/** Whether a trigger can change the rows that a statement inserts before they are stored, also one of a partition alone. */
export function canChangeInserts(schema: AnySchema, relation: Relation): boolean {
  return [relation, ...partitionsOf(schema, relation)].some(({ triggers }) => triggers.fillsInsert);
}

/** Whether a trigger can change the rows that a statement updates before they are stored, also one of a table that inherits. */
export function canChangeUpdates(schema: AnySchema, relation: Relation): boolean {
  return (
    canChangeOwnUpdates(schema, relation) ||
    childrenOf(schema, relation).some(child => canChangeUpdates(schema, child))
  );
}

/** As `canChangeUpdates`, for the rows of the table itself. */
export function canChangeOwnUpdates(
  schema: AnySchema,
  { isPartition, parents, triggers, userTriggers }: Relation,
): boolean {
  if (userTriggers.some(changesUpdate)) return true;
  // The parent has the triggers of both; perhaps the snapshot does not have the parent.
  if (!isPartition || !triggers.update) return false;
  const parent = relationNamed(schema, parents[0]!);
  return parent === undefined || canChangeOwnUpdates(schema, parent);
}

function changesUpdate(trigger: Trigger): boolean {
  return firesFor(trigger, /\bBEFORE (?:(?:INSERT|DELETE) OR )*UPDATE\b.* FOR EACH ROW\b/s);
}
