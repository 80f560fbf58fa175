import { allOf, type Catalog, commentOf, listOf, ownCollation, rowOf } from "./catalog.ts";
import type { AttributeRow, DomainCheckRow, TypeExtras, TypeRow } from "./catalog-rows.ts";
import { byName } from "./name-order.ts";
import type { Check, CompositeType, PgType } from "./snapshot.ts";
import { rangeOf, usedTypes } from "./used-types.ts";

/** Type oid → type key. */
export type TypeKeys = ReadonlyMap<number, string>;

export function typeKeys({ type }: Catalog): TypeKeys {
  return new Map(allOf(type).map(row => [row[1], row[8]]));
}

/** The types that columns have and that the chosen schemas define, by key. */
export function buildTypes(catalog: Catalog, keys: TypeKeys): Record<string, PgType> {
  const rows = usedTypes(catalog).toSorted((a, b) => a[1] - b[1]);
  return Object.fromEntries(rows.map(row => [row[8], buildType(catalog, row, keys)]));
}

function buildType(catalog: Catalog, row: TypeRow, keys: TypeKeys): PgType {
  const { 1: oid, 2: schema, 5: flags, 7: name, 9: letters, 10: inner, 11: extras } = row;
  const [, , extension] = extrasOf(extras);
  const named = {
    schema: rowOf(catalog.schema, schema)?.[7] ?? "",
    name,
    extension,
    comment: commentOf(catalog, "type", oid),
  };
  const keyOf = (type: number | undefined): string => keys.get(type ?? 0) ?? "text";
  switch (letters[0]) {
    case "e":
      return { kind: "enum", ...named, labels: listOf(catalog.labels, oid) };
    case "d":
      return { kind: "domain", ...named, ...domainOf(catalog, row, keyOf) };
    case "c":
      return { kind: "composite", ...named, attributes: attributesOf(catalog, oid, keyOf) };
    case "r":
      return { kind: "range", ...named, subtype: keyOf(rowOf(catalog.range, oid)?.[2]) };
    case "m":
      return { kind: "multirange", ...named, range: keyOf(rangeOf(catalog, oid)) };
  }
  if ((flags & 2) === 0 || inner === "0") return { kind: "base", ...named, category: letters[1] ?? "" };
  return { kind: "array", ...named, element: keyOf(Number(inner)), delimiter: letters.slice(2) };
}

function domainOf(
  catalog: Catalog,
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
    checks: (catalog.domainCheck.get(oid) ?? [])
      .toSorted((a, b) => byName(a[7], b[7]))
      .map(check => domainCheck(catalog, check)),
  };
}

function extrasOf(extras: string | null): TypeExtras {
  return extras === null ? [null, null, null] : (JSON.parse(extras) as TypeExtras);
}

function attributesOf(
  { attributes }: Catalog,
  oid: number,
  keyOf: (type: number) => string,
): CompositeType["attributes"] {
  return listOf<AttributeRow>(attributes, oid).map(([name, type, attribute, typmod]) => ({
    name,
    type,
    typeKey: keyOf(attribute),
    typmod,
  }));
}

function domainCheck(
  catalog: Catalog,
  { 2: oid, 4: validated, 7: name, 8: expression }: DomainCheckRow,
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
