import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import type { AnySchema, Column, Relation } from "../../schema/snapshot.ts";
import { columnDefinitionSql, columnTypeSql } from "../define/column-definition.ts";
import { defaultName } from "../define/new-name.ts";
import {
  defaultSteps,
  hasInvalidNotNull,
  identitySteps,
  invalidNotNullSql,
  nullSteps,
  withoutInvalidNotNull,
} from "./column-attributes.ts";
import { type MigrationStep, step, uncertainStep } from "./migration-step.ts";
import { columnConversion, isWider, usingClause } from "./retype.ts";
import { isPlainlyUpdated, isRowType } from "./row-types.ts";
import { columnSettingSteps } from "./setting-steps.ts";
import type { AppendedColumn, ColumnChange, TablePlan } from "./table-plan.ts";
import { isReplacedType } from "./type-plan.ts";

/** Both snapshots and the replaced types. */
export interface ColumnContext {
  readonly from: AnySchema;
  readonly to: AnySchema;
  readonly replaced: ReadonlySet<string>;
}

/** Drops columns and identities, on which types and sequences may depend. */
export function dropColumnSteps(plan: TablePlan): readonly MigrationStep[] {
  const { before, kept, dropped, appended } = plan;
  const alter = `ALTER TABLE ${quoteName(before)}`;
  return [
    ...[...kept, ...appended]
      .filter(column => (column.before?.generated ?? null) !== null && column.after.generated === null)
      .map(({ after }) => step(`${alter} ALTER COLUMN ${quoteIdentifier(after.name)} DROP EXPRESSION`)),
    // Generated columns first, because they depend on other columns.
    ...dropped
      .toSorted((a, b) => Number(a.generated === null) - Number(b.generated === null))
      .map(column => dropColumn(plan, column)),
    ...renameOrder(plan).map(([from, to]) =>
      step(`${alter} RENAME COLUMN ${quoteIdentifier(from)} TO ${quoteIdentifier(to)}`),
    ),
    // A moved column too, because another sequence may get the name of its own.
    ...[...kept.filter(({ after }) => after.identity === null), ...appended]
      .filter(column => (column.before?.identity ?? null) !== null)
      .map(({ after }) => step(`${alter} ALTER COLUMN ${quoteIdentifier(after.name)} DROP IDENTITY`)),
  ];
}

/** Drops the defaults that ALTER TYPE would convert differently from the values, and those whose function is dropped. */
export function dropDefaultSteps({ before, withoutDefault }: TablePlan): readonly MigrationStep[] {
  return [...withoutDefault].map(name =>
    step(`ALTER TABLE ${quoteName(before)} ALTER COLUMN ${quoteIdentifier(name)} DROP DEFAULT`),
  );
}

/** The renames in an order in which each new name is free; columns that swap names get a temporary name in between. */
function renameOrder({
  before,
  after,
  renamed,
}: TablePlan): readonly (readonly [from: string, to: string])[] {
  const pending = new Map(renamed);
  const taken = new Set([
    ...[...before.columns, ...after.columns].map(({ name }) => name),
    ...renamed.keys(),
  ]);
  const ordered: (readonly [string, string])[] = [];
  while (pending.size > 0) {
    const [from, to] = [...pending].find(([, name]) => !pending.has(name)) ?? [...pending][0]!;
    pending.delete(from);
    const name = pending.has(to) ? defaultName(from, [], "moved", taken) : to;
    ordered.push([from, name]);
    taken.add(name);
    if (name !== to) pending.set(name, to);
  }
  return ordered;
}

/** Retypes, adds and alters columns, after types and sequences have been created. */
export function alterColumnSteps(context: ColumnContext, plan: TablePlan): readonly MigrationStep[] {
  const { after, kept, retyped, appended } = plan;
  const alter = `ALTER TABLE ${quoteName(after)} ALTER COLUMN`;
  return [
    ...retyped.map(change => retypeColumn(context, plan, change)),
    ...appended.flatMap(column => [
      ...appendColumn(context, after, column),
      ...columnSettingSteps(after, undefined, column.after, false),
    ]),
    ...kept.flatMap(change => [
      ...attributeSteps(context, after, withoutDroppedDefault(plan, change)),
      ...columnSettingSteps(after, change.before, change.after, retyped.includes(change)),
    ]),
    ...kept
      .filter(column => column.before.generationExpression !== column.after.generationExpression)
      .filter(column => column.after.generated !== null)
      .map(column =>
        step(
          `${alter} ${quoteIdentifier(column.after.name)} SET EXPRESSION AS (${column.after.generationExpression})`,
        ),
      ),
  ];
}

function dropColumn({ before: table, cascade }: TablePlan, { name, generated }: Column): MigrationStep {
  const suffix = cascade ? " CASCADE" : "";
  const text = `ALTER TABLE ${quoteName(table)} DROP COLUMN ${quoteIdentifier(name)}${suffix}`;
  const loss = `drops column ${table.schema}.${table.name}.${name} with its values`;
  return generated === null ? step(text, loss) : step(text);
}

