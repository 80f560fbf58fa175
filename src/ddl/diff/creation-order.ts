import { partsOf } from "../../schema/pg-type.ts";
import { relationId } from "../../schema/relation-name.ts";
import { isOfTables } from "../../schema/schema-object.ts";
import type { AnySchema, Relation, SchemaObject, SqlFunction } from "../../schema/snapshot.ts";
import { dependencyIds, dependencyOrder } from "./compare.ts";
import { usersOf } from "./function-users.ts";
import { withoutLateParts } from "./late-parts.ts";
import type { MigrationPlan } from "./migration-plan.ts";
import { type MigrationStep, step } from "./migration-step.ts";
import { createObjectSteps, objectId } from "./object-plan.ts";
import { changedTables } from "./table-changes.ts";
import { createTableSteps } from "./table-steps.ts";
import { neededTypes, partIds } from "./type-names.ts";
import type { CompositeChange } from "./type-plan.ts";
import { addAttributeSteps, createTypeSteps } from "./type-steps.ts";
import { createViewSteps } from "./views.ts";

/** A new type, table, view or function. */
interface Creation {
  /** The ids of what must exist before. */
  readonly needs: readonly string[];
  readonly steps: readonly MigrationStep[];
}

type Creations = ReadonlyMap<string, Creation>;

/** The statements that create types, tables, functions and views, each after what it uses. */
export interface CreationSteps {
  /** Before existing tables are altered. */
  readonly first: readonly MigrationStep[];
  /** The functions that use changed tables, and the tables with a column of a changed table's row type. */
  readonly middle: readonly MigrationStep[];
  /** The views, and the functions that use views. */
  readonly last: readonly MigrationStep[];
}

export function creationSteps(plan: MigrationPlan): CreationSteps {
  const functions = plan.functions.created;
  const { holders, ofViews, late } = lateParts(plan);
  const lateNew = new Set(functions.filter(one => late.has(one)));
  const creationsOf = (tables: readonly Relation[]): readonly (readonly [string, Creation])[] =>
    tables.map(table => [relationId(table), tableCreation(plan.to, table, lateNew)]);
  const viewsOfRows = rowViews(plan);
  const viewCreations = (list: readonly Relation[]): readonly (readonly [string, Creation])[] =>
    list.map(view => [relationId(view), viewCreation(plan, view)]);
  const first = new Map([
    ...typeCreations(plan),
    ...plan.types.composites.map(change => attributeCreation(plan.to, change)),
    ...plan.objects.created.filter(object => !isOfTables(object)).map(objectCreation),
    ...creationsOf(plan.createdTables.filter(table => !holders.has(table))),
    ...viewCreations([...viewsOfRows]),
    ...functions.filter(one => !late.has(one)).map(functionCreation),
  ]);
  const last = new Map([
    ...viewCreations(plan.views.created.filter(view => !viewsOfRows.has(view))),
    ...functions.filter(one => ofViews.has(one)).map(functionCreation),
  ]);
  const middle = [
    ...creationsOf([...holders]),
    ...functions.filter(one => late.has(one) && !ofViews.has(one)).map(functionCreation),
  ];
  return { first: inOrder(first), middle: inOrder(new Map(middle)), last: inOrder(last) };
}

/** What is created after existing tables are altered. */
interface LateParts {
  /** The new tables with a column of a changed table's row type: PostgreSQL rejects most changes of such a table. */
  readonly holders: ReadonlySet<Relation>;
  /** The functions that use views. */
  readonly ofViews: ReadonlySet<SqlFunction>;
  /** These and the functions that use changed tables or `holders`. */
  readonly late: ReadonlySet<SqlFunction>;
}

function lateParts({ to, tables, createdTables }: MigrationPlan): LateParts {
  const views = to.relations.filter(({ definition }) => definition !== null);
  const changed = changedTables(tables).map(({ after }) => after);
  const ids = new Set(changed.map(relationId));
  const holders = createdTables.filter(({ columns }) =>
    columns.some(({ typeKey }) => !partIds(to.types, typeKey).isDisjointFrom(ids)),
  );
  return {
    holders: new Set(holders),
    ofViews: usersOf(to.functions, views),
    late: usersOf(to.functions, [...views, ...changed, ...holders]),
  };
}

