import type { PgType } from "./pg-type.ts";
import type { Relation, Sequence } from "./relation.ts";
import type { WideTables } from "./tables.ts";

export type * from "./pg-type.ts";
export type * from "./relation.ts";

/** The format this version writes; `parseSchema` refuses a later one. */
export const FORMAT_VERSION = 1;

/**
 * Everything that is known about a database, read once: frozen, plain JSON, without oids and functions.
 * Relations and columns are arrays because a table may be called `__proto__`.
 */
export interface SchemaSnapshot<Tables = WideTables> {
  readonly formatVersion: typeof FORMAT_VERSION;
  /** For example 180004. */
  readonly serverVersionNum: number;
  readonly database: string;
  /** The role that read it: privileges and row security hold for this role. */
  readonly role: string;
  /** Names of the schemas on the effective search path, in order, without the implicit ones. */
  readonly searchPath: readonly string[];
  /** The schemas that were read. */
  readonly schemas: readonly string[];
  readonly relations: readonly Relation[];
  /** Type key → type. Keys are `int4`, `_int4` for built-in types, else `public.mood`, both parts as `quote_ident` prints them. */
  readonly types: Readonly<Record<string, PgType>>;
  /** Sequences other than those of identity columns. */
  readonly sequences: readonly Sequence[];
  readonly jsTypes: JsTypes;
  /** Table name → column → the value (PostgreSQL's text, or null) that every row must have. */
  readonly scope: Scope;
  /** The schemas that `refine` added. Under a symbol, because JSON must not see them and `{ ...snapshot }` must keep them. */
  readonly [REFINEMENTS]?: Refinements | undefined;
  readonly "~tables"?: Tables;
}

export const REFINEMENTS: unique symbol = Symbol("rowfn.refinements");

/** Table key → column → the valibot schema that its values must also pass. */
export type Refinements = ReadonlyMap<string, ReadonlyMap<string, unknown>>;

/** A snapshot whose tables' TypeScript types do not matter. */
export type AnySchema = SchemaSnapshot<unknown>;

export type Scope = Readonly<Record<string, Readonly<Record<string, string | null>>>>;

/** Which JavaScript form a type has in a row, where there is a choice. */
export interface JsTypes {
  readonly int8: "string" | "bigint" | "number";
  readonly timestamp: "Date" | "string";
  readonly timestamptz: "Date" | "string";
  /** `parse` refuses a number that a double cannot hold; `bigint` reads such integers as bigint; `string` leaves the text. */
  readonly json: "parse" | "bigint" | "string";
  /** `"table.column"` → a form for this column alone. */
  readonly columns: Readonly<Record<string, string>>;
}
