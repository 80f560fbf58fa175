import { ArgumentError } from "../errors.ts";
import { isPlainObject } from "../schema/arguments.ts";
import { describeValue } from "../types/problem.ts";
import type { RelationPlan } from "./relation-plan.ts";

/** Throws ArgumentError for an include, of a read or an insert, that is not an object. */
export function requireInclude(table: string, include: unknown): asserts include is Record<string, unknown> {
  if (!isPlainObject(include))
    throw new ArgumentError(
      `${table}: include must be an object { relation: true or options }, received ${describeValue(include)}`,
    );
}

/** A relation of an include. */
interface IncludeEntry<Options> {
  /** `artist: include "album"`, for messages. */
  readonly where: string;
  readonly options: Options;
}

/** The options of a relation, which can be `true`; throws ArgumentError for other values and for the name of a column. */
export function includeEntry<Options extends object>(
  { relation, columns }: RelationPlan,
  name: string,
  given: unknown,
): IncludeEntry<Options> {
  const where = `${relation.key}: include ${JSON.stringify(name)}`;
  if (given !== true && (typeof given !== "object" || given === null))
    throw new ArgumentError(`${where} must be true or options, received ${describeValue(given)}`);
  if (columns.has(name))
    throw new ArgumentError(`${where}: a column has that name; choose a different one with \`table\``);
  return { where, options: (given === true ? {} : given) as Options };
}
