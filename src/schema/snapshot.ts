import type { WideTables } from "./tables.ts";

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
  readonly "~tables"?: Tables;
}

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

export const DEFAULT_JS_TYPES: JsTypes = {
  int8: "string",
  timestamp: "Date",
  timestamptz: "Date",
  json: "parse",
  columns: {},
};

export type RelationKind = "table" | "partitioned" | "view" | "materializedView" | "foreign";

export interface Relation {
  readonly schema: string;
  readonly name: string;
  /** The name the functions take: `album` when visible on the search path, else `audit.event`; quoted when that is ambiguous. */
  readonly key: string;
  readonly kind: RelationKind;
  readonly persistence: "permanent" | "unlogged" | "temporary";
  readonly isVisible: boolean;
  readonly isPartition: boolean;
  readonly partitionKey: string | null;
  readonly partitionBound: string | null;
  /** Tables it inherits from or is a partition of, in order. */
  readonly parents: readonly RelationName[];
  readonly comment: string | null;
  /** Storage parameters, and a view's options: `fillfactor=70`, `security_barrier=true`. */
  readonly options: readonly string[];
  /** A view's query as PostgreSQL prints it, without the semicolon; null for tables. */
  readonly definition: string | null;
  /** The tables and views that a view's query names. */
  readonly dependsOn: readonly RelationName[];
  /** What the role may do to the whole relation. */
  readonly privileges: Privileges;
  /** What the relation can take at all: an ordinary table everything, a view what its rules and triggers allow. */
  readonly updatable: { readonly insert: boolean; readonly update: boolean; readonly delete: boolean };
  readonly rowSecurity: "off" | "on" | "forced";
  /** Whether row security restricts this role. */
  readonly rowSecurityActive: boolean;
  readonly policies: number;
  /** Row or statement triggers the user made, by event; `instead` for INSTEAD OF. */
  readonly triggers: {
    readonly insert: boolean;
    readonly update: boolean;
    readonly delete: boolean;
    readonly instead: boolean;
  };
  /** Rewrite rules other than a view's own. */
  readonly hasRules: boolean;
  readonly columns: readonly Column[];
  readonly primaryKey: UniqueKey | null;
  /** Other unique constraints and unique indexes; never the primary key. */
  readonly uniqueKeys: readonly UniqueKey[];
  /** Indexes that are not unique. */
  readonly indexes: readonly Index[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: readonly Check[];
  readonly exclusions: readonly Exclusion[];
}

export interface RelationName {
  readonly schema: string;
  readonly name: string;
}

export interface Privileges {
  readonly select: boolean;
  readonly insert: boolean;
  readonly update: boolean;
  readonly delete: boolean;
}

export interface Column {
  readonly name: string;
  /** The attribute number: gaps show dropped columns. */
  readonly position: number;
  /** As PostgreSQL prints it: `character varying(120)`. */
  readonly type: string;
  /** Key into `SchemaSnapshot.types`. */
  readonly typeKey: string;
  /** PostgreSQL's packed modifier, -1 without one. */
  readonly typmod: number;
  /** Declared array dimensions (PostgreSQL does not enforce them). */
  readonly dimensions: number;
  /** A write of NULL is refused: by the column or by a domain on the way to its base type. */
  readonly notNull: boolean;
  /** Whether a stored row may hold NULL; unknown for views. NOT NULL NOT VALID columns may. */
  readonly nullOnRead: "never" | "possible" | "unknown";
  /** The default expression's text; null for none, and for generated and identity columns. */
  readonly default: string | null;
  readonly identity: "always" | "byDefault" | null;
  /** How an identity column counts where that is not the default: from 1 by 1. */
  readonly identityOptions: SequenceOptions | null;
  readonly generated: "stored" | "virtual" | null;
  /** The generation expression's text. */
  readonly generationExpression: string | null;
  /** Where it differs from its type's collation, quoted: `"de-x-icu"`, schema-qualified when not in pg_catalog. */
  readonly collation: string | null;
  readonly comment: string | null;
  readonly privileges: { readonly select: boolean; readonly insert: boolean; readonly update: boolean };
  /** Whether INSERT / UPDATE can assign it at all (a view's computed column cannot). */
  readonly updatable: boolean;
  readonly isInherited: boolean;
}

/** An index that is not unique. */
export interface Index {
  readonly name: string;
  /** In key order; null where the key is an expression. */
  readonly columns: readonly (string | null)[];
  /** The expressions, in key order, for the nulls in `columns`. */
  readonly expressions: readonly string[];
  /** What follows each key, `COLLATE "C" text_pattern_ops DESC NULLS LAST`; none when all keys have the defaults. */
  readonly keyOptions: readonly string[];
  readonly include: readonly string[];
  /** A partial index's WHERE, without the word. */
  readonly predicate: string | null;
  /** The access method: `btree`, `gin`. */
  readonly method: string;
  /** Storage parameters: `fillfactor=70`. */
  readonly options: readonly string[];
  readonly valid: boolean;
  readonly comment: string | null;
}

/** A primary key, unique constraint or unique index. */
export interface UniqueKey extends Index {
  readonly isConstraint: boolean;
  readonly deferrable: boolean;
  readonly initiallyDeferred: boolean;
  readonly nullsNotDistinct: boolean;
  /** WITHOUT OVERLAPS (PostgreSQL 18). */
  readonly period: boolean;
  /** What ON CONFLICT can do with it. */
  readonly conflictTarget: "doUpdate" | "doNothingOnly" | "none";
}

export type ReferentialAction = "noAction" | "restrict" | "cascade" | "setNull" | "setDefault";

export interface ForeignKey {
  readonly name: string;
  /** `columns[i]` refers to `references.columns[i]`. */
  readonly columns: readonly string[];
  readonly references: {
    readonly schema: string;
    readonly name: string;
    readonly columns: readonly string[];
  };
  readonly onUpdate: ReferentialAction;
  readonly onDelete: ReferentialAction;
  /** ON DELETE SET NULL / DEFAULT (columns): PostgreSQL 15. */
  readonly deleteSetColumns: readonly string[] | null;
  readonly match: "simple" | "full";
  readonly deferrable: boolean;
  readonly initiallyDeferred: boolean;
  readonly validated: boolean;
  readonly enforced: boolean;
  readonly period: boolean;
  readonly comment: string | null;
}

export interface Check {
  readonly name: string;
  readonly columns: readonly string[];
  /** The expression as PostgreSQL prints it, without CHECK and suffixes. */
  readonly expression: string;
  readonly validated: boolean;
  readonly enforced: boolean;
  readonly noInherit: boolean;
  readonly comment: string | null;
}

export interface Exclusion {
  readonly name: string;
  /** As PostgreSQL prints it: `EXCLUDE USING gist (...)`. */
  readonly definition: string;
  readonly deferrable: boolean;
  readonly comment: string | null;
}

/** How a sequence counts. Numbers are decimal text, because they may be beyond JavaScript's exact integers. */
export interface SequenceOptions {
  /** As PostgreSQL prints it: `bigint`. */
  readonly type: string;
  readonly start: string;
  readonly increment: string;
  readonly minimum: string;
  readonly maximum: string;
  readonly cache: string;
  readonly cycle: boolean;
}

export interface Sequence extends SequenceOptions {
  readonly schema: string;
  readonly name: string;
  /** The column it is dropped with, as that of a `serial`. */
  readonly ownedBy: { readonly schema: string; readonly table: string; readonly column: string } | null;
  readonly comment: string | null;
}

export type PgType =
  | BaseType
  | ArrayType
  | EnumType
  | DomainType
  | CompositeType
  | RangeType
  | MultirangeType;

interface TypeName {
  readonly schema: string;
  readonly name: string;
  /** The extension that owns it: `citext`. */
  readonly extension: string | null;
  readonly comment: string | null;
}

export interface BaseType extends TypeName {
  readonly kind: "base";
  /** pg_type.typcategory: `N` number, `S` string, `D` date/time ... */
  readonly category: string;
}

export interface ArrayType extends TypeName {
  readonly kind: "array";
  /** Type key of the element. */
  readonly element: string;
  /** The character between elements: `,`, but `;` for box. */
  readonly delimiter: string;
}

export interface EnumType extends TypeName {
  readonly kind: "enum";
  readonly labels: readonly string[];
}

export interface DomainType extends TypeName {
  readonly kind: "domain";
  /** Type key of what it is over: a base type, an array, another domain. */
  readonly base: string;
  readonly baseTypmod: number;
  /** The base type as PostgreSQL prints it: `character varying(4)`. */
  readonly baseType: string;
  /** Where it differs from the base type's collation, as in `Column`. */
  readonly collation: string | null;
  readonly notNull: boolean;
  readonly default: string | null;
  /** Columns are always empty; the value is called VALUE. */
  readonly checks: readonly Check[];
}

export interface CompositeType extends TypeName {
  readonly kind: "composite";
  readonly attributes: readonly {
    readonly name: string;
    readonly type: string;
    readonly typeKey: string;
    readonly typmod: number;
  }[];
}

export interface RangeType extends TypeName {
  readonly kind: "range";
  readonly subtype: string;
}

export interface MultirangeType extends TypeName {
  readonly kind: "multirange";
  readonly range: string;
}
