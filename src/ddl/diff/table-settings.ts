import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { relationId } from "../../schema/relation-name.ts";
import type { Relation, Setting } from "../../schema/snapshot.ts";
import type { KeyPlan } from "./keys.ts";
import { type MigrationPlan, remainingRelations } from "./migration-plan.ts";
import { type MigrationStep, manualStep } from "./migration-step.ts";
import { columnSettingSteps, settingSteps } from "./setting-steps.ts";

/** The settings of all tables and materialized views, and of the columns of the views. */
export function allSettingSteps(plan: MigrationPlan): readonly MigrationStep[] {
  const remaining = remainingRelations(plan);
  return plan.to.relations.flatMap(after => {
    const before = remaining.get(relationId(after));
    return [
      ...(after.kind === "materializedView" ? after.columns : []).flatMap(column =>
        columnSettingSteps(
          after,
          before?.columns.find(({ name }) => name === column.name),
          column,
          false,
        ),
      ),
      ...tableSettingSteps(before, after, plan.keys.get(relationId(after)), plan.to.serverVersionNum),
    ];
  });
}

/** Sets the replica identity, the index of CLUSTER and the access method that differ, or whose index was recreated. */
export function tableSettingSteps(
  before: Relation | undefined,
  after: Relation,
  keys: KeyPlan | undefined,
  version: number,
): readonly MigrationStep[] {
  const isKept = ({ set }: Setting): boolean =>
    keys?.created.some(({ part }) => set.endsWith(` ${quoteIdentifier(part.name)}`)) !== true;
  const steps = settingSteps(
    `ALTER TABLE ONLY ${quoteName(after)}`,
    before?.settings?.filter(setting => isKept(setting) || isMissing(after, setting)),
    after.settings,
  );
  return version >= 150_000
    ? steps
    : steps.map(one => (one.text.includes(" SET ACCESS METHOD ") ? manualStep(one.text) : one));
}

function isMissing({ settings = [] }: Relation, { name }: Setting): boolean {
  return !settings.some(setting => setting.name === name);
}
