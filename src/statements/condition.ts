import { ArgumentError, UnknownNameError } from "../errors.ts";
import { isPlainObject } from "../schema/arguments.ts";
import { derive } from "../schema/derived.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";
import { describeValue } from "../types/problem.ts";
import { columnOperator, comparisonSql } from "./column-operators.ts";
import { type ColumnPlan, filterText } from "./column-plan.ts";
import { constantFilter } from "./constant-filter.ts";
import { NEVER } from "./equality-sql.ts";
import { isCombination, type Operator, operatorName, type Where } from "./filter.ts";
import { isFragment } from "./fragment.ts";
import { partSql } from "./fragment-sql.ts";
import { searchColumn } from "./full-text.ts";
import { joinShape, newJoinedShapes } from "./joined-shape.ts";
import { relationConditionSql } from "./relation-condition.ts";
import { isRelated } from "./relation-names.ts";
import { type ConditionContext, planColumn, type RelationPlan } from "./relation-plan.ts";
import { type Clause, dropParams, joinConditions, joinParams, whereSql } from "./statement.ts";

/** ` WHERE ...` of the filter and the scope together, or nothing. */
export function whereClause(schema: AnySchema, plan: RelationPlan, where: unknown): Clause {
  return filterClause(schema, plan, where, "", whereSql);
}

/** The conditions of the filter and the scope together, with the prefix before each column. */
export function filterClause(
  schema: AnySchema,
  plan: RelationPlan,
  where: unknown,
  prefix: string,
  join: (conditions: readonly string[]) => string = joinConditions,
): Clause {
  const { scope } = plan;
  const filter = plainFilter(plan, where);
  return {
    shape: filter && (scope.shape === "" ? filter.shape : `${filter.shape}&${scope.shape}`),
    params: filter === undefined ? [] : joinParams(filter.params, scope.params),
    sql: binder =>
      join([
        conditionSql({ schema, plan, binder, prefix }, filter ? filter.where() : where),
        scope.condition(binder, prefix),
      ]),
  };
}

/** ` WHERE ...` of the filter and the scope together, or nothing. */
export function scopedWhereSql(context: ConditionContext, where: unknown): string {
  return whereSql([
    conditionSql(context, where),
    context.plan.scope.condition(context.binder, context.prefix),
  ]);
}

/** A filter as SQL that can be combined with AND; empty if it is true for every row by its form. */
export function conditionSql(context: ConditionContext, where: unknown): string {
  if (where === undefined) return "";
  if (isFragment(where))
    return `(${partSql(context.schema, context.binder, where, `${context.plan.relation.key}: where`)})`;
  const name = operatorName(where);
  const operands = (where as Operator | null)?.operands as Operator["operands"];
  if (name === "and" || name === "or")
    return parenthesize(
      combination(context, name, operands, operand => conditionSql(context, requireFilter(context, operand))),
    );
  if (name === "not") return negation(conditionSql(context, requireFilter(context, operands[0])));
  if (name === "some" || name === "none" || name === "every")
    return relationConditionSql(context, name, operands, conditionSql);
  if (name === "search") return comparisonSql(context, searchColumn(context.plan), name, operands);
  if (name !== undefined)
    throw new ArgumentError(
      `${context.plan.relation.key}: ${name}(...) requires a column; write { column: ${name}(...) }`,
    );
  return columnConditions(context, where);
}

function requireFilter({ plan }: ConditionContext, operand: unknown): unknown {
  if (operand === undefined)
    throw new ArgumentError(`${plan.relation.key}: and, or and not require filters, received undefined`);
  return operand;
}

function columnConditions(context: ConditionContext, where: unknown): string {
  const { plan } = context;
  if (!isPlainObject(where)) {
    const advice = Array.isArray(where)
      ? "; for a list of filters write and(...filters) or or(...filters)"
      : "";
    throw new ArgumentError(
      `${plan.relation.key}: where must be an object { column: value }, and(...), or(...), not(...) or expr, received ${describeValue(where)}${advice}`,
    );
  }
  const entries = Object.entries(where);
  if (entries.length === 0) requireEmpty(context, where);
  return combination(context, "and", entries, ([name, value]) =>
    columnCondition(context, filterColumn(context, name), value),
  );
}

function filterColumn({ schema, plan }: ConditionContext, name: string): ColumnPlan {
  const relation = plan.columns.has(name) ? undefined : name.split(".", 1)[0]!;
  if (relation === undefined || !isRelated(schema, plan.relation, relation)) return planColumn(plan, name);
  throw new UnknownNameError(
    `${plan.relation.key} has no column ${JSON.stringify(name)}; to filter by related rows write some(${JSON.stringify(relation)}, { column: value })`,
  );
}

// A symbol or a hidden property would be ignored, and the filter would match every row.
function requireEmpty({ plan }: ConditionContext, where: object): void {
  if (Reflect.ownKeys(where).length > 0)
    throw new ArgumentError(
      `${plan.relation.key}: where must be an object { column: value }, received one with only symbols or hidden properties`,
    );
}

