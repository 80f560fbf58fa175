import type { AnySchema, Relation, RelationName } from "../../schema/snapshot.ts";
import { attributeChanges } from "./composite-steps.ts";
import { type ForeignKeyPlan, foreignKeyPlan, type OwnedForeignKey } from "./foreign-key-plan.ts";
import { type KeyPlan, keyPlan } from "./key-plan.ts";
import { isSame, type Matched, matched } from "./matched.ts";
import { standalone } from "./standalone.ts";
import { type TableContext, type TablePlan, tablePlan } from "./table-plan.ts";
import { childrenFirst, type TreePlan, tableId, treePlan } from "./tree-plan.ts";
import { type TypePlan, typePlan } from "./type-plan.ts";
import { type ViewPlan, viewPlan } from "./view-plan.ts";

/** All that has to happen, before it is written as SQL. */
export interface MigrationPlan {
  readonly from: AnySchema;
  readonly to: AnySchema;
  readonly types: TypePlan;
  /** Tables that stay. */
  readonly tables: readonly TablePlan[];
  /** Each before those whose partition it is. */
  readonly goneTables: readonly Relation[];
  readonly madeTables: readonly Relation[];
  /** Of the tables and materialised views that stay, by `tableId`. */
  readonly keys: ReadonlyMap<string, KeyPlan>;
  readonly foreignKeys: ForeignKeyPlan;
  readonly trees: TreePlan;
  readonly views: ViewPlan;
}

export function migrationPlan(from: AnySchema, to: AnySchema, columnOrder: boolean): MigrationPlan {
  const types = typePlan(from, to);
  const context: TableContext = { to, replaced: types.replaced, columnOrder };
  const pairs = stayingPairs(from, to);
  const loose = looseEnds(from, to, context, pairs);
  const { tables, keys } = loose;
  const views = plannedViews(from, to, types, tables, keys);
  for (const view of to.relations.filter(one => one.kind === "materializedView" && !views.made.includes(one)))
    keys.set(tableId(view), keyPlan(sameName(from.relations, view)!, view, new Set()));
  return {
    from,
    to,
    types,
    tables,
    keys,
    views,
    goneTables: childrenFirst(pairs.flatMap(({ before, after }) => (before && !after ? [before] : []))),
    madeTables: pairs.flatMap(({ before, after }) => (after && !before ? [standalone(to, after)] : [])),
    foreignKeys: loose.foreignKeys,
    trees: loose.trees,
  };
}

// Another kind of table is another table.
function stayingPairs(from: AnySchema, to: AnySchema): readonly Matched<Relation>[] {
  const isTable = ({ kind }: Relation): boolean => kind === "table" || kind === "partitioned";
  return matched(from.relations.filter(isTable), to.relations.filter(isTable), table =>
    JSON.stringify([tableId(table), table.kind, table.partitionKey]),
  );
}

interface Ends {
  readonly tables: readonly TablePlan[];
  readonly keys: Map<string, KeyPlan>;
  readonly foreignKeys: ForeignKeyPlan;
  readonly trees: TreePlan;
}

// A foreign key that is dropped changes its table, which may loosen a tree, which other foreign keys refer to.
function looseEnds(
  from: AnySchema,
  to: AnySchema,
  context: TableContext,
  pairs: readonly Matched<Relation>[],
): Ends {
  let trees: TreePlan = { detached: [], attached: [], loose: new Set() };
  for (;;) {
    const tables = tablePlans(from, context, pairs, trees);
    const keys = new Map(
      tables.map(({ before, after, touched }) => [tableId(after), keyPlan(before, after, touched)]),
    );
    const foreignKeys = plannedForeignKeys(from, to, tables, keys, trees);
    const next = treePlan(pairs, isChangedBy(tables, keys, foreignKeys));
    if (next.loose.size === trees.loose.size) return { tables, keys, foreignKeys, trees: next };
    trees = next;
  }
}

function tablePlans(
  from: AnySchema,
  context: TableContext,
  pairs: readonly Matched<Relation>[],
  { loose }: TreePlan,
): readonly TablePlan[] {
  return pairs.flatMap(({ before, after }) => {
    if (before === undefined || after === undefined) return [];
    return loose.has(tableId(after))
      ? [tablePlan(context, standalone(from, before), standalone(context.to, after))]
      : [tablePlan(context, before, after)];
  });
}

function plannedForeignKeys(
  from: AnySchema,
  to: AnySchema,
  tables: readonly TablePlan[],
  keys: ReadonlyMap<string, KeyPlan>,
  { loose }: TreePlan,
): ForeignKeyPlan {
  const plans = new Map(tables.map(plan => [tableId(plan.after), plan]));
  return foreignKeyPlan({
    from,
    to,
    stays: name => plans.has(tableId(name)),
    touched: name => plans.get(tableId(name))?.touched ?? new Set(),
    goneKeys: name => keys.get(tableId(name))?.gone ?? [],
    changesPersistence: name => {
      const plan = plans.get(tableId(name));
      return plan !== undefined && plan.before.persistence !== plan.after.persistence;
    },
    isLoose: name => loose.has(tableId(name)),
  });
}

const NOT_OF_THE_TABLE = ["comment", "position", "privileges", "isInherited", "updatable", "typmod"];

function isChangedBy(
  tables: readonly TablePlan[],
  keys: ReadonlyMap<string, KeyPlan>,
  { gone, made }: ForeignKeyPlan,
): (before: Relation, after: Relation) => boolean {
  const plans = new Map(tables.map(plan => [tableId(plan.after), plan]));
  const owners = new Set([...gone, ...made].map(({ table }: OwnedForeignKey) => tableId(table)));
  return (_, after) => {
    const id = tableId(after);
    const { kept, dropped, appended } = plans.get(id)!;
    const { gone: goneKeys, made: madeKeys } = keys.get(id)!;
    const isOther = kept.some(column => !isSame(column.before, column.after, NOT_OF_THE_TABLE));
    const rest = [dropped, appended, goneKeys, madeKeys].some(list => list.length > 0);
    return isOther || rest || owners.has(id);
  };
}

function plannedViews(
  from: AnySchema,
  to: AnySchema,
  types: TypePlan,
  tables: readonly TablePlan[],
  keys: ReadonlyMap<string, KeyPlan>,
): ViewPlan {
  const plans = new Map(tables.map(plan => [tableId(plan.after), plan]));
  const losesAttributes = [...types.after].some(([key, after]) => {
    const before = types.before.get(key);
    if (before?.kind !== "composite" || after.kind !== "composite") return false;
    return attributeChanges(to, types.replaced, before, after).dropped.length > 0;
  });
  return viewPlan({
    from,
    to,
    typesChange: types.gone.length > 0 || losesAttributes,
    touched: table => (table.kind === "foreign" ? new Set() : plans.get(tableId(table))?.touched),
    losesPrimaryKey: table =>
      keys.get(tableId(table))?.gone.some(({ kind }) => kind === "primaryKey") === true,
  });
}

function sameName(relations: readonly Relation[], name: RelationName): Relation | undefined {
  return relations.find(relation => tableId(relation) === tableId(name));
}
