import { byName } from "../relation-name.ts";
import type { Check, Exclusion, ForeignKey, ReferentialAction } from "../snapshot.ts";
import { buildIndexes, constraintComments, type RelationIndexes } from "./build-indexes.ts";
import { type Catalog, columnNames, commentOf, intList, relationName } from "./catalog.ts";
import type { ConstraintRow } from "./rows.ts";

/** The keys and constraints of a relation. */
export interface RelationKeys extends RelationIndexes {
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: readonly Check[];
  readonly exclusions: readonly Exclusion[];
}

export function buildKeys(catalog: Catalog, relation: number): RelationKeys {
  const constraints = (catalog.constraint.get(relation) ?? []).toSorted((a, b) => byName(a[7], b[7]));
  const ofType = (type: string): ConstraintRow[] => constraints.filter(row => row[8][0] === type);
  return {
    ...buildIndexes(catalog, relation, constraints),
    foreignKeys: ofType("f").map(row => foreignKey(catalog, row)),
    checks: ofType("c").map(row => check(catalog, row)),
    exclusions: ofType("x").map(row => exclusion(catalog, row)),
  };
}

const ACTIONS: Readonly<Record<string, ReferentialAction>> = {
  a: "noAction",
  r: "restrict",
  c: "cascade",
  n: "setNull",
  d: "setDefault",
};

function foreignKey(catalog: Catalog, row: ConstraintRow): ForeignKey {
  const {
    1: relation,
    2: oid,
    3: target,
    4: flags,
    7: name,
    8: letters,
    9: key,
    10: targetKey,
    11: setColumns,
  } = row;
  const columns = namesOf(catalog, target, intList(targetKey));
  return {
    name,
    columns: namesOf(catalog, relation, intList(key)),
    references: { ...relationName(catalog, target), columns },
    onUpdate: ACTIONS[letters[1]!]!,
    onDelete: ACTIONS[letters[2]!]!,
    deleteSetColumns: setColumns === null ? null : namesOf(catalog, relation, intList(setColumns)),
    match: letters[3] === "f" ? "full" : "simple",
    deferrable: (flags & 1) !== 0,
    initiallyDeferred: (flags & 2) !== 0,
    validated: (flags & 4) === 0,
    enforced: (flags & 8) === 0,
    period: (flags & 16) !== 0,
    isInherited: (flags & 64) !== 0,
    comment: commentOf(catalog, "constraint", oid),
  };
}

function check(catalog: Catalog, row: ConstraintRow): Check {
  const { 1: relation, 2: oid, 4: flags, 7: name, 9: key, 10: expression } = row;
  return {
    name,
    // 0 is the whole row, a negative number a system column.
    columns: namesOf(
      catalog,
      relation,
      intList(key).filter(number => number > 0),
    ),
    expression: expression ?? "",
    validated: (flags & 4) === 0,
    enforced: (flags & 8) === 0,
    noInherit: (flags & 32) !== 0,
    comment: commentOf(catalog, "constraint", oid),
  };
}

function exclusion(catalog: Catalog, row: ConstraintRow): Exclusion {
  const { 4: flags, 7: name, 10: definition } = row;
  return {
    name,
    definition: definition ?? "",
    deferrable: (flags & 1) !== 0,
    ...constraintComments(catalog, row),
  };
}

function namesOf(catalog: Catalog, relation: number, key: readonly number[]): readonly string[] {
  // The key of a constraint has no expressions.
  return columnNames(catalog, relation, key) as readonly string[];
}
