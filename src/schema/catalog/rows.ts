// The rows of the catalog query: the part's number, three oids, three numbers and five strings. A
// part uses the first cells of each kind. Builders read cells by index, because destructuring as
// `[, oid]` is slower for many rows.

import type { CollationRow, ExtensionRow, FormatRow, RangeRow, TypeRow, Unused } from "./type-rows.ts";

export type ServerRow = readonly [part: number, zero: 0, ...Unused<5>, json: string];

export interface ServerFacts {
  readonly serverVersionNum: number;
  readonly database: string;
  readonly role: string;
  /** The requested schemas, in order. */
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
  extension: string | null,
];

export type RelationExtras = readonly [
  partitionKey: string | null,
  partitionBound: string | null,
  options: readonly string[] | null,
  definition: string | null,
];

/** Flags: 1 not null, 2 inherited; from 4 on a letter's code, from 512 on the code of the storage. */
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

export type AccessRow = readonly [
  part: number,
  relation: number,
  ...Unused<2>,
  position: number,
  privileges: number,
  updatable: number,
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

/** Policies, triggers and rules: one number per relation. */
export type CountRow = readonly [part: number, relation: number, ...Unused<2>, value: number];

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
  /** The table a foreign key refers to; the index of a key. */
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
  /** `IndexKeyRow`s as JSON, if one of them is not the default. */
  keys: string | null,
];

export type IndexExtras = readonly [
  expressions: readonly string[] | null,
  predicate: string | null,
  options: readonly string[] | null,
];

export type IndexKeyRow = readonly [
  option: number,
  operatorClass: number,
  collation: number,
  classOptions: readonly string[] | null,
];

/** A schema, an access method, the extension of a type, or an operator class with whether it is a default. */
export type NameRow = readonly [
  part: number,
  oid: number,
  ...Unused<2>,
  isDefault: number | null,
  ...Unused<2>,
  name: string,
];

/** A trigger as JSON. */
export type TriggerRow = readonly [part: number, relation: number, oid: number, ...Unused<4>, json: string];

/** The parents of a relation, the sources of a view, a function or another object, as JSON. */
export type ListRow = readonly [part: number, oid: number, ...Unused<5>, json: string];

/** The row of each part. */
export interface PartRows {
  readonly server: ServerRow;
  readonly schema: NameRow;
  readonly relation: RelationRow;
  readonly column: ColumnRow;
  readonly access: AccessRow;
  readonly comment: CommentRow;
  readonly parent: ListRow;
  readonly source: ListRow;
  readonly policies: CountRow;
  readonly triggers: CountRow;
  readonly rules: CountRow;
  readonly sequence: SequenceRow;
  readonly constraint: ConstraintRow;
  readonly target: TargetRow;
  readonly index: IndexRow;
  readonly method: NameRow;
  readonly operatorClass: NameRow;
  readonly type: TypeRow;
  readonly extension: NameRow;
  readonly installed: ExtensionRow;
  readonly routine: ListRow;
  readonly trigger: TriggerRow;
  readonly object: ListRow;
  readonly range: RangeRow;
  readonly format: FormatRow;
  readonly collation: CollationRow;
}
