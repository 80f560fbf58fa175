import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { Column, Relation, Setting } from "../../schema/snapshot.ts";
import { pairByName } from "./compare.ts";
import { type MigrationStep, step } from "./migration-step.ts";

/** Sets the storage, compression, statistics target and options of a column that differ. */
export function columnSettingSteps(
  table: Relation,
  before: Column | undefined,
  after: Column,
  isRetyped: boolean,
): readonly MigrationStep[] {
  // ALTER TYPE restores the defaults of the others.
  const isKept = (setting: Setting): boolean => !isRetyped || !dependsOnType(setting);
  return settingSteps(
    `ALTER TABLE ONLY ${quoteName(table)} ALTER COLUMN ${quoteIdentifier(after.name)}`,
    before?.settings?.filter(isKept),
    after.settings,
  );
}

/** Whether the new type of a column decides about the setting. */
export function dependsOnType({ name }: Setting): boolean {
  return name === "storage" || name === "compression";
}

/** Sets the settings that differ, and resets those of `before` alone. */
export function settingSteps(
  alter: string,
  before: readonly Setting[] = [],
  after: readonly Setting[] = [],
): readonly MigrationStep[] {
  return pairByName(before, after, ({ name }) => name).flatMap(pair => {
    const action = pair.after?.set ?? pair.before!.reset;
    return pair.before?.set === action ? [] : [step(`${alter} ${action}`)];
  });
}
