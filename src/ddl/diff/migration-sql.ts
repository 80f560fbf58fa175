import { type OptionNames, requireOptions, requireSnapshot } from "../../schema/arguments.ts";
import { normalForm } from "../../schema/normal-form.ts";
import { type PartitionOptions, withoutCommonPartitions } from "../../schema/partitions.ts";
import { quoteIdentifier } from "../../schema/quote.ts";
import { relationId } from "../../schema/relation-name.ts";
import { requireFormat } from "../../schema/require-format.ts";
import { isOfTables } from "../../schema/schema-object.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { dropRelationSql } from "../define/relation-definition.ts";
import { alterColumnSteps, dropColumnSteps, dropDefaultSteps } from "./column-steps.ts";
import { commentSteps } from "./comment-steps.ts";
import { dependencyOrder } from "./compare.ts";
import { creationSteps, lateFunctions } from "./creation-order.ts";
import {
  dropInOrder,
  dropKeyFunctions,
  dropOtherTables,
  dropViewFunctionUsers,
  dropViewsInOrder,
  renameLateTables,
} from "./drop-order.ts";
import {
  createCollationSteps,
  createExtensionSteps,
  dropCollationSteps,
  dropExtensionSteps,
} from "./extension-steps.ts";
import { addForeignKeyStep, dropForeignKeyStep } from "./foreign-keys.ts";
import { withoutBodyChecks } from "./function-steps.ts";
import { attachSteps, detachSteps, keepsPartitionKey } from "./inheritance.ts";
import { createdKeySteps, droppedKeySteps } from "./key-steps.ts";
import { lateDefaultSteps, withoutLateChanges } from "./late-parts.ts";
import { manualSteps, rowTypeSteps } from "./manual-steps.ts";
import { type MigrationPlan, migrationPlan } from "./migration-plan.ts";
import { type MigrationStep, manualStep, step } from "./migration-step.ts";
import { numberingSteps } from "./numbering-steps.ts";
import { createObjectSteps, dropObjectStep } from "./object-plan.ts";
import {
  dropPartitionDefaultSteps,
  expressionKeySteps,
  partitionDefaultSteps,
  partitionKeySteps,
  partitionLosses,
  partitionSettingSteps,
} from "./partition-parts.ts";
import { type SequenceSteps, sequenceSteps } from "./sequence-steps.ts";
import { changedTables } from "./table-changes.ts";
import { type TablePlan, tableContext } from "./table-plan.ts";
import { allSettingSteps } from "./table-settings.ts";
import { tableAttributeSteps } from "./table-steps.ts";
import { triggerSteps } from "./trigger-steps.ts";
import { partIds } from "./type-names.ts";
import { typePlan } from "./type-plan.ts";
import { addLabelSteps, alterDomainsSteps, dropAttributeSteps, renameTypeSteps } from "./type-steps.ts";
import { allViewDefaultSteps } from "./views.ts";

/** Options of `migrationSql`. */
export interface MigrationSqlOptions extends PartitionOptions {
  /**
   * Whether existing columns move to their places in the other snapshot; false by default, because each move rewrites the
   * table. Without it new columns are added at the end, except where a function or query finds columns by position.
   */
  readonly columnOrder?: boolean;
}

const MIGRATION_OPTIONS: OptionNames<MigrationSqlOptions> = { columnOrder: true, partitions: true };

/**
 * The DDL that turns one schema into another, to be reviewed before it runs. Tables and columns are identified by their
 * names, so a renamed one is dropped and created. A snapshot has no grants, and functions only if `loadSchema` read them:
 * where they differ, a step is marked `manual`. Views, triggers, policies and rules that depend on a change are dropped and
 * recreated.
 * @param from the snapshot of the database as it is
 * @param to the snapshot of the database as it should be
 * @param options `columnOrder`; `partitions: true` to create, change and drop the partitions of tables that are
 * partitioned in both snapshots
 * @returns statements in the order in which they run, the destructive ones marked; empty if the schemas are equal
 * @throws SnapshotError for a snapshot that an earlier or later version of rowfn stored
 * @example `migrationSql(schema, schema)` → `[]`
 */
export function migrationSql(
  from: AnySchema,
  to: AnySchema,
  options: MigrationSqlOptions = {},
): readonly MigrationStep[] {
  requireSnapshot(from);
  requireSnapshot(to);
  requireFormat(from);
  requireFormat(to);
  requireOptions("migrationSql", options, MIGRATION_OPTIONS);
  const columnOrder = options.columnOrder === true;
  const [before, after] =
    options.partitions === true
      ? [from, to]
      : withoutCommonPartitions(from, to, keptKeys(normalForm(from), normalForm(to), columnOrder));
  return steps(normalForm(before), normalForm(after), columnOrder, normalForm(from));
}

function keptKeys(
  from: AnySchema,
  to: AnySchema,
  columnOrder: boolean,
): (before: Relation, after: Relation) => boolean {
  const context = tableContext(from, to, typePlan(from, to), columnOrder);
  return (before, after) => keepsPartitionKey(context, before, after);
}

