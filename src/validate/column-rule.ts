import type * as v from "valibot";
import { deriveByKey } from "../schema/derived.ts";
import { type AnySchema, type Column, REFINEMENTS, type Relation } from "../schema/snapshot.ts";
import { checkPredicate } from "../types/check-predicate.ts";
import type { Codec, Problem } from "../types/codec.ts";
import { combineChecks } from "../types/domain.ts";
import { codecOf } from "../types/resolve.ts";

/** What a column accepts: the one rule behind the valibot schema and the check before a write. */
export interface ColumnRule {
  readonly column: Column;
  readonly codec: Codec;
  /** Judges a value that is not null: the type, its domains and the column's CHECK constraints. */
  readonly check: (value: unknown) => Problem | undefined;
  /** The caller's own schema, which a value has to pass as well; its output is what is written. */
  readonly refinement: v.GenericSchema | undefined;
}

export type ColumnRules = ReadonlyMap<string, ColumnRule>;

const rulesOf = deriveByKey((_owner: object, relation: Relation, schema: AnySchema) =>
  makeRules(schema, relation),
);

/** The rules of a table's columns, which depend on the snapshot's relations and refinements. */
export function columnRules(schema: AnySchema, relation: Relation): ColumnRules {
  return rulesOf(schema[REFINEMENTS] ?? schema.relations, relation, schema);
}

function makeRules(schema: AnySchema, relation: Relation): ColumnRules {
  const refined = schema[REFINEMENTS]?.get(relation.key);
  return new Map(
    relation.columns.map(column => {
      const codec = codecOf(schema, relation, column);
      const check = combineChecks([codec.check, ...columnChecks(relation, column, codec)]);
      const refinement = refined?.get(column.name) as v.GenericSchema | undefined;
      return [column.name, Object.freeze({ column, codec, check, refinement })];
    }),
  );
}

function columnChecks(relation: Relation, { name, collation }: Column, codec: Codec): ColumnRule["check"][] {
  // Under a collation of its own different texts may be equal.
  if (collation !== null) return [];
  return relation.checks
    .filter(({ columns }) => columns.length === 1 && columns[0] === name)
    .flatMap(check => checkPredicate(check, name, codec) ?? []);
}
