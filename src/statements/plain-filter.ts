import { isPlainObject } from "../types/plain-object.ts";
import { type Operator, type OperatorName, operatorName } from "./filter-types.ts";
import { filterText } from "./filter-value.ts";
import { isFragment } from "./fragment.ts";
import type { RelationPlan } from "./relation-plan.ts";

/** A filter that compares columns with one value each, as most do. */
export interface PlainFilter {
  /** What its text depends on. */
  readonly shape: string;
  /** Its parameters, in their order. */
  readonly texts: readonly string[];
  /** The filter as it was read: what a getter gives later is not what was judged. */
  readonly where: () => unknown;
}

const NO_FILTER: PlainFilter = { shape: "", texts: [], where: () => undefined };
const COMPARISONS: ReadonlySet<OperatorName> = new Set(["eq", "gt", "gte", "lt", "lte"]);

/** The filter if it is such a one; undefined for any other, also for one whose columns are a mistake. */
export function plainFilter({ columns }: RelationPlan, where: unknown): PlainFilter | undefined {
  if (where === undefined) return NO_FILTER;
  if (!isPlainObject(where) || isFragment(where) || operatorName(where) !== undefined) return undefined;
  let shape = "";
  const texts: string[] = [];
  const entries = Object.entries(where);
  for (const [columnName, value] of entries) {
    const column = columns.get(columnName);
    const operator = operatorName(value);
    const name = operator ?? "eq";
    if (column === undefined || column.filterCodec.equals === null || !COMPARISONS.has(name))
      return undefined;
    const operand = operator === undefined ? value : (value as Operator).operands[0];
    const isNull = operand === null && name === "eq";
    if (!isNull) texts.push(filterText(column.label, column.filterCodec, operand));
    shape += column.quoted + (isNull ? "-" : name);
  }
  return { shape, texts, where: () => Object.fromEntries(entries) };
}
