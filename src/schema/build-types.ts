import type { CatalogRows, TypeRow } from "./catalog-rows.ts";
import type { Check, PgType } from "./snapshot.ts";

/** Type oid → type key. */
export type TypeKeys = ReadonlyMap<number, string>;

export function typeKeys(rows: CatalogRows): TypeKeys {
  return new Map((rows.types ?? []).map(({ oid, key }) => [oid, key]));
}

/** The types of a catalog by key. */
export function buildTypes(rows: CatalogRows, keys: TypeKeys): Record<string, PgType> {
  return Object.fromEntries((rows.types ?? []).map(row => [row.key, buildType(row, keys)]));
}

function buildType(row: TypeRow, keys: TypeKeys): PgType {
  const named = {
    schema: row.schema,
    name: row.name,
    extension: row.extension ?? null,
    comment: row.comment ?? null,
  };
  const keyOf = (oid: number | undefined): string => keys.get(oid ?? 0) ?? "text";
  switch (row.kind) {
    case "e":
      return { kind: "enum", ...named, labels: row.labels ?? [] };
    case "d":
      return {
        kind: "domain",
        ...named,
        base: keyOf(row.base),
        baseTypmod: row.baseTypmod ?? -1,
        baseType: row.baseType ?? "",
        collation: row.collation ?? null,
        notNull: row.notNull ?? false,
        default: row.default ?? null,
        checks: (row.checks ?? []).map(domainCheck),
      };
    case "c":
      return {
        kind: "composite",
        ...named,
        attributes: (row.attributes ?? []).map(attribute => buildAttribute(attribute, keyOf)),
      };
    case "r":
      return { kind: "range", ...named, subtype: keyOf(row.subtype) };
    case "m":
      return { kind: "multirange", ...named, range: keyOf(row.multirangeOf) };
  }
  if (row.element === undefined) return { kind: "base", ...named, category: row.category };
  return { kind: "array", ...named, element: keyOf(row.element), delimiter: row.delimiter ?? "," };
}

function buildAttribute(
  [name, type, oid, typmod]: readonly [string, string, number, number],
  keyOf: (oid: number) => string,
): { name: string; type: string; typeKey: string; typmod: number } {
  return { name, type, typeKey: keyOf(oid), typmod };
}

function domainCheck([name, expression, validated, comment]: NonNullable<TypeRow["checks"]>[number]): Check {
  return { name, columns: [], expression, validated, enforced: true, noInherit: false, comment };
}
