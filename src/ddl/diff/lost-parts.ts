import type { AnySchema, Relation, RelationName, SqlFunction } from "../../schema/snapshot.ts";
import { lostFunctions, usesFunction } from "./function-steps.ts";
import { currentSignature } from "./temporary-names.ts";
import { namesType, readsAttribute } from "./type-names.ts";
import { droppedTypes, type TypePlan } from "./type-plan.ts";

/** What expressions use and a migration drops, perhaps to create it again. */
export interface LostParts {
  readonly functions: readonly SqlFunction[];
  /** Those of `functions` that exist under the temporary names of their types until the end. */
  readonly renamed: readonly SqlFunction[];
  readonly types: readonly RelationName[];
  /** The names of attributes of composite types. */
  readonly attributes: ReadonlySet<string>;
}

export const NOTHING_LOST: LostParts = { functions: [], renamed: [], types: [], attributes: new Set() };

/** @param changed the tables whose columns change, on whose rows functions depend */
export function lostParts(
  from: AnySchema,
  to: AnySchema,
  types: TypePlan,
  changed: readonly RelationName[] = [],
): LostParts {
  const functions = lostFunctions(from, to, [...types.renamed.keys(), ...changed]);
  return {
    functions,
    renamed: functions.filter(({ signature }) => currentSignature(signature, types.renamed) !== signature),
    types: droppedTypes(from, types),
    attributes: new Set(types.composites.flatMap(({ dropped }) => dropped.map(({ name }) => name))),
  };
}

/** Whether an expression of a table uses something that is lost, so that PostgreSQL would not drop it. */
export function usesLost(lost: LostParts, table: RelationName, expression: string | null): boolean {
  if (expression === null) return false;
  return usesFunction(table, expression, lost.functions) || usesLostType(lost, expression);
}

/** Whether an expression uses a type or an attribute that is lost. */
export function usesLostType({ types, attributes }: LostParts, expression: string): boolean {
  return namesType(expression, types) || readsAttribute(expression, attributes);
}

/** Whether a generated column uses something that is lost after the column was dropped. */
export function isGeneratedFromLost(lost: LostParts, table: Relation, expression: string | null): boolean {
  return (
    expression !== null && (usesFunction(table, expression, lost.renamed) || usesLostType(lost, expression))
  );
}

/**
 * Whether a view, its columns or its indexes may use a lost type or attribute. The name of the type counts wherever it is in
 * the view, because a view that blocks the change would be worse than a view that is recreated.
 */
export function typeLoss(from: AnySchema, types: TypePlan): (view: Relation) => boolean {
  const names = droppedTypes(from, types).map(({ name }) => name);
  const isUnclear =
    types.composites.some(({ dropped }) => dropped.length > 0) || names.some(name => /["\\]/.test(name));
  // The schema of the type precedes the name everywhere.
  const patterns = names.map(name => new RegExp(`[."]${RegExp.escape(name)}(?![\\w$\u0080-\uffff])`));
  return view => {
    if (isUnclear) return true;
    const text = JSON.stringify(view);
    return patterns.some(pattern => pattern.test(text));
  };
}
