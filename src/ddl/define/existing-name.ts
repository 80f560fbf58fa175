import { ArgumentError, UnknownNameError } from "../../errors.ts";
import { nearest } from "../../schema/nearest.ts";
import { relationOf, unknownColumn } from "../../schema/relation-of.ts";
import type { AnySchema, EnumType, Relation, RelationKind } from "../../schema/snapshot.ts";
import { userTypeKey } from "./column-type.ts";

/** The kinds whose columns ALTER TABLE can change. */
export const TABLE_KINDS: readonly RelationKind[] = ["table", "partitioned"];

/** The kinds that can have indexes. */
export const INDEXED_KINDS: readonly RelationKind[] = ["table", "partitioned", "materializedView"];

export const VIEW_KINDS: readonly RelationKind[] = ["view", "materializedView"];

const NOUNS: Readonly<Record<RelationKind, string>> = {
  table: "table",
  partitioned: "partitioned table",
  foreign: "foreign table",
  view: "view",
  materializedView: "materialized view",
};

/** As in a message: `materialized view`. */
export function kindNoun(kind: RelationKind): string {
  return NOUNS[kind];
}

/**
 * Returns the relation; throws UnknownNameError if it does not exist, ArgumentError if it is of another kind.
 * @param advice the end of the message of that ArgumentError: `; use dropView`
 */
export function relationOfKind(
  schema: AnySchema,
  name: string,
  kinds: readonly RelationKind[],
  advice = "",
): Relation {
  const relation = relationOf(schema, name);
  if (kinds.includes(relation.kind)) return relation;
  throw new ArgumentError(
    `${relation.key} is a ${kindNoun(relation.kind)}, not a ${kindNoun(kinds[0]!)}${advice}`,
  );
}

/** One column name or several. */
export type ColumnList = string | readonly string[];

/** The names as an array; throws ArgumentError for an empty list and for a name that appears twice. */
export function columnList(table: string, owner: string, columns: ColumnList): readonly string[] {
  const list = typeof columns === "string" ? [columns] : columns;
  if (!Array.isArray(list) || list.length === 0)
    throw new ArgumentError(`${table}: ${owner} must have at least one column`);
  const duplicate = list.find((name, index) => list.indexOf(name) < index);
  if (duplicate !== undefined)
    throw new ArgumentError(`${table}: column ${JSON.stringify(duplicate)} appears twice in ${owner}`);
  return list as readonly string[];
}

/** Throws UnknownNameError for a name that is not among the table's columns. */
export function requireColumns(table: string, columns: readonly string[], names: readonly string[]): void {
  for (const name of names) if (!columns.includes(name)) throw unknownColumn(table, name, columns);
}

/** Returns the enum; throws UnknownNameError if it does not exist, ArgumentError if it is a type of another kind. */
export function enumNamed(schema: AnySchema, name: string): EnumType {
  const key = userTypeKey(schema, name);
  const type = key === undefined ? undefined : schema.types[key];
  if (type?.kind === "enum") return type;
  if (type !== undefined) throw new ArgumentError(`${name} is a ${type.kind} type, not an enum`);
  const enums = Object.values(schema.types).filter(({ kind }) => kind === "enum");
  const names = enums.map(one => one.name);
  throw new UnknownNameError(`enum ${JSON.stringify(name)} does not exist${nearest(name, names)}`);
}
