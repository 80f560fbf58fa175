import { quoteName } from "../../schema/quote.ts";
import type { Check, Relation } from "../../schema/snapshot.ts";
import { optionNameSql, optionSql } from "../../schema/storage-options.ts";
import { isConstraint, isInvalidIndex, type KeyPart, keyParts, repeatedKeys } from "../define/key-parts.ts";
import { dropRelationSql } from "../define/relation-definition.ts";
import { tableDefinitionSql } from "../define/table-definition.ts";
import { hasInvalidNotNull, invalidNotNullSql, withoutInvalidNotNull } from "./column-attributes.ts";
import { isSame } from "./compare.ts";
import { addKeyStep } from "./keys.ts";
import { type MigrationStep, step } from "./migration-step.ts";
import { columnSettingSteps } from "./setting-steps.ts";

/** Creates a table with its keys and validated checks. Foreign keys and parents follow after all tables. */
export function createTableSteps(table: Relation): readonly MigrationStep[] {
  const alter = `ALTER TABLE ${quoteName(table)}`;
  const constraints = table.uniqueKeys.filter(key => key.isConstraint);
  const repeated = repeatedKeys(table);
  const text = tableDefinitionSql({
    ...table,
    columns: table.columns.map(withoutInvalidNotNull),
    uniqueKeys: constraints.filter(key => !repeated.includes(key)),
    checks: table.checks.filter(check => !isLaterCheck(check)),
    foreignKeys: [],
  });
  return [
    step(text),
    ...repeated.map(part => addKeyStep(table, { kind: "uniqueKey", part })),
    ...table.columns.filter(hasInvalidNotNull).map(column => step(`${alter} ${invalidNotNullSql(column)}`)),
    ...table.columns.flatMap(column => columnSettingSteps(table, undefined, column, false)),
    ...rowSecuritySteps(undefined, table),
  ];
}

/** The indexes and the checks that `createTableSteps` leaves out. */
export function laterKeys(table: Relation): readonly KeyPart[] {
  return keyParts(table).filter(key =>
    key.kind === "check" ? isLaterCheck(key.part) : !isConstraint(key) && !isInvalidIndex(key),
  );
}

/** Whether `createTableSteps` leaves out a check. A function of whole rows can only be created after its table. */
export function isLaterCheck({ expression, validated, enforced }: Check): boolean {
  return (!validated && enforced) || /\.[^ (]+\([^ ()]+\.\*/.test(expression);
}

export function dropTableStep(table: Relation): MigrationStep {
  const loss = `drops table ${table.schema}.${table.name} with its rows`;
  return step(dropRelationSql(table), loss);
}

/** Changes persistence, row security and storage parameters. */
export function tableAttributeSteps(before: Relation, after: Relation): readonly MigrationStep[] {
  const alter = `ALTER TABLE ${quoteName(after)}`;
  return [
    ...(before.persistence === after.persistence
      ? []
      : [step(`${alter} SET ${after.persistence === "unlogged" ? "UNLOGGED" : "LOGGED"}`)]),
    ...rowSecuritySteps(before, after),
    ...optionSteps(alter, before.options, after.options),
  ];
}

function rowSecuritySteps(before: Relation | undefined, after: Relation): readonly MigrationStep[] {
  const { rowSecurityEnabled: enabled, rowSecurityForced: forced } = after;
  const actions = [
    ...((before?.rowSecurityEnabled ?? false) === enabled ? [] : [enabled ? "ENABLE" : "DISABLE"]),
    ...((before?.rowSecurityForced ?? false) === forced ? [] : [forced ? "FORCE" : "NO FORCE"]),
  ];
  return actions.map(action => step(`ALTER TABLE ${quoteName(after)} ${action} ROW LEVEL SECURITY`));
}

function optionSteps(
  alter: string,
  before: readonly string[],
  after: readonly string[],
): readonly MigrationStep[] {
  if (isSame(before, after)) return [];
  const names = new Set(after.map(optionNameSql));
  const removed = before.map(optionNameSql).filter(name => !names.has(name));
  return [
    ...(removed.length === 0 ? [] : [step(`${alter} RESET (${removed.join(", ")})`)]),
    ...(after.length === 0 ? [] : [step(`${alter} SET (${after.map(optionSql).join(", ")})`)]),
  ];
}
