import { ArgumentError } from "../errors.ts";
import type { AnySchema, UniqueKey } from "../schema/snapshot.ts";
import { type ColumnPlan, keyText } from "./column-plan.ts";
import { and } from "./combinations.ts";
import type { ConflictTarget } from "./conflict-target.ts";
import type { Where } from "./filter.ts";
import { expr, isFragment } from "./fragment.ts";
import { dateColumns, type KeyPart, keyParts, keyPartsSql, rowKeySql, storedSql } from "./key-parts.ts";
import { eq } from "./operators.ts";
import { identityColumns, planColumn, type RelationPlan } from "./relation-plan.ts";
import { type Assignment, assignedSql, type RowValues, valuesClause } from "./row-values.ts";
import { type Binder, type Clause, newBinder } from "./statement.ts";

type Row = Readonly<Record<string, unknown>>;

/**
 * The values of an upsert. A Date that is part of the conflict target stands for the stored value of its millisecond, if
 * there is one: a row that was read has no microseconds, and its upsert would otherwise insert a second row.
 */
export function upsertValuesClause(
  schema: AnySchema,
  plan: RelationPlan,
  target: ConflictTarget,
  row: Row,
  values: RowValues,
): Clause {
  return valuesClause(schema, plan, values, upsertValueSql(schema, plan, target, row));
}

/** The SQL of a value of an upsert, if a Date is part of the conflict target. */
export function upsertValueSql(
  schema: AnySchema,
  plan: RelationPlan,
  target: ConflictTarget,
  row: Row,
): ((binder: Binder, assignment: Assignment) => string) | undefined {
  if (!target.hasDates) return undefined;
  const key = givenColumns(plan, target.columns, row);
  const dates = dateColumns(key, [row]);
  const isNull = key.some(({ column }) => row[column.name] === null);
  if (dates.length === 0 || (isNull && !target.key.nullsNotDistinct)) return undefined;
  return (binder, assignment) => {
    const value = assignedSql(schema, binder, assignment);
    if (!dates.includes(assignment.column)) return value;
    const parts = rowParts(binder, key, row);
    return `coalesce(${storedSql(plan, binder, parts, [assignment.column], target)}, ${value})`;
  };
}

/** The filter for the row with the primary key in `row`, in which a Date stands for its millisecond. */
export function rowKeyFilter(plan: RelationPlan, row: Row): Where {
  const names = identityColumns(plan).map(({ column }) => column.name);
  return plan.hasChildren
    ? partsFilter(plan, givenColumns(plan, names, row), row, rowKeySql)
    : uniqueKeyFilter(plan, names, row);
}

function uniqueKeyFilter(plan: RelationPlan, names: readonly string[], row: Row): Where {
  const given = givenColumns(plan, names, row);
  if (dateColumns(given, [row]).length > 0) return partsFilter(plan, given, row, keyPartsSql);
  // A value of the row is never an operator.
  return Object.fromEntries(given.map(({ column: { name } }) => [name, eq(row[name])]));
}

function partsFilter(
  plan: RelationPlan,
  columns: readonly ColumnPlan[],
  row: Row,
  condition: typeof keyPartsSql,
): Where {
  const binder = newBinder();
  const text = condition(plan, binder, rowParts(binder, columns, row), `${plan.alias}.`);
  return expr(text, binder.params);
}

/** The filter for the row that `row` conflicts with on a unique key, inside the predicate of a partial index. */
export function conflictFilter(plan: RelationPlan, { columns, predicate }: UniqueKey, row: Row): Where {
  const names = columns.filter(name => name !== null);
  const same = uniqueKeyFilter(plan, names, row);
  return predicate === null ? same : and<Row>(same, expr(predicate, []));
}

function givenColumns(plan: RelationPlan, names: readonly string[], row: Row): readonly ColumnPlan[] {
  return names.filter(name => Object.hasOwn(row, name)).map(name => planColumn(plan, name));
}

function rowParts(binder: Binder, key: readonly ColumnPlan[], row: Row): readonly KeyPart[] {
  return key.flatMap((column): readonly KeyPart[] => {
    const value = row[column.column.name];
    if (value === null) return [{ column, value: "NULL" }];
    if (isFragment(value))
      throw new ArgumentError(
        `${column.label}: raw SQL and a Date cannot identify a row together; pass the timestamp as text`,
      );
    return keyParts(binder, [column], [keyText(column, value)]);
  });
}
