import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { isSame, type Pair, pairByName, relationId } from "./compare.ts";
import { type ForeignKeyPlan, foreignKeyPlan } from "./foreign-keys.ts";
import { type FunctionPlan, functionPlan, lostFunctions } from "./function-steps.ts";
import {
  attachableTable,
  changesPartitionKey,
  childrenFirst,
  detachedTable,
  type InheritancePlan,
  inheritancePlan,
} from "./inheritance.ts";
import { type KeyPlan, keyPlan } from "./keys.ts";
import { type LostParts, lostParts, typeLoss, usesLost } from "./lost-parts.ts";
import { type ObjectPlan, objectPlan } from "./object-plan.ts";
import { type TableContext, type TablePlan, tableContext, tablePlan } from "./table-plan.ts";
import { canonicalSignature, shrunkTypes, type TypePlan, typePlan } from "./type-plan.ts";
import { type ViewPlan, viewPlan } from "./views.ts";

/** All changes of a migration, before they are written as SQL. */
export interface MigrationPlan {
  readonly from: AnySchema;
  readonly to: AnySchema;
  readonly types: TypePlan;
  readonly lost: LostParts;
  /** The tables of both snapshots. */
  readonly tables: readonly TablePlan[];
  /** Each precedes its parents. */
  readonly droppedTables: readonly Relation[];
  readonly createdTables: readonly Relation[];
  /** The keys of tables and materialized views of both snapshots, by `relationId`. */
  readonly keys: ReadonlyMap<string, KeyPlan>;
  readonly foreignKeys: ForeignKeyPlan;
  readonly inheritance: InheritancePlan;
  readonly views: ViewPlan;
  readonly functions: FunctionPlan;
  readonly objects: ObjectPlan;
}

export function migrationPlan(from: AnySchema, to: AnySchema, columnOrder: boolean): MigrationPlan {
  const types = typePlan(from, to);
  const context = { ...tableContext(from, to, types, columnOrder), from, types };
  const pairs = tablePairs(context);
  const { tables, keys, foreignKeys, inheritance } = tableChanges(context, pairs);
  const views = viewChanges(context, types, tables, keys);
  const droppedTables = childrenFirst(
    pairs.flatMap(({ before, after }) => (before && !after ? [before] : [])),
  );
  const changed = [
    ...types.renamed.keys(),
    ...views.dropped,
    ...changedTables(tables).map(({ before }) => before),
  ];
  return {
    ...{ from, to, types, tables, foreignKeys, inheritance, views, droppedTables },
    lost: context.lost,
    functions: withoutCanonical(
      functionPlan(from, to, { changed, droppedTables, renamed: types.renamed }),
      types,
    ),
    objects: objectPlan(
      from,
      to,
      [...droppedTables, ...changed, ...shrunkTypes(types)],
      lostFunctions(from, to, changed),
    ),
    keys: new Map([...keys, ...materializedViewKeys(from, to, views)]),
    createdTables: pairs.flatMap(({ before, after }) =>
      after && !before ? [attachableTable(to, after)] : [],
    ),
  };
}

/** The relations of the first snapshot that are neither dropped nor recreated, by `relationId`. */
export function remainingRelations({
  from,
  droppedTables,
  views,
}: MigrationPlan): ReadonlyMap<string, Relation> {
  const gone = new Set<Relation>([...droppedTables, ...views.dropped]);
  return new Map(from.relations.filter(one => !gone.has(one)).map(one => [relationId(one), one]));
}

/** Without the functions that the steps of range types create and drop. */
function withoutCanonical({ droppedFirst, dropped, created }: FunctionPlan, types: TypePlan): FunctionPlan {
  const canonical = (keys: readonly string[], own: TypePlan["before"]): ReadonlySet<string | undefined> =>
    new Set(keys.map(key => canonicalSignature(own.get(key)!, key)));
  const [gone, added] = [canonical(types.dropped, types.before), canonical(types.created, types.after)];
  return {
    droppedFirst: new Set([...droppedFirst].filter(({ signature }) => !gone.has(signature))),
    dropped: dropped.filter(({ signature }) => !gone.has(signature)),
    created: created.filter(({ signature }) => !added.has(signature)),
  };
}

