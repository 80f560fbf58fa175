import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { planColumn, relationPlan } from "../../statements/relation-plan.ts";
import { relationOfKind, TABLE_KINDS } from "../define/relation-name.ts";
import { conversion, isWider } from "../diff/retype.ts";
import { changedColumns, type StayingColumn } from "./changed-columns.ts";
import type { TableChanges } from "./table-changes.ts";

/** A query for the number of rows that stand against a change. */
export interface LossCheck {
  readonly text: string;
  /** `track.composer`. */
  readonly label: string;
  /** Behind the number: `rows have a value`. */
  readonly problem: string;
}

/** The looks at the data that `transformTable` takes before it changes anything. */
export function lossChecks(
  schema: AnySchema,
  table: string,
  changes: TableChanges,
  allowLoss: boolean,
): readonly LossCheck[] {
  const relation = relationOfKind(schema, table, TABLE_KINDS);
  const { dropped, staying } = changedColumns(schema, relation, changes);
  const nulls = staying.filter(({ before }) => changes.notNull?.[before.name] === true);
  return [
    ...(allowLoss ? [] : dropped.filter(({ generated }) => generated === null)).map(({ name }) =>
      check(
        relation,
        name,
        `${quoteIdentifier(name)} IS NOT NULL`,
        "rows have a value: allowLoss: true drops them",
      ),
    ),
    ...(allowLoss ? [] : staying).flatMap(column => retypeCheck(schema, relation, column)),
    ...nulls.map(({ before: { name } }) =>
      check(relation, name, `${quoteIdentifier(name)} IS NULL`, "rows have NULL, which it could not refuse"),
    ),
  ];
}

// A value that is another one when it comes back was rounded, cut or misunderstood.
function retypeCheck(
  schema: AnySchema,
  relation: Relation,
  { before, retype }: StayingColumn,
): readonly LossCheck[] {
  if (retype === null || retype.using !== null || isWider(schema, before, schema, retype.type)) return [];
  const column = quoteIdentifier(before.name);
  const there = `${conversion(column, before, retype.type)}::${retype.type.type}`;
  const back = conversion(`(${there})`, retype.type, before);
  const hasEquality = planColumn(relationPlan(schema, relation.key), before.name).codec.equals !== null;
  const differs = hasEquality
    ? `${back} IS DISTINCT FROM ${column}`
    : `(${back})::text IS DISTINCT FROM ${column}::text`;
  const problem = `rows have a value that ${retype.type.type} cannot hold: allowLoss: true rounds and cuts, or say how with { type, using }`;
  return [check(relation, before.name, differs, problem)];
}

function check(relation: Relation, column: string, condition: string, problem: string): LossCheck {
  return {
    text: `SELECT count(*)::int FROM ${quoteName(relation)} WHERE ${condition}`,
    label: `${relation.key}.${column}`,
    problem,
  };
}
