import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { inOrderOfNeed, isSame, matched } from "./matched.ts";
import { mentions } from "./table-plan.ts";
import { tableId } from "./tree-plan.ts";

/** What happens to views, materialised ones too. */
export interface ViewPlan {
  /** As they were, each before those it reads. */
  readonly gone: readonly Relation[];
  /** As they will be, each behind those it reads. */
  readonly made: readonly Relation[];
  /** Of the made ones those that CREATE OR REPLACE can change. */
  readonly replaced: ReadonlySet<Relation>;
}

/** What views lose the ground under. */
export interface ViewContext {
  readonly from: AnySchema;
  readonly to: AnySchema;
  /** Types are dropped, which views may name. */
  readonly typesChange: boolean;
  /** The columns that a table loses or changes; undefined when the table goes. */
  readonly touched: (table: Relation) => ReadonlySet<string> | undefined;
  readonly losesPrimaryKey: (table: Relation) => boolean;
}

export function isView({ kind }: Relation): boolean {
  return kind === "view" || kind === "materializedView";
}

export function viewPlan(context: ViewContext): ViewPlan {
  const [before, after] = [viewsInOrder(context.from), viewsInOrder(context.to)];
  const pairs = matched(before, after, tableId);
  const replaced = new Set<Relation>();
  const gone = new Set<string>();
  for (const pair of pairs) {
    if (pair.before === undefined) continue;
    if (pair.after === undefined || isUndermined(context, pair.before, gone)) gone.add(tableId(pair.before));
    else if (isChanged(pair.before, pair.after)) {
      if (isReplaceable(pair.before, pair.after)) replaced.add(pair.after);
      else gone.add(tableId(pair.before));
    }
  }
  const kept = new Set(before.map(tableId).filter(id => !gone.has(id)));
  return {
    gone: before.filter(view => gone.has(tableId(view))).reverse(),
    made: after.filter(view => replaced.has(view) || !kept.has(tableId(view))),
    replaced,
  };
}

function viewsInOrder({ relations }: AnySchema): readonly Relation[] {
  const byId = new Map(relations.map(relation => [tableId(relation), relation]));
  return inOrderOfNeed(relations.filter(isView), ({ dependsOn }) =>
    dependsOn.flatMap(name => byId.get(tableId(name)) ?? []),
  );
}

function isUndermined(context: ViewContext, view: Relation, gone: ReadonlySet<string>): boolean {
  if (context.typesChange) return true;
  return context.from.relations.some(source => {
    if (!view.dependsOn.some(name => tableId(name) === tableId(source))) return false;
    if (isView(source)) return gone.has(tableId(source));
    const touched = context.touched(source);
    if (touched === undefined || mentions(view.definition, touched)) return true;
    // Grouped by the primary key a query may select the other columns as well (manual, SELECT).
    return context.losesPrimaryKey(source) && view.definition?.includes("GROUP BY") === true;
  });
}

function isChanged(before: Relation, after: Relation): boolean {
  return (
    before.kind !== after.kind ||
    before.definition !== after.definition ||
    !isSame(before.options, after.options) ||
    !isSame(before.columns.map(shapeOf), after.columns.map(shapeOf))
  );
}

// The first columns have to stay as they are (manual, CREATE VIEW).
function isReplaceable(before: Relation, after: Relation): boolean {
  return (
    before.kind === "view" &&
    after.kind === "view" &&
    isSame(before.columns.map(shapeOf), after.columns.slice(0, before.columns.length).map(shapeOf))
  );
}

function shapeOf({ name, type, typeKey, collation }: Relation["columns"][number]): object {
  return { name, type, typeKey, collation };
}
