import { byName } from "../relation-name.ts";
import type { Index, UniqueKey } from "../snapshot.ts";
import { type Catalog, columnNames, commentOf, findRow, intList } from "./catalog.ts";
import type { ColumnRow, ConstraintRow, IndexExtras, IndexKeyRow, IndexRow } from "./rows.ts";

/** The indexes of a relation. */
export interface RelationIndexes {
  readonly primaryKey: UniqueKey | null;
  readonly uniqueKeys: readonly UniqueKey[];
  readonly indexes: readonly Index[];
}

export function buildIndexes(
  catalog: Catalog,
  relation: number,
  constraints: readonly ConstraintRow[],
): RelationIndexes {
  const rows = (catalog.index.get(relation) ?? []).toSorted((a, b) => byName(a[7], b[7]));
  const primary = rows.find(({ 5: flags }) => (flags & 1) !== 0);
  const unique = rows.filter(row => (row[5] & 32) !== 0 && row !== primary);
  return {
    primaryKey: primary === undefined ? null : uniqueKey(catalog, primary, constraints),
    uniqueKeys: unique.map(row => uniqueKey(catalog, row, constraints)),
    indexes: rows.filter(({ 5: flags }) => (flags & 40) === 0).map(row => plainIndex(catalog, row)),
  };
}

function plainIndex(catalog: Catalog, row: IndexRow): Index {
  const { 1: relation, 2: oid, 3: method, 4: keyColumns, 5: flags, 7: name, 8: columns, 9: extras } = row;
  const numbers = intList(columns);
  const [expressions, predicate, options] = extras === null ? NO_EXTRAS : (JSON.parse(extras) as IndexExtras);
  return {
    name,
    columns: columnNames(catalog, relation, numbers.slice(0, keyColumns)),
    expressions: expressions ?? [],
    keyOptions: buildKeyOptions(catalog, row),
    include: columnNames(catalog, relation, numbers.slice(keyColumns)) as readonly string[],
    predicate,
    method: findRow(catalog.method, method)?.[7] ?? "",
    options: options ?? [],
    valid: (flags & 4) !== 0,
    comment: commentOf(catalog, "relation", oid),
  };
}

const NO_EXTRAS: IndexExtras = [null, null, null];

function uniqueKey(catalog: Catalog, row: IndexRow, constraints: readonly ConstraintRow[]): UniqueKey {
  const index = plainIndex(catalog, row);
  const constraint = constraints.find(
    ({ 3: other, 8: letters }) => (letters[0] === "p" || letters[0] === "u") && other === row[2],
  );
  const flags = constraint?.[4] ?? 0;
  return {
    ...index,
    name: constraint?.[7] ?? index.name,
    isConstraint: constraint !== undefined,
    deferrable: (flags & 1) !== 0,
    initiallyDeferred: (flags & 2) !== 0,
    nullsNotDistinct: (row[5] & 16) !== 0,
    period: (flags & 16) !== 0,
    conflictTarget: conflictTarget(row[5], findRow(catalog.rules, row[1])?.[4] === 1),
    comment: (constraint && commentOf(catalog, "constraint", constraint[2])) ?? index.comment,
  };
}

// The indexes that ON CONFLICT accepts (manual, INSERT): a deferrable or invalid index never, an exclusion index only DO NOTHING,
// and no target on a table with INSERT or UPDATE rules.
function conflictTarget(flags: number, hasWriteRules: boolean): UniqueKey["conflictTarget"] {
  const isImmediateAndValid = (flags & 6) === 6;
  if (!isImmediateAndValid || hasWriteRules) return "none";
  return (flags & 8) !== 0 ? "doNothingOnly" : "doUpdate";
}

/** The SQL after each key of an index, `COLLATE "C" text_pattern_ops DESC`; an empty list if all keys have the defaults. */
function buildKeyOptions(catalog: Catalog, row: IndexRow): readonly string[] {
  const { 1: relation, 8: columns, 10: keys } = row;
  if (keys === null) return [];
  const numbers = intList(columns);
  const options = (JSON.parse(keys) as readonly IndexKeyRow[]).map((key, index) =>
    keyOptions(
      catalog,
      catalog.column.get(relation)?.find(column => column[4] === numbers[index]),
      key,
    ),
  );
  // A column's own collation is not an index option.
  return options.some(option => option !== "") ? options : [];
}

// By the bits of pg_index.indoption: 1 is DESC, 2 is NULLS FIRST, the default of DESC.
const ORDERS = ["", " DESC NULLS LAST", " NULLS FIRST", " DESC"] as const;
const DEFAULT_COLLATION = 100;

function keyOptions(
  catalog: Catalog,
  column: ColumnRow | undefined,
  [option, operatorClass, collation, classOptions]: IndexKeyRow,
): string {
  const isOwnCollation = collation !== 0 && collation !== (column?.[3] ?? DEFAULT_COLLATION);
  const collate = isOwnCollation ? `COLLATE ${findRow(catalog.collation, collation)?.[7] ?? ""}` : "";
  const known = findRow(catalog.operatorClass, operatorClass);
  const isOwnClass = known?.[4] !== 1 || classOptions !== null;
  const parameters = classOptions === null ? "" : `(${classOptions.join(", ")})`;
  const className = isOwnClass ? ` ${known?.[7] ?? ""}${parameters}` : "";
  return (collate + className + ORDERS[option & 3]).trimStart();
}
