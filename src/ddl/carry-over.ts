import { hasForm } from "../schema/js-types.ts";
import { findRelation } from "../schema/relation-of.ts";
import {
  type AnySchema,
  type Column,
  REFINEMENTS,
  type Refinements,
  type Relation,
  type RelationName,
} from "../schema/snapshot.ts";
import { withPlanMarks } from "../statements/plan-mark.ts";

/** A table with another name, or with columns of other names. */
export interface Renamed {
  /** As it was called. */
  readonly table: string;
  readonly to?: RelationName;
  /** Old name → new name. */
  readonly columns?: ReadonlyMap<string, string>;
}

/**
 * A snapshot read after a change of tables, with all that the snapshot before was told: the JavaScript forms of
 * columns and the refinements, as far as the columns are still there.
 */
export function carryOver<Schema extends AnySchema>(
  before: AnySchema,
  after: Schema,
  renamed?: Renamed,
): Schema {
  const place = placeAfter(before, after, renamed);
  const columns = Object.fromEntries(
    Object.entries(before.jsTypes.columns).flatMap(([path, form]) => {
      const dot = path.lastIndexOf(".");
      const found = place(path.slice(0, dot), path.slice(dot + 1));
      return found !== undefined && hasForm(after, found.column, form)
        ? [[`${found.relation.key}.${found.column.name}`, form]]
        : [];
    }),
  );
  const jsTypes = Object.freeze({ ...after.jsTypes, columns: Object.freeze(columns) });
  const refinements = keptRefinements(before, place);
  return withPlanMarks(
    before,
    Object.freeze({ ...after, jsTypes, ...(refinements && { [REFINEMENTS]: refinements }) }),
  );
}

type Place = (
  table: string,
  column: string,
) => { readonly relation: Relation; readonly column: Column } | undefined;

// By PostgreSQL's names: the key of a table may change when another one appears.
function placeAfter(before: AnySchema, after: AnySchema, renamed: Renamed | undefined): Place {
  return (table, column) => {
    const old = findRelation(before, table);
    if (old === undefined) return undefined;
    const isRenamed = renamed !== undefined && findRelation(before, renamed.table) === old;
    const name = isRenamed ? (renamed.to ?? old) : old;
    const relation = after.relations.find(one => one.schema === name.schema && one.name === name.name);
    const columnName = (isRenamed ? renamed.columns?.get(column) : undefined) ?? column;
    const found = relation?.columns.find(one => one.name === columnName);
    return relation === undefined || found === undefined ? undefined : { relation, column: found };
  };
}

function keptRefinements(before: AnySchema, place: Place): Refinements | undefined {
  const refined = before[REFINEMENTS];
  if (refined === undefined) return undefined;
  const kept = new Map<string, Map<string, unknown>>();
  for (const [table, columns] of refined)
    for (const [name, refinement] of columns) {
      const found = place(table, name);
      if (found === undefined) continue;
      const { key } = found.relation;
      kept.set(key, (kept.get(key) ?? new Map()).set(found.column.name, refinement));
    }
  return kept;
}
