import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { AnySchema, Column, Relation, SqlFunction } from "../../schema/snapshot.ts";
import { type KeyPart, keyParts, partExpressions } from "../define/key-parts.ts";
import { calls } from "./function-steps.ts";
import { usersOf } from "./function-users.ts";
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

/** Whether `lateDefaultSteps` sets the default of a column. */
export function isLate(to: AnySchema, table: Relation, { default: value }: Column, late: Late): boolean {
  return value !== null && isLateText(to, table, value, late);
}

/** The checks and exclusion constraints of a new table that call one of the functions, which are created after it. */
export function lateConstraints(to: AnySchema, table: Relation, late: Late): readonly KeyPart[] {
  return keyParts(table).filter(
    key =>
      (key.kind === "exclusion" || (key.kind === "check" && !isLaterCheck(key.part))) &&
      partExpressions(key).some(text => isLateText(to, table, text, late)),
  );
}

/** Whether a key or index calls one of the functions, which are created after the views that they read. */
export function isLateKey(key: KeyPart, functions: Late): boolean {
  return partExpressions(key).some(text => functions.values().some(one => calls(text, one)));
}

/** A new table without the defaults of `lateDefaultSteps` and the constraints of `lateConstraints`. */
export function withoutLateParts(to: AnySchema, table: Relation, late: Late): Relation {
  const constraints = new Set(lateConstraints(to, table, late).map(({ part }) => part));
  return {
    ...table,
    columns: table.columns.map(column =>
      isLate(to, table, column, late) ? { ...column, default: null } : column,
    ),
    checks: table.checks.filter(check => !constraints.has(check)),
    exclusions: table.exclusions.filter(exclusion => !constraints.has(exclusion)),
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

/** Sets the defaults that call functions which are created after the table; ONLY, because the tables are attached again. */
export function lateDefaultSteps(
  { to, tables, createdTables }: MigrationPlan,
  late: Late,
): readonly MigrationStep[] {
  return [
    ...createdTables.flatMap(table =>
      table.columns.filter(column => isLate(to, table, column, late)).map(one => defaultStep(table, one)),
    ),
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
