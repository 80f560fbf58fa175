import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { DomainType } from "../../schema/snapshot.ts";
import { checkConstraint } from "../define/constraint-definition.ts";
import { isSame } from "./matched.ts";
import { type MigrationStep, step } from "./migration-step.ts";

/** What ALTER DOMAIN does; PostgreSQL checks the values that are stored already. */
export function alterDomain(before: DomainType, after: DomainType): readonly MigrationStep[] {
  const alter = `ALTER DOMAIN ${quoteName(after)}`;
  const [gone, made] = [checksOnlyIn(before, after), checksOnlyIn(after, before)];
  const actions = gone.map(({ name }) => `DROP CONSTRAINT ${quoteIdentifier(name)}`);
  if (before.default !== after.default)
    actions.push(after.default === null ? "DROP DEFAULT" : `SET DEFAULT ${after.default}`);
  if (before.notNull !== after.notNull) actions.push(after.notNull ? "SET NOT NULL" : "DROP NOT NULL");
  actions.push(...made.map(check => `ADD ${checkConstraint(check)}`));
  return actions.map(action => step(`${alter} ${action}`));
}

/** The checks that the other has not. */
export function checksOnlyIn(domain: DomainType, other: DomainType): DomainType["checks"] {
  return domain.checks.filter(check => !other.checks.some(known => isSame(check, known, ["comment"])));
}
