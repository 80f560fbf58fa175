import { columnPath, parseColumnPath } from "../schema/column-path.ts";
import { withDeclaredKeysOf } from "../schema/declared-keys.ts";
import { hasForm } from "../schema/js-types.ts";
import { findRelation, relationNamed } from "../schema/relation-of.ts";
import {
  type AnySchema,
  type Column,
  REFINEMENTS,
  type Refinements,
  type Relation,
  type RelationName,
  type TableRefinement,
} from "../schema/snapshot.ts";
import { withPlanMarks } from "./plan-mark.ts";

/** A table that got a new name, or whose columns did. */
export interface Renamed {
  /** The table's old name. */
  readonly table: string;
  readonly to?: RelationName;
  /** Old name → new name. */
  readonly columns?: ReadonlyMap<string, string>;
}

/**
 * A snapshot read after a change of tables, with the JavaScript forms and the refinements of the snapshot before the
 * change, for all columns that still exist.
 */
export function carryOver<Schema extends AnySchema>(
  before: AnySchema,
  after: Schema,
  renamed?: Renamed,
): Schema {
  const tableOf = tableAfter(before, after, renamed);
  const place = placeAfter(before, tableOf, renamed);
  const columns = Object.fromEntries(
    Object.entries(before.jsTypes.columns).flatMap(([path, form]) => {
      const given = parseColumnPath(path);
      const found = given && place(given.table, given.column);
      return found !== undefined && hasForm(after, found.column, form)
        ? [[columnPath(found.relation, found.column.name), form]]
        : [];
    }),
  );
  const jsTypes = Object.freeze({ ...after.jsTypes, columns: Object.freeze(columns) });
  const refinements = refinementsAfter(before, tableOf, place);
  const relations = after.relations.map(relation =>
    withDeclaredKeysOf(relationNamed(before, relation), relation),
  );
  return withPlanMarks(
    before,
    Object.freeze({
      ...after,
      relations: Object.freeze(relations),
      jsTypes,
      ...(refinements && { [REFINEMENTS]: refinements }),
    }),
  );
}

type Place = (
  table: string,
  column: string,
) => { readonly relation: Relation; readonly column: Column } | undefined;

type TableAfter = (table: string) => Relation | undefined;

// Tables are found by schema and name, because a table's key may change when another table is created.
function tableAfter(before: AnySchema, after: AnySchema, renamed: Renamed | undefined): TableAfter {
  return table => {
    const old = findRelation(before, table);
    if (old === undefined) return undefined;
    return relationNamed(after, (isRenamed(before, old, renamed) && renamed?.to) || old);
  };
}

function isRenamed(before: AnySchema, old: Relation | undefined, renamed: Renamed | undefined): boolean {
  return renamed !== undefined && findRelation(before, renamed.table) === old;
}

function placeAfter(before: AnySchema, tableOf: TableAfter, renamed: Renamed | undefined): Place {
  return (table, name) => {
    const relation = tableOf(table);
    const columns = isRenamed(before, findRelation(before, table), renamed) ? renamed?.columns : undefined;
    const column = relation?.columns.find(one => one.name === (columns?.get(name) ?? name));
    return relation === undefined || column === undefined ? undefined : { relation, column };
  };
}

function refinementsAfter(before: AnySchema, tableOf: TableAfter, place: Place): Refinements | undefined {
  const refined = before[REFINEMENTS];
  if (refined === undefined) return undefined;
  const result = new Map<string, TableRefinement>();
  for (const [table, { columns, messages }] of refined) {
    const relation = tableOf(table);
    if (relation === undefined) continue;
    const placed = [...columns].flatMap(([name, refinement]) => {
      const found = place(table, name);
      return found === undefined ? [] : [[found.column.name, refinement] as const];
    });
    result.set(relation.key, { columns: new Map(placed), messages });
  }
  return result;
}
