import { relationId } from "../../schema/relation-name.ts";
import { isOfTables } from "../../schema/schema-object.ts";
import type { AnySchema, RelationName, SchemaObject, SqlFunction } from "../../schema/snapshot.ts";
import { type Pair, pairByName } from "./compare.ts";
import { hasBothFunctions } from "./function-steps.ts";
import { type MigrationStep, manualStep, step, usersText } from "./migration-step.ts";

/** The changes of operators, casts, statistics objects, policies, rules and the like. */
export interface ObjectPlan {
  /** Nothing depends on casts and the objects of tables; others are dropped first if they are created again. */
  readonly droppedFirst: readonly SchemaObject[];
  /** After what uses them. */
  readonly dropped: readonly SchemaObject[];
  readonly created: readonly SchemaObject[];
  /** Those that do not exist, or that are dropped and whose definition is not known. */
  readonly missing: readonly SchemaObject[];
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
  const isKnown = hasBothFunctions(from, to);
  const ids = new Set(changed.map(relationId));
  const signatures = new Set(lost.map(({ signature }) => signature));
  const isRecreated = ({ before, after }: Pair<SchemaObject>): boolean =>
    before !== undefined &&
    after !== undefined &&
    (((isKnown || isOfTables(before)) && isChanged(before, after)) ||
      (isUnused(after) && before.uses.some(name => ids.has(relationId(name)))) ||
      before.usesFunctions.some(signature => signatures.has(signature)));
  const pairs = pairByName(from.objects, to.objects, objectId);
  const removed = pairs.flatMap(({ before, after }) =>
    before !== undefined && after === undefined && (isKnown || isOfTables(before)) ? [before] : [],
  );
  const recreated = pairs.filter(isRecreated);
  const wanted = pairs
    .filter(pair => pair.before === undefined || recreated.includes(pair))
    .flatMap(({ after }) => after ?? []);
  return {
    droppedFirst: [...removed.filter(isUnused), ...recreated.map(({ before }) => before!)],
    dropped: removed.filter(object => !isUnused(object)),
    created: wanted.filter(({ definition }) => definition !== null),
    missing: wanted.filter(({ definition }) => definition === null),
  };
}

function isChanged(before: SchemaObject, after: SchemaObject): boolean {
  return before.definition !== after.definition || before.alteration !== after.alteration;
}

function isUnused(object: SchemaObject): boolean {
  return object.kind === "cast" || isOfTables(object);
}

/** The key of an object: its kind and identity. */
export function objectId({ kind, identity }: SchemaObject): string {
  return `${kind} ${identity}`;
}

export function dropObjectStep(object: SchemaObject): MigrationStep {
  return step(`DROP ${objectTarget(object)}`);
}

/** An object as DROP and COMMENT ON name it. */
export function objectTarget({ kind, identity }: SchemaObject): string {
  return `${kind === "statistics object" ? "STATISTICS" : kind.toUpperCase()} ${identity}`;
}

export function createObjectSteps({ definition, alteration }: SchemaObject): readonly MigrationStep[] {
  return alteration === undefined ? [step(definition!)] : [step(definition!), step(alteration)];
}

/** Names the objects that have to be created. */
export function missingObjectSteps({ droppedFirst, missing }: ObjectPlan): readonly MigrationStep[] {
  const dropped = new Set(droppedFirst.map(objectId));
  return missing.map(object => {
    const { kind, identity, usedBy } = object;
    return manualStep(
      dropped.has(objectId(object))
        ? `recreate ${kind} ${identity} after this migration, which drops it`
        : `create ${kind} ${identity}${usersText(usedBy)}`,
    );
  });
}
