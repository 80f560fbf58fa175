import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Relation, Trigger } from "../../schema/snapshot.ts";
import { mentions } from "../expression-columns.ts";
import { isSame, pairByName } from "./compare.ts";
import { calls, isMissing } from "./function-steps.ts";
import { type LostParts, usesLostType } from "./lost-parts.ts";
import { type MigrationPlan, remainingRelations } from "./migration-plan.ts";
import { type MigrationStep, manualStep, step } from "./migration-step.ts";

/** A trigger with its relation. */
interface OwnedTrigger {
  readonly relation: Relation;
  readonly trigger: Trigger;
}

/** The triggers that are dropped and created: the changed ones, and those on columns or views that are recreated. */
export interface TriggerSteps {
  readonly dropped: ReadonlySet<Trigger>;
  readonly drop: readonly MigrationStep[];
  readonly create: readonly MigrationStep[];
}

/** @param whole the existing database with all partitions */
export function triggerSteps(plan: MigrationPlan, whole: AnySchema): TriggerSteps {
  const created = [...newTriggers(plan)];
  const dropped: OwnedTrigger[] = [...partitionTriggers(plan, whole), ...triggersOfDropped(plan)];
  const remaining = remainingRelations(plan);
  for (const after of plan.to.relations) {
    const before = remaining.get(relationId(after));
    if (before === undefined) continue;
    const touched = plan.tables.find(table => isSameName(table.before, before))?.touched;
    for (const pair of pairByName(before.userTriggers, after.userTriggers, ({ name }) => name)) {
      if (
        pair.before &&
        pair.after &&
        isSame(pair.before, pair.after, ["comment"]) &&
        !isOnColumns(pair.before, touched) &&
        !isWhenLost(plan.lost, pair.before)
      )
        continue;
      if (pair.before) dropped.push({ relation: before, trigger: pair.before });
      if (pair.after) created.push({ relation: after, trigger: pair.after });
    }
  }
  return {
    dropped: new Set(dropped.map(({ trigger }) => trigger)),
    drop: dropped.map(({ relation, trigger }) =>
      step(`DROP TRIGGER ${quoteIdentifier(trigger.name)} ON ${quoteName(relation)}`),
    ),
    create: created.flatMap(owned => createSteps(plan, owned)),
  };
}

/** The triggers of dropped tables that use something that is dropped before the table. */
function triggersOfDropped({ droppedTables, lost }: MigrationPlan): readonly OwnedTrigger[] {
  return droppedTables.flatMap(triggersOf).filter(({ trigger }) => isWhenLost(lost, trigger));
}

/** The own triggers of partitions that are not compared, whose functions are dropped. */
function partitionTriggers(
  { from, functions: { dropped, droppedFirst } }: MigrationPlan,
  whole: AnySchema,
): readonly OwnedTrigger[] {
  const gone = new Set([...dropped, ...droppedFirst].map(({ signature }) => signature));
  const compared = new Set(from.relations.map(relationId));
  return whole.relations
    .filter(relation => relation.isPartition && !compared.has(relationId(relation)))
    .flatMap(triggersOf)
    .filter(({ trigger }) => gone.has(trigger.function));
}

/** The triggers of relations that are created, or dropped and created. */
function newTriggers({ createdTables, views }: MigrationPlan): readonly OwnedTrigger[] {
  return [...createdTables, ...views.created.filter(view => !views.replaced.has(view))].flatMap(triggersOf);
}

function triggersOf(relation: Relation): readonly OwnedTrigger[] {
  return relation.userTriggers.map(trigger => ({ relation, trigger }));
}

// PostgreSQL rejects every change of a column that UPDATE OF or WHEN names.
function isOnColumns({ columns, definition }: Trigger, touched: ReadonlySet<string> | undefined): boolean {
  if (touched === undefined) return false;
  return (
    columns.some(name => touched.has(name)) ||
    (definition.includes(" WHEN (") && mentions(definition, touched))
  );
}

// PostgreSQL names no trigger among the users of a function, so that the text alone says what WHEN uses.
function isWhenLost(lost: LostParts, { definition }: Trigger): boolean {
  return (
    definition.includes(" WHEN (") &&
    (usesLostType(lost, definition) || lost.functions.some(one => calls(definition, one)))
  );
}

const STATES = { disabled: "DISABLE", replica: "ENABLE REPLICA", always: "ENABLE ALWAYS" } as const;

function createSteps(plan: MigrationPlan, { relation, trigger }: OwnedTrigger): readonly MigrationStep[] {
  const { name, definition } = trigger;
  if (isMissing(plan.from, plan.to, trigger.function))
    return [
      manualStep(
        `create trigger ${name} of ${relation.schema}.${relation.name}, after its function ${trigger.function}: ${definition}`,
      ),
    ];
  return createTriggerSteps(relation, trigger);
}

/** Creates a trigger with its state. */
export function createTriggerSteps(
  relation: Relation,
  { name, definition, state }: Trigger,
): readonly MigrationStep[] {
  if (state === "enabled") return [step(definition)];
  const alter = `ALTER TABLE ${quoteName(relation)} ${STATES[state]} TRIGGER ${quoteIdentifier(name)}`;
  return [step(definition), step(alter)];
}
