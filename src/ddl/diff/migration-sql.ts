import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { foreignKeyConstraint } from "../define/constraint-definition.ts";
import { columnDropSteps, columnSteps } from "./column-steps.ts";
import { commentSteps } from "./comment-steps.ts";
import type { KeyPlan } from "./key-plan.ts";
import { addKey, dropKey } from "./key-steps.ts";
import { manualSteps } from "./manual-steps.ts";
import { type MigrationPlan, migrationPlan } from "./migration-plan.ts";
import { type MigrationStep, step } from "./migration-step.ts";
import { type SequenceSteps, sequenceSteps } from "./sequence-steps.ts";
import {
  attachSteps,
  createTableSteps,
  detachSteps,
  dropForeignKey,
  dropTable,
  indexSteps,
  tableAttributeSteps,
} from "./table-steps.ts";
import { childrenFirst, tableId } from "./tree-plan.ts";
import {
  attributeDropSteps,
  enumLabelSteps,
  typeDropSteps,
  typeRenameSteps,
  typeSteps,
} from "./type-steps.ts";
import { viewDropSteps, viewSteps } from "./view-steps.ts";

/** How `migrationSql` goes about it. */
export interface MigrationSqlOptions {
  /**
   * Whether columns move to where the other snapshot has them; false by default, because each move writes every row
   * again. New columns are the last ones otherwise.
   */
  readonly columnOrder?: boolean;
}

/**
 * The DDL that makes one schema into another, to be read before it is run: names are all that tables and columns are
 * recognised by, so a renamed one is dropped and made. Functions, triggers, policies, rules and grants are not in a
 * snapshot: what of them differs is a step marked `manual`. Views in the way of a change are dropped and made again.
 * @param from the snapshot of the database as it is
 * @param to the snapshot of the database as it is to be
 * @param options `columnOrder`
 * @returns statements in the order in which they run, the destructive ones marked; none for equal schemas
 * @example `migrationSql(schema, schema)` → `[]`
 */
export function migrationSql(
  from: AnySchema,
  to: AnySchema,
  options: MigrationSqlOptions = {},
): readonly MigrationStep[] {
  const plan = migrationPlan(from, to, options.columnOrder === true);
  const sequences = sequenceSteps(from, to, plan.tables);
  return [
    ...manualSteps(from, to),
    ...enumLabelSteps(plan.types),
    ...dropPhase(plan, sequences),
    ...makePhase(plan, sequences),
    ...commentSteps(plan),
  ];
}

function dropPhase(plan: MigrationPlan, sequences: SequenceSteps): readonly MigrationStep[] {
  const { from, to, types } = plan;
  return [
    ...viewDropSteps(plan.views),
    ...plan.foreignKeys.gone.map(({ table, key }) => dropForeignKey(table, key.name)),
    ...plan.trees.detached.flatMap(detachSteps),
    ...keySteps(from, plan).flatMap(({ table, keys }) => keys.gone.map(key => dropKey(table, key))),
    ...sequences.free,
    ...plan.goneTables.map(dropTable),
    ...goneForeignTables(plan),
    ...plan.tables.flatMap(columnDropSteps),
    ...attributeDropSteps(to, types),
    ...typeRenameSteps(from, types),
  ];
}

function makePhase(plan: MigrationPlan, sequences: SequenceSteps): readonly MigrationStep[] {
  const { from, to, types } = plan;
  const context = { from, to, replaced: types.replaced };
  const goneSchemas = from.schemas.filter(name => !to.schemas.includes(name));
  return [
    ...to.schemas
      .filter(name => !from.schemas.includes(name))
      .map(name => step(`CREATE SCHEMA ${quoteIdentifier(name)}`)),
    ...extensionSteps(from, to),
    ...typeSteps(to, types),
    ...sequences.make,
    ...plan.madeTables.flatMap(createTableSteps),
    ...plan.tables.flatMap(table => columnSteps(context, table)),
    ...plan.tables.flatMap(({ before, after }) => tableAttributeSteps(before, after)),
    ...sequences.own,
    ...sequences.drop,
    ...typeDropSteps(from, types),
    ...goneSchemas.map(name => step(`DROP SCHEMA ${quoteIdentifier(name)}`)),
    ...keySteps(to, plan).flatMap(({ table, keys }) => keys.made.map(key => addKey(table, key))),
    ...plan.madeTables.flatMap(indexSteps),
    ...plan.trees.attached.flatMap(attachSteps),
    ...plan.foreignKeys.made.map(({ table, key }) =>
      step(`ALTER TABLE ${quoteName(table)} ADD ${foreignKeyConstraint(key)}`),
    ),
    ...viewSteps(plan.views),
  ];
}

// Partitions first: their parent's index then takes theirs in.
function keySteps(
  { relations }: AnySchema,
  { keys }: MigrationPlan,
): readonly { readonly table: Relation; readonly keys: KeyPlan }[] {
  return childrenFirst(relations).flatMap(table => {
    const plan = keys.get(tableId(table));
    return plan === undefined ? [] : [{ table, keys: plan }];
  });
}

function goneForeignTables({ from, to }: MigrationPlan): readonly MigrationStep[] {
  const there = new Set(to.relations.map(tableId));
  return from.relations
    .filter(table => table.kind === "foreign" && !there.has(tableId(table)))
    .map(table => step(`DROP FOREIGN TABLE ${quoteName(table)}`));
}

/** Every type of an extension brings all of it. */
function extensionSteps(from: AnySchema, to: AnySchema): readonly MigrationStep[] {
  const there = extensionsOf(from);
  return [...extensionsOf(to)]
    .filter(([name]) => !there.has(name))
    .map(([name, schema]) =>
      step(`CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(name)} WITH SCHEMA ${quoteIdentifier(schema)}`),
    );
}

function extensionsOf({ types }: AnySchema): ReadonlyMap<string, string> {
  return new Map(
    Object.values(types).flatMap(({ extension, schema }) =>
      extension === null ? [] : [[extension, schema]],
    ),
  );
}
