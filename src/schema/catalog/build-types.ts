import { byName } from "../relation-name.ts";
import type { Check, DomainType, PgType, RangeOptions } from "../snapshot.ts";
import {
  allRows,
  type Catalog,
  commentOf,
  extensionOf,
  findRow,
  nameSql,
  ownCollation,
  realSchemaName,
  schemaName,
} from "./catalog.ts";
import type { AttributeRow, DomainDetails, RangeRow, TypeRow } from "./type-rows.ts";

/** Type oid → type key. */
export type TypeKeys = ReadonlyMap<number, string>;

export function typeKeys(catalog: Catalog): TypeKeys {
  return new Map(allRows(catalog.type).map(row => [row[1], typeKey(catalog, row)]));
}

// The name as SQL, but a name in pg_catalog is not quoted: `char`.
function typeKey(catalog: Catalog, { 2: schema, 7: name, 8: quotedName }: TypeRow): string {
  return realSchemaName(catalog, schema) === "pg_catalog" ? name : nameSql(catalog, schema, quotedName);
}

/** The types of columns and the types of the chosen schemas, by key. */
export function buildTypes(catalog: Catalog, keys: TypeKeys): Record<string, PgType> {
  const types = usedTypes(catalog).map(row => ({ row, key: keys.get(row[1]) ?? "" }));
  const sorted = types.toSorted((a, b) => byName(a.key, b.key));
  return Object.fromEntries(sorted.map(({ row, key }) => [key, buildType(catalog, row, keys)]));
}

function buildType(catalog: Catalog, row: TypeRow, keys: TypeKeys): PgType {
  const { 1: oid, 2: schema, 5: flags, 7: name, 9: letters, 10: inner } = row;
  const named = {
    schema: schemaName(catalog, schema),
    name,
    extension: typeExtension(catalog, row),
    comment: commentOf(catalog, "type", oid),
  };
  const keyOf = (type: number | undefined): string => keys.get(type ?? 0) ?? "text";
  switch (letters[0]) {
    case "e":
      return { kind: "enum", ...named, labels: labelsOf(catalog, oid) };
    case "d":
      return { kind: "domain", ...named, base: keyOf(Number(inner)), ...domainOf(catalog, row) };
    case "c":
      return {
        kind: "composite",
        ...named,
        attributes: attributesOf(catalog, row).map(
          ({ 2: type, 3: collation, 5: typmod, 7: attribute, 8: formattedType }) => ({
            name: attribute,
            type: formattedType,
            typeKey: keyOf(type),
            typmod,
            collation: ownCollation(catalog, type, collation),
          }),
        ),
      };
    case "r": {
      const range = findRow(catalog.range, oid)!;
      return { kind: "range", ...named, subtype: keyOf(range[2]), ...rangeOptions(catalog, range) };
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
  { 1: oid, 3: collation, 4: baseTypmod, 5: flags, 10: inner, 11: details }: TypeRow,
): DomainFacts {
  const [baseType, defaultText] = JSON.parse(details!) as DomainDetails;
  return {
    baseTypmod,
    baseType,
    collation: ownCollation(catalog, Number(inner), collation),
    notNull: (flags & 1) !== 0,
    default: defaultText,
    checks: domainChecks(catalog, oid),
  };
}

function domainChecks(catalog: Catalog, domain: number): readonly Check[] {
  return (catalog.constraint.get(0) ?? [])
    .filter(({ 3: other }) => other === domain)
    .toSorted((a, b) => byName(a[7], b[7]))
    .map(({ 2: oid, 4: flags, 7: name, 10: expression }) => ({
      name,
      columns: [],
      expression: expression ?? "",
      validated: (flags & 4) === 0,
      enforced: true,
      noInherit: false,
      comment: commentOf(catalog, "constraint", oid),
    }));
}

/** The extension of a type, or of the relation of a composite type. */
function typeExtension(catalog: Catalog, { 1: oid, 9: letters, 10: inner }: TypeRow): string | null {
  const own = extensionOf(catalog, "type", oid);
  return own ?? (letters[0] === "c" ? extensionOf(catalog, "relation", Number(inner)) : null);
}

function labelsOf({ label }: Catalog, oid: number): readonly string[] {
  const rows = label.get(oid) ?? [];
  return rows.toSorted((a, b) => Number(a[8]) - Number(b[8])).map(row => row[7]);
}

function rangeOptions(catalog: Catalog, row: RangeRow): RangeOptions {
  const { 2: subtype, 7: operatorClass, 8: collation, 9: canonical, 10: subtypeDiff } = row;
  const found = findRow(catalog.operatorClass, Number(operatorClass));
  return {
    operatorClass: found === undefined || found[4] === 1 ? null : nameSql(catalog, found[2], found[7]),
    collation: ownCollation(catalog, subtype, Number(collation)),
    canonical: functionName(canonical),
    subtypeDiff: functionName(subtypeDiff),
  };
}

// PostgreSQL writes the schema only if the name alone is ambiguous.
function functionName(name: string | null): string | null {
  return name?.replace(/^pg_catalog\./, "") ?? null;
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
  return allRows(catalog.type)
    .filter(({ 2: schema, 5: flags, 9: letters }) => {
      const isOwn = /^[edrm]/.test(letters) || (letters[0] === "c" && (flags & 4) !== 0);
      return isOwn && findRow(catalog.schema, schema)?.[4] === 1;
    })
    .map(row => row[1]);
}

function partOids(catalog: Catalog, row: TypeRow): number[] {
  if (row[9][0] === "c") return attributesOf(catalog, row).map(attribute => attribute[2]);
  const range = findRow(catalog.range, row[1])?.[2] ?? rangeOf(catalog, row[1]);
  return [Number(row[10]), ...(range === undefined ? [] : [range])];
}

/** The attributes of a composite type in order. */
function attributesOf({ attribute }: Catalog, { 10: relation }: TypeRow): readonly AttributeRow[] {
  return (attribute.get(Number(relation)) ?? []).toSorted((a, b) => a[4] - b[4]);
}

/** The range type of a multirange type. */
function rangeOf({ range }: Catalog, multirange: number): number | undefined {
  return allRows(range).find(row => row[3] === multirange)?.[1];
}
