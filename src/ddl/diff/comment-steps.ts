import { isSystemType } from "../../schema/pg-type.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { relationId } from "../../schema/relation-name.ts";
import { isOfTables } from "../../schema/schema-object.ts";
import type { PgType, Relation, RelationName, SchemaObject } from "../../schema/snapshot.ts";
import { commentSql } from "../define/comment-definition.ts";
import { isConstraint, type KeyPart, keyParts } from "../define/key-parts.ts";
import { relationTarget } from "../define/relation-definition.ts";
import { functionTarget, hasBothFunctions, isMissing } from "./function-steps.ts";
import { type MigrationPlan, remainingRelations } from "./migration-plan.ts";
import { type MigrationStep, step } from "./migration-step.ts";
import { objectTarget } from "./object-plan.ts";
import { lostChecks } from "./type-steps.ts";

/** An object, such as `TABLE "public"."album"` → its comment. */
type Comments = ReadonlyMap<string, string>;

/** Sets the comments that differ; a recreated object has lost its comment. */
export function commentSteps(
  plan: MigrationPlan,
  droppedTriggers: ReadonlySet<object>,
): readonly MigrationStep[] {
  const { from, to } = plan;
  const after = commentsOf(
    {
      ...to,
      functions: hasBothFunctions(plan.from, plan.to)
        ? to.functions.filter(({ signature }) => !isMissing(from, to, signature))
        : plan.functions.created,
      objects: to.objects.filter(one =>
        isRead(plan, one) ? !plan.objects.missing.includes(one) : plan.objects.created.includes(one),
      ),
    },
    // Its function is missing, so it is not created.
    (_relation, part) => !(part && "function" in part && isMissing(from, to, String(part.function))),
  );
  const before = commentsBefore(plan, droppedTriggers);
  const targets = [...new Set([...before.keys(), ...after.keys()])];
  return targets
    .filter(target => before.get(target) !== after.get(target))
    .map(target => step(commentSql(target, after.get(target) ?? null)));
}

/** Whether both snapshots have the comments on an object. */
function isRead(plan: MigrationPlan, object: SchemaObject): boolean {
  return hasBothFunctions(plan.from, plan.to) || isOfTables(object);
}

/** Whether a relation, or a part of it, survives the migration with its comment. */
type Survives = (relation: Relation, part: { readonly name: string } | undefined) => boolean;

function commentsBefore(plan: MigrationPlan, droppedTriggers: ReadonlySet<object>): Comments {
  const { from, types, functions, objects } = plan;
  const remaining = remainingRelations(plan);
  const tables = new Map(plan.tables.map(table => [relationId(table.after), table]));
  const foreignKeys = new Set<object>(plan.foreignKeys.dropped.map(({ key }) => key));
  const survives: Survives = (relation, part) => {
    if (!remaining.has(relationId(relation))) return false;
    if (part === undefined) return true;
    if (droppedTriggers.has(part)) return false;
    const table = tables.get(relationId(relation));
    const keys = plan.keys.get(relationId(relation))?.dropped ?? [];
    const isDroppedColumn = [
      ...(table?.dropped ?? []),
      ...(table?.appended ?? []).map(({ before }) => before),
    ].some(column => column === part);
    return !isDroppedColumn && !keys.some(key => key.part === part) && !foreignKeys.has(part);
  };
  const droppedTypes = new Set(types.dropped);
  const remainingTypes = Object.entries(from.types)
    .filter(([key]) => !droppedTypes.has(key))
    .map(([key, type]) => [key, withoutChecks(type, lostChecks(from, types, key))] as const);
  return commentsOf(
    {
      ...from,
      types: Object.fromEntries(remainingTypes),
      schemaComments: Object.fromEntries(
        Object.entries(from.schemaComments ?? {}).filter(([name]) => plan.to.schemas.includes(name)),
      ),
      functions: from.functions.filter(
        one =>
          hasBothFunctions(plan.from, plan.to) &&
          !functions.droppedFirst.has(one) &&
          !functions.dropped.includes(one),
      ),
      objects: from.objects.filter(
        one => isRead(plan, one) && !objects.droppedFirst.includes(one) && !objects.dropped.includes(one),
      ),
      sequences: onlyRemaining(from.sequences, plan.to.sequences),
      collations: onlyRemaining(from.collations, plan.to.collations),
    },
    survives,
  );
}

