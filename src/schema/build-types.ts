import { type Catalog, commentOf, ownCollation } from "./catalog.ts";
import type { AttributeRow, DomainCheckRow, TypeExtras, TypeRow } from "./catalog-rows.ts";
import { byName } from "./name-order.ts";
import type { Check, CompositeType, PgType } from "./snapshot.ts";
import { usedTypes } from "./used-types.ts";

/** Type oid → type key. */
export type TypeKeys = ReadonlyMap<number, string>;

export function typeKeys({ parts }: Catalog): TypeKeys {
  return new Map(parts.type.map(row => [row[1], row[8]]));
}

/** What the type of an oid consists of, where a part of the catalog query says so. */
export interface TypeDetails {
  readonly attributes: ReadonlyMap<number, readonly AttributeRow[]>;
  readonly labels: ReadonlyMap<number, readonly string[]>;
  readonly checks: ReadonlyMap<number, readonly DomainCheckRow[]>;
  readonly subtypes: ReadonlyMap<number, number>;
  /** Multirange → range. */
  readonly ranges: ReadonlyMap<number, number>;
}

/** The types that columns have and that the chosen schemas define, by key. */
export function buildTypes(catalog: Catalog, keys: TypeKeys): Record<string, PgType> {
  const details = detailsOf(catalog);
  const rows = usedTypes(catalog, details).toSorted((a, b) => a[1] - b[1]);
  return Object.fromEntries(rows.map(row => [row[8], buildType(catalog, details, row, keys)]));
}

function detailsOf({ parts }: Catalog): TypeDetails {
  return {
    attributes: new Map(parts.attributes.map(row => [row[1], JSON.parse(row[7]) as readonly AttributeRow[]])),
    labels: new Map(parts.labels.map(row => [row[1], JSON.parse(row[7]) as readonly string[]])),
    checks: Map.groupBy(parts.domainCheck, row => row[2]),
    subtypes: new Map(parts.range.map(row => [row[1], row[2]])),
    ranges: new Map(parts.range.map(row => [row[3], row[1]])),
  };
}

function buildType(catalog: Catalog, details: TypeDetails, row: TypeRow, keys: TypeKeys): PgType {
  const { 1: oid, 2: schema, 5: flags, 7: name, 9: letters, 10: inner, 11: extras } = row;
  const [, , extension] = extrasOf(extras);
  const named = {
    schema: catalog.schemaNames.get(schema) ?? "",
    name,
    extension,
    comment: commentOf(catalog, "type", oid),
  };
  const keyOf = (type: number | undefined): string => keys.get(type ?? 0) ?? "text";
  switch (letters[0]) {
    case "e":
      return { kind: "enum", ...named, labels: details.labels.get(oid) ?? [] };
    case "d":
      return { kind: "domain", ...named, ...domainOf(catalog, details, row, keyOf) };
    case "c":
      return { kind: "composite", ...named, attributes: attributesOf(details, oid, keyOf) };
    case "r":
      return { kind: "range", ...named, subtype: keyOf(details.subtypes.get(oid)) };
    case "m":
      return { kind: "multirange", ...named, range: keyOf(details.ranges.get(oid)) };
  }
  if ((flags & 2) === 0 || inner === "0") return { kind: "base", ...named, category: letters[1] ?? "" };
  return { kind: "array", ...named, element: keyOf(Number(inner)), delimiter: letters.slice(2) };
}

function domainOf(
  catalog: Catalog,
  details: TypeDetails,
  { 1: oid, 3: collation, 4: typmod, 5: flags, 10: inner, 11: extras }: TypeRow,
  keyOf: (type: number) => string,
) {
  const [baseType, defaultText] = extrasOf(extras);
  return {
    base: keyOf(Number(inner)),
    baseTypmod: typmod,
    baseType: baseType ?? "",
    collation: ownCollation(catalog, Number(inner), collation),
    notNull: (flags & 1) !== 0,
    default: defaultText,
    checks: (details.checks.get(oid) ?? [])
      .toSorted((a, b) => byName(a[7], b[7]))
      .map(check => domainCheck(catalog, check)),
  };
}

function extrasOf(extras: string | null): TypeExtras {
  return extras === null ? [null, null, null] : (JSON.parse(extras) as TypeExtras);
}

function attributesOf(
  { attributes }: TypeDetails,
  oid: number,
  keyOf: (type: number) => string,
): CompositeType["attributes"] {
  return (attributes.get(oid) ?? []).map(([name, type, attribute, typmod]) => ({
    name,
    type,
    typeKey: keyOf(attribute),
    typmod,
  }));
}

function domainCheck(
  catalog: Catalog,
  { 1: oid, 4: validated, 7: name, 8: expression }: DomainCheckRow,
): Check {
  return {
    name,
    columns: [],
    expression,
    validated: validated === 1,
    enforced: true,
    noInherit: false,
    comment: commentOf(catalog, "constraint", oid),
  };
}
