/** What the catalog query returns, as JSON.parse gives it: names still to be resolved from oids and attribute numbers. */
export interface CatalogRows {
  readonly serverVersionNum: number;
  readonly database: string;
  readonly role: string;
  readonly searchPath: readonly string[];
  readonly schemas: readonly string[] | null;
  /** Type oid, typmod, the type as PostgreSQL prints it. */
  readonly formats: readonly (readonly [number, number, string])[] | null;
  readonly types: readonly TypeRow[] | null;
  readonly relations: readonly RelationRow[] | null;
  readonly sequences: readonly SequenceRow[] | null;
}

/** Type, start, increment, minimum, maximum, cache, cycle. */
export type SequenceOptionsRow = readonly [string, string, string, string, string, string, boolean];

export type SequenceRow = readonly [
  schema: string,
  name: string,
  options: SequenceOptionsRow,
  /** Schema, table and column that own it. */
  ownedBy: readonly [string, string, string] | null,
  comment: string | null,
];

export interface TypeRow {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly key: string;
  readonly kind: "b" | "c" | "d" | "e" | "m" | "p" | "r";
  readonly category: string;
  readonly element?: number;
  readonly delimiter?: string;
  readonly base?: number;
  readonly baseTypmod?: number;
  readonly baseType?: string;
  readonly collation?: string;
  readonly notNull?: true;
  readonly default?: string;
  readonly labels?: readonly string[];
  /** Name, formatted type, type oid, typmod. */
  readonly attributes?: readonly (readonly [string, string, number, number])[];
  /** Name, expression, validated, comment. */
  readonly checks?: readonly (readonly [string, string, boolean, string | null])[];
  readonly subtype?: number;
  readonly multirangeOf?: number;
  readonly extension?: string;
  readonly comment?: string;
}

/** In the order of the query's json_build_array. */
export type RelationRow = readonly [
  schema: string,
  name: string,
  kind: "r" | "p" | "v" | "m" | "f",
  persistence: "p" | "u" | "t",
  isVisible: boolean,
  isPartition: boolean,
  partitionKey: string | null,
  partitionBound: string | null,
  parents: readonly (readonly [string, string])[] | null,
  comment: string | null,
  privileges: number,
  updatable: number,
  rowSecurity: "off" | "on" | "forced",
  rowSecurityActive: boolean,
  policies: number | null,
  triggerEvents: number | null,
  /** Null without rules; whether one of them is for INSERT or UPDATE. */
  rules: boolean | null,
  columns: readonly ColumnRow[] | null,
  constraints: readonly ConstraintRow[] | null,
  indexes: readonly IndexRow[] | null,
  options: readonly string[] | null,
  definition: string | null,
  dependsOn: readonly (readonly [string, string])[] | null,
];

export type ColumnRow = readonly [
  name: string,
  position: number,
  typeOid: number,
  typmod: number,
  dimensions: number,
  notNull: boolean,
  expression: string | null,
  identity: "" | "a" | "d",
  generated: "" | "s" | "v",
  collation: string | null,
  comment: string | null,
  privileges: number | null,
  updatable: boolean | null,
  isInherited: boolean,
  identityOptions: SequenceOptionsRow | null,
];

export interface ConstraintRow {
  readonly name: string;
  readonly type: "p" | "u" | "f" | "c" | "x" | "n";
  readonly key?: readonly number[];
  readonly refSchema?: string;
  readonly refName?: string;
  readonly refColumns?: readonly string[];
  readonly index?: number;
  readonly onUpdate?: string;
  readonly onDelete?: string;
  readonly match?: string;
  readonly setColumns?: readonly number[];
  readonly deferrable?: true;
  readonly deferred?: true;
  readonly notValid?: true;
  readonly notEnforced?: true;
  readonly period?: true;
  readonly noInherit?: true;
  readonly definition?: string;
  readonly expression?: string;
  readonly comment?: string;
}

export type IndexRow = readonly [
  oid: number,
  name: string,
  keyColumns: number,
  columns: readonly number[],
  expressions: readonly string[] | null,
  predicate: string | null,
  isPrimary: boolean,
  isImmediate: boolean,
  isValid: boolean,
  isExclusion: boolean,
  nullsNotDistinct: boolean,
  comment: string | null,
  isUnique: boolean,
  method: string,
  options: readonly string[] | null,
  keyOptions: readonly string[] | null,
];
