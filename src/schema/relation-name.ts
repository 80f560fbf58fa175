import { quoteName } from "./quote.ts";
import type { RelationName } from "./snapshot.ts";

const SURROGATE = /[\ud800-\udfff]/;

/** Orders names by the bytes of their UTF-8, as PostgreSQL does. `<` goes by UTF-16, which puts emoji before U+E000. */
export function byName(a: string, b: string): number {
  if (a === b) return 0;
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

/** Orders relations by schema, then by name. */
export function byRelationName(a: RelationName, b: RelationName): number {
  return byName(a.schema, b.schema) || byName(a.name, b.name);
}

/** A relation as far as its key goes. */
interface Named extends RelationName {
  readonly isVisible: boolean;
}

/**
 * The name by which the functions know each relation: `album` when visible on the search path, else `audit.event`, and
 * `"audit"."event"` where a visible table, or another pair of names, looks the same.
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
