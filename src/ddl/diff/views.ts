import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Column, Relation } from "../../schema/snapshot.ts";
import { isInvalidIndex, keyParts } from "../define/key-parts.ts";
import { dropRelationSql, type ViewDefinition, viewDefinitionSql } from "../define/relation-definition.ts";
import { readsColumns } from "../expression-columns.ts";
import { dependencyOrder, isSame, pairByName } from "./compare.ts";
import { addKeyToRowsStep } from "./keys.ts";
import { type MigrationStep, step } from "./migration-step.ts";

/** The views, materialized ones included, that are dropped and created. */
export interface ViewPlan {
  /** Each precedes the views that it reads. */
  readonly dropped: readonly Relation[];
  /** Each follows the views that it reads. */
  readonly created: readonly Relation[];
  /** The created views that CREATE OR REPLACE can change. */
  readonly replaced: ReadonlySet<Relation>;
}

/** The changes of tables and types that views depend on. */
export interface ViewContext {
  readonly from: AnySchema;
  readonly to: AnySchema;
  /** Whether the view may use a type that is dropped, or an attribute of one. */
  readonly losesType: (view: Relation) => boolean;
  /** The columns of a table that are dropped, retyped or moved; undefined if the table is dropped. */
  readonly touched: (table: Relation) => ReadonlySet<string> | undefined;
  readonly losesPrimaryKey: (table: Relation) => boolean;
  /** Whether the view uses a function that is dropped and created. */
  readonly losesFunction: (view: Relation) => boolean;
  /** Whether the view stores rows of a table whose rows are computed anew, which PostgreSQL rejects. */
  readonly holdsRows: (view: Relation) => boolean;
}

function isView({ kind }: Relation): boolean {
  return kind === "view" || kind === "materializedView";
}

export function viewPlan(context: ViewContext): ViewPlan {
  const [before, after] = [viewsInOrder(context.from), viewsInOrder(context.to)];
  const replaced = new Set<Relation>();
  const dropped = new Set<string>();
  for (const pair of pairByName(before, after, relationId)) {
    if (pair.before === undefined) continue;
    if (pair.after === undefined || isInTheWay(context, pair.before, dropped))
      dropped.add(relationId(pair.before));
    else if (isRedefined(pair.before, pair.after)) {
      if (isReplaceable(pair.before, pair.after)) replaced.add(pair.after);
      else dropped.add(relationId(pair.before));
    }
  }
  const unchanged = new Set(before.map(relationId).filter(id => !dropped.has(id)));
  return {
    dropped: before.filter(view => dropped.has(relationId(view))).reverse(),
    created: after.filter(view => replaced.has(view) || !unchanged.has(relationId(view))),
    replaced,
  };
}

/** The views; each follows the views that it reads. */
export function viewsInOrder({ relations }: AnySchema): readonly Relation[] {
  const byId = new Map(relations.map(relation => [relationId(relation), relation]));
  return dependencyOrder(relations.filter(isView), ({ dependsOn }) =>
    dependsOn.flatMap(name => byId.get(relationId(name)) ?? []),
  );
}

/** Whether a change of a source requires that the view is recreated. */
function isInTheWay(context: ViewContext, view: Relation, dropped: ReadonlySet<string>): boolean {
  if (context.losesType(view) || context.losesFunction(view) || context.holdsRows(view)) return true;
  const sources = new Set(view.dependsOn.map(relationId));
  return context.from.relations.some(source => {
    if (!sources.has(relationId(source))) return false;
    if (isView(source)) return dropped.has(relationId(source));
    const touched = context.touched(source);
    if (touched === undefined || readsColumns(view.definition, source, touched)) return true;
    // A query that groups by the primary key may select the other columns (manual, SELECT).
    return context.losesPrimaryKey(source) && view.definition?.includes("GROUP BY") === true;
  });
}

function isRedefined(before: Relation, after: Relation): boolean {
  return (
    before.kind !== after.kind ||
    before.definition !== after.definition ||
    !isSame(before.options, after.options) ||
    !isSame(before.columns.map(columnType), after.columns.map(columnType))
  );
}

// CREATE OR REPLACE can only add columns after the existing ones (manual, CREATE VIEW).
function isReplaceable(before: Relation, after: Relation): boolean {
  const first = after.columns.slice(0, before.columns.length);
  return (
    before.kind === "view" &&
    after.kind === "view" &&
    isSame(before.columns.map(columnType), first.map(columnType))
  );
}

function columnType({ name, type, typeKey, collation }: Column): object {
  return { name, type, typeKey, collation };
}

export function dropViewStep(view: Relation): MigrationStep {
  return step(dropRelationSql(view));
}

export function createViewSteps(view: Relation, replace: boolean): readonly MigrationStep[] {
  return [
    step(viewDefinitionSql(view as ViewDefinition, { replace })),
    ...(view.kind === "view"
      ? []
      : keyParts(view)
          .filter(key => !isInvalidIndex(key))
          .map(key => addKeyToRowsStep(view, key))),
  ];
}

/** Sets and drops the defaults of all views, which a replaced view keeps. */
export function allViewDefaultSteps(
  { from, to }: Pick<ViewContext, "from" | "to">,
  { dropped }: ViewPlan,
): readonly MigrationStep[] {
  const remaining = new Map(
    from.relations.filter(view => !dropped.includes(view)).map(view => [relationId(view), view]),
  );
  return to.relations.flatMap(view => viewDefaultSteps(view, remaining.get(relationId(view))));
}

/** Sets and drops the defaults that an updatable view has for its columns. */
export function viewDefaultSteps(view: Relation, before: Relation | undefined): readonly MigrationStep[] {
  if (view.kind !== "view") return [];
  return view.columns.flatMap(column => {
    const old = before?.columns.find(({ name }) => name === column.name);
    if ((old?.default ?? null) === column.default) return [];
    const action = column.default === null ? "DROP DEFAULT" : `SET DEFAULT ${column.default}`;
    return [step(`ALTER VIEW ${quoteName(view)} ALTER COLUMN ${quoteIdentifier(column.name)} ${action}`)];
  });
}
