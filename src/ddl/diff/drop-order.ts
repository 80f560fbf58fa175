import { partsOf } from "../../schema/pg-type.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { AnySchema, Relation, SchemaObject, SqlFunction } from "../../schema/snapshot.ts";
import { defaultName } from "../define/new-name.ts";
import { dependencyIds, dependencyOrder, relationId } from "./compare.ts";
import { routinesOf, typeIds } from "./creation-order.ts";
import { dropFunctionStep } from "./function-steps.ts";
import type { MigrationPlan } from "./migration-plan.ts";
import { type MigrationStep, step } from "./migration-step.ts";
import { dropObjectStep, objectId } from "./object-plan.ts";
import { dropTableStep } from "./table-steps.ts";
import { dropTypeStep } from "./type-steps.ts";
import { dropViewStep } from "./views.ts";

/** A type, table or function that is dropped. */
interface Drop {
  /** The ids of what it uses. */
  readonly uses: readonly string[];
  readonly step: MigrationStep;
}

/** The dropped tables whose rows are a part of types, or that functions use. */
export function lateTables({ from, functions, droppedTables }: MigrationPlan): readonly Relation[] {
  const used = new Set([
    ...Object.values(from.types).map(relationId),
    ...functions.dropped.flatMap(({ uses }) => uses.map(relationId)),
  ]);
  return droppedTables.filter(table => used.has(relationId(table)));
}

/** Renames late tables whose names others take before they are dropped. */
export function renameLateTables(plan: MigrationPlan): readonly MigrationStep[] {
  return lateTables(plan).flatMap(table => {
    const { name } = temporary(plan, table);
    return name === table.name
      ? []
      : [step(`ALTER TABLE ${quoteName(table)} RENAME TO ${quoteIdentifier(name)}`)];
  });
}

/** A late table as it is called when it is dropped. */
function temporary({ from, to, types }: MigrationPlan, table: Relation): Relation {
  const id = relationId(table);
  const isTaken =
    to.relations.some(other => relationId(other) === id) || types.after.has(typeKeyOf(from, id));
  if (!isTaken) return table;
  const names = new Set([...from.relations, ...to.relations].map(({ name }) => name));
  return { ...table, name: defaultName(table.name, [], "old", names) };
}

function typeKeyOf({ types }: AnySchema, id: string): string {
  return Object.keys(types).find(key => relationId(types[key]!) === id) ?? "";
}

/** Drops views, and the functions that use them or a changed table, each before what it uses. */
export function dropViewsInOrder({ from, views, functions }: MigrationPlan): readonly MigrationStep[] {
  return inOrder(
    new Map([
      ...views.dropped.toReversed().map(view => {
        const id = relationId(view);
        const uses = [...view.dependsOn.map(relationId), ...routinesOf(from, id)];
        return [id, { uses, step: dropViewStep(view) }] as const;
      }),
      ...[...functions.droppedFirst].map(functionDrop),
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
  return new Map([
    ...types.dropped.toReversed().map(key => {
      const type = types.before.get(key)!;
      const id = relationId(type);
      const uses = [...partsOf(type).flatMap(part => typeIds(from, part)), ...routinesOf(from, id)];
      return [id, { uses, step: dropTypeStep(from, types, key) }] as const;
    }),
    ...lateTables(plan).map(table => {
      const id = relationId(table);
      const uses = table.columns.flatMap(({ typeKey }) => typeIds(from, typeKey)).filter(type => type !== id);
      const triggers = table.userTriggers.map(trigger => trigger.function);
      return [
        id,
        {
          uses: [...uses, ...routinesOf(from, id), ...triggers],
          step: dropTableStep(temporary(plan, table)),
        },
      ] as const;
    }),
    ...functions.dropped.map(functionDrop),
    ...plan.objects.dropped.map(objectDrop),
  ]);
}

function functionDrop(one: SqlFunction): readonly [string, Drop] {
  return [one.signature, { uses: dependencyIds(one), step: dropFunctionStep(one) }];
}

function objectDrop(object: SchemaObject): readonly [string, Drop] {
  return [objectId(object), { uses: dependencyIds(object), step: dropObjectStep(object) }];
}
