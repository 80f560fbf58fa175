import { childrenOf } from "../../schema/partitions.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { AnySchema, Column, Relation, RelationName } from "../../schema/snapshot.ts";
import { type LostParts, usesLost } from "./lost-parts.ts";
import { type MigrationStep, step } from "./migration-step.ts";
import { conversion } from "./retype.ts";
import type { ColumnChange, TablePlan } from "./table-plan.ts";

/** Drops the defaults that partitions and children of a table have on their own, with which a change of the table fails. */
export function dropOwnDefaultSteps(
  plan: TablePlan,
  children: Iterable<Relation>,
  lost: LostParts,
): readonly MigrationStep[] {
  return [...children].flatMap(child =>
    plan.kept
      .filter(change => isInTheWay(plan, lost, child, change))
      .map(({ before }) => defaultStep(child, before, null)),
  );
}

/**
 * Sets the defaults again that partitions and children of a table have on their own, after the statements of the table, which
 * replace them where its default changes.
 * @param isMissed whether ONLY the table gets the default of the column, and the others still need it
 */
export function ownDefaultSteps(
  plan: TablePlan,
  children: Iterable<Relation>,
  lost: LostParts,
  isMissed: (column: Column) => boolean = () => false,
): readonly MigrationStep[] {
  const changes = [
    ...plan.kept,
    ...plan.appended.flatMap(({ before, after }) => (before === undefined ? [] : [{ before, after }])),
  ].filter(({ after }) => after.generated === null);
  return [...children].flatMap(child =>
    changes
      .filter(change => !isIdentity(child, change.after) && isReplaced(plan, lost, child, change))
      .flatMap(change => {
        const value = ownDefault(plan, child, change);
        if (value !== change.before.default)
          return [defaultStep(child, change.after, converted(change, value))];
        return isMissed(change.after) ? [defaultStep(child, change.after, change.after.default)] : [];
      }),
  );
}

function isReplaced(plan: TablePlan, lost: LostParts, child: Relation, change: ColumnChange): boolean {
  const { before, after } = change;
  return (
    !plan.kept.includes(change) ||
    plan.withoutDefault.has(before.name) ||
    before.default !== after.default ||
    isInTheWay(plan, lost, child, change)
  );
}

/** Whether a child has a default that its table does not drop, and that cannot be converted, or remain. */
function isInTheWay(plan: TablePlan, lost: LostParts, child: Relation, change: ColumnChange): boolean {
  const { name } = change.before;
  const value = ownDefault(plan, child, change);
  if (value === null || plan.withoutDefault.has(name)) return false;
  return (
    plan.rebuilt.has(name) ||
    usesLost(lost, child, value) ||
    (isIdentity(child, change.after) && change.before.default === null)
  );
}

// Since PostgreSQL 17 the partitions have the identity column of their table, which has no default.
function isIdentity({ isPartition }: Relation, { identity }: Column): boolean {
  return isPartition && identity !== null;
}

function ownDefault({ renamed }: TablePlan, child: Relation, { before }: ColumnChange): string | null {
  const [oldName = before.name] = [...renamed].find(([, to]) => to === before.name) ?? [];
  return child.columns.find(({ name }) => name === oldName)?.default ?? null;
}

function converted({ before, after }: ColumnChange, value: string | null): string | null {
  return value === null || before.typeKey === after.typeKey ? value : conversion(`(${value})`, before, after);
}

function defaultStep(child: Relation, { name }: Column, value: string | null): MigrationStep {
  const action = value === null ? "DROP DEFAULT" : `SET DEFAULT ${value}`;
  return step(`ALTER TABLE ONLY ${quoteName(child)} ALTER COLUMN ${quoteIdentifier(name)} ${action}`);
}

/** The partitions and children of a table, and theirs. */
export function descendantsOf(schema: AnySchema, table: RelationName): ReadonlySet<Relation> {
  return new Set(childrenOf(schema, table).flatMap(child => [child, ...descendantsOf(schema, child)]));
}
