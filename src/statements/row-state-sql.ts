import { ArgumentError } from "../errors.ts";
import { abilitiesOf, printEngine } from "../schema/engine.ts";
import { childrenOf } from "../schema/partitions.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";
import { codecFor } from "../types/resolve.ts";
import type { GetOptions } from "./get-sql.ts";
import { lockClause } from "./lock.ts";
import { keyClause } from "./primary-key.ts";
import { type RelationPlan, relationPlan, selectColumns, unusedName } from "./relation-plan.ts";
import { namesShape, type RowStatement, shapeOf, statementOf } from "./statement.ts";

/** Options of `rowStateSql`. */
export interface RowStateOptions extends GetOptions {
  /** The columns that a hash covers; default: all readable ones. */
  readonly hashed?: readonly string[] | undefined;
}

/** The statement of a row and its stored state. */
export interface RowStateStatement {
  readonly statement: RowStatement;
  /** The result column with the state. */
  readonly state: string;
}

/**
 * The statement that reads a row together with the number of the transaction that wrote it (manual 5.6), which changes
 * whenever the stored row does. Unlike a hash of the row it reveals nothing about columns that are not selected. A view has
 * none, the rows of a foreign table always the same, also as a partition, and a role that may read only some columns cannot
 * read it; then the text is a hash of these, or of those in `hashed`: who knows all values but a short one could find that.
 */
export function rowStateSql(
  schema: AnySchema,
  table: string,
  key: unknown,
  options: RowStateOptions,
): RowStateStatement {
  const plan = relationPlan(schema, table);
  const state = unusedName(plan, "state");
  const clauses = [keyClause(plan, key), lockClause(plan.relation.key, options)];
  const kind = shapeOf("state", namesShape(options.select), namesShape(options.hashed));
  const statement = statementOf<RowStatement>(schema, plan.relation, kind, clauses, (where, lock) => {
    requireRowState(schema, plan);
    const { text, output } = selectColumns(plan, options.select);
    const version = hasNumber(schema, plan)
      ? "xmin::text"
      : `md5(ROW(${selectColumns(plan, options.hashed).stored})::text)`;
    return {
      text: `SELECT ${text === "" ? "" : `${text}, `}${version} AS "${state}" FROM ${plan.name} WHERE ${where}${lock}`,
      output: [...output, { name: state, label: state, codec: codecFor(schema, "text", -1) }],
    };
  });
  return { statement, state };
}

function hasNumber(schema: AnySchema, { relation }: RelationPlan): boolean {
  return relation.privileges.select && relation.kind !== "view" && !hasForeignRows(schema, relation);
}

function hasForeignRows(schema: AnySchema, relation: Relation): boolean {
  return (
    relation.kind === "foreign" || childrenOf(schema, relation).some(child => hasForeignRows(schema, child))
  );
}

/** Throws ArgumentError if the engine of the snapshot has no number of the transaction that wrote a row. */
export function requireRowState(schema: AnySchema, { relation }: RelationPlan): void {
  if (abilitiesOf(schema).systemColumns) return;
  throw new ArgumentError(
    `${relation.key}: the state of a row is its xmin, which ${printEngine(schema)} lacks; add a version column and pass its name as version`,
  );
}
