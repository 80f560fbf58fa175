import * as v from "valibot";
import { ArgumentError, UnknownNameError } from "../errors.ts";
import { isPlainObject, type OptionNames, requireArray, requireOptions } from "../schema/arguments.ts";
import { nearest } from "../schema/nearest.ts";
import { relationOf } from "../schema/relation-of.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, TableName } from "../schema/tables.ts";
import {
  COLUMN_OPERATOR_NAMES,
  type COLUMN_OPERATORS,
  type ColumnOperatorName,
  columnOperator,
} from "../statements/column-operators.ts";
import { and, not, or } from "../statements/combinations.ts";
import { conditionSql } from "../statements/condition.ts";
import { listOf, operator, type Where } from "../statements/filter.ts";
import { planColumn, relationPlan } from "../statements/relation-plan.ts";
import { newBinder } from "../statements/statement.ts";
import type { Codec } from "../types/codec.ts";
import { jsonInput } from "../types/json-input.ts";
import { describeValue } from "../types/problem.ts";
import { inside, issueOfError, reject } from "./filter-issue.ts";
import { type FilterRules, filterJsonSchema } from "./filter-json-schema.ts";
import { patternProblem } from "./filter-pattern.ts";
import { type JsonSchemaMethods, jsonSchemaMethods } from "./json-schema.ts";

type Entries = typeof COLUMN_OPERATORS;

/** Operators that a JSON filter may name. */
export type FilterOperator = {
  [Name in ColumnOperatorName]: Entries[Name]["operand"] extends "none" ? never : Name;
}[ColumnOperatorName];

/** Options of `filterSchema`: the limits of a filter. */
export interface FilterSchemaOptions<Column extends string = string> {
  /** The columns that the filter can use (default: all readable columns). */
  readonly columns?: readonly Column[];
  /** The operators that the filter can use (default: all, including slow ones such as `matches`). */
  readonly operators?: readonly FilterOperator[];
  /** The maximum depth of nested `and`, `or` and `not` (default: 5). */
  readonly maxDepth?: number;
  /** The maximum length of a list, and of the filters in `and` and `or` (default: 100). */
  readonly maxList?: number;
  /** The maximum number of conditions and combinations in the whole filter (default: 200). */
  readonly maxConditions?: number;
}

const FILTER_SCHEMA_OPTIONS: OptionNames<FilterSchemaOptions> = {
  columns: true,
  operators: true,
  maxDepth: true,
  maxList: true,
  maxConditions: true,
};

const OPERATORS: readonly string[] = COLUMN_OPERATOR_NAMES.filter(
  name => columnOperator(name).operand !== "none",
);

/**
 * Returns a valibot schema that converts a filter from the network to a `where`. The JSON form is column → value, column
 * → `{ operator: operand }` (several operators must all hold), `and` and `or` with a list of filters, `not` with a filter:
 * `{ "genre_id": { "oneOf": [1, 2] }, "or": [{ "composer": null }, { "milliseconds": { "gt": 300000 } }] }`.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options the columns and operators of the filter, its depth and length
 * @returns a schema whose output is a valid `where` of the reading functions
 * @throws UnknownNameError if a column or operator of `options` does not exist
 * @example `v.safeParse(filterSchema(schema, "track", { columns: ["name"] }), { genre_id: 1 }).issues![0].message` →
 * `Expected one of the columns name, received "genre_id"`
 */
export function filterSchema<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: FilterSchemaOptions<ColumnName<Tables, Name>> = {},
): FilterSchema<Where<FilterOf<Tables, Name>>> {
  requireOptions("filterSchema", options, FILTER_SCHEMA_OPTIONS);
  for (const name of ["maxDepth", "maxList", "maxConditions"] as const) requireLimit(name, options[name]);
  for (const name of ["columns", "operators"] as const)
    if (options[name] !== undefined) requireArray(name, options[name]);
  const rules = filterRules(schema, table, options);
  const filter = v._standardSchema({
    ...v.record(v.string(), v.unknown()),
    // For `@valibot/to-json-schema`.
    get pipe() {
      return [v.unknown(), v.metadata(filterJsonSchema(rules))];
    },
    "~run": (dataset: v.UnknownDataset) => {
      try {
        const budget = { left: options.maxConditions ?? 200 };
        return { typed: true, value: readFilter({ ...rules, budget }, dataset.value, 0) };
      } catch (error) {
        return { typed: false, value: dataset.value, issues: [issueOfError(error, dataset.value)] };
      }
    },
  } as never) as unknown as FilterSchema<Where<FilterOf<Tables, Name>>>;
  Object.assign(filter["~standard"], { jsonSchema: jsonSchemaMethods(() => filterJsonSchema(rules)) });
  return filter;
}

function requireLimit(name: string, value: unknown): void {
  if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0)) return;
  throw new ArgumentError(
    `filterSchema: ${name} must be a non-negative integer, received ${describeValue(value)}`,
  );
}

/** A valibot schema of a filter. */
type FilterSchema<Output> = v.GenericSchema<unknown, Output> & {
  readonly "~standard": { readonly jsonSchema: JsonSchemaMethods };
};

