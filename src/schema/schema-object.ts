import type { RelationName } from "./relation.ts";

/**
 * An object that only the names of other objects' texts refer to: an operator, operator class, cast, text search
 * configuration or dictionary, foreign server or statistics object; also the row security policies and the rules.
 */
export interface SchemaObject {
  /** As in DROP: `operator class`. */
  readonly kind: string;
  /** As in DROP: `public.===(integer,integer)`. */
  readonly identity: string;
  /** One CREATE statement; null if there is no such statement, or without `loadSchema(sql, { functions: true })`. */
  readonly definition: string | null;
  /** The relation of a policy or rule. */
  readonly on?: RelationName | undefined;
  /** The relations and types that it depends on. */
  readonly uses: readonly RelationName[];
  /** The signatures of the functions that it depends on. */
  readonly usesFunctions: readonly string[];
  /** The relations and types that cannot exist without it. */
  readonly usedBy: readonly RelationName[];
}

/** Whether an object belongs to tables: it is read with them, and nothing uses it. */
export function isOfTables({ kind }: Pick<SchemaObject, "kind">): boolean {
  return kind === "statistics object" || kind === "policy" || kind === "rule";
}
