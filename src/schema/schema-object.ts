import type { RelationName } from "./relation.ts";

/**
 * An object that only the names of other objects' texts refer to: an operator, operator class, cast, text search
 * configuration or dictionary, foreign server or statistics object.
 */
export interface SchemaObject {
  /** As in DROP: `operator class`. */
  readonly kind: string;
  /** As in DROP: `public.===(integer,integer)`. */
  readonly identity: string;
  /** One CREATE statement; null if there is no such statement, or without `loadSchema(sql, { functions: true })`. */
  readonly definition: string | null;
  /** The relations and types that it depends on. */
  readonly uses: readonly RelationName[];
  /** The signatures of the functions that it depends on. */
  readonly usesFunctions: readonly string[];
  /** The relations and types that cannot exist without it. */
  readonly usedBy: readonly RelationName[];
}