function filterRules(schema: AnySchema, table: string, options: FilterSchemaOptions): FilterRules {
  const relation = relationOf(schema, table);
  const readable = relation.columns.filter(({ privileges }) => privileges.select).map(({ name }) => name);
  return {
    schema,
    table: relation.key,
    columns: requireKnown(`${relation.key} has no readable column`, options.columns, readable),
    operators: requireKnown("filters have no operator", options.operators, OPERATORS),
    maxDepth: options.maxDepth ?? 5,
    maxList: options.maxList ?? 100,
  };
}

function requireKnown(
  what: string,
  chosen: readonly string[] | undefined,
  all: readonly string[],
): ReadonlySet<string> {
  const missing = chosen?.find(name => !all.includes(name));
  if (missing !== undefined)
    throw new UnknownNameError(`${what} ${JSON.stringify(missing)}${nearest(missing, all)}`);
  return new Set(chosen ?? all);
}

/** The rules of one run, with the number of conditions that the filter may still have. */
interface FilterRun extends FilterRules {
  readonly budget: { left: number };
}

function readFilter(rules: FilterRun, value: unknown, depth: number): Where {
  if (depth > rules.maxDepth) reject(`a filter nested at most ${rules.maxDepth} levels deep`, value);
  if (!isPlainObject(value)) reject("a filter as an object { column: value }", value);
  const parts = Object.entries(value).map(([name, operand]) =>
    inside(value, name, () => readPart(rules, name, operand, depth)),
  );
  return parts.length === 1 ? parts[0]! : and(...parts);
}

function readPart(rules: FilterRun, name: string, operand: unknown, depth: number): Where {
  if (--rules.budget.left < 0) reject("a filter with fewer conditions", name);
  // A column with the name of a combination takes precedence, as it does in a `where`.
  if (!rules.columns.has(name)) {
    if (name === "and") return and(...readList(rules, operand, depth));
    if (name === "or") return or(...readList(rules, operand, depth));
    if (name === "not") return not(readFilter(rules, operand, depth + 1));
    reject(`one of the columns ${[...rules.columns].join(", ")}`, name);
  }
  const filter: Record<string, unknown> = {};
  const { schema } = rules;
  const plan = relationPlan(schema, rules.table);
  const value = readOperand(rules, planColumn(plan, name).filterCodec, operand);
  Object.defineProperty(filter, name, { value, enumerable: true });
  // Rejects everything that the builder of a statement rejects.
  conditionSql({ schema, plan, binder: newBinder(), prefix: "" }, filter);
  return filter as Where;
}

function readList(rules: FilterRun, value: unknown, depth: number): Where[] {
  const list = limitedList(rules, value);
  return list.map((filter, index) => inside(list, index, () => readFilter(rules, filter, depth + 1)));
}

// A PostgreSQL array has up to 6 dimensions.
const MAX_DIMENSIONS = 6;

function limitedList(rules: FilterRules, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) reject("a list", value);
  if (value.length > rules.maxList) reject(`a list of at most ${rules.maxList}`, value);
  if (value.flat(MAX_DIMENSIONS).length > rules.maxList)
    reject(`a list of at most ${rules.maxList} with the members of its lists`, value);
  return value;
}

function readOperand(rules: FilterRun, codec: Codec, operand: unknown): unknown {
  if (Array.isArray(operand)) return jsonInput(codec, limitedList(rules, operand));
  if (!isPlainObject(operand)) return jsonInput(codec, operand);
  const names = Object.keys(operand);
  const unknown = names.find(name => !rules.operators.has(name));
  if (unknown !== undefined || names.length === 0)
    reject(`operators: ${[...rules.operators].join(", ")}`, unknown ?? operand);
  const made = names.map(name =>
    inside(operand, name, () => {
      const value = operand[name];
      if (Array.isArray(value)) limitedList(rules, value);
      const operands = operandsOf(name as FilterOperator, value);
      return operator(name as FilterOperator, inForms(name as FilterOperator, codec, operands));
    }),
  );
  const [first, ...rest] = made;
  return rest.length === 0 ? first : and(first!, ...rest);
}

function inForms(name: FilterOperator, codec: Codec, operands: readonly unknown[]): readonly unknown[] {
  const { operand } = columnOperator(name);
  if (operand === "string" || operand === "key" || operand === "flag") return operands;
  const one = (value: unknown): unknown => jsonInput(codec, value);
  return operand === "list" ? [(operands[0] as readonly unknown[]).map(one)] : operands.map(one);
}

/** The operands that the operator's own function would take, from its one operand in JSON. */
function operandsOf(name: FilterOperator, value: unknown): readonly unknown[] {
  const { operand } = columnOperator(name);
  const expected = typeof value === "string" ? patternProblem(name, value) : undefined;
  if (expected !== undefined) reject(expected, value);
  if (operand === "list") return [listOf(name, value)];
  if (operand === "flag" && typeof value !== "boolean")
    throw new ArgumentError(`${name} requires true or false, received ${describeValue(value)}`);
  if (operand !== "pair") return [value];
  if (Array.isArray(value) && value.length === 2) return value;
  throw new ArgumentError(`${name} requires [low, high], received ${describeValue(value)}`);
}
