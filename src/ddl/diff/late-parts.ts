import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { AnySchema, Check, Column, Relation, SqlFunction } from "../../schema/snapshot.ts";
import { calls } from "./function-steps.ts";
import { usersOf } from "./function-users.ts";
import { addKeyStep } from "./keys.ts";
import type { MigrationPlan } from "./migration-plan.ts";
import { type MigrationStep, step } from "./migration-step.ts";
import type { ColumnChange, TablePlan } from "./table-plan.ts";
import { isLaterCheck } from "./table-steps.ts";

/** The new functions that are created after existing tables are altered. */
type Late = ReadonlySet<SqlFunction>;

/** Whether an expression calls a function that is created after the table: it may read this table. */
function isLateText(to: AnySchema, table: Relation, text: string, late: Late): boolean {
  const isCalled = (one: SqlFunction): boolean => calls(text, one);
  return late.values().some(isCalled) || usersOf(to.functions, [table]).values().some(isCalled);
}

function isLate(to: AnySchema, table: Relation, { default: value }: Column, late: Late): boolean {
  return value !== null && isLateText(to, table, value, late);
}

function lateChecks(to: AnySchema, table: Relation, late: Late): readonly Check[] {
  return table.checks.filter(check => !isLaterCheck(check) && isLateText(to, table, check.expression, late));
}

/** A new table without the defaults and checks that `latePartSteps` creates. */
export function withoutLateParts(to: AnySchema, table: Relation, late: Late): Relation {
  const checks = lateChecks(to, table, late);
  return {
    ...table,
    columns: table.columns.map(column =>
      isLate(to, table, column, late) ? { ...column, default: null } : column,
    ),
    checks: table.checks.filter(check => !checks.includes(check)),
  };
}

/** The plan of an existing table without the defaults that `latePartSteps` sets. */
export function withoutLateChanges(to: AnySchema, plan: TablePlan, late: Late): TablePlan {
  const { after, kept, retyped, appended, withoutDefault } = plan;
  const remaining = (change: ColumnChange): ColumnChange => {
    const { before } = change;
    const value = withoutDefault.has(before.name) ? null : before.default;
    return isLate(to, after, change.after, late)
      ? { before, after: { ...change.after, default: value } }
      : change;
  };
  const changes = new Map(kept.map(change => [change, remaining(change)]));
  return {
    ...plan,
    kept: [...changes.values()],
    retyped: retyped.map(change => changes.get(change)!),
    appended: appended.map(column =>
      column.before !== undefined && isLate(to, after, column.after, late)
        ? { ...column, after: { ...column.after, default: null } }
        : column,
    ),
  };
}

/**
 * Sets the defaults that call functions which are created after the table, and adds the checks of new tables that do; ONLY,
 * because the tables are attached again.
 */
export function latePartSteps(
  { to, tables, createdTables }: MigrationPlan,
  late: Late,
): readonly MigrationStep[] {
  return [
    ...createdTables.flatMap(table => [
      ...table.columns.filter(column => isLate(to, table, column, late)).map(one => defaultStep(table, one)),
      ...lateChecks(to, table, late).map(part => addKeyStep(table, { kind: "check", part })),
    ]),
    ...tables.flatMap(({ after, kept, appended, withoutDefault }) => [
      ...kept
        .filter(
          ({ before, after: column }) => withoutDefault.has(column.name) || before.default !== column.default,
        )
        .map(change => change.after)
        .filter(column => isLate(to, after, column, late))
        .map(column => defaultStep(after, column)),
      ...appended
        .filter(({ before, after: column }) => before !== undefined && isLate(to, after, column, late))
        .map(change => defaultStep(after, change.after)),
    ]),
  ];
}

function defaultStep(table: Relation, { name, default: value }: Column): MigrationStep {
  const column = quoteIdentifier(name);
  return step(`ALTER TABLE ONLY ${quoteName(table)} ALTER COLUMN ${column} SET DEFAULT ${value}`);
}
