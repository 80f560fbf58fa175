import { partitionsOf } from "../../schema/partitions.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Relation, Setting, SqlFunction } from "../../schema/snapshot.ts";
import { commentSql } from "../define/comment-definition.ts";
import { type KeyPart, keyParts, partColumns, partExpressions } from "../define/key-parts.ts";
import { mentions } from "../expression-columns.ts";
import { keyComments } from "./comment-steps.ts";
import { isSame } from "./compare.ts";
import { addKeyToRowsStep, dropKeyStep } from "./keys.ts";
import { isLate } from "./late-parts.ts";
import { usesLost } from "./lost-parts.ts";
import type { MigrationPlan } from "./migration-plan.ts";
import { type MigrationStep, manualStep, step } from "./migration-step.ts";
import { createObjectSteps, objectId } from "./object-plan.ts";
import { dropOwnDefaultSteps, ownDefaultSteps } from "./own-defaults.ts";

/** A partition that is not compared, and what a recreated column of its table takes with it. */
export interface PartitionLoss {
  readonly partition: Relation;
  /** The recreated columns. */
  readonly columns: ReadonlySet<string>;
  /** Those that can now be NULL, by which no replica identity is possible. */
  readonly nullable: ReadonlySet<string>;
  /** The keys and indexes that no table above the partition has. */
  readonly own: readonly KeyPart[];
  readonly inherited: readonly KeyPart[];
}

/** @param whole the existing database with all partitions */
export function partitionLosses(whole: AnySchema, { from, tables }: MigrationPlan): readonly PartitionLoss[] {
  const compared = new Set(from.relations.map(relationId));
  return tables.flatMap(({ before, after, appended }) => {
    const names = new Set(before.columns.map(({ name }) => name));
    const columns = new Set(appended.map(one => one.after.name).filter(name => names.has(name)));
    if (columns.size === 0) return [];
    for (const { name } of after.columns) names.delete(name);
    const nullable = new Set(after.columns.filter(({ notNull }) => !notNull).map(({ name }) => name));
    return partitionsOf(whole, before)
      .filter(partition => !compared.has(relationId(partition)))
      .map(partition => ({ partition, columns, nullable, ...lostKeys(whole, partition, columns, names) }));
  });
}

function lostKeys(
  whole: AnySchema,
  partition: Relation,
  columns: ReadonlySet<string>,
  gone: ReadonlySet<string>,
): Pick<PartitionLoss, "own" | "inherited"> {
  const lost = keyParts(partition).filter(key => {
    const names = partColumns(key);
    return names.some(name => columns.has(name)) && !names.some(name => gone.has(name));
  });
  const own = ownKeys(whole, partition, lost);
  return { own, inherited: lost.filter(key => !own.includes(key)) };
}

/** The keys of a partition that no table above it has. */
function ownKeys(whole: AnySchema, partition: Relation, keys: readonly KeyPart[]): readonly KeyPart[] {
  if (keys.length === 0) return [];
  const above = ancestors(whole, partition).flatMap(keyParts);
  return keys.filter(
    key => !above.some(({ kind, part }) => kind === key.kind && isSame(part, key.part, NAMES)),
  );
}

const NAMES = ["name", "comment", "indexComment", "conflictTarget", "valid"];

function ancestors(whole: AnySchema, { parents }: Relation): readonly Relation[] {
  const parent = whole.relations.find(one => parents[0] && isSameName(one, parents[0]));
  return parent === undefined ? [] : [parent, ...ancestors(whole, parent)];
}

/** Creates the keys and indexes again, before those of the table, which adopt them. */
export function partitionKeySteps(losses: readonly PartitionLoss[]): readonly MigrationStep[] {
  return losses.flatMap(({ partition, own }) => own.flatMap(key => createKeySteps(partition, key)));
}

function createKeySteps(partition: Relation, key: KeyPart): readonly MigrationStep[] {
  const comments = keyComments(partition, key).filter(([, comment]) => comment !== null);
  return [
    addKeyToRowsStep(partition, key),
    ...comments.map(([target, comment]) => step(commentSql(target, comment))),
  ];
}

