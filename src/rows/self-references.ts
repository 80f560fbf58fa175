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
}

// No number is stored under undefined.
type Numbers = Map<string | undefined, number>;

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
    const parents = references.map(
      ({ columns, groups: known }) => known.get(textOf(plan, columns, row, position)) ?? 0,
    );
    // A statement can change a row only once.
    const least = Math.max((byKey.get(key) ?? -1) + 1, ...parents);
    const own = listOf(byColumns, JSON.stringify(Object.keys(row).sort()));
    const index = own.find(number => number >= least) ?? newGroup(result, own);
    result[index]!.rows.push(row);
    result[index]!.positions.push(position);
    setValue(byKey, key, index);
    for (const { referenced, groups: known } of references)
      setValue(known, textOf(plan, referenced, row, position), index);
  }
  return result;
}

function selfReferences({ relation }: RelationPlan): readonly SelfReference[] {
  const isChecked = relation.foreignKeys.filter(
    ({ references, enforced, initiallyDeferred, declared }) =>
      references.schema === relation.schema &&
      references.name === relation.name &&
      enforced &&
      !initiallyDeferred &&
      !declared,
  );
  return isChecked.map(({ columns, references }) => ({
    columns,
    referenced: references.columns,
    groups: new Map(),
  }));
}

// Undefined for a key with a NULL, which refers to no row, and for one with a default, which is not known.
function textOf(plan: RelationPlan, columns: readonly string[], row: Row, index: number): string | undefined {
  // All rows have the scope's values.
  const given = columns.filter(name => !plan.scope.names.has(name)).map(name => plan.columns.get(name)!);
  if (!given.every(({ column }) => Object.hasOwn(row, column.name))) return undefined;
  const texts = given.map(column => {
    const text = valueText(plan, column, row, index);
    return text === null ? null : (canonicalText(column.filterCodec)?.(text) ?? text);
  });
  return texts.includes(null) ? undefined : JSON.stringify(texts);
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

function setValue(values: Numbers, key: string | undefined, value: number): void {
  if (key !== undefined) values.set(key, value);
}
