import { byName } from "../relation-name.ts";
import type { Check, DomainType, PgType, RangeOptions } from "../snapshot.ts";
import { allRows, type Catalog, commentOf, findRow, ownCollation, serverOf } from "./catalog.ts";
import type { AttributeRow, DomainCheck, DomainDetails, TypeRow } from "./type-rows.ts";

/** Type oid → type key. */
export type TypeKeys = ReadonlyMap<number, string>;

export function typeKeys({ type }: Catalog): TypeKeys {
  return new Map(allRows(type).map(row => [row[1], row[8]]));
}

/** The types of columns and the types of the chosen schemas, by key. */
export function buildTypes(catalog: Catalog, keys: TypeKeys): Record<string, PgType> {
  const rows = usedTypes(catalog).toSorted((a, b) => byName(a[8], b[8]));
  return Object.fromEntries(rows.map(row => [row[8], buildType(catalog, row, keys)]));
}

function buildType(catalog: Catalog, row: TypeRow, keys: TypeKeys): PgType {
  const { 1: oid, 2: schema, 5: flags, 7: name, 9: letters, 10: inner, 11: details } = row;
  const named = {
    schema: findRow(catalog.schema, schema)?.[7] ?? "",
    name,
    extension: findRow(catalog.extension, oid)?.[7] ?? null,
    comment: commentOf(catalog, "type", oid),
  };
  const keyOf = (type: number | undefined): string => keys.get(type ?? 0) ?? "text";
  switch (letters[0]) {
    case "e":
      return { kind: "enum", ...named, labels: JSON.parse(details ?? "[]") as readonly string[] };
    case "d":
      return { kind: "domain", ...named, base: keyOf(Number(inner)), ...domainOf(catalog, row) };
    case "c":
      return {
        kind: "composite",
        ...named,
        attributes: attributesOf(row).map(([attribute, type, typeOid, typmod, collation]) => ({
          name: attribute,
          type,
          typeKey: keyOf(typeOid),
          typmod,
          collation: ownCollation(catalog, typeOid, collation),
        })),
      };
    case "r": {
      const { 2: subtype, 7: options } = findRow(catalog.range, oid)!;
      return { kind: "range", ...named, subtype: keyOf(subtype), ...(JSON.parse(options) as RangeOptions) };
    }
    case "m":
      return { kind: "multirange", ...named, range: keyOf(rangeOf(catalog, oid)) };
  }
  if ((flags & 2) === 0 || inner === "0") return { kind: "base", ...named, category: letters[1] ?? "" };
  return { kind: "array", ...named, element: keyOf(Number(inner)), delimiter: letters[2]! };
}

type DomainFacts = Pick<
  DomainType,
  "baseTypmod" | "baseType" | "collation" | "notNull" | "default" | "checks"
>;

function domainOf(
  catalog: Catalog,
  { 3: collation, 4: baseTypmod, 5: flags, 10: inner, 11: details }: TypeRow,
): DomainFacts {
  const [baseType, defaultText, checks] = JSON.parse(details!) as DomainDetails;
  return {
    baseTypmod,
    baseType,
    collation: ownCollation(catalog, Number(inner), collation),
    notNull: (flags & 1) !== 0,
    default: defaultText,
    checks: (checks ?? []).map(check => domainCheck(catalog, check)),
  };
}

function domainCheck(catalog: Catalog, [name, expression, validated, oid]: DomainCheck): Check {
  return {
    name,
    columns: [],
    expression,
    validated,
    enforced: true,
    noInherit: false,
    comment: commentOf(catalog, "constraint", oid),
  };
}

/** The types of columns, the types of the chosen schemas, and all types they consist of. */
function usedTypes(catalog: Catalog): readonly TypeRow[] {
  const used = new Set([...columnTypes(catalog), ...ownTypes(catalog)]);
  // Iterating a set also visits values that the loop adds.
  for (const oid of used) {
    const row = findRow(catalog.type, oid);
    for (const part of row === undefined ? [] : partOids(catalog, row)) used.add(part);
  }
  return [...used].map(oid => findRow(catalog.type, oid)).filter(row => row !== undefined);
}

function columnTypes({ column }: Catalog): number[] {
  return allRows(column).map(row => row[2]);
}

function ownTypes(catalog: Catalog): number[] {
  const { schemas } = serverOf(catalog);
  return allRows(catalog.type)
    .filter(({ 2: schema, 5: flags, 9: letters }) => {
      const isOwn = /^[edrm]/.test(letters) || (letters[0] === "c" && (flags & 4) !== 0);
      return isOwn && schemas.includes(findRow(catalog.schema, schema)?.[7] ?? "");
    })
    .map(row => row[1]);
}

function partOids(catalog: Catalog, row: TypeRow): number[] {
  const range = findRow(catalog.range, row[1])?.[2] ?? rangeOf(catalog, row[1]);
  return [
    Number(row[10]),
    ...attributesOf(row).map(attribute => attribute[2]),
    ...(range === undefined ? [] : [range]),
  ];
}

/** The attributes of a composite type. */
function attributesOf({ 9: letters, 11: details }: TypeRow): readonly AttributeRow[] {
  return letters[0] === "c" && details !== null ? (JSON.parse(details) as readonly AttributeRow[]) : [];
}

/** The range type of a multirange type. */
function rangeOf({ range }: Catalog, multirange: number): number | undefined {
  return allRows(range).find(row => row[3] === multirange)?.[1];
}