/** The tables whose columns are added, dropped, retyped or moved. */
export function changedTables(tables: readonly TablePlan[]): readonly TablePlan[] {
  return tables.filter(({ touched, appended }) => touched.size > 0 || appended.length > 0);
}

// A table of a different kind or partition key is a different table, also where no ALTER changes a column of the key. Its
// partitions keep their rows.
function tablePairs(context: PlanContext): readonly Pair<Relation>[] {
  const { from, to } = context;
  const isTable = ({ kind }: Relation): boolean => kind === "table" || kind === "partitioned";
  const before = new Map(from.relations.map(table => [relationId(table), table]));
  const isNew = new Set(
    to.relations.filter(table => changesPartitionKey(context, before.get(relationId(table)), table)),
  );
  return pairByName(from.relations.filter(isTable), to.relations.filter(isTable), table =>
    JSON.stringify([relationId(table), table.kind, table.partitionKey, isNew.has(table)]),
  );
}

function materializedViewKeys(
  from: AnySchema,
  to: AnySchema,
  { created }: ViewPlan,
): readonly (readonly [string, KeyPlan])[] {
  const before = new Map(from.relations.map(relation => [relationId(relation), relation]));
  return to.relations
    .filter(view => view.kind === "materializedView" && !created.includes(view))
    .map(view => [relationId(view), keyPlan(before.get(relationId(view))!, view, new Set())]);
}

interface PlanContext extends TableContext {
  readonly from: AnySchema;
  readonly types: TypePlan;
}

/** The changes of tables, which depend on each other. */
interface TableChanges {
  readonly tables: readonly TablePlan[];
  readonly keys: ReadonlyMap<string, KeyPlan>;
  readonly foreignKeys: ForeignKeyPlan;
  readonly inheritance: InheritancePlan;
}

// In a separated hierarchy a partition does not have the identity columns of its parent, which may be another change.
function tableChanges(context: PlanContext, pairs: readonly Pair<Relation>[]): TableChanges {
  let inheritance: InheritancePlan = { detached: [], attached: [], separated: new Set() };
  for (;;) {
    const tables = tablePlans(context, pairs, inheritance);
    const changed = changedTables(tables).map(({ before }) => before);
    const lost = lostParts(context.from, context.to, context.types, changed);
    const keys = new Map(
      tables.map(({ before, after, rebuilt }) => {
        const id = relationId(after);
        const losesPart = (expression: string): boolean => usesLost(lost, before, expression);
        return [id, keyPlan(before, after, rebuilt, inheritance.separated.has(id), losesPart)];
      }),
    );
    const next = inheritancePlan(pairs, isChangedBy(tables, keys));
    if (next.separated.size === inheritance.separated.size) {
      const foreignKeys = foreignKeyChanges(context, tables, keys, next);
      return { tables, keys, foreignKeys, inheritance: next };
    }
    inheritance = next;
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

// A function that reads a changed table or a dropped view is dropped too, and then the views that call it.
function viewChanges(
  { from, to }: PlanContext,
  types: TypePlan,
  tables: readonly TablePlan[],
  keys: ReadonlyMap<string, KeyPlan>,
): ViewPlan {
  const plans = new Map(tables.map(plan => [relationId(plan.after), plan]));
  const changed = [...types.renamed.keys(), ...changedTables(tables).map(({ before }) => before)];
  const losesType = typeLoss(from, types);
  let dropped: readonly Relation[] = [];
  for (;;) {
    const lost = lostFunctions(from, to, [...changed, ...dropped]);
    const users = new Set(lost.flatMap(({ usedBy }) => usedBy.map(relationId)));
    const plan = viewPlan({
      from,
      to,
      losesType,
      touched: table => (table.kind === "foreign" ? new Set() : plans.get(relationId(table))?.touched),
      losesFunction: view => users.has(relationId(view)),
      losesPrimaryKey: table =>
        keys.get(relationId(table))?.dropped.some(({ kind }) => kind === "primaryKey") === true,
    });
    if (plan.dropped.length === dropped.length) return plan;
    dropped = plan.dropped;
  }
}
