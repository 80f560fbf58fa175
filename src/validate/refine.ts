import type * as v from "valibot";
import { UnknownNameError } from "../errors.ts";
import { requireObject, requireSnapshot } from "../schema/arguments.ts";
import { constraintsOf } from "../schema/constraints.ts";
import { nearest } from "../schema/nearest.ts";
import { columnOf, relationOf } from "../schema/relation-of.ts";
import { REFINEMENTS, type Relation, type SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, TableName } from "../schema/tables.ts";
import { isSchema, requireSchema } from "./require-schema.ts";

/** Constraint → the message that replaces rowfn's message. */
type Messages = Readonly<Record<string, string>>;

type ColumnRefinement<Column> = string extends Column ? v.GenericSchema | Messages : v.GenericSchema;

/** Table → column → a valibot schema that runs before the column's own rule; `constraints` are messages. */
export type Refinement<Tables> = {
  readonly [Name in TableName<Tables>]?: {
    readonly [Column in ColumnName<Tables, Name>]?: ColumnRefinement<Column>;
  } & { readonly constraints?: v.GenericSchema | Messages };
};

/**
 * Returns a snapshot with your own valibot schemas for columns, such as an e-mail address or the structure of a jsonb,
 * and your own messages for constraints. Every function that validates and every ConstraintError use them. Your
 * schema runs first; its output is validated by the column's own rule and written. Neither is part of the snapshot's JSON.
 * @param schema a snapshot
 * @param refinement table → column → valibot schema; table → `constraints` → constraint → message
 * @returns a new snapshot; a new schema of a column or message of a constraint replaces an earlier one
 * @throws UnknownNameError if a table, column or constraint does not exist
 * @example `refine(schema, { customer: { email: v.pipe(v.string(), v.email()) } })`
 */
export function refine<Tables>(
  schema: SchemaSnapshot<Tables>,
  refinement: Refinement<Tables>,
): SchemaSnapshot<Tables> {
  requireSnapshot(schema);
  requireObject("refine: refinement", refinement);
  const merged = new Map(schema[REFINEMENTS]);
  for (const [table, given] of Object.entries(refinement as Readonly<Record<string, object>>)) {
    const relation = relationOf(schema, table);
    const before = merged.get(relation.key);
    const columns = new Map(before?.columns);
    const messages = new Map(before?.messages);
    requireObject(`refine: ${table}`, given);
    for (const [name, value] of Object.entries(given)) {
      // A table can have a column that is called constraints.
      if (name === "constraints" && !isSchema(value)) addMessages(messages, relation, value);
      else
        columns.set(
          columnOf(schema, relation.key, name).name,
          requireSchema(`refine: ${table}.${name}`, value),
        );
    }
    merged.set(relation.key, { columns, messages });
  }
  return Object.freeze({ ...schema, [REFINEMENTS]: merged });
}

function addMessages(messages: Map<string, string>, relation: Relation, given: object): void {
  const known = constraintsOf(relation).map(({ name }) => name);
  for (const [name, message] of Object.entries(given)) {
    if (!known.includes(name))
      throw new UnknownNameError(
        `${relation.key} has no constraint ${JSON.stringify(name)}${nearest(name, known)}`,
      );
    messages.set(name, message);
  }
}
