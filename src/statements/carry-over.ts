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
  const refinements = refinementsAfter(before, after, place);
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

// Tables are found by schema and name, because a table's key may change when another table is created.
function placeAfter(before: AnySchema, after: AnySchema, renamed: Renamed | undefined): Place {
  return (table, column) => {
    const old = findRelation(before, table);
    if (old === undefined) return undefined;
    const isRenamed = renamed !== undefined && findRelation(before, renamed.table) === old;
    const name = isRenamed ? (renamed.to ?? old) : old;
    const relation = relationNamed(after, name);
    const columnName = (isRenamed ? renamed.columns?.get(column) : undefined) ?? column;
    const found = relation?.columns.find(one => one.name === columnName);
    return relation === undefined || found === undefined ? undefined : { relation, column: found };
  };
}

function refinementsAfter(before: AnySchema, after: AnySchema, place: Place): Refinements | undefined {
  const refined = before[REFINEMENTS];
  if (refined === undefined) return undefined;
  const result = new Map<string, TableRefinement>();
  for (const [table, { columns, messages }] of refined) {
    const placed = [...columns].flatMap(([name, refinement]) => {
      const found = place(table, name);
      return found === undefined ? [] : [{ ...found, refinement }];
    });
    const relation = placed[0]?.relation ?? findRelation(after, table);
    if (relation !== undefined)
      result.set(relation.key, {
        columns: new Map(placed.map(({ column, refinement }) => [column.name, refinement])),
        messages,
      });
  }
  return result;
}
