import { ArgumentError } from "../errors.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import type { Refused } from "../schema/refused.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { findBuiltin } from "../types/catalogue.ts";
import type { Codec } from "../types/codec.ts";
import { int8Codec } from "../types/integer.ts";
import { baseTypeKey, codecFor } from "../types/resolve.ts";
import { type ColumnPlan, comparedSql } from "./column-plan.ts";
import { planColumn, type RelationPlan } from "./relation-plan.ts";
import type { OutputColumn } from "./statement.ts";

/** `"count"` counts rows, `{ count: column }` values that are not NULL, `{ countDistinct: column }` distinct ones. */
export type Aggregate<Column extends string = string> =
  | "count"
  | { readonly count: Column }
  | { readonly countDistinct: Column }
  | { readonly sum: Column }
  | { readonly avg: Column }
  | { readonly min: Column }
  | { readonly max: Column };

/** An aggregate of a known column; for another one a type whose name is the compiler's message. */
export type KnownAggregate<Wanted, Column extends string> =
  Wanted extends Aggregate<Column>
    ? Wanted
    : Wanted extends Aggregate<infer Other>
      ? Refused<`no column ${Other}`>
      : Aggregate<Column>;

/** The value of an aggregate of rows. */
export type AggregateValue<Row, Wanted> = Wanted extends { readonly min: infer Column }
  ? Row[Column & keyof Row] | null
  : Wanted extends { readonly max: infer Column }
    ? Row[Column & keyof Row] | null
    : Wanted extends { readonly sum: string } | { readonly avg: string }
      ? string | number | bigint | null
      : number;

type AggregateName = "count" | "countDistinct" | "sum" | "avg" | "min" | "max";

/** An aggregate in a select list. */
export interface CompiledAggregate {
  /** `sum("milliseconds") AS "total"` */
  readonly text: string;
  readonly output: OutputColumn;
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
  schema: AnySchema,
  plan: RelationPlan,
  name: string,
  aggregate: Aggregate,
): CompiledAggregate {
  const alias = quoteIdentifier(name);
  const label = `${plan.relation.key}: aggregate ${name}`;
  if (aggregate === "count")
    return { text: `count(*) AS ${alias}`, output: { name, label, codec: int8Codec("number") } };
  const [fn, column] = parseAggregate(plan, name, aggregate);
  const target = planColumn(plan, column);
  const codec = resultCodec(schema, plan, fn, target);
  const call =
    fn === "countDistinct" ? `count(DISTINCT ${target.quoted})` : `${fn}(${comparedSql(target, "")})`;
  return { text: `${call}${codec.readCast} AS ${alias}`, output: { name, label, codec } };
}

function parseAggregate(
  plan: RelationPlan,
  name: string,
  aggregate: Exclude<Aggregate, "count">,
): readonly [AggregateName, string] {
  const entries = typeof aggregate === "object" && aggregate !== null ? Object.entries(aggregate) : [];
  const [entry] = entries;
  if (entry === undefined || entries.length > 1 || !NAMES.has(entry[0]) || typeof entry[1] !== "string") {
    const known = [...NAMES].map(known => `{ ${known}: column }`).join(", ");
    throw new ArgumentError(`${plan.relation.key}: aggregate ${name} must be "count" or one of ${known}`);
  }
  return [entry[0] as AggregateName, entry[1]];
}

// Types of which no version of PostgreSQL has a minimum.
const WITHOUT_MINIMUM: ReadonlySet<string> = new Set([
  ...["bool", "json", "jsonb", "xml", "bit", "varbit", "macaddr", "macaddr8", "tsvector", "tsquery"],
  ...["point", "line", "lseg", "box", "path", "polygon", "circle"],
]);

function resultCodec(
  schema: AnySchema,
  plan: RelationPlan,
  fn: AggregateName,
  { column, filterCodec }: ColumnPlan,
): Codec {
  if (fn === "count" || fn === "countDistinct") return int8Codec("number");
  const base = baseTypeKey(schema, column.typeKey);
  if (fn === "min" || fn === "max") {
    if (!WITHOUT_MINIMUM.has(base)) return filterCodec;
    throw new ArgumentError(
      `${plan.relation.key}.${column.name}: ${fn} is not possible for a column of type ${column.type}`,
    );
  }
  const type = findBuiltin(base)?.[fn];
  if (type !== undefined) return codecFor(schema, type, -1);
  throw new ArgumentError(
    `${plan.relation.key}.${column.name}: ${fn} requires a column of numbers, money or intervals, this column is ${column.type}`,
  );
}
