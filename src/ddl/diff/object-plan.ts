import { isOfTables } from "../../schema/schema-object.ts";
import type { AnySchema, RelationName, SchemaObject, SqlFunction } from "../../schema/snapshot.ts";
import { type Pair, pairByName, relationId } from "./compare.ts";
import { type MigrationStep, manualStep, step, usersText } from "./migration-step.ts";

/** The changes of operators, casts, statistics objects, policies, rules and the like. */
export interface ObjectPlan {
  /** Nothing depends on casts and the objects of tables; others are dropped first if they are created again. */
  readonly droppedFirst: readonly SchemaObject[];
  /** After what uses them. */
  readonly dropped: readonly SchemaObject[];
  readonly created: readonly SchemaObject[];
}

/**
 * @param changed the relations whose columns change, and the types that are replaced
 * @param lost the functions that are dropped, perhaps to be created again
 */
export function objectPlan(
  from: AnySchema,
  to: AnySchema,
  changed: readonly RelationName[],
  lost: readonly SqlFunction[],
): ObjectPlan {
  // Without functions, a snapshot has only the objects that are used.
  const isKnown = from.hasFunctions && to.hasFunctions;
  const ids = new Set(changed.map(relationId));
  const signatures = new Set(lost.map(({ signature }) => signature));
  const isRecreated = ({ before, after }: Pair<SchemaObject>): boolean =>
    before !== undefined &&
    after !== undefined &&
    (((isKnown || isOfTables(before)) && before.definition !== after.definition) ||
      (isUnused(after) && before.uses.some(name => ids.has(relationId(name)))) ||
      (isOfTables(before) && before.usesFunctions.some(signature => signatures.has(signature))));
  const pairs = pairByName(from.objects, to.objects, objectId);
  const removed = pairs.flatMap(({ before, after }) =>
    before !== undefined && after === undefined && (isKnown || isOfTables(before)) ? [before] : [],
  );
  const recreated = pairs.filter(isRecreated);
  return {
    droppedFirst: [...removed.filter(isUnused), ...recreated.map(({ before }) => before!)],
    dropped: removed.filter(object => !isUnused(object)),
    created: pairs
      .filter(pair => pair.before === undefined || recreated.includes(pair))
      .flatMap(({ after }) => (after === undefined || after.definition === null ? [] : [after])),
  };
}

function isUnused(object: SchemaObject): boolean {
  return object.kind === "cast" || isOfTables(object);
}

/** The key of an object: its kind and identity. */
export function objectId({ kind, identity }: SchemaObject): string {
  return `${kind} ${identity}`;
}

export function dropObjectStep({ kind, identity }: SchemaObject): MigrationStep {
  return step(`DROP ${kind === "statistics object" ? "STATISTICS" : kind.toUpperCase()} ${identity}`);
}

export function createObjectStep({ definition }: SchemaObject): MigrationStep {
  return step(definition!);
}

/** Names the objects that have to be created first. */
export function missingObjectSteps(from: AnySchema, to: AnySchema): readonly MigrationStep[] {
  const existing = new Set(from.objects.map(objectId));
  return to.objects
    .filter(object => object.definition === null && !existing.has(objectId(object)))
    .map(({ kind, identity, usedBy }) => manualStep(`create ${kind} ${identity}${usersText(usedBy)}`));
}
