import type { TypeDetails } from "./build-types.ts";
import type { Catalog } from "./catalog.ts";
import type { TypeRow } from "./catalog-rows.ts";

/** The types of columns, those the chosen schemas define, and all that these are made of. */
export function usedTypes(catalog: Catalog, details: TypeDetails): readonly TypeRow[] {
  const used = new Set([...columnTypes(catalog), ...ownTypes(catalog)]);
  // A set that grows while it is walked through is walked through to its new end.
  for (const oid of used) {
    const row = catalog.types.get(oid);
    for (const part of row === undefined ? [] : partsOf(row, details)) used.add(part);
  }
  return [...used].map(oid => catalog.types.get(oid)).filter(row => row !== undefined);
}

function columnTypes({ parts, columns }: Catalog): number[] {
  return parts.relation.flatMap(relation => (columns.get(relation[1]) ?? []).map(column => column[2]));
}

function ownTypes({ parts }: Catalog): number[] {
  const chosen = new Set(parts.schema.filter(row => row[4] === 1).map(row => row[1]));
  return parts.type
    .filter(({ 2: schema, 5: flags, 9: letters }) => {
      const isOwn = /^[edrm]/.test(letters) || (letters[0] === "c" && (flags & 4) !== 0);
      return isOwn && chosen.has(schema);
    })
    .map(row => row[1]);
}

function partsOf({ 1: oid, 10: inner }: TypeRow, details: TypeDetails): number[] {
  const attributes = (details.attributes.get(oid) ?? []).map(([, , type]) => type);
  const range = details.subtypes.get(oid) ?? details.ranges.get(oid);
  return [Number(inner), ...attributes, ...(range === undefined ? [] : [range])];
}
