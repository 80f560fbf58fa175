import { findRelation } from "../schema/relation-of.ts";
import type { AnySchema, RelationKind } from "../schema/snapshot.ts";
import { relationOfKind } from "./define/existing-name.ts";
import { newName } from "./define/new-name.ts";
import { type DropDefinitionOptions, dropRelationSql } from "./define/relation-definition.ts";
import { cascadeAdvice, relationDependents, requireNoDependents } from "./dependents.ts";

/** The kinds of relations that a function drops, and the function that drops the others. */
interface Droppable {
  readonly kinds: readonly RelationKind[];
  readonly other: string;
}

/** The statement that drops a relation; throws ArgumentError that lists what depends on it, without `cascade`. */
export function dropStatements(
  schema: AnySchema,
  name: string,
  options: DropDefinitionOptions,
  { kinds, other }: Droppable,
): readonly string[] {
  // Another session may have created it since the snapshot was read.
  if (options.ifExists === true && findRelation(schema, name) === undefined)
    return [dropRelationSql({ kind: kinds[0]!, ...newName(schema, name) }, options)];
  const relation = relationOfKind(schema, name, kinds, `; use ${other}`);
  if (options.cascade !== true)
    requireNoDependents(
      relation.key,
      `this ${kinds[0]}`,
      relationDependents(schema, relation),
      cascadeAdvice,
    );
  return [dropRelationSql(relation, options)];
}