function steps(
  from: AnySchema,
  to: AnySchema,
  columnOrder: boolean,
  whole: AnySchema,
): readonly MigrationStep[] {
  const plan = migrationPlan(from, to, columnOrder);
  const sequences = sequenceSteps(from, to, plan.tables);
  const triggers = triggerSteps(plan, whole);
  return [
    ...manualSteps(plan),
    ...rowTypeSteps(from, to, plan.tables),
    ...addLabelSteps(plan.types),
    ...withoutBodyChecks(plan.functions, [
      ...triggers.drop,
      ...dropPhase(plan, sequences, whole),
      ...createPhase(plan, sequences, whole),
      ...triggers.create,
      ...commentSteps(plan, triggers.dropped),
    ]),
  ];
}

function dropPhase(
  plan: MigrationPlan,
  sequences: SequenceSteps,
  whole: AnySchema,
): readonly MigrationStep[] {
  const { from, types } = plan;
  const keys = droppedKeySteps(plan);
  return [
    ...plan.objects.droppedFirst.map(dropObjectStep),
    ...plan.foreignKeys.dropped.map(dropForeignKeyStep),
    ...plan.inheritance.detached.flatMap(({ before, after }) => detachSteps(before!, after)),
    ...keys.first,
    ...expressionKeySteps(whole, plan).drop,
    ...plan.tables.flatMap(dropDefaultSteps),
    ...dropPartitionDefaultSteps(whole, plan),
    ...dropViewFunctionUsers(plan),
    ...dropViewsInOrder(plan),
    ...keys.last,
    ...sequences.release,
    ...dropKeyFunctions(plan),
    ...dropOtherTables(plan),
    ...dropForeignTableSteps(plan),
    ...plan.tables.flatMap(dropColumnSteps),
    ...dropAttributeSteps(from, types),
    ...renameTypeSteps(from, types),
    ...renameLateTables(plan),
  ];
}

function createPhase(
  plan: MigrationPlan,
  sequences: SequenceSteps,
  whole: AnySchema,
): readonly MigrationStep[] {
  const { from, to, types } = plan;
  const losses = partitionLosses(whole, plan);
  const context = { from, to, replaced: types.replaced };
  const creation = creationSteps(plan);
  const late = lateFunctions(plan);
  const keys = createdKeySteps(plan, late);
  const existing = new Map(plan.tables.map(({ before }) => [relationId(before), before]));
  return [
    ...namesOnlyIn(to, from).map(name => step(`CREATE SCHEMA ${quoteIdentifier(name)}`)),
    ...createExtensionSteps(from, to),
    ...createCollationSteps(from, to),
    ...sequences.create,
    ...creation.first,
    ...alterDomainsSteps(from, types),
    ...rowsFirst(plan).flatMap(table => alterColumnSteps(context, withoutLateChanges(to, table, late))),
    ...creation.middle,
    ...plan.tables.flatMap(({ before, after }) => tableAttributeSteps(before, after)),
    ...sequences.own,
    ...sequences.persistence,
    ...sequences.drop,
    ...numberingSteps(plan),
    ...dropInOrder(plan),
    ...dropCollationSteps(from, to),
    ...dropExtensionSteps(from, to),
    ...dropSchemaSteps(plan, whole),
    ...partitionKeySteps(losses),
    ...keys.first,
    ...plan.inheritance.attached.flatMap(table => attachSteps(table, existing)),
    ...plan.foreignKeys.created.map(key => addForeignKeyStep(key, existing.has(relationId(key.table)))),
    ...creation.last,
    ...lateDefaultSteps(plan, late),
    ...keys.last,
    ...expressionKeySteps(whole, plan).create,
    ...allViewDefaultSteps(plan, plan.views),
    ...allSettingSteps(plan),
    ...partitionSettingSteps(plan, whole, losses),
    ...partitionDefaultSteps(whole, plan, late),
    ...plan.objects.created.filter(isOfTables).flatMap(createObjectSteps),
  ];
}

// A schema can contain partitions that are left out, perhaps only these.
function dropSchemaSteps({ from, to }: MigrationPlan, whole: AnySchema): readonly MigrationStep[] {
  const compared = new Set(from.relations.map(relationId));
  const others = whole.relations.filter(relation => !compared.has(relationId(relation)));
  const names = new Set(others.map(({ schema }) => schema));
  return namesOnlyIn(from, to).map(name =>
    names.has(name)
      ? manualStep(`drop schema ${name} after its partitions are moved or dropped, as partitions: true does`)
      : step(`DROP SCHEMA ${quoteIdentifier(name)}`),
  );
}

function namesOnlyIn({ schemas }: AnySchema, other: AnySchema): readonly string[] {
  return schemas.filter(name => !other.schemas.includes(name));
}

/** The tables; each follows the tables whose row types its columns have, because these can then no longer change. */
function rowsFirst({ to, tables }: MigrationPlan): readonly TablePlan[] {
  const changed = new Map(changedTables(tables).map(table => [relationId(table.after), table]));
  return dependencyOrder(tables, ({ after }) => {
    const types = after.columns.map(({ typeKey }) => typeKey).filter(key => key.includes("."));
    return types.flatMap(key => [...partIds(to.types, key)]).flatMap(id => changed.get(id) ?? []);
  });
}

function dropForeignTableSteps({ from, to }: MigrationPlan): readonly MigrationStep[] {
  const isForeign = ({ kind }: Relation): boolean => kind === "foreign";
  const remaining = new Set(to.relations.filter(isForeign).map(relationId));
  return from.relations
    .filter(table => isForeign(table) && !remaining.has(relationId(table)))
    .map(table => step(dropRelationSql(table)));
}
