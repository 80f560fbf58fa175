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
  /** The ALTER statement after it: the state of a rule, the statistics target of a statistics object. */
  readonly alteration?: string | undefined;
  /** As in `SqlFunction`; that of a policy, rule or statistics object is always read. */
  readonly comment?: string | undefined;
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

/** An installed extension. */
export interface Extension {
  readonly name: string;
  readonly schema: string;
  /** The names of the extensions that it requires. */
  readonly requires: readonly string[];
}

/** A collation that CREATE COLLATION created. */
export interface Collation {
  readonly schema: string;
  readonly name: string;
  readonly provider: "icu" | "libc" | "builtin";
  /** The locale; for libc only LC_COLLATE. */
  readonly collate: string;
  readonly ctype: string;
  /** The additional rules of ICU (PostgreSQL 16). */
  readonly rules: string | null;
  readonly deterministic: boolean;
  readonly comment: string | null;
}

/** A function, procedure or aggregate of the schemas that were read. */
export interface SqlFunction {
  /** The name and the types of the arguments as SQL: `public.tax(numeric)`. */
  readonly signature: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: "function" | "procedure" | "aggregate" | "window";
  /** The type of the result as SQL; null for a procedure. */
  readonly returns: string | null;
  /** CREATE OR REPLACE FUNCTION; null without `loadSchema(sql, { functions: true })`, and for an aggregate. */
  readonly definition: string | null;
  /** Undefined for none, and without `loadSchema(sql, { functions: true })`. */
  readonly comment?: string | undefined;
  /** The relations and types that it depends on; a body in a string is not known to PostgreSQL. */
  readonly uses: readonly RelationName[];
  /** The signatures of the functions that it depends on. */
  readonly usesFunctions: readonly string[];
  /** The relations and types that cannot exist without it, by a default, check, expression or query. */
  readonly usedBy: readonly RelationName[];
}