/** The new functions that are created after existing tables are altered. */
export function lateFunctions(plan: MigrationPlan): ReadonlySet<SqlFunction> {
  return new Set(plan.functions.created).intersection(lateParts(plan).late);
}

/** The new functions that read views. */
export function viewReaders(plan: MigrationPlan): ReadonlySet<SqlFunction> {
  return new Set(plan.functions.created).intersection(lateParts(plan).ofViews);
}

/** The new views whose row types new tables and types have, and the views that these read. */
function rowViews({ to, types, createdTables, views }: MigrationPlan): ReadonlySet<Relation> {
  const parts = [
    ...createdTables.flatMap(({ columns }) => columns.map(({ typeKey }) => typeKey)),
    ...types.created.flatMap(key => partsOf(types.after.get(key)!)),
  ];
  const byId = new Map(views.created.map(view => [relationId(view), view]));
  const viewsOf = (ids: Iterable<string>): readonly Relation[] => [...ids].flatMap(id => byId.get(id) ?? []);
  const found = new Set(viewsOf(new Set(parts.flatMap(key => [...partIds(to.types, key)]))));
  // Iterating a set also visits values that the loop adds.
  for (const { dependsOn } of found) for (const view of viewsOf(dependsOn.map(relationId))) found.add(view);
  return found;
}

function inOrder(creations: Creations): readonly MigrationStep[] {
  const ordered = dependencyOrder([...creations.values()], ({ needs }) =>
    needs.flatMap(id => creations.get(id) ?? []),
  );
  return ordered.flatMap(({ steps }) => steps);
}

function functionCreation(one: SqlFunction): readonly [string, Creation] {
  return [one.signature, { needs: dependencyIds(one), steps: [step(one.definition!.trimEnd())] }];
}

function objectCreation(object: SchemaObject): readonly [string, Creation] {
  return [objectId(object), { needs: dependencyIds(object), steps: createObjectSteps(object) }];
}

function typeCreations({ to, types }: MigrationPlan): readonly (readonly [string, Creation])[] {
  return types.created.map(key => {
    const type = types.after.get(key)!;
    const needs = [
      ...neededTypes(to, key).flatMap(part => typeIds(to, part)),
      ...routinesOf(to, relationId(type)),
    ];
    return [relationId(type), { needs, steps: createTypeSteps(to, key, type) }];
  });
}

function attributeCreation(to: AnySchema, { type, added }: CompositeChange): readonly [string, Creation] {
  const needs = added.flatMap(({ typeKey }) => typeIds(to, typeKey));
  return [relationId(type), { needs, steps: addAttributeSteps(type, added) }];
}

function tableCreation(to: AnySchema, table: Relation, late: ReadonlySet<SqlFunction>): Creation {
  const types = table.columns.flatMap(({ typeKey }) => typeIds(to, typeKey));
  const id = relationId(table);
  const ofRows = new Set(
    usersOf(to.functions, [table])
      .values()
      .map(({ signature }) => signature),
  );
  return {
    // A function of the table's rows serves an index, which is created later.
    needs: [
      ...types.filter(type => type !== id),
      ...routinesOf(to, id).filter(routine => !ofRows.has(routine)),
    ],
    steps: createTableSteps(withoutLateParts(to, table, late)),
  };
}

function viewCreation({ to, views }: MigrationPlan, view: Relation): Creation {
  const needs = [...view.dependsOn.map(relationId), ...routinesOf(to, relationId(view))];
  return { needs, steps: createViewSteps(view, views.replaced.has(view)) };
}

/** The ids of the functions, operators and other objects that a relation or type uses. */
export function routinesOf({ functions, objects }: AnySchema, id: string): readonly string[] {
  const isUsed = ({ usedBy }: Pick<SchemaObject, "usedBy">): boolean =>
    usedBy.some(name => relationId(name) === id);
  return [
    ...functions.filter(isUsed).map(({ signature }) => signature),
    ...objects.filter(isUsed).map(objectId),
  ];
}

/** A type and what an array, a multirange or a domain consists of. */
export function typeIds(schema: Pick<AnySchema, "types">, key: string): readonly string[] {
  const type = schema.types[key];
  if (type === undefined) return [];
  const parts = type.kind === "composite" ? [] : partsOf(type);
  return [relationId(type), ...parts.flatMap(part => typeIds(schema, part))];
}
