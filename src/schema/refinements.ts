import type { AnySchema } from "./snapshot.ts";

/** Table key → column → the schema that values have to pass as well. */
export type Refinements = ReadonlyMap<string, ReadonlyMap<string, unknown>>;

// Functions have no place in a snapshot, which is plain JSON; they belong to the object that `refine` returned.
const refinements = new WeakMap<AnySchema, Refinements>();

export function refinementsOf(schema: AnySchema): Refinements | undefined {
  return refinements.get(schema);
}

/** The snapshot with these refinements. */
export function withRefinements<Schema extends AnySchema>(
  schema: Schema,
  refined: Refinements | undefined,
): Schema {
  if (refined !== undefined) refinements.set(schema, refined);
  return schema;
}
