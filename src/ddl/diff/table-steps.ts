import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { Relation } from "../../schema/snapshot.ts";
import { optionName, storageOption } from "../define/storage-options.ts";
import { tableDefinitionSql } from "../define/table-definition.ts";
import { isUnproven } from "./column-attributes.ts";
import { provenColumn, unprovenNotNull } from "./column-steps.ts";
import { type KeyPart, keyParts } from "./key-plan.ts";
import { addKey, isConstraint } from "./key-steps.ts";
import { isSame } from "./matched.ts";
import { type MigrationStep, step } from "./migration-step.ts";

/** A new table with its keys and valid checks; without foreign keys and parents, which come when all tables are there. */
export function createTableSteps(table: Relation): readonly MigrationStep[] {
  const alter = `ALTER TABLE ${quoteName(table)}`;
  const text = tableDefinitionSql({
    ...table,
    columns: table.columns.map(provenColumn),
    uniqueKeys: table.uniqueKeys.filter(key => key.isConstraint),
    checks: table.checks.filter(check => check.validated || !check.enforced),
    foreignKeys: [],
  });
  return [
    step(text),
    ...table.columns.filter(isUnproven).map(column => step(`${alter} ${unprovenNotNull(column)}`)),
    ...rowSecuritySteps("off", table),
  ];
}

/** What `createTableSteps` leaves out: indexes, and checks that are not valid. */
export function indexSteps(table: Relation): readonly MigrationStep[] {
  return keyParts(table)
    .filter(key => !isConstraint(key) || isUnprovenCheck(key))
    .map(key => addKey(table, key));
}

function isUnprovenCheck({ kind, part }: KeyPart): boolean {
  return kind === "check" && !part.validated && part.enforced;
}

export function dropTable(table: Relation): MigrationStep {
  const loss = `drops table ${table.schema}.${table.name} with its rows`;
  return step(`DROP TABLE ${quoteName(table)}`, loss);
}

/** Persistence, row security and storage parameters. */
export function tableAttributeSteps(before: Relation, after: Relation): readonly MigrationStep[] {
  const alter = `ALTER TABLE ${quoteName(after)}`;
  return [
    ...(before.persistence === after.persistence
      ? []
      : [step(`${alter} SET ${after.persistence === "unlogged" ? "UNLOGGED" : "LOGGED"}`)]),
    ...rowSecuritySteps(before.rowSecurity, after),
    ...optionSteps(alter, before.options, after.options),
  ];
}

function rowSecuritySteps(before: Relation["rowSecurity"], after: Relation): readonly MigrationStep[] {
  const now = after.rowSecurity;
  const actions = [
    ...((before === "off") === (now === "off") ? [] : [now === "off" ? "DISABLE" : "ENABLE"]),
    ...((before === "forced") === (now === "forced") ? [] : [now === "forced" ? "FORCE" : "NO FORCE"]),
  ];
  return actions.map(action => step(`ALTER TABLE ${quoteName(after)} ${action} ROW LEVEL SECURITY`));
}

function optionSteps(
  alter: string,
  before: readonly string[],
  after: readonly string[],
): readonly MigrationStep[] {
  if (isSame(before, after)) return [];
  const names = new Set(after.map(optionName));
  const gone = before.map(optionName).filter(name => !names.has(name));
  return [
    ...(gone.length === 0 ? [] : [step(`${alter} RESET (${gone.join(", ")})`)]),
    ...(after.length === 0 ? [] : [step(`${alter} SET (${after.map(storageOption).join(", ")})`)]),
  ];
}

/** Lets a partition, or a table that inherits, go its own way. */
export function detachSteps(table: Relation): readonly MigrationStep[] {
  return table.parents.map(parent =>
    step(
      table.isPartition
        ? `ALTER TABLE ${quoteName(parent)} DETACH PARTITION ${quoteName(table)}`
        : `ALTER TABLE ${quoteName(table)} NO INHERIT ${quoteName(parent)}`,
    ),
  );
}

export function attachSteps(table: Relation): readonly MigrationStep[] {
  return table.parents.map(parent =>
    step(
      table.isPartition
        ? `ALTER TABLE ${quoteName(parent)} ATTACH PARTITION ${quoteName(table)} ${table.partitionBound}`
        : `ALTER TABLE ${quoteName(table)} INHERIT ${quoteName(parent)}`,
    ),
  );
}

export function dropForeignKey(table: Relation, name: string): MigrationStep {
  return step(`ALTER TABLE ${quoteName(table)} DROP CONSTRAINT ${quoteIdentifier(name)}`);
}
