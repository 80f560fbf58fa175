import type { Relation } from "./relation.ts";

/** A named constraint or unique index; CHECK has `expression`, EXCLUDE `definition`. */
interface Constraint {
  readonly name: string;
  readonly columns?: readonly (string | null)[];
  readonly expression?: string;
  readonly definition?: string;
}

/** The constraints and unique indexes of a table. */
export function constraintsOf(relation: Relation): readonly Constraint[] {
  const { primaryKey, uniqueKeys, foreignKeys, checks, exclusions } = relation;
  return [...(primaryKey ? [primaryKey] : []), ...uniqueKeys, ...foreignKeys, ...checks, ...exclusions];
}