function retypeColumn(context: ColumnContext, plan: TablePlan, change: ColumnChange): MigrationStep {
  const { before, after } = change;
  const table = plan.after;
  const isReplaced = isReplacedType(context.to, context.replaced, after.typeKey);
  const conversion = plan.conversions.get(after.name);
  const using = conversion === undefined ? usingClause(change, isReplaced) : ` USING ${conversion}`;
  const text = `ALTER TABLE ${quoteName(table)} ALTER COLUMN ${quoteIdentifier(after.name)} TYPE ${columnTypeSql(after)}${using}`;
  return step(text, narrowing(context, table, before, after));
}

function narrowing(
  { from, to }: ColumnContext,
  table: Relation,
  before: Column,
  after: Column,
): string | undefined {
  return isWider(from, before, to, after)
    ? undefined
    : `${table.schema}.${table.name}.${after.name}: values of type ${before.type} may not fit the new type ${after.type}`;
}

function appendColumn(
  context: ColumnContext,
  table: Relation,
  { before, after }: AppendedColumn,
): readonly MigrationStep[] {
  if (before !== undefined) return moveColumn(context, table, { before, after });
  const alter = `ALTER TABLE ${quoteName(table)}`;
  const text = `${alter} ADD COLUMN ${columnDefinitionSql(withoutInvalidNotNull(after))}`;
  const add = isWithoutValue(context.to, after)
    ? uncertainStep(text, `${table.schema}.${table.name}.${after.name}: existing rows have no value`)
    : step(text);
  return hasInvalidNotNull(after) ? [add, step(`${alter} ${invalidNotNullSql(after)}`)] : [add];
}

/** Whether a new column rejects NULL and has nothing else for the existing rows. */
function isWithoutValue({ types }: AnySchema, column: Column): boolean {
  const { notNull, default: value, identity, generated, typeKey } = column;
  if (!notNull || hasInvalidNotNull(column) || value !== null || identity !== null || generated !== null)
    return false;
  const type = types[typeKey];
  return type?.kind !== "domain" || type.default === null;
}

// Copies the values to a new column at the end, which then gets the name of the old one.
function moveColumn(context: ColumnContext, table: Relation, change: ColumnChange): readonly MigrationStep[] {
  const { before, after } = change;
  const taken = new Set([...table.columns.map(({ name }) => name), before.name]);
  const name = quoteIdentifier(defaultName(after.name, [], "moved", taken));
  const alter = `ALTER TABLE ${quoteName(table)}`;
  const bare = { ...before, default: null, identity: null, identityOptions: null, notNull: false } as const;
  return [
    ...copyColumn(context, table, change, name),
    step(`${alter} DROP COLUMN ${quoteIdentifier(before.name)}`),
    step(`${alter} RENAME COLUMN ${name} TO ${quoteIdentifier(after.name)}`),
    ...attributeSteps(context, table, { before: bare, after }),
  ];
}

// An UPDATE would run triggers and skip the rows that FORCE ROW LEVEL SECURITY hides from the owner. A domain can reject the
// NULL of a new column, which is therefore text at first.
function copyColumn(
  context: ColumnContext,
  table: Relation,
  change: ColumnChange,
  name: string,
): readonly MigrationStep[] {
  const { before, after } = change;
  const isReplaced = isReplacedType(context.to, context.replaced, after.typeKey);
  const value = columnConversion(change, isReplaced);
  const loss = narrowing(context, table, before, after);
  const add = `ALTER TABLE ${quoteName(table)} ADD COLUMN ${name}`;
  if (isUpdated(context, table))
    return [
      step(`${add} ${columnTypeSql(after)}`),
      step(`UPDATE ${quoteName(table)} SET ${name} = ${value}`, loss),
    ];
  const type = `TYPE ${columnTypeSql(after)} USING ${value}`;
  return [step(`${add} text`), step(`ALTER TABLE ${quoteName(table)} ALTER COLUMN ${name} ${type}`, loss)];
}

function isUpdated({ from }: ColumnContext, table: Relation): boolean {
  const before = from.relations.find(one => isSameName(one, table));
  return before !== undefined && isRowType(from, before) && isPlainlyUpdated(before);
}

// `dropDefaultSteps` has dropped it.
function withoutDroppedDefault({ withoutDefault }: TablePlan, { before, after }: ColumnChange): ColumnChange {
  return { before: withoutDefault.has(after.name) ? { ...before, default: null } : before, after };
}

function attributeSteps(
  context: ColumnContext,
  table: Relation,
  { before, after }: ColumnChange,
): readonly MigrationStep[] {
  return [
    ...defaultSteps(table, before, after),
    ...nullSteps(context, table, before, after),
    ...identitySteps(table, before, after),
    ...(hasInvalidNotNull(after) && !hasInvalidNotNull(before)
      ? [step(`ALTER TABLE ${quoteName(table)} ${invalidNotNullSql(after)}`)]
      : []),
  ];
}
