import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import type { KeyPart } from "../define/key-parts.ts";
import { viewReaders } from "./creation-order.ts";
import { callsViewFunction } from "./drop-order.ts";
import { childrenFirst } from "./inheritance.ts";
import { addKeyStep, addKeyToRowsStep, dropKeyStep, type KeyPlan } from "./keys.ts";
import { isLateKey } from "./late-parts.ts";
import type { MigrationPlan } from "./migration-plan.ts";
import type { MigrationStep } from "./migration-step.ts";
import { laterKeys } from "./table-steps.ts";

/** The steps before and after those of views and of the functions that read them. */
export interface KeySteps {
  readonly first: readonly MigrationStep[];
  readonly last: readonly MigrationStep[];
}

/** Drops the keys of existing tables, first those that call functions which read dropped views. */
export function droppedKeySteps(plan: MigrationPlan): KeySteps {
  const callsView = callsViewFunction(plan);
  return separate(
    keyPlans(plan.from, plan).flatMap(({ table, keys: { dropped } }) =>
      dropped.map(key => [callsView(table, key), dropKeyStep(table, key)] as const),
    ),
  );
}

/** Creates the keys of existing tables and the indexes of new ones, last those that call functions which read views. */
export function createdKeySteps(plan: MigrationPlan): KeySteps {
  const readers = viewReaders(plan);
  const isFirst = (key: KeyPart): boolean => !isLateKey(key, readers);
  return separate([
    ...keyPlans(plan.to, plan).flatMap(({ table, keys: { created } }) =>
      created.map(key => [isFirst(key), addKeyToRowsStep(table, key)] as const),
    ),
    ...plan.createdTables.flatMap(table =>
      laterKeys(table).map(key => [isFirst(key), addKeyStep(table, key)] as const),
    ),
  ]);
}

function separate(steps: readonly (readonly [isFirst: boolean, step: MigrationStep])[]): KeySteps {
  return {
    first: steps.flatMap(([isFirst, step]) => (isFirst ? [step] : [])),
    last: steps.flatMap(([isFirst, step]) => (isFirst ? [] : [step])),
  };
}

// Partitions first, because the index of a parent then adopts theirs.
function keyPlans(
  { relations }: AnySchema,
  { keys }: MigrationPlan,
): readonly { readonly table: Relation; readonly keys: KeyPlan }[] {
  return childrenFirst(relations).flatMap(table => {
    const plan = keys.get(relationId(table));
    return plan === undefined ? [] : [{ table, keys: plan }];
  });
}
