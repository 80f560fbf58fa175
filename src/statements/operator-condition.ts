import { ArgumentError } from "../errors.ts";
import type { Codec } from "../types/codec.ts";
import { codecFor } from "../types/resolve.ts";
import type { OperatorName } from "./filter.ts";
import { type SearchOptions, searchCondition } from "./full-text.ts";
import { type ColumnPlan, type ConditionContext, filterListText, filterText } from "./relation-plan.ts";
import { bind, bindList } from "./statement.ts";

type ColumnOperator = Exclude<OperatorName, "and" | "or" | "not" | "some" | "none" | "every">;

const COMPARISONS = { gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;
const PATTERNS = { like: "LIKE", ilike: "ILIKE", matches: "~" } as const;
const CONTAINMENTS = { contains: "@>", containedBy: "<@", overlaps: "&&" } as const;

/** One comparison of a column as SQL. */
export function operatorCondition(
  context: ConditionContext,
  column: ColumnPlan,
  name: OperatorName,
  operands: readonly unknown[],
): string {
  const compile = COMPILERS[name as ColumnOperator];
  return compile({ context, column, name, operands, sql: context.prefix + column.quoted });
}

interface Comparison {
  readonly context: ConditionContext;
  readonly column: ColumnPlan;
  readonly name: OperatorName;
  readonly operands: readonly unknown[];
  /** The column, quoted and qualified. */
  readonly sql: string;
}

const COMPILERS: { readonly [Name in ColumnOperator]: (comparison: Comparison) => string } = {
  eq: comparison =>
    comparison.operands[0] === null ? `${comparison.sql} IS NULL` : equality(comparison, equals(comparison)),
  ne: comparison =>
    comparison.operands[0] === null ? `${comparison.sql} IS NOT NULL` : inequality(comparison),
  distinctFrom: comparison =>
    comparison.operands[0] === null ? `${comparison.sql} IS NOT NULL` : distinction(comparison),
  gt: ordered,
  gte: ordered,
  lt: ordered,
  lte: ordered,
  between: comparison => `${comparison.sql} BETWEEN ${operand(comparison, 0)} AND ${operand(comparison, 1)}`,
  oneOf: comparison => listed(comparison, true),
  noneOf: comparison => listed(comparison, false),
  like: pattern,
  ilike: pattern,
  matches: pattern,
  isNull: ({ sql }) => `${sql} IS NULL`,
  notNull: ({ sql }) => `${sql} IS NOT NULL`,
  contains: containment,
  containedBy: containment,
  overlaps: containment,
  hasKey,
  search: ({ context, column, operands, sql }) =>
    searchCondition(context.binder, column, sql, operands[0] as string, operands[1] as SearchOptions),
};

function operand(
  comparison: Comparison,
  index: number,
  codec: Codec = comparison.column.filterCodec,
): string {
  const text = filterText(comparison.column.label, codec, comparison.operands[index]);
  return bind(comparison.context.binder, text, codec.castType, comparison.column);
}

function equals(comparison: Comparison): "=" | "~=" {
  const { equals: operator } = comparison.column.filterCodec;
  if (operator !== null) return operator;
  return refuse(
    comparison,
    `type ${comparison.column.column.type} has no equality in PostgreSQL; use expr with a cast`,
  );
}

function equality(comparison: Comparison, operator: "=" | "~="): string {
  return `${comparison.sql} ${operator} ${operand(comparison, 0)}`;
}

function inequality(comparison: Comparison): string {
  return equals(comparison) === "="
    ? `${comparison.sql} <> ${operand(comparison, 0)}`
    : `NOT (${equality(comparison, "~=")})`;
}

function distinction(comparison: Comparison): string {
  if (equals(comparison) === "=") return `${comparison.sql} IS DISTINCT FROM ${operand(comparison, 0)}`;
  return `(${equality(comparison, "~=")}) IS NOT TRUE`;
}

function ordered(comparison: Comparison): string {
  return `${comparison.sql} ${COMPARISONS[comparison.name as keyof typeof COMPARISONS]} ${operand(comparison, 0)}`;
}

function listed(comparison: Comparison, wanted: boolean): string {
  const { column, sql } = comparison;
  const values = comparison.operands[0] as readonly unknown[];
  const given = values.filter(value => value !== null);
  const operator = equals(comparison);
  const text = filterListText(column.label, column.filterCodec, given);
  const list = listParameter(comparison, text);
  const test = wanted
    ? `${sql} ${operator} ANY (${list})`
    : operator === "="
      ? `${sql} <> ALL (${list})`
      : `NOT (${sql} ~= ANY (${list}))`;
  if (given.length === values.length) return test;
  return wanted ? `(${test} OR ${sql} IS NULL)` : `(${test} AND ${sql} IS NOT NULL)`;
}

// An array of arrays cannot be unnested, box has its own delimiter, money its own cast: there the elements travel as text.
function listParameter({ context, column }: Comparison, text: string): string {
  const { castType, shape } = column.filterCodec;
  const isPlain = shape.kind !== "array" && castType !== "box" && !castType.includes("numeric::");
  if (isPlain) return bindList(context.binder, text, castType, column);
  return `SELECT "element"::${castType} FROM unnest(${bind(context.binder, text, "text[]", column)}) AS "list" ("element")`;
}

function pattern(comparison: Comparison): string {
  const { context, column, sql, name, operands } = comparison;
  const { shape } = column.filterCodec;
  if (shape.kind !== "scalar" || shape.family !== "text")
    refuse(comparison, `works on text columns, this one is ${column.column.type}`);
  if (typeof operands[0] !== "string") refuse(comparison, "takes a string");
  return `${sql} ${PATTERNS[name as keyof typeof PATTERNS]} ${operand(comparison, 0, codecFor(context.schema, "text", -1))}`;
}

function containment(comparison: Comparison): string {
  const operator = CONTAINMENTS[comparison.name as keyof typeof CONTAINMENTS];
  const { column, operands } = comparison;
  return `${comparison.sql} ${operator} ${operand(comparison, 0, containmentCodec(comparison, column.filterCodec, operands[0]))}`;
}

function containmentCodec(comparison: Comparison, codec: Codec, value: unknown): Codec {
  const { shape } = codec;
  if (shape.kind === "array") return codec;
  if (isJsonb(codec) && comparison.name !== "overlaps") return codec;
  const range = shape.kind === "multirange" ? shape.range : codec;
  if (range.shape.kind !== "range") {
    return refuse(
      comparison,
      `works on arrays, ranges and jsonb, this column is ${comparison.column.column.type}`,
    );
  }
  if (shape.kind === "multirange" && Array.isArray(value)) return codec;
  const isElement = comparison.name === "contains" && range.check(value) !== undefined;
  return isElement ? range.shape.subtype : range;
}

function hasKey(comparison: Comparison): string {
  const { context, column, sql, operands } = comparison;
  if (!isJsonb(column.filterCodec))
    refuse(comparison, `works on jsonb columns, this one is ${column.column.type}`);
  if (typeof operands[0] !== "string") refuse(comparison, "takes a string");
  return `${sql} ? ${operand(comparison, 0, codecFor(context.schema, "text", -1))}`;
}

function isJsonb({ castType }: Codec): boolean {
  return castType === "jsonb";
}

function refuse({ column, name }: Comparison, why: string): never {
  throw new ArgumentError(`${column.label}: ${name} ${why}`);
}
