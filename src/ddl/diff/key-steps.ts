import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Relation, SqlFunction } from "../../schema/snapshot.ts";
import type { KeyPart } from "../define/key-parts.ts";
import { viewReaders } from "./creation-order.ts";
import { callsViewFunction } from "./drop-order.ts";
import { childrenFirst } from "./inheritance.ts";
import { addKeyStep, addKeyToRowsStep, dropKeyStep, type KeyPlan } from "./keys.ts";
import { isLateKey, lateConstraints } from "./late-parts.ts";
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
  const steps = keyPlans(plan.from, plan).flatMap(({ table, keys: { dropped } }) =>
    dropped.map(key => ({ isFirst: callsView(table, key), step: dropKeyStep(table, key) })),
  );
  return { first: stepsOf(steps, true), last: stepsOf(steps, false) };
}

/**
 * Creates the keys of existing tables and the indexes of new ones, last those that call functions which read views, and the
 * constraints that `withoutLateParts` leaves out.
 */
export function createdKeySteps(plan: MigrationPlan, late: ReadonlySet<SqlFunction>): KeySteps {
  const readers = viewReaders(plan);
  const isFirst = (key: KeyPart): boolean => !isLateKey(key, readers);
  const steps = [
    ...keyPlans(plan.to, plan).flatMap(({ table, keys: { created } }) =>
      created.map(key => ({ table, isFirst: isFirst(key), step: addKeyToRowsStep(table, key) })),
    ),
    ...plan.createdTables.flatMap(table => [
      ...laterKeys(table).map(key => ({ table, isFirst: isFirst(key), step: addKeyStep(table, key) })),
      ...lateConstraints(plan.to, table, late).map(key => ({
        table,
        isFirst: false,
        step: addKeyStep(table, key),
      })),
    ]),
  ];
  // The tables are attached by then: the constraint of a parent adopts those of its children, but not the other way round.
  const byTable = Map.groupBy(steps, ({ table }) => table);
  return {
    first: stepsOf(steps, true),
    last: childrenFirst([...byTable.keys()]).flatMap(table => stepsOf(byTable.get(table)!, false)),
  };
}

function stepsOf(
  steps: readonly { readonly isFirst: boolean; readonly step: MigrationStep }[],
  isFirst: boolean,
): readonly MigrationStep[] {
  return steps.filter(one => one.isFirst === isFirst).map(({ step }) => step);
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