/** Drops and creates the keys that partitions have on their own, with which a new type or the drop of a function fails. */
export function expressionKeySteps(
  whole: AnySchema,
  plan: MigrationPlan,
): { readonly drop: readonly MigrationStep[]; readonly create: readonly MigrationStep[] } {
  const partitions = otherPartitions(whole, plan);
  const found = plan.tables.flatMap(table => {
    const kept = new Set(table.kept.map(({ before }) => before.name));
    return partitions(table.before).flatMap(partition => {
      const keys = keyParts(partition).filter(key => {
        const expressions = partExpressions(key);
        return (
          expressions.some(text => usesLost(plan.lost, partition, text)) ||
          (expressions.length > 0 && partColumns(key).some(name => kept.has(name) && table.rebuilt.has(name)))
        );
      });
      return ownKeys(whole, partition, keys).map(key => ({ partition, key, table, kept }));
    });
  });
  return {
    drop: found.map(({ partition, key }) => dropKeyStep(partition, key)),
    // Those of a recreated column are created with it, those of a dropped column are not.
    create: found
      .filter(({ key, table, kept }) => {
        const names = new Set(partColumns(key));
        return !table.before.columns.some(({ name }) => names.has(name) && !kept.has(name));
      })
      .flatMap(({ partition, key }) => createKeySteps(partition, key)),
  };
}

/** Sets the replica identity and the index for CLUSTER again, and creates the statistics objects. */
export function partitionSettingSteps(
  { objects }: MigrationPlan,
  whole: AnySchema,
  losses: readonly PartitionLoss[],
): readonly MigrationStep[] {
  const planned = new Set([...objects.created, ...objects.droppedFirst].map(objectId));
  return losses.flatMap(loss => [
    ...(loss.partition.settings ?? []).flatMap(setting => settingSteps(loss, setting)),
    ...whole.objects
      .filter(
        one =>
          one.kind === "statistics object" &&
          one.uses.some(name => isSameName(name, loss.partition)) &&
          mentions(one.definition, loss.columns) &&
          !planned.has(objectId(one)),
      )
      .flatMap(createObjectSteps),
  ]);
}

function settingSteps(
  { partition, columns, nullable, own, inherited }: PartitionLoss,
  { name, set }: Setting,
): readonly MigrationStep[] {
  const uses = ({ part }: KeyPart): boolean => set.endsWith(` ${quoteIdentifier(part.name)}`);
  const text = `ALTER TABLE ONLY ${quoteName(partition)} ${set}`;
  if (inherited.some(uses))
    return [manualStep(`${text}, with the name that PostgreSQL chose for the recreated index`)];
  const key = own.find(uses);
  if (key === undefined) return [];
  const isPossible = name !== "replica identity" || !partColumns(key).some(one => nullable.has(one));
  const reason = [...columns].join(", ");
  return [isPossible ? step(text) : manualStep(`${text}, after ${reason} has become NOT NULL`)];
}

/** Drops the defaults that partitions have on their own, with which a change of their table fails. */
export function dropPartitionDefaultSteps(whole: AnySchema, plan: MigrationPlan): readonly MigrationStep[] {
  const partitions = otherPartitions(whole, plan);
  return plan.tables.flatMap(table => dropOwnDefaultSteps(table, partitions(table.before), plan.lost));
}

/** Sets the defaults again that partitions have on their own, and those that `lateDefaultSteps` sets for ONLY their table. */
export function partitionDefaultSteps(
  whole: AnySchema,
  plan: MigrationPlan,
  late: ReadonlySet<SqlFunction>,
): readonly MigrationStep[] {
  const partitions = otherPartitions(whole, plan);
  return plan.tables.flatMap(table =>
    ownDefaultSteps(table, partitions(table.before), plan.lost, column =>
      isLate(plan.to, table.after, column, late),
    ),
  );
}

/** The partitions of a table that are not compared. */
function otherPartitions(
  whole: AnySchema,
  { from }: MigrationPlan,
): (table: Relation) => readonly Relation[] {
  const compared = new Set(from.relations.map(relationId));
  return table => partitionsOf(whole, table).filter(partition => !compared.has(relationId(partition)));
}
