import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import { relationId } from "../../schema/relation-name.ts";
import type { Relation, RelationName, SchemaObject, SqlFunction } from "../../schema/snapshot.ts";
import { type KeyPart, keyParts, partExpressions } from "../define/key-parts.ts";
import { dependencyIds, dependencyOrder } from "./compare.ts";
import { routinesOf, typeIds } from "./creation-order.ts";
import { dropFunctionStep, usesFunction } from "./function-steps.ts";
import { usersOf } from "./function-users.ts";
import { dropKeyStep } from "./keys.ts";
import type { MigrationPlan } from "./migration-plan.ts";
import { type MigrationStep, step } from "./migration-step.ts";
import { dropObjectStep, objectId } from "./object-plan.ts";
import { dropTableStep } from "./table-steps.ts";
import { currentSignature, indexNames, type TemporaryNames, temporaryNames } from "./temporary-names.ts";
import { neededTypes } from "./type-names.ts";
import { dropTypeStep } from "./type-steps.ts";
import { dropViewStep } from "./views.ts";

/** A type, table or function that is dropped. */
interface Drop {
  /** The ids of what it uses. */
  readonly uses: readonly string[];
  readonly step: MigrationStep;
}

/** The dropped tables whose rows are a part of types, or that functions use. */
function lateTables({ from, functions, droppedTables }: MigrationPlan): readonly Relation[] {
  const used = new Set([
    ...Object.values(from.types).map(relationId),
    ...functions.dropped.flatMap(({ uses }) => uses.map(relationId)),
  ]);
  return droppedTables.filter(table => used.has(relationId(table)));
}

/** Renames tables that are dropped late, and their indexes, if other objects take their names first. */
export function renameLateTables(plan: MigrationPlan): readonly MigrationStep[] {
  const indexes = lateTables(plan).flatMap(indexNames);
  return [
    ...[...lateNames(plan)].map(([table, name]) => renameStep("TABLE", table, name)),
    ...[...temporaryNames(plan.from, plan.to, indexes)].map(([index, name]) =>
      renameStep("INDEX", index, name),
    ),
  ];
}

function renameStep(kind: "TABLE" | "INDEX", thing: RelationName, name: string): MigrationStep {
  return step(`ALTER ${kind} ${quoteName(thing)} RENAME TO ${quoteIdentifier(name)}`);
}

function lateNames(plan: MigrationPlan): TemporaryNames<Relation> {
  return temporaryNames(plan.from, plan.to, lateTables(plan));
}

/** The functions of `droppedFirst` that read a dropped view, or call such a function. */
function viewFunctions({
  from,
  views,
  functions: { droppedFirst },
}: MigrationPlan): ReadonlySet<SqlFunction> {
  return usersOf(from.functions, views.dropped).intersection(droppedFirst);
}

/** The other functions of `droppedFirst` that keys, checks or indexes use, and the functions that these use. */
function keyFunctions(plan: MigrationPlan): ReadonlySet<SqlFunction> {
  const { from } = plan;
  const droppedFirst = plan.functions.droppedFirst.difference(viewFunctions(plan));
  const tables = new Set(from.relations.filter(({ definition }) => definition === null).map(relationId));
  const found = new Set(
    [...droppedFirst].filter(({ usedBy }) => usedBy.some(name => tables.has(relationId(name)))),
  );
  const bySignature = new Map([...droppedFirst].map(one => [one.signature, one]));
  // Iterating a set also visits values that the loop adds.
  for (const { usesFunctions } of found)
    for (const signature of usesFunctions) {
      const used = bySignature.get(signature);
      if (used !== undefined) found.add(used);
    }
  return found;
}

/**
 * The dropped tables that use functions which `dropKeyFunctions` drops, with their partitions; without those that these
 * functions use.
 */
function earlyTables(plan: MigrationPlan, functions: readonly SqlFunction[]): readonly Relation[] {
  const late = new Set(lateTables(plan));
  const early = new Map<string, Relation>();
  for (const table of plan.droppedTables.filter(one => !late.has(one)).reverse()) {
    const isPart = table.parents.some(parent => early.has(relationId(parent)));
    const isUsed = (text: string): boolean => usesFunction(table, text, functions);
    const isFree = !functions.some(({ uses }) => uses.some(name => isSameName(name, table)));
    if (isPart || isUsed(table.partitionKey ?? "") || (isFree && expressionsOf(table).some(isUsed)))
      early.set(relationId(table), table);
  }
  return [...early.values()].reverse();
}

function expressionsOf(table: Relation): readonly string[] {
  return [
    ...keyParts(table).flatMap(partExpressions),
    ...table.columns.flatMap(column => [column.default ?? [], column.generationExpression ?? []].flat()),
  ];
}

/** Drops the tables that neither `dropKeyFunctions` nor `dropInOrder` drops. */
export function dropOtherTables(plan: MigrationPlan): readonly MigrationStep[] {
  const others = new Set([...lateTables(plan), ...earlyTables(plan, [...keyFunctions(plan)])]);
  return plan.droppedTables.filter(table => !others.has(table)).map(dropTableStep);
}

