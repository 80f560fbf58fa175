import * as v from "valibot";
import { ArgumentError, UnknownNameError } from "../errors.ts";
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
import { countSql } from "../statements/count-sql.ts";
import { listOf, operator, type Where } from "../statements/filter.ts";
import { isPlainObject } from "../types/plain-object.ts";
import { problem, received } from "../types/problem.ts";
import { issueOf } from "./issue.ts";

type Entries = typeof COLUMN_OPERATORS;

/** Operators that a JSON filter may name. */
export type FilterOperator = {
  [Name in ColumnOperatorName]: Entries[Name]["operand"] extends "none" ? never : Name;
}[ColumnOperatorName];

/** What a filter from the network may say. */
export interface FilterSchemaOptions<Column extends string = string> {
  /** The columns it may name; all readable ones by default. */
  readonly columns?: readonly Column[];
  /** The operators it may name; all by default, which includes slow ones like `matches`. */
  readonly operators?: readonly FilterOperator[];
  /** How deep `and`, `or` and `not` may be nested; 5 by default. */
  readonly maxDepth?: number;
  /** How many values a list, and how many filters `and` and `or` may have; 100 by default. */
  readonly maxList?: number;
}

const OPERATORS: readonly string[] = COLUMN_OPERATOR_NAMES.filter(
  name => columnOperator(name).operand !== "none",
);

interface Reading {
  readonly schema: AnySchema;
  readonly table: string;
  readonly columns: ReadonlySet<string>;
  readonly operators: ReadonlySet<string>;
  readonly maxDepth: number;
  readonly maxList: number;
}

/**
 * A valibot schema that turns a filter from the network into a `where`. The JSON form is column → value, column →
 * `{ operator: operand }` (all of them must hold), and `and`, `or` (lists of filters) and `not` (a filter):
 * `{ "genre_id": { "oneOf": [1, 2] }, "or": [{ "composer": null }, { "milliseconds": { "gt": 300000 } }] }`.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options which columns and operators, how deep and how long
 * @returns a schema whose output is a `where` of the reading functions; whatever it accepts can be sent
 * @throws UnknownNameError for a column or operator of `options` that does not exist
 * @example `v.safeParse(filterSchema(schema, "track", { columns: ["name"] }), { genre_id: 1 }).issues![0].message` →
 * `Expected one of the columns name, received "genre_id"`
 */
export function filterSchema<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: FilterSchemaOptions<ColumnName<Tables, Name>> = {},
): v.GenericSchema<unknown, Where<FilterOf<Tables, Name>>> {
  const reading = readingOf(schema, table, options);
  return v._standardSchema({
    ...v.record(v.string(), v.unknown()),
    "~run": (dataset: v.UnknownDataset) => {
      try {
        const value = readFilter(reading, dataset.value, 0);
        // What the statement would refuse is refused here.
        countSql(schema, table, { where: value as Where });
        return { typed: true, value };
      } catch (error) {
        return { typed: false, value: dataset.value, issues: [refusal(error, dataset.value)] };
      }
    },
  } as never) as unknown as v.GenericSchema<unknown, Where<FilterOf<Tables, Name>>>;
}

function readingOf(schema: AnySchema, table: string, options: FilterSchemaOptions): Reading {
  const relation = relationOf(schema, table);
  const readable = relation.columns.filter(({ privileges }) => privileges.select).map(({ name }) => name);
  return {
    schema,
    table: relation.key,
    columns: known(`${relation.key} has no readable column`, options.columns, readable),
    operators: known("filters have no operator", options.operators, OPERATORS),
    maxDepth: options.maxDepth ?? 5,
    maxList: options.maxList ?? 100,
  };
}

function known(
  what: string,
  chosen: readonly string[] | undefined,
  all: readonly string[],
): ReadonlySet<string> {
  const missing = chosen?.find(name => !all.includes(name));
  if (missing !== undefined)
    throw new UnknownNameError(`${what} ${JSON.stringify(missing)}${nearest(missing, all)}`);
  return new Set(chosen ?? all);
}

/** A refusal with the place it is about, on its way to becoming an issue. */
class FilterRefusal extends ArgumentError {
  readonly issue: v.BaseIssue<unknown>;

  constructor(issue: v.BaseIssue<unknown>) {
    super(issue.message);
    this.issue = issue;
  }
}

function refuse(expected: string, value: unknown): never {
  throw new FilterRefusal(issueOf(problem(expected, value), value));
}

function refusal(error: unknown, input: unknown): v.BaseIssue<unknown> {
  if (error instanceof FilterRefusal) return error.issue;
  if (!(error instanceof Error)) throw error;
  return { ...issueOf(problem("a filter", input), input), message: error.message };
}

function readFilter(reading: Reading, value: unknown, depth: number): Where {
  if (depth > reading.maxDepth) refuse(`a filter at most ${reading.maxDepth} deep`, value);
  if (!isPlainObject(value)) refuse("a filter: an object of column → value", value);
  const parts = Object.entries(value).map(([name, operand]) => readPart(reading, name, operand, depth));
  return parts.length === 1 ? parts[0]! : and(...parts);
}

function readPart(reading: Reading, name: string, operand: unknown, depth: number): Where {
  // A column of that name wins, as it does in a `where`.
  if (!reading.columns.has(name)) {
    if (name === "and") return and(...readList(reading, operand, depth));
    if (name === "or") return or(...readList(reading, operand, depth));
    if (name === "not") return not(readFilter(reading, operand, depth + 1));
    refuse(`one of the columns ${[...reading.columns].join(", ")}`, name);
  }
  const filter: Record<string, unknown> = {};
  const value = readOperand(reading, operand);
  Object.defineProperty(filter, name, { value, enumerable: true });
  return filter as Where;
}

function readList(reading: Reading, value: unknown, depth: number): Where[] {
  const list = shortList(reading, value);
  return list.map(filter => readFilter(reading, filter, depth + 1));
}

function shortList(reading: Reading, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) refuse("a list", value);
  if (value.length > reading.maxList) refuse(`a list of at most ${reading.maxList}`, value);
  return value;
}

function readOperand(reading: Reading, operand: unknown): unknown {
  if (!isPlainObject(operand)) return operand;
  const names = Object.keys(operand);
  const unknown = names.find(name => !reading.operators.has(name));
  if (unknown !== undefined || names.length === 0)
    refuse(`operators: ${[...reading.operators].join(", ")}`, unknown ?? operand);
  const made = names.map(name => {
    const value = operand[name];
    if (Array.isArray(value)) shortList(reading, value);
    return operator(name as FilterOperator, operandsOf(name as FilterOperator, value));
  });
  const [first, ...rest] = made;
  return rest.length === 0 ? first : and(first!, ...rest);
}

/** The operands that the operator's own function would take, from its one operand in JSON. */
function operandsOf(name: FilterOperator, value: unknown): readonly unknown[] {
  const { operand } = columnOperator(name);
  if (operand === "list") return [listOf(name, value)];
  if (operand === "flag" && typeof value !== "boolean")
    throw new ArgumentError(`${name} requires true or false, received ${received(value)}`);
  if (operand !== "pair") return [value];
  if (Array.isArray(value) && value.length === 2) return value;
  throw new ArgumentError(`${name} requires [low, high], received ${received(value)}`);
}