function withoutChecks(type: PgType, lost: ReadonlySet<object>): PgType {
  return type.kind === "domain" ? { ...type, checks: type.checks.filter(one => !lost.has(one)) } : type;
}

function onlyRemaining<Thing extends RelationName>(
  before: readonly Thing[],
  after: readonly Thing[],
): readonly Thing[] {
  const ids = new Set(after.map(relationId));
  return before.filter(one => ids.has(relationId(one)));
}

function commentsOf(
  { relations, types, sequences, collations, schemaComments = {}, functions, objects }: MigrationPlan["to"],
  survives: Survives,
): Comments {
  const entries = [
    ...Object.entries(schemaComments).map(
      ([name, comment]) => [`SCHEMA ${quoteIdentifier(name)}`, comment] as const,
    ),
    ...functions.map(one => [functionTarget(one), one.comment ?? null] as const),
    ...objects.map(one => [objectTarget(one), one.comment ?? null] as const),
    ...collations.map(one => [`COLLATION ${quoteName(one)}`, one.comment] as const),
    ...Object.values(types).flatMap(typeComments),
    ...sequences.map(one => [`SEQUENCE ${quoteName(one)}`, one.comment] as const),
    ...relations.flatMap(relation => relationComments(relation, survives)),
  ];
  return withComments(entries);
}

type Entry = readonly [string, string | null];

function withComments(entries: readonly Entry[]): Comments {
  return new Map(entries.filter((entry): entry is readonly [string, string] => entry[1] !== null));
}

function typeComments(type: PgType): readonly Entry[] {
  if (isSystemType(type) || type.extension !== null) return [];
  const name = quoteName(type);
  if (type.kind !== "domain") return [[`TYPE ${name}`, type.comment]];
  return [
    [`DOMAIN ${name}`, type.comment],
    ...type.checks.map(
      check => [`CONSTRAINT ${quoteIdentifier(check.name)} ON DOMAIN ${name}`, check.comment] as const,
    ),
  ];
}

/** The comments of a table and its parts. */
export function tableComments(table: Relation): Comments {
  return withComments(relationComments(table, () => true));
}

function relationComments(relation: Relation, survives: Survives): readonly Entry[] {
  const name = quoteName(relation);
  const only = <Part extends { readonly name: string }>(parts: readonly Part[]): readonly Part[] =>
    parts.filter(part => survives(relation, part));
  if (!survives(relation, undefined)) return [];
  return [
    [relationTarget(relation), relation.comment],
    ...only(relation.columns).map(
      column => [`COLUMN ${name}.${quoteIdentifier(column.name)}`, column.comment] as const,
    ),
    ...keyParts(relation)
      .filter(({ part }) => survives(relation, part))
      .flatMap(key => keyComments(relation, key)),
    ...only(relation.userTriggers).map(
      trigger => [`TRIGGER ${quoteIdentifier(trigger.name)} ON ${name}`, trigger.comment ?? null] as const,
    ),
    ...only(relation.foreignKeys).map(
      key => [`CONSTRAINT ${quoteIdentifier(key.name)} ON ${name}`, key.comment] as const,
    ),
  ];
}

/** The comments on a key and its index. */
export function keyComments(relation: Relation, key: KeyPart): readonly Entry[] {
  const { name, comment } = key.part;
  const index = `INDEX ${quoteName({ schema: relation.schema, name })}`;
  if (!isConstraint(key)) return [[index, comment]];
  const indexComment = ("indexComment" in key.part && key.part.indexComment) || null;
  return [
    [`CONSTRAINT ${quoteIdentifier(name)} ON ${quoteName(relation)}`, comment],
    [index, indexComment],
  ];
}
