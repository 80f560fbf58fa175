import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { isSame, type Pair } from "./compare.ts";
import { type ForeignKeyPlan, foreignKeyPlan } from "./foreign-keys.ts";
import { attachableTable, detachedTable, type InheritancePlan, inheritancePlan } from "./inheritance.ts";
import { type KeyPlan, keyPlan } from "./keys.ts";
import { type LostParts, lostParts, usesLost } from "./lost-parts.ts";
import { type TableContext, type TablePlan, tablePlan } from "./table-plan.ts";
import type { TypePlan } from "./type-plan.ts";

/** Both snapshots, and what the plans of single tables need. */
export interface PlanContext extends TableContext {
  readonly from: AnySchema;
  readonly types: TypePlan;
}

/** The tables whose columns are added, dropped, retyped or moved. */
export function changedTables(tables: readonly TablePlan[]): readonly TablePlan[] {
  return tables.filter(({ touched, appended }) => touched.size > 0 || appended.length > 0);
}

/** The changes of tables, which depend on each other. */
export interface TableChanges {
  readonly tables: readonly TablePlan[];
  readonly keys: ReadonlyMap<string, KeyPlan>;
  readonly foreignKeys: ForeignKeyPlan;
  readonly inheritance: InheritancePlan;
  /** With the functions that use changed tables and dropped relations. */
  readonly lost: LostParts;
}

// In a separated hierarchy a partition does not have the identity columns of its parent, which may be another change. A
// function that reads a changed table is dropped too, and then the defaults and keys that call it.
export function tableChanges(
  context: PlanContext,
  pairs: readonly Pair<Relation>[],
  dropped: readonly Relation[],
): TableChanges {
  let inheritance: InheritancePlan = { detached: [], attached: [], separated: new Set() };
  let known = context.lost;
  for (;;) {
    const { separated } = inheritance;
    const tables = tablePlans({ ...context, lost: known }, pairs, inheritance);
    const changed = changedTables(tables).map(({ before }) => before);
    const lost = lostParts(context.from, context.to, context.types, [...dropped, ...changed]);
    const keys = new Map(
      tables.map(({ before, after, rebuilt }) => {
        const id = relationId(after);
        const losesPart = (expression: string): boolean => usesLost(lost, before, expression);
        return [id, keyPlan(before, after, rebuilt, separated.has(id), losesPart)];
      }),
    );
    const isChanged = isChangedBy(tables, keys);
    // What has been separated remains so: without the identity columns of their parents the tables may be equal.
    const next = inheritancePlan(pairs, table => separated.has(relationId(table)) || isChanged(table));
    if (next.separated.size === separated.size && lost.functions.length === known.functions.length) {
      const foreignKeys = foreignKeyChanges(context, tables, keys, next);
      return { tables, keys, foreignKeys, inheritance: next, lost };
    }
    inheritance = next;
    known = lost;
  }
}

function tablePlans(
  context: PlanContext,
  pairs: readonly Pair<Relation>[],
  { separated }: InheritancePlan,
): readonly TablePlan[] {
  return pairs.flatMap(({ before, after }) => {
    if (before === undefined || after === undefined) return [];
    return separated.has(relationId(after))
      ? [tablePlan(context, detachedTable(context.from, before), attachableTable(context.to, after))]
      : [tablePlan(context, before, after)];
  });
}

function foreignKeyChanges(
  { from, to }: PlanContext,
  tables: readonly TablePlan[],
  keys: ReadonlyMap<string, KeyPlan>,
  { separated }: InheritancePlan,
): ForeignKeyPlan {
  const plans = new Map(tables.map(plan => [relationId(plan.after), plan]));
  return foreignKeyPlan({
    from,
    to,
    remains: name => plans.has(relationId(name)),
    rebuilt: name => plans.get(relationId(name))?.rebuilt ?? new Set(),
    droppedKeys: name => keys.get(relationId(name))?.dropped ?? [],
    changesPersistence: name => {
      const plan = plans.get(relationId(name));
      return plan !== undefined && plan.before.persistence !== plan.after.persistence;
    },
    isSeparated: name => separated.has(relationId(name)),
  });
}

// Fields of a column that no ALTER TABLE changes.
const IGNORED_FIELDS = [
  "comment",
  "position",
  "privileges",
  "isInherited",
  "updatable",
  "typmod",
  "settings",
];

/** Whether a table of both snapshots needs an ALTER TABLE that also affects its parents and children. */
function isChangedBy(
  tables: readonly TablePlan[],
  keys: ReadonlyMap<string, KeyPlan>,
): (table: Relation) => boolean {
  const plans = new Map(tables.map(plan => [relationId(plan.after), plan]));
  return table => {
    const id = relationId(table);
    const { kept, dropped, appended, retyped } = plans.get(id)!;
    const key = keys.get(id)!;
    return (
      [dropped, appended, retyped, key.dropped, key.created].some(list => list.length > 0) ||
      kept.some(column => !isSame(column.before, column.after, IGNORED_FIELDS))
    );
  };
}
