import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { Relation } from "../../schema/snapshot.ts";
import { type ViewDefinition, viewDefinitionSql } from "../define/view-definition.ts";
import { type MigrationStep, step } from "./migration-step.ts";
import { indexSteps } from "./table-steps.ts";
import type { ViewPlan } from "./view-plan.ts";

export function viewDropSteps({ gone }: ViewPlan): readonly MigrationStep[] {
  return gone.map(view => step(`DROP ${noun(view)} ${quoteName(view)}`));
}

export function viewSteps({ made, replaced }: ViewPlan): readonly MigrationStep[] {
  return made.flatMap(view => [
    step(viewDefinitionSql(view as ViewDefinition, { replace: replaced.has(view) })),
    ...(view.kind === "view" ? defaultSteps(view) : indexSteps(view)),
  ]);
}

// A column of a view that can be written may have a default of its own.
function defaultSteps(view: Relation): readonly MigrationStep[] {
  return view.columns
    .filter(column => column.default !== null)
    .map(column =>
      step(
        `ALTER VIEW ${quoteName(view)} ALTER COLUMN ${quoteIdentifier(column.name)} SET DEFAULT ${column.default}`,
      ),
    );
}

function noun({ kind }: Relation): string {
  return kind === "view" ? "VIEW" : "MATERIALIZED VIEW";
}
