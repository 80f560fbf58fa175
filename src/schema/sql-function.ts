import type { RelationName } from "./relation.ts";

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
