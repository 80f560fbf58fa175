import { allOf, type Catalog, rowOf, serverOf } from "./catalog.ts";
import type { AttributeRow, TypeRow } from "./catalog-rows.ts";

/** The types of columns, those the chosen schemas define, and all that these are made of. */
export function usedTypes(catalog: Catalog): readonly TypeRow[] {
  const used = new Set([...columnTypes(catalog), ...ownTypes(catalog)]);
  // A set that grows while it is walked through is walked through to its new end.
  for (const oid of used) {
    const row = rowOf(catalog.type, oid);
    for (const part of row === undefined ? [] : partsOf(catalog, row)) used.add(part);
  }
  return [...used].map(oid => rowOf(catalog.type, oid)).filter(row => row !== undefined);
}

function columnTypes({ column }: Catalog): number[] {
  return allOf(column).map(row => row[2]);
}

function ownTypes(catalog: Catalog): number[] {
  const { schemas } = serverOf(catalog);
  return allOf(catalog.type)
    .filter(({ 2: schema, 5: flags, 9: letters }) => {
      const isOwn = /^[edrm]/.test(letters) || (letters[0] === "c" && (flags & 4) !== 0);
      return isOwn && schemas.includes(rowOf(catalog.schema, schema)?.[7] ?? "");
    })
    .map(row => row[1]);
}

function partsOf(catalog: Catalog, row: TypeRow): number[] {
  const range = rowOf(catalog.range, row[1])?.[2] ?? rangeOf(catalog, row[1]);
  return [
    Number(row[10]),
    ...attributesOf(row).map(attribute => attribute[2]),
    ...(range === undefined ? [] : [range]),
  ];
}

/** The attributes of a composite type. */
export function attributesOf({ 9: letters, 11: details }: TypeRow): readonly AttributeRow[] {
  return letters[0] === "c" && details !== null ? (JSON.parse(details) as readonly AttributeRow[]) : [];
}

/** The range that a multirange is of. */
export function rangeOf({ range }: Catalog, multirange: number): number | undefined {
  return allOf(range).find(row => row[3] === multirange)?.[1];
}
