import type { Distribution } from "./distribution.ts";
import type { Setting } from "./setting.ts";

/** The table of applied migrations, which is not part of a snapshot. */
export const LOG_TABLE = "rowfn_migration";

/** The first word of the names of change log tables, which are not part of a snapshot either. */
export const CHANGE_LOG = "rowfn_log";

export type RelationKind = "table" | "partitioned" | "view" | "materializedView" | "foreign";

export interface Relation {
  readonly schema: string;
  readonly name: string;
  /** The name that the functions accept: `album` if visible on the search path, else `audit.event`; quoted if that is ambiguous. */
  readonly key: string;
  readonly kind: RelationKind;
  readonly persistence: "permanent" | "unlogged" | "temporary";
  /** The extension that owns the relation, which DDL leaves alone: `postgis`. */
  readonly extension: string | null;
  readonly isVisible: boolean;
  readonly isPartition: boolean;
  readonly partitionKey: string | null;
  readonly partitionBound: string | null;
  /** The tables that the relation inherits from or is a partition of, in order. */
  readonly parents: readonly RelationName[];
  readonly comment: string | null;
  /** Storage parameters, and a view's options: `fillfactor=70`, `toast.autovacuum_enabled=off`, `security_barrier=true`. */
  readonly options: readonly string[];
  /** The replica identity, the index of CLUSTER and the access method, if they are not the defaults. */
  readonly settings?: readonly Setting[] | undefined;
  /** A view's query as PostgreSQL prints it, without the semicolon; null for tables. */
  readonly definition: string | null;
  /** The tables and views in a view's query. */
  readonly dependsOn: readonly RelationName[];
  /** The privileges of the role on the whole relation. */
  readonly privileges: Privileges;
  /** The statements that the relation supports: all for an ordinary table; for a view it depends on rules and triggers. */
  readonly updatable: { readonly insert: boolean; readonly update: boolean; readonly delete: boolean };
  readonly rowSecurityEnabled: boolean;
  /** Whether row security also restricts the owner of the table, once it is enabled. */
  readonly rowSecurityForced: boolean;
  /** Whether row security restricts this role. */
  readonly rowSecurityActive: boolean;
  readonly policies: number;
  /**
   * Whether there are user triggers per event; `instead` is INSTEAD OF. `fillsInsert`: one of them runs for each row before
   * or instead of an INSERT, so that it can fill a column that the row omits.
   */
  readonly triggers: {
    readonly insert: boolean;
    readonly update: boolean;
    readonly delete: boolean;
    readonly instead: boolean;
    readonly fillsInsert: boolean;
  };
  /** The triggers by name, without those that a partition has from its parent. */
  readonly userTriggers: readonly Trigger[];
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
  /** In a cluster, which rows are on which node; from the catalog of Citus or from `declare`. */
  readonly distribution?: Distribution | undefined;
}

export interface RelationName {
  readonly schema: string;
  readonly name: string;
}

/** Whether two names are of one relation or type. */
export function isSameName(a: RelationName, b: RelationName): boolean {
  return a.schema === b.schema && a.name === b.name;
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
  /** Whether NULL is rejected, by the column or by a domain of its type. */
  readonly notNull: boolean;
  /** Whether NOT NULL does not apply to the tables that inherit the column: NO INHERIT (PostgreSQL 18). */
  readonly notNullNoInherit?: boolean | undefined;
  /** Whether a stored row may hold NULL; unknown for views. NOT NULL NOT VALID and NO INHERIT columns may. */
  readonly nullOnRead: "never" | "possible" | "unknown";
  /** The default expression's text; null for none, and for generated and identity columns. */
  readonly default: string | null;
  readonly identity: "always" | "byDefault" | null;
  /** The options of the identity sequence; null if they are the defaults. */
  readonly identityOptions: SequenceOptions | null;
  readonly generated: "stored" | "virtual" | null;
  /** The generation expression's text. */
  readonly generationExpression: string | null;
  /** The collation if it is not the default of the type, quoted, qualified unless in pg_catalog: `"de-x-icu"`. */
  readonly collation: string | null;
  /** The storage, compression, statistics target and attribute options, if they are not the defaults. */
  readonly settings?: readonly Setting[] | undefined;
  readonly comment: string | null;
  readonly privileges: { readonly select: boolean; readonly insert: boolean; readonly update: boolean };
  /**
   * Whether INSERT and UPDATE can assign the column without a trigger; false for a generated column, also through a view, and
   * for an expression of a view.
   */
  readonly updatable: boolean;
  readonly isInherited: boolean;
}

/** An index that is not unique. */
export interface Index {
  readonly name: string;
  /** The columns in key order; null for an expression. */
  readonly columns: readonly (string | null)[];
  /** The expressions in key order, one for each null in `columns`. */
  readonly expressions: readonly string[];
  /** The SQL after each key, `COLLATE "C" text_pattern_ops DESC NULLS LAST`; empty if all keys have the defaults. */
  readonly keyOptions: readonly string[];
  readonly include: readonly string[];
  /** The condition of a partial index, without WHERE. */
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
  /** The comment of a constraint's index, which is not the comment of the constraint; undefined for none. */
  readonly indexComment?: string | undefined;
  /** The ON CONFLICT actions that can use the key. */
  readonly conflictTarget: "doUpdate" | "doNothingOnly" | "none";
  /** Whether `declare` added the key, which the database does not know. */
  readonly declared?: boolean;
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
  /** Whether the key is a partition's copy of a key of its parent. */
  readonly isInherited: boolean;
  readonly comment: string | null;
  /** Whether `declare` added the key, which the database does not know. */
  readonly declared?: boolean;
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
  /** As `UniqueKey.indexComment`. */
  readonly indexComment?: string | undefined;
}

/** The options of a sequence. Numbers are decimal strings, because they may not be safe integers. */
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
  /** The column that owns the sequence, as for a `serial`; null without one. */
  readonly ownedBy: { readonly schema: string; readonly table: string; readonly column: string } | null;
  readonly isUnlogged?: boolean | undefined;
  readonly comment: string | null;
}

/** A trigger of a table or view. */
export interface Trigger {
  readonly name: string;
  /** The signature of its function. */
  readonly function: string;
  /** The columns of UPDATE OF. */
  readonly columns: readonly string[];
  readonly state: "enabled" | "disabled" | "replica" | "always";
  /** CREATE TRIGGER. */
  readonly definition: string;
  readonly comment?: string | undefined;
}
