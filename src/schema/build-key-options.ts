import { type Catalog, rowOf } from "./catalog.ts";
import type { ColumnRow, IndexKeyRow, IndexRow } from "./catalog-rows.ts";
import { intList } from "./int-list.ts";

/** What follows each key of an index, `COLLATE "C" text_pattern_ops DESC`; none when all keys have the defaults. */
export function buildKeyOptions(catalog: Catalog, row: IndexRow): readonly string[] {
  const { 1: relation, 8: columns, 10: keys } = row;
  if (keys === null) return [];
  const numbers = intList(columns);
  return (JSON.parse(keys) as readonly IndexKeyRow[]).map((key, index) =>
    keyOptions(
      catalog,
      catalog.column.get(relation)?.find(column => column[4] === numbers[index]),
      key,
    ),
  );
}

// By the bits of pg_index.indoption: 1 descending, 2 nulls first, which descending has by default.
const ORDERS = ["", " DESC NULLS LAST", " NULLS FIRST", " DESC"] as const;
const DEFAULT_COLLATION = 100;

function keyOptions(
  catalog: Catalog,
  column: ColumnRow | undefined,
  [option, operatorClass, collation, classOptions]: IndexKeyRow,
): string {
  const isOwnCollation = collation !== 0 && collation !== (column?.[3] ?? DEFAULT_COLLATION);
  const collate = isOwnCollation ? `COLLATE ${rowOf(catalog.collation, collation)?.[7] ?? ""}` : "";
  const known = rowOf(catalog.operatorClass, operatorClass);
  const isOwnClass = known?.[4] !== 1 || classOptions !== null;
  const parameters = classOptions === null ? "" : `(${classOptions.join(", ")})`;
  const className = isOwnClass ? ` ${known?.[7] ?? ""}${parameters}` : "";
  return (collate + className + ORDERS[option & 3]).trimStart();
}
