import { ArgumentError, UnknownNameError } from "../../errors.ts";
import { requireSnapshot } from "../../schema/arguments.ts";
import { nearest } from "../../schema/nearest.ts";
import { MAX_BYTES, newIdentifier, requireNameText } from "../../schema/new-identifier.ts";
import { quoteName } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import { relationNamed } from "../../schema/relation-of.ts";
import type { AnySchema, Relation, RelationName } from "../../schema/snapshot.ts";
import { kindNoun } from "./existing-name.ts";
import { isConstraint, keyParts } from "./key-parts.ts";

/**
 * The full name of a new relation or type: `album` in the first schema of the search path, `audit.event` in that schema,
 * `"public"."dot.ted"` in quotes if a name contains a dot.
 */
export function newName(schema: AnySchema, text: string): RelationName {
  requireNameText(text);
  const [, quotedSchema, quoted] = /^"((?:[^"]|"")+)"\."((?:[^"]|"")+)"$/.exec(text) ?? [];
  if (quotedSchema !== undefined && quoted !== undefined)
    return nameIn(schema, quotedSchema.replaceAll('""', '"'), quoted.replaceAll('""', '"'));
  const dots = [...text.matchAll(/\./g)].map(({ index }) => index);
  const [dot = dots[0] ?? -1, ...others] = dots.filter(at => schema.schemas.includes(text.slice(0, at)));
  if (others.length > 0) throw ambiguousName(text, [dot, ...others]);
  return dot === -1
    ? nameIn(schema, creationSchema(schema, text), text)
    : nameIn(schema, text.slice(0, dot), text.slice(dot + 1));
}

function ambiguousName(text: string, dots: readonly number[]): ArgumentError {
  const names = dots.map(at => quoteName({ schema: text.slice(0, at), name: text.slice(at + 1) }));
  return new ArgumentError(
    `${JSON.stringify(text)} is ambiguous; write ${names.map(name => JSON.stringify(name)).join(" or ")}`,
  );
}

function creationSchema(schema: AnySchema, text: string): string {
  requireSnapshot(schema);
  const [first] = schema.searchPath;
  if (first !== undefined) return first;
  throw new ArgumentError(
    `${text}: the search path has no schema; write the name with its schema, such as "public.${text}"`,
  );
}

function nameIn({ schemas }: AnySchema, namespace: string, name: string): RelationName {
  if (!schemas.includes(namespace))
    throw new UnknownNameError(
      `the snapshot has no PostgreSQL schema ${JSON.stringify(namespace)}${nearest(namespace, schemas) || `; create it, and load the snapshot again`}`,
    );
  return { schema: namespace, name: newIdentifier(name) };
}

/** Throws ArgumentError if a relation or type of this name exists: PostgreSQL keeps both in one namespace. */
export function requireFree(schema: AnySchema, name: RelationName): void {
  const relation = relationNamed(schema, name);
  const noun = relation === undefined ? "type" : kindNoun(relation.kind);
  if (relation !== undefined || Object.values(schema.types).some(one => isSameName(one, name)))
    throw new ArgumentError(`${noun} ${JSON.stringify(relation?.key ?? name.name)} already exists`);
}

/** Throws ArgumentError if a table has a column of this name. */
export function requireNewColumn({ key, columns }: Relation, name: string): void {
  if (columns.some(column => column.name === name)) throw new ArgumentError(`${key}.${name} already exists`);
}

/**
 * The name that PostgreSQL would choose for a key, constraint or index: `album_artist_id_fkey`, with a number if that
 * name already exists. The longer of table and columns is truncated until the whole name fits.
 */
export function defaultName(
  table: string,
  columns: readonly string[],
  label: string,
  taken: ReadonlySet<string>,
): string {
  for (let number = 0; ; number++) {
    const suffix = `${label}${number === 0 ? "" : number}`;
    const name = joinedName(table, columns.join("_"), suffix);
    if (!taken.has(name)) return name;
  }
}

function joinedName(table: string, column: string, label: string): string {
  let [first, second] = [[...table], [...column]];
  const joined = (): string => [first.join(""), second.join(""), label].filter(Boolean).join("_");
  while (Buffer.byteLength(joined()) > MAX_BYTES) {
    if (Buffer.byteLength(first.join("")) > Buffer.byteLength(second.join(""))) first = first.slice(0, -1);
    else second = second.slice(0, -1);
  }
  return joined();
}

/** The names of a schema's relations, indexes and sequences, except names of the table being replaced. */
export function namesInUse(schema: AnySchema, namespace: string, replaced?: Relation): ReadonlySet<string> {
  const relations = schema.relations.filter(one => one.schema === namespace && one !== replaced);
  const keys = relations
    .flatMap(keyParts)
    .filter(({ kind }) => kind !== "check")
    .map(({ part }) => part);
  const sequences = schema.sequences.filter(sequence => sequence.schema === namespace);
  return new Set([...relations, ...keys, ...sequences].map(({ name }) => name));
}

/** The names of a table's constraints. */
export function constraintNames(table: Relation): ReadonlySet<string> {
  const parts = keyParts(table)
    .filter(isConstraint)
    .map(({ part }) => part);
  return new Set([...parts, ...table.foreignKeys].map(({ name }) => name));
}
