import { ArgumentError, ValueError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { printArrayLiteral } from "../types/array-literal.ts";
import type { Codec } from "../types/codec.ts";
import { problemText } from "../types/problem-text.ts";
import type { RelationPlan } from "./relation-plan.ts";
import type { Binder } from "./statement.ts";

/** Where a condition is being compiled: of which table, for which statement, how its columns are qualified. */
export interface ConditionContext {
  readonly schema: AnySchema;
  readonly plan: RelationPlan;
  readonly binder: Binder;
  /** `"album".` or nothing. */
  readonly prefix: string;
  /** Inside a filter through relations: the names that the tables around it have. */
  readonly around?: readonly string[];
}

/** A filter's value as PostgreSQL's text; refuses what the column's type cannot hold. */
export function filterText(where: string, codec: Codec, value: unknown): string {
  if (value === undefined)
    throw new ArgumentError(`${where}: undefined in a filter; leave the column out, or use null for IS NULL`);
  if (value === null)
    throw new ArgumentError(`${where}: null cannot be compared here; use isNull() or notNull()`);
  const problem = codec.check(value);
  if (problem !== undefined) throw new ValueError(`${where}: ${problemText(problem)}`);
  return codec.print(value as never);
}

/** A list of filter values as the text of one PostgreSQL array. */
export function filterListText(where: string, codec: Codec, values: readonly unknown[]): string {
  return printArrayLiteral(values.map(value => filterText(where, codec, value)));
}
