import type { ColumnRow, ConstraintRow, IndexRow, RelationRow } from "./catalog-rows.ts";
import type { Check, Exclusion, ForeignKey, Index, ReferentialAction, UniqueKey } from "./snapshot.ts";

/** Attribute number → column name. */
type ColumnNames = ReadonlyMap<number, string>;

/** Keys and constraints of a relation. */
export interface RelationKeys {
  readonly primaryKey: UniqueKey | null;
  readonly uniqueKeys: readonly UniqueKey[];
  readonly indexes: readonly Index[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: readonly Check[];
  readonly exclusions: readonly Exclusion[];
}

export function buildKeys(relation: RelationRow): RelationKeys {
  const names: ColumnNames = new Map((relation[17] ?? []).map((column: ColumnRow) => [column[1], column[0]]));
  const constraints = relation[18] ?? [];
  const indexes = relation[19] ?? [];
  const keyed = indexes
    .filter(row => row[12])
    .map(index => ({
      isPrimary: index[6],
      key: uniqueKey(
        index,
        constraints.find(({ type, index: oid }) => (type === "p" || type === "u") && oid === index[0]),
        names,
        relation[16] === true,
      ),
    }));
  return {
    primaryKey: keyed.find(({ isPrimary }) => isPrimary)?.key ?? null,
    uniqueKeys: keyed.filter(({ isPrimary }) => !isPrimary).map(({ key }) => key),
    indexes: indexes.filter(row => !row[12]).map(row => plainIndex(row, names)),
    foreignKeys: constraints.filter(({ type }) => type === "f").map(row => foreignKey(row, names)),
    checks: constraints.filter(({ type }) => type === "c").map(row => check(row, names)),
    exclusions: constraints
      .filter(({ type }) => type === "x")
      .map(({ name, definition, deferrable, comment }) => ({
        name,
        definition: definition ?? "",
        deferrable: deferrable ?? false,
        comment: comment ?? null,
      })),
  };
}

function columnNames(numbers: readonly number[], names: ColumnNames): readonly string[] {
  return numbers.map(number => names.get(number) ?? "");
}

function plainIndex(row: IndexRow, names: ColumnNames): Index {
  const [, name, keyColumns, numbers, expressions, predicate, , , valid, , , comment] = row;
  const [, , , , , , , , , , , , , method, options, keyOptions] = row;
  return {
    name,
    columns: numbers.slice(0, keyColumns).map(number => names.get(number) ?? null),
    expressions: expressions ?? [],
    keyOptions: keyOptions ?? [],
    include: columnNames(numbers.slice(keyColumns), names),
    predicate,
    method,
    options: options ?? [],
    valid,
    comment,
  };
}

function uniqueKey(
  row: IndexRow,
  constraint: ConstraintRow | undefined,
  names: ColumnNames,
  hasWriteRules: boolean,
): UniqueKey {
  const index = plainIndex(row, names);
  const [, , , , , , , isImmediate, isValid, isExclusion, nullsNotDistinct] = row;
  return {
    ...index,
    name: constraint?.name ?? index.name,
    isConstraint: constraint !== undefined,
    deferrable: constraint?.deferrable ?? false,
    initiallyDeferred: constraint?.deferred ?? false,
    nullsNotDistinct,
    period: constraint?.period ?? false,
    conflictTarget: conflictTarget(isImmediate, isValid, isExclusion, hasWriteRules),
    comment: constraint?.comment ?? index.comment,
  };
}

// What ON CONFLICT accepts (manual, INSERT): a deferrable or invalid index never, an exclusion index only DO NOTHING,
// and no target on a table with INSERT or UPDATE rules.
function conflictTarget(
  isImmediate: boolean,
  isValid: boolean,
  isExclusion: boolean,
  hasWriteRules: boolean,
): UniqueKey["conflictTarget"] {
  if (!isImmediate || !isValid || hasWriteRules) return "none";
  return isExclusion ? "doNothingOnly" : "doUpdate";
}

const ACTIONS: Readonly<Record<string, ReferentialAction>> = {
  a: "noAction",
  r: "restrict",
  c: "cascade",
  n: "setNull",
  d: "setDefault",
};

function foreignKey(row: ConstraintRow, names: ColumnNames): ForeignKey {
  return {
    name: row.name,
    columns: columnNames(row.key ?? [], names),
    references: { schema: row.refSchema ?? "", name: row.refName ?? "", columns: row.refColumns ?? [] },
    onUpdate: ACTIONS[row.onUpdate ?? "a"] ?? "noAction",
    onDelete: ACTIONS[row.onDelete ?? "a"] ?? "noAction",
    deleteSetColumns: row.setColumns ? columnNames(row.setColumns, names) : null,
    match: row.match === "f" ? "full" : "simple",
    deferrable: row.deferrable ?? false,
    initiallyDeferred: row.deferred ?? false,
    validated: row.notValid === undefined,
    enforced: row.notEnforced === undefined,
    period: row.period ?? false,
    comment: row.comment ?? null,
  };
}

function check(row: ConstraintRow, names: ColumnNames): Check {
  return {
    name: row.name,
    columns: columnNames(row.key ?? [], names),
    expression: row.expression ?? "",
    validated: row.notValid === undefined,
    enforced: row.notEnforced === undefined,
    noInherit: row.noInherit ?? false,
    comment: row.comment ?? null,
  };
}
