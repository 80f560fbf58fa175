// The rows of the catalog query: the part's number, three oids, three numbers and five strings. A
// part uses the first cells of each kind. Builders read cells by index, because destructuring as
// `[, oid]` is slower for many rows.

import type { DependencyRow, MemberRow, ObjectRow, RoutineRow, TriggerRow } from "./object-rows.ts";
import type {
  AttributeRow,
  CollationRow,
  ExtensionRow,
  FormatRow,
  LabelRow,
  RangeRow,
  TypeRow,
  Unused,
} from "./type-rows.ts";

export type ServerRow = readonly [part: number, zero: 0, ...Unused<5>, json: string];

/** The answer of the server, and from the rows of schemas the requested ones. */
export interface ServerFacts {
  readonly serverVersionNum: number;
  readonly database: string;
  readonly role: string;
  /** In order. */
  readonly schemas: readonly string[];
}

/** Flags: 1 partition, 2 row security, 4 forced, 8 active. */
export type RelationRow = readonly [
  part: number,
  oid: number,
  schema: number,
  method: number,
  privileges: number,
  updatable: number,
  flags: number,
  name: string,
  /** relkind, relpersistence, relreplident. */
  letters: string,
  /** `RelationExtras` as JSON. */
  extras: string | null,
];

export type RelationExtras = readonly [
  partitionKey: string | null,
  partitionBound: string | null,
  options: readonly string[] | null,
  toastOptions: readonly string[] | null,
  definition: string | null,
];

/**
 * Flags: 1 not null, 2 inherited; from 4 on a letter's code, from 512 on the code of the storage, from 65536 on the privileges;
 * 524288 not updatable.
 */
export type ColumnRow = readonly [
  part: number,
  relation: number,
  type: number,
  collation: number,
  position: number,
  typmod: number,
  flags: number,
  name: string,
  expression: string | null,
  /** `ColumnSettings` as JSON. */
  settings: string | null,
];

export type ColumnSettings = readonly [
  compression: "" | "p" | "l",
  statistics: number | null,
  options: readonly string[],
];

export type CommentRow = readonly [
  part: number,
  oid: number,
  catalog: number,
  ...Unused<1>,
  position: number,
  ...Unused<2>,
  text: string,
];

/** A policy, or a rule with its ev_type. */
export type PolicyOrRuleRow = readonly [part: number, relation: number, ...Unused<2>, event: number | null];

export type SequenceRow = readonly [
  part: number,
  table: number | null,
  schema: number,
  oid: number,
  position: number | null,
  unlogged: number,
  ...Unused<1>,
  name: string,
  dependency: "a" | "i" | null,
  /** `SequenceOptions` as JSON. */
  options: string,
];

/** Flags: 1 deferrable, 2 deferred, 4 not valid, 8 not enforced, 16 period, 32 no inherit, 64 a foreign key of the parent. */
export type ConstraintRow = readonly [
  part: number,
  relation: number,
  oid: number,
  /** The table a foreign key refers to; the index of a key; the domain of a check without a relation. */
  other: number,
  flags: number,
  ...Unused<2>,
  name: string,
  /** contype; of a foreign key also confupdtype, confdeltype, confmatchtype. */
  letters: string,
  key: string | null,
  /** The referenced columns of a foreign key, a check's expression, an exclusion's definition. */
  detail: string | null,
  setColumns: string | null,
];

export type TargetRow = readonly [
  part: number,
  relation: number,
  schema: number,
  ...Unused<1>,
  position: number,
  ...Unused<2>,
  column: string,
  name: string,
];

/** Flags: 1 primary, 2 immediate, 4 valid, 8 exclusion, 16 nulls not distinct, 32 unique, 64 clustered, 128 replica identity. */
export type IndexRow = readonly [
  part: number,
  relation: number,
  oid: number,
  method: number,
  keyColumns: number,
  flags: number,
  ...Unused<1>,
  name: string,
  /** int2vector: `2 1`. */
  columns: string,
  /** `IndexExtras` as JSON. */
  extras: string | null,
  /** oidvector. */
  operatorClasses: string,
  /** `IndexKeys` as JSON, if one of them is perhaps not the default. */
  keys: string | null,
];

export type IndexExtras = readonly [
  expressions: readonly string[] | null,
  predicate: string | null,
  options: readonly string[] | null,
];

/** int2vector and oidvector, and the options of operator classes by the number of the key. */
export type IndexKeys = readonly [
  options: string,
  collations: string,
  classOptions: Readonly<Record<number, readonly string[]>> | null,
];

/** A schema: its name, which is `pg_temp` for temporary tables; its real name; the prefix of names in SQL. */
export type SchemaRow = readonly [
  part: number,
  oid: number,
  ...Unused<2>,
  isChosen: 0 | 1,
  ...Unused<2>,
  name: string,
  realName: string,
  prefix: string,
];

export type MethodRow = readonly [part: number, oid: number, ...Unused<5>, name: string];

export type OperatorClassRow = readonly [
  part: number,
  oid: number,
  schema: number,
  ...Unused<1>,
  isDefault: 0 | 1,
  ...Unused<2>,
  /** Quoted if necessary. */
  name: string,
];

/** The row of each part. */
export interface PartRows {
  readonly server: ServerRow;
  readonly schema: SchemaRow;
  readonly relation: RelationRow;
  readonly column: ColumnRow;
  readonly comment: CommentRow;
  readonly policyOrRule: PolicyOrRuleRow;
  readonly sequence: SequenceRow;
  readonly constraint: ConstraintRow;
  readonly target: TargetRow;
  readonly index: IndexRow;
  readonly method: MethodRow;
  readonly operatorClass: OperatorClassRow;
  readonly type: TypeRow;
  readonly label: LabelRow;
  readonly attribute: AttributeRow;
  readonly member: MemberRow;
  readonly installed: ExtensionRow;
  readonly routine: RoutineRow;
  readonly trigger: TriggerRow;
  readonly object: ObjectRow;
  readonly dependency: DependencyRow;
  readonly range: RangeRow;
  readonly format: FormatRow;
  readonly collation: CollationRow;
}
