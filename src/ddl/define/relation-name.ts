import { ArgumentError, UnknownNameError } from "../../errors.ts";
import { nearest } from "../../schema/nearest.ts";
import { relationOf } from "../../schema/relation-of.ts";
import type { AnySchema, Relation, RelationKind, RelationName } from "../../schema/snapshot.ts";
import { newIdentifier } from "./identifier.ts";

/**
 * The full name of something new: `album` in the first schema of the search path, `audit.event` in that schema,
 * `"public"."dot.ted"` in quotes where a name has a dot.
 */
export function newName(schema: AnySchema, text: string): RelationName {
  const [, quotedSchema, quoted] = /^"((?:[^"]|"")+)"\."((?:[^"]|"")+)"$/.exec(text) ?? [];
  if (quotedSchema !== undefined && quoted !== undefined)
    return inSchema(schema, quotedSchema.replaceAll('""', '"'), quoted.replaceAll('""', '"'));
  const dot = String(text).indexOf(".");
  return dot === -1
    ? inSchema(schema, creationSchema(schema), text)
    : inSchema(schema, text.slice(0, dot), text.slice(dot + 1));
}

function creationSchema({ searchPath }: AnySchema): string {
  const [first] = searchPath;
  if (first !== undefined) return first;
  throw new ArgumentError("no schema is on the search path: write the schema before the name");
}

function inSchema({ schemas }: AnySchema, namespace: string, name: string): RelationName {
  if (!schemas.includes(namespace))
    throw new UnknownNameError(
      `the snapshot has no PostgreSQL schema ${JSON.stringify(namespace)}.${nearest(namespace, schemas)}`,
    );
  return { schema: namespace, name: newIdentifier(name) };
}

/** The relation of these kinds; throws UnknownNameError when there is none, ArgumentError when it is something else. */
export function relationOfKind(schema: AnySchema, name: string, kinds: readonly RelationKind[]): Relation {
  const relation = relationOf(schema, name);
  if (kinds.includes(relation.kind)) return relation;
  throw new ArgumentError(
    `${relation.key} is a ${KIND_WORDS[relation.kind]}, not a ${KIND_WORDS[kinds[0]!]}`,
  );
}

const KIND_WORDS: Readonly<Record<RelationKind, string>> = {
  table: "table",
  partitioned: "partitioned table",
  foreign: "foreign table",
  view: "view",
  materializedView: "materialised view",
};

/** What ALTER TABLE can change the columns of. */
export const TABLE_KINDS: readonly RelationKind[] = ["table", "partitioned"];

/** Throws ArgumentError when a relation or a type, which share their names, is called so already. */
export function requireFree(schema: AnySchema, { schema: namespace, name }: RelationName): void {
  const isSame = (one: RelationName): boolean => one.schema === namespace && one.name === name;
  const relation = schema.relations.find(isSame);
  const kind = relation === undefined ? "type" : KIND_WORDS[relation.kind];
  if (relation !== undefined || Object.values(schema.types).some(isSame))
    throw new ArgumentError(`there is a ${kind} ${JSON.stringify(relation?.key ?? name)} already`);
}

/** The names that relations and indexes of a schema have, but for those of one table that makes way. */
export function namesInUse(schema: AnySchema, namespace: string, replaced?: Relation): ReadonlySet<string> {
  const there = schema.relations.filter(relation => relation.schema === namespace && relation !== replaced);
  const keys = there.flatMap(({ primaryKey, uniqueKeys, indexes, exclusions }) => [
    ...(primaryKey ? [primaryKey] : []),
    ...uniqueKeys,
    ...indexes,
    ...exclusions,
  ]);
  const sequences = schema.sequences.filter(sequence => sequence.schema === namespace);
  return new Set([...there, ...keys, ...sequences].map(({ name }) => name));
}
