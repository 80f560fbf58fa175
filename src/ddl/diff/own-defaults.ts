import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import type { AnySchema, Column, Relation, RelationName } from "../../schema/snapshot.ts";
import { type MigrationStep, step } from "./migration-step.ts";
import { conversion } from "./retype.ts";
import type { ColumnChange, TablePlan } from "./table-plan.ts";

/**
 * Sets the defaults again that partitions and children of a table have on their own, after the statements of the table, which
 * replace them where its default changes.
 * @param isMissed whether ONLY the table gets the default of the column, and the others still need it
 */
export function ownDefaultSteps(
  plan: TablePlan,
  children: Iterable<Relation>,
  isMissed: (column: Column) => boolean = () => false,
): readonly MigrationStep[] {
  const { kept, appended, withoutDefault } = plan;
  const changes = [
    ...kept.filter(
      ({ before, after }) => withoutDefault.has(before.name) || before.default !== after.default,
    ),
    ...appended.flatMap(({ before, after }) => (before === undefined ? [] : [{ before, after }])),
  ].filter(({ after }) => after.generated === null);
  const oldNames = new Map([...plan.renamed].map(([from, to]) => [to, from]));
  return [...children].flatMap(child =>
    changes.flatMap(change => {
      const name = oldNames.get(change.before.name) ?? change.before.name;
      const value = child.columns.find(column => column.name === name)?.default ?? null;
      if (value !== change.before.default) return [defaultStep(child, change, converted(change, value))];
      return isMissed(change.after) ? [defaultStep(child, change, change.after.default)] : [];
    }),
  );
}

function converted({ before, after }: ColumnChange, value: string | null): string | null {
  return value === null || before.typeKey === after.typeKey ? value : conversion(`(${value})`, before, after);
}

function defaultStep(child: Relation, { after }: ColumnChange, value: string | null): MigrationStep {
  const action = value === null ? "DROP DEFAULT" : `SET DEFAULT ${value}`;
  return step(`ALTER TABLE ONLY ${quoteName(child)} ALTER COLUMN ${quoteIdentifier(after.name)} ${action}`);
}

/** The partitions and children of a table, and theirs. */
export function descendantsOf(schema: AnySchema, table: RelationName): ReadonlySet<Relation> {
  const children = schema.relations.filter(({ parents }) =>
    parents.some(parent => isSameName(parent, table)),
  );
  return new Set(children.flatMap(child => [child, ...descendantsOf(schema, child)]));
}
