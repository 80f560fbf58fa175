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
