import type { Engine } from "./engine.ts";
import type { PgType } from "./pg-type.ts";
import type { Relation, Sequence } from "./relation.ts";
import type { Collation, Extension, SchemaObject, SqlFunction } from "./schema-object.ts";
import type { WideTables } from "./tables.ts";

export type * from "./distribution.ts";
export type * from "./pg-type.ts";
export type * from "./relation.ts";
export type * from "./schema-object.ts";
export type * from "./setting.ts";

/**
 * The format that this version writes; `parseSchema` rejects every other format. A new field raises it: a snapshot without the
 * field would be a database without what the field describes, which a migration would then drop or create.
 */
export const FORMAT_VERSION = 2;

/**
 * Everything that rowfn knows about a database, read once: frozen, plain JSON, without oids.
 * Relations and columns are arrays, because a table may be named `__proto__`.
 */
export interface SchemaSnapshot<Tables = WideTables> {
  readonly formatVersion: typeof FORMAT_VERSION;
  /** The server; undefined in a stored snapshot of PostgreSQL. */
  readonly engine?: Engine | undefined;
  /** For example 180004. */
  readonly serverVersionNum: number;
  readonly database: string;
  /** The role that loaded the snapshot, whose privileges and row security it describes. */
  readonly role: string;
  /** The effective search path, in order, without implicit schemas. */
  readonly searchPath: readonly string[];
  /** The PostgreSQL schemas that were read. */
  readonly schemas: readonly string[];
  /** The comments of PostgreSQL schemas by name; undefined for none. */
  readonly schemaComments?: Readonly<Record<string, string>> | undefined;
  readonly relations: readonly Relation[];
  /** Type key → type. Keys are `int4`, `_int4` for built-in types, else `public.mood`, both parts as `quote_ident` prints them. */
  readonly types: Readonly<Record<string, PgType>>;
  /** Sequences other than identity sequences. */
  readonly sequences: readonly Sequence[];
  /** The installed extensions, by name, except plpgsql. */
  readonly extensions: readonly Extension[];
  /** The collations that CREATE COLLATION created. */
  readonly collations: readonly Collation[];
  /** Whether all functions were read with their definitions: `loadSchema(sql, { functions: true })`. */
  readonly hasFunctions: boolean;
  /** Otherwise only those that other objects use, without their definitions. */
  readonly functions: readonly SqlFunction[];
  /** Operators, casts and other objects; with `functions: true` all of them. */
  readonly objects: readonly SchemaObject[];
  readonly jsTypes: JsTypes;
  /** Table name → column → the value (PostgreSQL's text, or null) that every row must have. */
  readonly scope: Scope;
  /** The schemas and messages that `refine` added. Under a symbol, because JSON must not see them and `{ ...snapshot }` must keep them. */
  readonly [REFINEMENTS]?: Refinements | undefined;
  /** The snapshot whose JavaScript forms filters have, if rows have others. */
  readonly [FILTER_FORMS]?: AnySchema | undefined;
  readonly "~tables"?: Tables;
}

export const FILTER_FORMS: unique symbol = Symbol.for("rowfn.filterForms");

export const REFINEMENTS: unique symbol = Symbol.for("rowfn.refinements");

/** Table key → what `refine` added to the table. */
export type Refinements = ReadonlyMap<string, TableRefinement>;

export interface TableRefinement {
  /** Column → the valibot schema that its values must also pass. */
  readonly columns: ReadonlyMap<string, unknown>;
  /** Constraint → its message. */
  readonly messages: ReadonlyMap<string, string>;
}

/** A snapshot with any TypeScript types of its tables. */
export type AnySchema = SchemaSnapshot<unknown>;

export type Scope = Readonly<Record<string, Readonly<Record<string, string | null>>>>;

/** The JavaScript form of each type that has more than one. */
export interface JsTypes {
  readonly int8: "string" | "bigint" | "number";
  readonly timestamp: "Date" | "string";
  readonly timestamptz: "Date" | "string";
  /** `parse` rejects a number that a double cannot hold, `bigint` reads such an integer as a bigint, `string` is the JSON text. */
  readonly json: "parse" | "bigint" | "string";
  /** `"table.column"` → a form for this column alone; a column whose name has a dot or a quote is quoted: `'table."col.umn"'`. */
  readonly columns: Readonly<Record<string, string>>;
}