function columnCondition(context: ConditionContext, column: ColumnPlan, value: unknown): string {
  const name = operatorName(value);
  if (name === undefined) return comparisonSql(context, column, "eq", [value]);
  const { operands } = value as Operator;
  if (!isCombination(name)) return comparisonSql(context, column, name, operands);
  if (name === "not") return negation(columnCondition(context, column, operands[0]));
  if (name !== "and" && name !== "or")
    throw new ArgumentError(
      `${column.label}: ${name}(...) is a separate filter; write it outside the column`,
    );
  return parenthesize(
    combination(context, name, operands, operand => {
      if (operatorName(operand) === undefined)
        throw new ArgumentError(
          `${column.label}: ${name} requires operators, received ${describeValue(operand)}`,
        );
      return columnCondition(context, column, operand);
    }),
  );
}

// True for every row by its form is "", false for every row is "false": a constant part never hides that the whole is
// constant.
function combination<Part>(
  { binder }: ConditionContext,
  name: "and" | "or",
  operands: readonly Part[],
  compile: (operand: Part) => string,
): string {
  const count = binder.params.length;
  const [neutral, decisive] = name === "and" ? ["", NEVER] : [NEVER, ""];
  const parts = operands.map(compile);
  if (!parts.includes(decisive)) {
    const found = parts.filter(text => text !== neutral);
    for (let left = paddingOf(found, operands, binder.params.length); left > 0; left--)
      found.push(compile(operands.at(-1)!));
    return found.join(name === "and" ? " AND " : " OR ") || neutral;
  }
  dropParams(binder, count);
  return decisive;
}

/** Up to this number of parts each length of a list has its own text. */
const SHORT_LIST = 16;
/** The most parameters of a list that is padded; a statement can have 65,535 (manual, appendix K). */
const MAX_PADDED_PARAMS = 8_192;

// The last part is repeated up to a power of two, so that lists of every length have few texts: each text is a prepared
// statement on each connection. Raw SQL is not repeated, because it can be volatile.
function paddingOf(parts: readonly string[], operands: readonly unknown[], params: number): number {
  const { length } = parts;
  if (length <= SHORT_LIST || length < operands.length || operands.some(hasRawSql)) return 0;
  const [first, ...others] = parts.map(text => text.replaceAll(/\$\d+/g, "$"));
  const padded = 2 ** Math.ceil(Math.log2(length));
  const fits = (padded / length) * params <= MAX_PADDED_PARAMS;
  return fits && others.every(text => text === first) ? padded - length : 0;
}

function hasRawSql(operand: unknown): boolean {
  if (isFragment(operand)) return true;
  return operatorName(operand) !== undefined && (operand as Operator).operands.some(hasRawSql);
}

function parenthesize(text: string): string {
  return text === "" || text === NEVER ? text : `(${text})`;
}

function negation(text: string): string {
  return text === "" ? NEVER : text === NEVER ? "" : `NOT (${text})`;
}

/** A filter that compares columns with at most one value each, as most do. */
interface PlainFilter {
  /** All that its text depends on. */
  readonly shape: string;
  /** Its parameters, in their order. */
  readonly params: readonly string[];
  /** The filter with the values that were checked: a getter may return something else later. */
  readonly where: () => unknown;
}

const NO_FILTER: PlainFilter = { shape: "", params: [], where: () => undefined };

const filterShapes = derive((_relation: Relation) => newJoinedShapes());

/** The plain filter that a `where` is; undefined for every other `where`, and for unknown columns. */
function plainFilter({ relation, columns }: RelationPlan, where: unknown): PlainFilter | undefined {
  if (where === undefined) return NO_FILTER;
  if (!isPlainObject(where) || isFragment(where) || operatorName(where) !== undefined) return undefined;
  const shapes = filterShapes(relation);
  let joined = shapes.first;
  const params: string[] = [];
  const names = Object.keys(where);
  if (names.length === 0 && Reflect.ownKeys(where).length > 0) return undefined;
  const values: unknown[] = [];
  for (let at = 0; at < names.length; at++) {
    const column = columns.get(names[at]!);
    const value = where[names[at]!];
    values.push(value);
    if (column === undefined || column.filterCodec.equals === null) return undefined;
    const operator = operatorName(value);
    const name = operator ?? "eq";
    const kind = isCombination(name) ? undefined : columnOperator(name).operand;
    if (kind !== "value" && kind !== "value or null") return undefined;
    const operand = operator === undefined ? value : (value as Operator).operands[0];
    const isNull = operand === null;
    if (!isNull) params.push(filterText(column.label, column.filterCodec, operand));
    joined = joinShape(shapes, joinShape(shapes, joined, column.shape), isNull ? `-${name}` : name);
  }
  return {
    shape: joined.shape,
    params,
    where: () => Object.fromEntries(names.map((name, at) => [name, values[at]])),
  };
}

/** Selects the rows that a write affects. */
export interface WriteFilter<Row = Record<string, unknown>> {
  /** A filter of the rows. */
  readonly where?: Where<Row>;
  /** `true` to affect every row (of the scope), because an empty filter alone is rejected. */
  readonly all?: boolean;
}

/** ` WHERE ...` of a write; throws ArgumentError for a filter that matches every row by accident. */
export function writeWhereSql(context: ConditionContext, { where, all }: WriteFilter<never>): string {
  const own = conditionSql(context, where);
  const isConstant = own === "" || constantFilter(context.schema, context.plan, where) === true;
  if (all !== true && isConstant) {
    throw new ArgumentError(
      `${context.plan.relation.key}: the filter is ${own === "" ? "empty" : "true for each row"} and would affect every row; pass all: true to allow that`,
    );
  }
  return whereSql([own, context.plan.scope.condition(context.binder, context.prefix)]);
}
