import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { type ColumnPlan, nullSql } from "../../statements/column-plan.ts";
import { planColumn, relationPlan } from "../../statements/relation-plan.ts";
import { relationOfKind, TABLE_KINDS } from "../define/existing-name.ts";
import { conversion, isWider } from "../diff/retype.ts";
import { changedColumns, type RemainingColumn } from "./changed-columns.ts";
import type { TableChanges } from "./table-changes.ts";

/** A query for the number of rows that a change would fail on or lose values of. */
export interface LossCheck {
  readonly text: string;
  /** `track.composer`. */
  readonly label: string;
  /** After `3 rows have`: `a value`. */
  readonly problem: string;
  /** `allowLoss: true drops the values`. */
  readonly advice: string;
  /** Whether PostgreSQL would change these rows without an error. */
  readonly isSilent: boolean;
}

/** The queries with which `transformTable` checks the data before it changes anything. */
export function lossChecks(
  schema: AnySchema,
  table: string,
  changes: TableChanges,
  allowLoss: boolean,
): readonly LossCheck[] {
  const relation = relationOfKind(schema, table, TABLE_KINDS);
  const plan = relationPlan(schema, table);
  const { dropped, remaining } = changedColumns(schema, relation, changes);
  const required = remaining.filter(({ before }) => changes.notNull?.[before.name] === true);
  const stored = dropped.filter(({ generated }) => generated === null);
  return [
    ...(allowLoss ? [] : stored).map(({ name }) => dropCheck(relation, planColumn(plan, name))),
    ...(allowLoss ? [] : remaining).flatMap(column => retypeCheck(schema, relation, column)),
    ...required.map(({ before }) => nullCheck(relation, planColumn(plan, before.name))),
  ];
}

function dropCheck(relation: Relation, column: ColumnPlan): LossCheck {
  return {
    ...check(relation, column.column.name, nullSql(column, column.quoted, false)),
    problem: "a value",
    advice: "allowLoss: true drops the values",
    isSilent: true,
  };
}

function nullCheck(relation: Relation, column: ColumnPlan): LossCheck {
  return {
    ...check(relation, column.column.name, nullSql(column, column.quoted)),
    problem: "NULL",
    advice: "give these rows a value before NOT NULL",
    isSilent: false,
  };
}

// A value that differs after the conversion to the new type and back was rounded, truncated or changed.
function retypeCheck(
  schema: AnySchema,
  relation: Relation,
  { before, retype }: RemainingColumn,
): readonly LossCheck[] {
  if (retype === null || retype.using !== null || isWider(schema, before, schema, retype.type)) return [];
  const column = quoteIdentifier(before.name);
  const { type } = retype.type;
  const converted = `${conversion(column, before, retype.type)}::${type}`;
  const back = conversion(`(${converted})`, retype.type, before);
  const { codec } = planColumn(relationPlan(schema, relation.key), before.name);
  const differs =
    codec.equals === "="
      ? `${back} IS DISTINCT FROM ${column}`
      : `(${back})::text IS DISTINCT FROM ${column}::text`;
  return [
    {
      ...check(relation, before.name, differs),
      problem: `a value that ${type} cannot hold`,
      advice: "allowLoss: true rounds and truncates, or pass the conversion as { type, using }",
      isSilent: true,
    },
  ];
}

function check(relation: Relation, column: string, condition: string): Pick<LossCheck, "text" | "label"> {
  return {
    text: `SELECT count(*)::int FROM ${quoteName(relation)} WHERE ${condition}`,
    label: `${relation.key}.${column}`,
  };
}
