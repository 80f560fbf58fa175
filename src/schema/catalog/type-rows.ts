// The rows of types, extensions and collations; see rows.ts.

/** An installed extension, its schema, and as JSON the names of the extensions that it requires. */
export type ExtensionRow = readonly [
  part: number,
  oid: number,
  ...Unused<5>,
  name: string,
  schema: string,
  requires: string,
];

export type CollationRow = readonly [
  part: number,
  oid: number,
  ...Unused<5>,
  /** As SQL. */
  name: string,
  /** `Collation` as JSON, for a collation that CREATE COLLATION created. */
  definition: string | null,
];

/** Flags: 1 not null, 2 an array type, 4 a composite type without a table. */
export type TypeRow = readonly [
  part: number,
  oid: number,
  schema: number,
  collation: number,
  typmod: number,
  flags: number,
  ...Unused<1>,
  name: string,
  key: string,
  /** typtype, typcategory, typdelim, typstorage. */
  letters: string,
  /** The oid of an array's element, of a domain's base. */
  inner: string,
  /** As JSON: an enum's labels, a composite's `AttributeRow`s, `DomainDetails`. */
  details: string | null,
];

export type DomainDetails = readonly [
  baseType: string,
  defaultText: string | null,
  checks: readonly DomainCheck[] | null,
];

export type DomainCheck = readonly [name: string, expression: string, validated: boolean, oid: number];

/** Name, formatted type, type oid, typmod, collation oid. */
export type AttributeRow = readonly [string, string, number, number, number];

export type RangeRow = readonly [
  part: number,
  type: number,
  subtype: number,
  multirange: number,
  ...Unused<3>,
  /** `RangeOptions` as JSON. */
  options: string,
];

export type FormatRow = readonly [
  part: number,
  type: number,
  ...Unused<2>,
  typmod: number,
  ...Unused<2>,
  text: string,
];

/** Cells that a part does not use. */
export type Unused<Count extends number, Cells extends null[] = []> = Cells["length"] extends Count
  ? Cells
  : Unused<Count, [null, ...Cells]>;
