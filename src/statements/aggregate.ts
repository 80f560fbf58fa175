import { ArgumentError } from "../errors.ts";
import { newIdentifier } from "../schema/new-identifier.ts";
import { isSystemType } from "../schema/pg-type.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import type { Rejected } from "../schema/rejected.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { findBuiltin } from "../types/catalogue.ts";
import type { Codec } from "../types/codec.ts";
import { int8Codec } from "../types/integer.ts";
import { baseTypeKey, codecFor } from "../types/resolve.ts";
import { canSort } from "../types/type-operators.ts";
import { type ColumnPlan, comparedSql } from "./column-plan.ts";
import { conditionSql } from "./condition.ts";
import type { Where } from "./filter.ts";
import { type ConditionContext, planColumn, type RelationPlan } from "./relation-plan.ts";
import type { OutputColumn } from "./statement.ts";

/**
 * `"count"` counts rows, `{ count: column }` values that are not NULL, `{ countDistinct: column }` distinct ones. With `filter`
 * only the matching rows are aggregated; `{ count: "*", filter }` counts them.
 */
export type Aggregate<Column extends string = string> =
  | "count"
  | ({ readonly count: Column | "*" } & AggregateFilter)
  | ({ readonly countDistinct: Column } & AggregateFilter)
  | ({ readonly sum: Column } & AggregateFilter)
  | ({ readonly avg: Column } & AggregateFilter)
  | ({ readonly min: Column } & AggregateFilter)
  | ({ readonly max: Column } & AggregateFilter);

interface AggregateFilter {
  readonly filter?: Where;
}

/** An aggregate of a known column; for another one a type whose name is the compiler's message. */
export type KnownAggregate<Wanted, Column extends string> =
  Wanted extends Aggregate<Column>
    ? Wanted
    : Wanted extends Aggregate<infer Other>
      ? Rejected<`no column ${Other}`>
      : Aggregate<Column>;

type AggregateName = "count" | "countDistinct" | "sum" | "avg" | "min" | "max";

/** An aggregate in a select list. */
export interface CompiledAggregate {
  /** `sum("milliseconds")` */
  readonly call: string;
  /** `sum("milliseconds")::text AS "total"` */
  readonly text: string;
  readonly output: OutputColumn;
  /** The value for no rows. */
  readonly empty: 0 | null;
}

const NAMES: ReadonlySet<string> = new Set<AggregateName>([
  "count",
  "countDistinct",
  "sum",
  "avg",
  "min",
  "max",
]);

/** An aggregate as SQL with the codec of its result. */
export function compileAggregate(
  context: ConditionContext,
  name: string,
  aggregate: Aggregate,
): CompiledAggregate {
  const { schema, plan, prefix } = context;
  // PostgreSQL would silently truncate a longer name.
  newIdentifier(name);
  const label = `${plan.relation.key}: aggregate ${name}`;
  const [fn, column, filter] =
    aggregate === "count" ? (["count", "*", undefined] as const) : parseAggregate(plan, name, aggregate);
  const target = column === "*" && fn === "count" ? undefined : planColumn(plan, column);
  const codec = target === undefined ? int8Codec("number") : resultCodec(schema, plan, fn, target);
  const own = callSql(fn, target, prefix) + filterSql(context, name, filter);
  // The minimum of "char" is a text.
  const call = codec.castType === '"char"' ? `(${own})::"char"` : own;
  return {
    call,
    text: `${call}${codec.readCast} AS ${quoteIdentifier(name)}`,
    output: { name, label, codec },
    empty: fn === "count" || fn === "countDistinct" ? 0 : null,
  };
}

function callSql(fn: AggregateName, target: ColumnPlan | undefined, prefix: string): string {
  if (target === undefined) return "count(*)";
  if (fn === "countDistinct") return `count(DISTINCT ${prefix}${target.quoted})`;
  return `${fn}(${comparedSql(target, prefix)})`;
}

function filterSql(context: ConditionContext, name: string, filter: Where | undefined): string {
  if (filter === undefined) return "";
  const condition = conditionSql(context, filter);
  if (condition !== "") return ` FILTER (WHERE ${condition})`;
  throw new ArgumentError(
    `${context.plan.relation.key}: aggregate ${name}: filter is empty; leave it out to aggregate all rows`,
  );
}

function parseAggregate(
  plan: RelationPlan,
  name: string,
  aggregate: Exclude<Aggregate, "count">,
): readonly [AggregateName, string, Where | undefined] {
  const isObject = typeof aggregate === "object" && aggregate !== null;
  const { filter, ...call } = isObject ? aggregate : {};
  const entries = Object.entries<unknown>(call);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1 || !NAMES.has(entry[0]) || typeof entry[1] !== "string") {
    const known = [...NAMES].map(known => `{ ${known}: column }`).join(", ");
    throw new ArgumentError(`${plan.relation.key}: aggregate ${name} must be "count" or one of ${known}`);
  }
  return [entry[0] as AggregateName, entry[1], filter];
}

const EXTENSION_TYPES_WITHOUT_MINIMUM: ReadonlySet<string> = new Set([
  ...["hstore", "ltree", "lquery", "ltxtquery", "query_int", "cube", "seg"],
  ...["ean13", "isbn", "isbn13", "ismn", "ismn13", "issn", "issn13", "upc"],
]);

/** Whether PostgreSQL has the minimum and maximum of a column. */
export function hasMinimum(schema: AnySchema, { column, filterCodec }: ColumnPlan): boolean {
  const key = baseTypeKey(schema, column.typeKey);
  const type = schema.types[key];
  if (type?.kind === "array") return canSort(filterCodec);
  if (type?.kind === "enum") return true;
  if (type !== undefined && type.kind !== "base") return false;
  if (type !== undefined && !isSystemType(type)) return !EXTENSION_TYPES_WITHOUT_MINIMUM.has(type.name);
  return schema.serverVersionNum >= (findBuiltin(key)?.minSince ?? Infinity);
}

function resultCodec(schema: AnySchema, plan: RelationPlan, fn: AggregateName, target: ColumnPlan): Codec {
  const { column, filterCodec } = target;
  if (fn === "countDistinct" && !canSort(filterCodec))
    throw new ArgumentError(
      `${plan.relation.key}.${column.name}: ${fn} is not possible for a column of type ${column.type}, which has no order`,
    );
  if (fn === "count" || fn === "countDistinct") return int8Codec("number");
  const base = baseTypeKey(schema, column.typeKey);
  if (fn === "min" || fn === "max") {
    if (hasMinimum(schema, target)) return filterCodec;
    throw new ArgumentError(
      `${plan.relation.key}.${column.name}: ${fn} is not possible for a column of type ${column.type}`,
    );
  }
  const type = findBuiltin(base)?.[fn];
  if (type !== undefined) return codecFor(schema, type, -1);
  throw new ArgumentError(
    `${plan.relation.key}.${column.name}: ${fn} requires a column of numbers, money or intervals; this column has type ${column.type}`,
  );
}
