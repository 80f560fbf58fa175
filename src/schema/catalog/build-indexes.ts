import { byName } from "../relation-name.ts";
import type { Index, UniqueKey } from "../snapshot.ts";
import { type Catalog, collationSql, columnNames, commentOf, findRow, intList, nameSql } from "./catalog.ts";
import type { ColumnRow, ConstraintRow, IndexExtras, IndexKeys, IndexRow } from "./rows.ts";

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
    conflictTarget: conflictTarget(row[5], hasWriteRules(catalog, row[1])),
    ...(constraint !== undefined && constraintComments(catalog, constraint)),
  };
}

/** The comments of a constraint with an index. */
export function constraintComments(
  catalog: Catalog,
  { 2: oid, 3: index }: ConstraintRow,
): Pick<UniqueKey, "comment" | "indexComment"> {
  const indexComment = commentOf(catalog, "relation", index);
  return {
    comment: commentOf(catalog, "constraint", oid),
    ...(indexComment === null ? {} : { indexComment }),
  };
}

// The indexes that ON CONFLICT accepts (manual, INSERT): a deferrable or invalid index never, an exclusion index only DO NOTHING,
// and no target on a table with INSERT or UPDATE rules.
function conflictTarget(flags: number, hasWriteRules: boolean): UniqueKey["conflictTarget"] {
  const isImmediateAndValid = (flags & 6) === 6;
  if (!isImmediateAndValid || hasWriteRules) return "none";
  return (flags & 8) !== 0 ? "doNothingOnly" : "doUpdate";
}

// pg_rewrite.ev_type of UPDATE and INSERT.
function hasWriteRules({ policyOrRule }: Catalog, relation: number): boolean {
  return (policyOrRule.get(relation) ?? []).some(({ 4: event }) => event === 2 || event === 3);
}

/** The SQL after each key of an index, `COLLATE "C" text_pattern_ops DESC`; an empty list if all keys have the defaults. */
function buildKeyOptions(catalog: Catalog, row: IndexRow): readonly string[] {
  const { 1: relation, 8: columns, 10: classes, 11: keys } = row;
  const [orders, collations, classOptions] = keys === null ? NO_KEYS : (JSON.parse(keys) as IndexKeys);
  const numbers = intList(columns);
  const collationOids = intList(collations);
  const orderBits = intList(orders);
  const options = intList(classes).map((operatorClass, index) => {
    const column = catalog.column.get(relation)?.find(other => other[4] === numbers[index]);
    return (
      collateSql(catalog, column, collationOids[index] ?? 0) +
      operatorClassSql(catalog, operatorClass, classOptions?.[index + 1]) +
      ORDERS[(orderBits[index] ?? 0) & 3]
    ).trimStart();
  });
  // A column's own collation is not an index option.
  return options.some(option => option !== "") ? options : [];
}

const NO_KEYS: IndexKeys = ["", "", null];

// By the bits of pg_index.indoption: 1 is DESC, 2 is NULLS FIRST, the default of DESC.
const ORDERS = ["", " DESC NULLS LAST", " NULLS FIRST", " DESC"] as const;
const DEFAULT_COLLATION = 100;

function collateSql(catalog: Catalog, column: ColumnRow | undefined, collation: number): string {
  const isOwn = collation !== 0 && collation !== (column?.[3] ?? DEFAULT_COLLATION);
  return isOwn ? `COLLATE ${collationSql(catalog, collation) ?? ""}` : "";
}

function operatorClassSql(catalog: Catalog, oid: number, options: readonly string[] | undefined): string {
  const known = findRow(catalog.operatorClass, oid);
  if (known?.[4] === 1 && options === undefined) return "";
  const name = known === undefined ? "" : nameSql(catalog, known[2], known[7]);
  return ` ${name}${options === undefined ? "" : `(${options.join(", ")})`}`;
}
