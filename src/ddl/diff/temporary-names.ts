import { quoteName } from "../../schema/quote.ts";
import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Relation, RelationName } from "../../schema/snapshot.ts";
import { keyParts } from "../define/key-parts.ts";
import { defaultName } from "../define/new-name.ts";
import { typeNamePattern } from "./type-names.ts";

/** Temporary names of objects that are dropped after other objects have taken their names. */
export type TemporaryNames<Thing extends RelationName> = ReadonlyMap<Thing, string>;

export function temporaryNames<Thing extends RelationName>(
  from: AnySchema,
  to: AnySchema,
  dropped: readonly Thing[],
): TemporaryNames<Thing> {
  const taken = new Set(namesOf(to).map(relationId));
  const names = new Set([...namesOf(from), ...namesOf(to)].map(({ name }) => name));
  const temporary = new Map<Thing, string>();
  for (const thing of dropped) {
    if (!taken.has(relationId(thing))) continue;
    const name = defaultName(thing.name, [], "old", names);
    names.add(name);
    temporary.set(thing, name);
  }
  return temporary;
}

/** The names of relations, indexes and types, which share one namespace in PostgreSQL. */
function namesOf({ relations, sequences, types }: AnySchema): readonly RelationName[] {
  return [...relations, ...sequences, ...relations.flatMap(indexNames), ...Object.values(types)];
}

/** The names of a relation's indexes, with those of its constraints. */
export function indexNames(relation: Relation): readonly RelationName[] {
  return keyParts(relation)
    .filter(({ kind }) => kind !== "check")
    .map(({ part }) => ({ schema: relation.schema, name: part.name }));
}

/** The signature of a function or operator, with the temporary names of its argument types. */
export function currentSignature(signature: string, names: TemporaryNames<RelationName>): string {
  const start = signature.indexOf("(");
  let parameters = signature.slice(start);
  for (const [thing, name] of names) {
    // Most signatures contain none of the names, and a pattern takes much longer.
    if (!parameters.includes(thing.name.replaceAll('"', '""'))) continue;
    parameters = parameters.replace(typeNamePattern(thing), () => quoteName({ ...thing, name }));
  }
  return signature.slice(0, start) + parameters;
}
