import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { type Pair, pairByName } from "./compare.ts";
import type { ForeignKeyPlan } from "./foreign-keys.ts";
import { type FunctionPlan, functionPlan, lostFunctions } from "./function-steps.ts";
import { attachableTable, changesPartitionKey, childrenFirst, type InheritancePlan } from "./inheritance.ts";
import { type KeyPlan, keyPlan } from "./keys.ts";
import { type LostParts, typeLoss } from "./lost-parts.ts";
import { type ObjectPlan, objectPlan } from "./object-plan.ts";
import { canonicalSignature } from "./range-types.ts";
import { computesValues } from "./row-types.ts";
import { changedTables, type PlanContext, type TableChanges, tableChanges } from "./table-changes.ts";
import { type TablePlan, tableContext } from "./table-plan.ts";
import { partIds } from "./type-names.ts";
import { shrunkTypes, type TypePlan, typePlan } from "./type-plan.ts";
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
  const droppedTables = childrenFirst(
    pairs.flatMap(({ before, after }) => (before && !after ? [before] : [])),
  );
  const { tables, keys, foreignKeys, inheritance, lost, views } = allChanges(context, pairs, droppedTables);
  const changed = [
    ...types.renamed.keys(),
    ...views.dropped,
    ...changedTables(tables).map(({ before }) => before),
  ];
  return {
    ...{ from, to, types, tables, foreignKeys, inheritance, views, droppedTables, lost },
    functions: withoutCanonical(
      functionPlan(from, to, { changed, droppedTables, renamed: types.renamed }),
      types,
    ),
    objects: objectPlan(
      from,
      to,
      [...droppedTables, ...changed, ...shrunkTypes(types)],
      lostFunctions(from, to, [...droppedTables, ...changed]),
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

// A function that reads a dropped view is dropped too, and then the defaults and keys that call it.
function allChanges(
  context: PlanContext,
  pairs: readonly Pair<Relation>[],
  droppedTables: readonly Relation[],
): TableChanges & { readonly views: ViewPlan } {
  let dropped: readonly Relation[] = [];
  for (;;) {
    const changes = tableChanges(context, pairs, [...droppedTables, ...dropped]);
    const views = viewChanges(context, changes.tables, changes.keys, droppedTables);
    const lost = lostFunctions(context.from, context.to, views.dropped);
    const known = new Set(changes.lost.functions);
    if (lost.every(one => known.has(one))) return { ...changes, views };
    dropped = views.dropped;
  }
}

// A function that reads a changed table or a dropped view is dropped too, and then the views that call it.
function viewChanges(
  { from, to, types }: PlanContext,
  tables: readonly TablePlan[],
  keys: ReadonlyMap<string, KeyPlan>,
  droppedTables: readonly Relation[],
): ViewPlan {
  const plans = new Map(tables.map(plan => [relationId(plan.after), plan]));
  const altered = changedTables(tables).map(({ before }) => before);
  const changed = [...types.renamed.keys(), ...droppedTables, ...altered];
  const computed = new Set(
    tables.filter(one => computesValues(to, one)).map(({ before }) => relationId(before)),
  );
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
      holdsRows: view =>
        view.kind === "materializedView" &&
        view.columns.some(({ typeKey }) => !partIds(from.types, typeKey).isDisjointFrom(computed)),
      losesPrimaryKey: table =>
        keys.get(relationId(table))?.dropped.some(({ kind }) => kind === "primaryKey") === true,
    });
    if (plan.dropped.length === dropped.length) return plan;
    dropped = plan.dropped;
  }
}
