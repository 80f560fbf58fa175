import { isSameName } from "../schema/relation.ts";
import { valueText } from "../statements/bulk-rows.ts";
import type { RelationPlan } from "../statements/relation-plan.ts";
import { canonicalText } from "../types/canonical-text.ts";
import type { KeyText, Row, RowGroup } from "./row-groups.ts";

/** A foreign key of a table to itself that PostgreSQL checks at the end of each statement. */
interface SelfReference {
  readonly columns: readonly string[];
  readonly referenced: readonly string[];
  /** The number of the group of each earlier row, by the text of the key to which rows refer. */
  readonly groups: Numbers;
  /** Whether different texts are different keys; otherwise only PostgreSQL knows, as for citext. */
  readonly isExact: boolean;
  /** The last group with a row whose key is a default, or can be equal to other texts, so that any row can refer to it. */
  lastUnknown: number;
}

type Numbers = Map<string, number>;

interface GrowingGroup extends RowGroup {
  readonly rows: Row[];
  readonly positions: number[];
}

/**
 * The groups, or others if the table refers to itself: each row is in the group of the earlier row to which it refers or in a
 * later group, so that the groups together store what single statements would.
 */
export function groupsAfterParents(
  plan: RelationPlan,
  groups: readonly RowGroup[],
  rows: readonly Row[],
  from: number,
  keyOf: KeyText = () => undefined,
): readonly RowGroup[] {
  const references = groups.length < 2 ? [] : selfReferences(plan);
  if (references.length === 0) return groups;
  const result: GrowingGroup[] = [];
  const byColumns = new Map<string, number[]>();
  const byKey: Numbers = new Map();
  for (const [at, row] of rows.entries()) {
    const position = from + at;
    const key = keyOf(row, position);
    const parents = references.map(({ columns, groups: known, lastUnknown }) => {
      const parent = textOf(plan, columns, row, position);
      return typeof parent === "string" ? (known.get(parent) ?? lastUnknown) : 0;
    });
    // A statement can change a row only once.
    const least = Math.max(((key === undefined ? undefined : byKey.get(key)) ?? -1) + 1, ...parents);
    const own = listOf(byColumns, JSON.stringify(Object.keys(row).sort()));
    const index = own.find(number => number >= least) ?? newGroup(result, own);
    result[index]!.rows.push(row);
    result[index]!.positions.push(position);
    if (key !== undefined) byKey.set(key, index);
    for (const reference of references) {
      const referenced = textOf(plan, reference.referenced, row, position);
      if (typeof referenced === "string") reference.groups.set(referenced, index);
      if (referenced === undefined || (referenced !== null && !reference.isExact))
        reference.lastUnknown = Math.max(reference.lastUnknown, index);
    }
  }
  return result;
}

function selfReferences({ relation, columns: plans }: RelationPlan): readonly SelfReference[] {
  // The key of a partition can refer to its table.
  const own = [relation, ...(relation.isPartition ? relation.parents : [])];
  const isChecked = relation.foreignKeys.filter(
    ({ references, enforced, initiallyDeferred, declared }) =>
      own.some(name => isSameName(name, references)) && enforced && !initiallyDeferred && !declared,
  );
  return isChecked.map(({ columns, references }) => ({
    columns,
    referenced: references.columns,
    groups: new Map(),
    isExact: references.columns.every(name => {
      const { filterCodec, collation } = plans.get(name)!;
      return collation === null && canonicalText(filterCodec) !== undefined;
    }),
    lastUnknown: 0,
  }));
}

// Null for a key with a NULL, which refers to no row; undefined for one with a default, which is not known.
function textOf(
  plan: RelationPlan,
  columns: readonly string[],
  row: Row,
  index: number,
): string | null | undefined {
  // All rows have the scope's values.
  const given = columns.filter(name => !plan.scope.names.has(name)).map(name => plan.columns.get(name)!);
  if (!given.every(({ column }) => Object.hasOwn(row, column.name))) return undefined;
  const texts = given.map(column => {
    const text = valueText(plan, column, row, index);
    return text === null ? null : (canonicalText(column.filterCodec)?.(text) ?? text);
  });
  return texts.includes(null) ? null : JSON.stringify(texts);
}

function newGroup(groups: GrowingGroup[], numbers: number[]): number {
  const number = groups.push({ rows: [], positions: [] }) - 1;
  numbers.push(number);
  return number;
}

function listOf(lists: Map<string, number[]>, key: string): number[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
