import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { PgType, Relation } from "../../schema/snapshot.ts";
import { commentOn } from "../define/comment-definition.ts";
import { type KeyPart, keyParts } from "./key-plan.ts";
import { isConstraint } from "./key-steps.ts";
import type { MigrationPlan } from "./migration-plan.ts";
import { type MigrationStep, step } from "./migration-step.ts";
import { tableId } from "./tree-plan.ts";

/** The comments, by what they are on: `TABLE "public"."album"`. */
type Comments = ReadonlyMap<string, string>;

/** Comments that differ; those of what is made anew went with what it was before. */
export function commentSteps(plan: MigrationPlan): readonly MigrationStep[] {
  const [before, after] = [commentsBefore(plan), commentsOf(plan.to, () => true)];
  const targets = [...new Set([...before.keys(), ...after.keys()])];
  return targets
    .filter(target => before.get(target) !== after.get(target))
    .map(target => step(commentOn(target, after.get(target) ?? null)));
}

type Commented = (relation: Relation, part: { readonly name: string } | undefined) => boolean;

function commentsBefore(plan: MigrationPlan): Comments {
  const { from, types, views } = plan;
  const gone = new Set([...plan.goneTables, ...views.gone].map(tableId));
  const tables = new Map(plan.tables.map(table => [tableId(table.after), table]));
  const foreignKeys = new Set<object>(plan.foreignKeys.gone.map(({ key }) => key));
  const isThere: Commented = (relation, part) => {
    if (gone.has(tableId(relation))) return false;
    if (part === undefined) return true;
    const table = tables.get(tableId(relation));
    const keys = plan.keys.get(tableId(relation))?.gone ?? [];
    const isGoneColumn = [
      ...(table?.dropped ?? []),
      ...(table?.appended ?? []).map(({ before }) => before),
    ].some(column => column?.name === part.name && relation.columns.includes(part as never));
    return !isGoneColumn && !keys.some(key => key.part === part) && !foreignKeys.has(part);
  };
  const goneTypes = new Set(types.gone);
  const kept = Object.entries(from.types).filter(([key]) => !goneTypes.has(key));
  return commentsOf({ ...from, types: Object.fromEntries(kept) }, isThere);
}

function commentsOf({ relations, types, sequences }: MigrationPlan["to"], isThere: Commented): Comments {
  const entries = [
    ...Object.values(types).flatMap(typeComments),
    ...sequences.map(one => [`SEQUENCE ${quoteName(one)}`, one.comment] as const),
    ...relations.flatMap(relation => relationComments(relation, isThere)),
  ];
  return new Map(entries.filter((entry): entry is readonly [string, string] => entry[1] !== null));
}

type Entry = readonly [string, string | null];

function typeComments(type: PgType): readonly Entry[] {
  if (type.schema === "pg_catalog" || type.extension !== null) return [];
  const name = quoteName(type);
  if (type.kind !== "domain") return [[`TYPE ${name}`, type.comment]];
  return [
    [`DOMAIN ${name}`, type.comment],
    ...type.checks.map(
      check => [`CONSTRAINT ${quoteIdentifier(check.name)} ON DOMAIN ${name}`, check.comment] as const,
    ),
  ];
}

const NOUNS = {
  table: "TABLE",
  partitioned: "TABLE",
  foreign: "FOREIGN TABLE",
  view: "VIEW",
  materializedView: "MATERIALIZED VIEW",
} as const;

function relationComments(relation: Relation, isThere: Commented): readonly Entry[] {
  const name = quoteName(relation);
  const only = <Part extends { readonly name: string }>(parts: readonly Part[]): readonly Part[] =>
    parts.filter(part => isThere(relation, part));
  if (!isThere(relation, undefined)) return [];
  return [
    [`${NOUNS[relation.kind]} ${name}`, relation.comment],
    ...only(relation.columns).map(
      column => [`COLUMN ${name}.${quoteIdentifier(column.name)}`, column.comment] as const,
    ),
    ...keyParts(relation)
      .filter(({ part }) => isThere(relation, part))
      .map(key => [keyTarget(relation, key), key.part.comment] as const),
    ...only(relation.foreignKeys).map(
      key => [`CONSTRAINT ${quoteIdentifier(key.name)} ON ${name}`, key.comment] as const,
    ),
  ];
}

function keyTarget(relation: Relation, key: KeyPart): string {
  const { name } = key.part;
  return isConstraint(key)
    ? `CONSTRAINT ${quoteIdentifier(name)} ON ${quoteName(relation)}`
    : `INDEX ${quoteName({ schema: relation.schema, name })}`;
}
