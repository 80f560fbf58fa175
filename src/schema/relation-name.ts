import { quoteName } from "./quote.ts";
import type { RelationName } from "./snapshot.ts";

const SURROGATE = /[\ud800-\udfff]/;

/** Compares names by their bytes in UTF-8, as PostgreSQL does; `<` compares UTF-16 units, which puts emoji before U+E000. */
export function byName(a: string, b: string): number {
  if (a === b) return 0;
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

/** Compares relations by schema, then by name. */
export function byRelationName(a: RelationName, b: RelationName): number {
  return byName(a.schema, b.schema) || byName(a.name, b.name);
}

/** The name with its schema as a key of maps and sets. */
export function relationId({ schema, name }: RelationName): string {
  return JSON.stringify([schema, name]);
}

/** `public.album`, or quoted if `a.b.c` would be the name of two relations. */
export function fullName(relation: RelationName): string {
  const plain = dottedName(relation);
  return /^[^."]+\.[^."]+$/.test(plain) ? plain : quoteName(relation);
}

/** The name with its schema, which is perhaps that of another relation too. */
export function dottedName({ schema, name }: RelationName): string {
  return `${schema}.${name}`;
}

/** The parts of a relation that its key depends on. */
interface Named extends RelationName {
  readonly isVisible: boolean;
}

// A table can have a name such as `"a"."b"`, with the quotes.
const QUOTED = /^".*"\.".*"$/s;

/**
 * The key of each relation, which the functions accept: `album` if it is visible on the search path, else `audit.event`, or
 * `"audit"."event"` if `audit.event` is ambiguous.
 */
export function relationKeys(relations: readonly Named[]): readonly string[] {
  const uses = new Map<string, number>();
  for (const one of relations)
    for (const name of one.isVisible ? [one.name, dottedName(one)] : [dottedName(one)])
      uses.set(name, (uses.get(name) ?? 0) + 1);
  return relations.map(one => {
    const key = one.isVisible ? one.name : dottedName(one);
    const isUnique = !QUOTED.test(key) && (one.isVisible || uses.get(key) === 1);
    return isUnique ? key : quoteName(one);
  });
}