/**
 * Drops the functions that only keys used, after the keys of tables that are dropped later, and the tables that have them in
 * their partition keys.
 */
export function dropKeyFunctions(plan: MigrationPlan): readonly MigrationStep[] {
  const functions = keyFunctions(plan);
  const early = earlyTables(plan, [...functions]);
  return [
    ...early.map(dropTableStep),
    ...plan.droppedTables
      .filter(table => !early.includes(table))
      .flatMap(table => dropUsersSteps(table, [...functions], [...viewFunctions(plan)])),
    ...inOrder(new Map([...functions].map(one => functionDrop(one, new Map())))),
  ];
}

/** Whether a key calls a function that is dropped with the views that it reads, before other keys. */
export function callsViewFunction(plan: MigrationPlan): (table: RelationName, key: KeyPart) => boolean {
  const functions = [...viewFunctions(plan)];
  return (table, key) => partExpressions(key).some(text => usesFunction(table, text, functions));
}

/** Drops the keys and defaults of dropped tables that call a function which is dropped with views. */
export function dropViewFunctionUsers(plan: MigrationPlan): readonly MigrationStep[] {
  const functions = [...viewFunctions(plan)];
  return plan.droppedTables.flatMap(table => dropUsersSteps(table, functions, []));
}

/** Drops the keys and defaults of a table that use functions, without those that use others, which are dropped already. */
function dropUsersSteps(
  table: Relation,
  functions: readonly SqlFunction[],
  others: readonly SqlFunction[],
): readonly MigrationStep[] {
  const isDropped = (text: string): boolean =>
    usesFunction(table, text, functions) && !usesFunction(table, text, others);
  return [
    ...keyParts(table)
      .filter(key => partExpressions(key).some(isDropped))
      .map(key => dropKeyStep(table, key)),
    ...table.columns
      .filter(column => isDropped(column.default ?? ""))
      .map(({ name }) =>
        step(`ALTER TABLE ${quoteName(table)} ALTER COLUMN ${quoteIdentifier(name)} DROP DEFAULT`),
      ),
  ];
}

/** Drops views, and the functions that use them or a changed table, each before what it uses. */
export function dropViewsInOrder(plan: MigrationPlan): readonly MigrationStep[] {
  const { from, views, functions } = plan;
  const later = keyFunctions(plan);
  return inOrder(
    new Map([
      ...views.dropped.toReversed().map(view => {
        const id = relationId(view);
        const uses = [...view.dependsOn.map(relationId), ...routinesOf(from, id)];
        return [id, { uses, step: dropViewStep(view) }] as const;
      }),
      ...[...functions.droppedFirst.difference(later)].map(one => functionDrop(one, new Map())),
    ]),
  );
}

/** Drops types, functions and the tables of `lateTables`, each before what it uses. */
export function dropInOrder(plan: MigrationPlan): readonly MigrationStep[] {
  return inOrder(dropsOf(plan));
}

function inOrder(drops: ReadonlyMap<string, Drop>): readonly MigrationStep[] {
  const ordered = dependencyOrder([...drops.values()], ({ uses }) => uses.flatMap(id => drops.get(id) ?? []));
  return ordered.map(drop => drop.step).reverse();
}

function dropsOf(plan: MigrationPlan): ReadonlyMap<string, Drop> {
  const { from, functions, types } = plan;
  const tables = lateNames(plan);
  const names = new Map<RelationName, string>([...types.renamed, ...tables]);
  return new Map([
    ...types.dropped.toReversed().map(key => {
      const type = types.before.get(key)!;
      const id = relationId(type);
      const uses = [...neededTypes(from, key).flatMap(part => typeIds(from, part)), ...routinesOf(from, id)];
      return [id, { uses, step: dropTypeStep(types, key) }] as const;
    }),
    ...lateTables(plan).map(table => {
      const id = relationId(table);
      const uses = table.columns.flatMap(({ typeKey }) => typeIds(from, typeKey)).filter(type => type !== id);
      const triggers = table.userTriggers.map(trigger => trigger.function);
      return [
        id,
        {
          uses: [...uses, ...routinesOf(from, id), ...triggers],
          step: dropTableStep({ ...table, name: tables.get(table) ?? table.name }),
        },
      ] as const;
    }),
    ...functions.dropped.map(one => functionDrop(one, names)),
    ...plan.objects.dropped.map(one => objectDrop(plan, one, names)),
  ]);
}

function functionDrop(one: SqlFunction, names: TemporaryNames<RelationName>): readonly [string, Drop] {
  const signature = currentSignature(one.signature, names);
  return [one.signature, { uses: dependencyIds(one), step: dropFunctionStep({ ...one, signature }) }];
}

function objectDrop(
  { from }: MigrationPlan,
  object: SchemaObject,
  names: TemporaryNames<RelationName>,
): readonly [string, Drop] {
  const identity = currentSignature(object.identity, names);
  const dictionaries = from.objects.filter(
    ({ kind }) => kind === "text search dictionary" && object.kind === "text search configuration",
  );
  const uses = [...dependencyIds(object), ...dictionaries.map(objectId)];
  return [objectId(object), { uses, step: dropObjectStep({ ...object, identity }) }];
}
