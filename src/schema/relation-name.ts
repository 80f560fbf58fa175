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

/** The parts of a relation that its key depends on. */
interface Named extends RelationName {
  readonly isVisible: boolean;
}

/**
 * The key of each relation, which the functions accept: `album` if it is visible on the search path, else `audit.event`, or
 * `"audit"."event"` if `audit.event` is ambiguous.
 */
export function relationKeys(relations: readonly Named[]): readonly string[] {
  const plain = relations.map(({ schema, name, isVisible }) => (isVisible ? name : `${schema}.${name}`));
  const uses = new Map<string, number>();
  for (const key of plain) uses.set(key, (uses.get(key) ?? 0) + 1);
  return relations.map(({ schema, name, isVisible }, index) => {
    const key = plain[index]!;
    if (isVisible || uses.get(key) === 1) return key;
    return quoteName({ schema, name });
  });
}
