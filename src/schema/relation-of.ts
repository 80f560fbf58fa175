import { UnknownNameError } from "../errors.ts";
import { requireSnapshot } from "./arguments.ts";
import { derive } from "./derived.ts";
import { nearest } from "./nearest.ts";
import { quoteName } from "./quote.ts";
import { isSameName } from "./relation.ts";
import { dottedName, fullName } from "./relation-name.ts";
import type { AnySchema, Column, Relation, RelationName } from "./snapshot.ts";

// A relation is also found by `schema.name`, unless that is the key or the name of a different one, and by its quoted name.
const relationsByName = derive((relations: readonly Relation[]) => {
  const index = new Map<string, Relation | undefined>();
  for (const relation of relations) {
    const name = dottedName(relation);
    index.set(name, index.has(name) ? undefined : relation);
  }
  for (const relation of relations) index.set(quoteName(relation), relation);
  for (const relation of relations) index.set(relation.key, relation);
  return index;
});

/** The relation of a name; undefined if it does not exist. */
export function findRelation(schema: AnySchema, table: string): Relation | undefined {
  requireSnapshot(schema);
  return relationsByName(schema.relations).get(table);
}

/** The relation of a full name, such as one that was just created; undefined if it does not exist. */
export function relationNamed({ relations }: AnySchema, name: RelationName): Relation | undefined {
  return relations.find(one => isSameName(one, name));
}

/** The relation of a name; throws UnknownNameError with the nearest names. */
export function relationOf(schema: AnySchema, table: string): Relation {
  const relation = findRelation(schema, table);
  if (relation !== undefined) return relation;
  if (typeof table !== "string")
    throw new UnknownNameError(`table must be the name of a table or view, received ${String(table)}`);
  const same = schema.relations.filter(one => dottedName(one) === table);
  if (same.length > 1)
    throw new UnknownNameError(
      `table or view ${JSON.stringify(table)} is ambiguous; write ${same.map(one => JSON.stringify(fullName(one))).join(" or ")}`,
    );
  const hidden = schema.relations.find(({ name }) => name === table);
  const advice =
    hidden === undefined
      ? nearest(
          table,
          schema.relations.map(({ key }) => key),
        )
      : ` on the search path (${schema.searchPath.join(", ") || "empty"}); write ${JSON.stringify(hidden.key)}`;
  throw new UnknownNameError(`table or view ${JSON.stringify(table)} does not exist${advice}`);
}

/** The column of a table; throws UnknownNameError with the nearest names. */
export function columnOf(schema: AnySchema, table: string, column: string): Column {
  const relation = relationOf(schema, table);
  const found = relation.columns.find(({ name }) => name === column);
  if (found !== undefined) return found;
  throw unknownColumn(
    relation.key,
    column,
    relation.columns.map(({ name }) => name),
  );
}

/** The error for a column that is not among those of a table, with the nearest of them. */
export function unknownColumn(table: string, column: unknown, names: readonly string[]): UnknownNameError {
  const given = String(column);
  const shown = typeof column === "string" ? JSON.stringify(column) : given;
  return new UnknownNameError(`${table} has no column ${shown}${nearest(given, names)}`);
}
