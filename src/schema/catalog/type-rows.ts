// The rows of types, extensions and collations; see rows.ts.

import type { Collation } from "../snapshot.ts";

export type ExtensionRow = readonly [part: number, oid: number, schema: number, ...Unused<4>, name: string];

export type CollationRow = readonly [
  part: number,
  oid: number,
  schema: number,
  ...Unused<4>,
  /** Quoted if necessary. */
  name: string,
  /** `CollationFacts` as JSON, for a collation of the requested schemas. */
  facts: string | null,
];

export type CollationFacts = Omit<Collation, "schema" | "comment">;

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
  /** Quoted if necessary. */
  quotedName: string,
  /** typtype, typcategory, typdelim, typstorage. */
  letters: string,
  /** The oid of an array's element, of a domain's base, of a composite type's relation. */
  inner: string,
  /** `DomainDetails` as JSON. */
  details: string | null,
];

export type DomainDetails = readonly [baseType: string, defaultText: string | null];

export type LabelRow = readonly [part: number, type: number, ...Unused<5>, label: string, order: string];

/** An attribute of a composite type. */
export type AttributeRow = readonly [
  part: number,
  relation: number,
  type: number,
  collation: number,
  position: number,
  typmod: number,
  ...Unused<1>,
  name: string,
  formattedType: string,
];

export type RangeRow = readonly [
  part: number,
  type: number,
  subtype: number,
  multirange: number,
  ...Unused<3>,
  /** Oids. */
  operatorClass: string,
  collation: string,
  /** As SQL. */
  canonical: string | null,
  subtypeDiff: string | null,
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
