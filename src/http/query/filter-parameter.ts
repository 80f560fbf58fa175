import { derive } from "../../schema/derived.ts";
import { nearest } from "../../schema/nearest.ts";
import { columnOperator } from "../../statements/column-operators.ts";
import { operator, type Where } from "../../statements/filter.ts";
import { col } from "../../statements/fragment.ts";
import { checkText } from "../../types/text.ts";
import { patternProblem } from "../../validate/filter-pattern.ts";
import { columnText } from "./column-text.ts";
import type { FilterName, RelationStep } from "./filter-names.ts";
import { JSON_PATH_OPERATORS, jsonPathFilter } from "./json-path.ts";
import { parseList } from "./list-text.ts";
import { ParameterError, parameterIssue, rejectParameter } from "./parameter-issue.ts";
import { QUERY_OPERATORS, type QueryOperator } from "./query-operators.ts";

type Quantifier = "some" | "none" | "every";

/** A relation that a parameter names, and how many of its rows must match. */
export interface RelationTest extends RelationStep {
  readonly quantifier: Quantifier;
}

/** The condition of one parameter on a row, or on a row of the last relation. */
export interface FilterCondition {
  readonly relations: readonly RelationTest[];
  /** The column's name; undefined if `test` is a whole filter. */
  readonly column: string | undefined;
  /** An operator, or the value of a column; a whole filter without a column. */
  readonly test: unknown;
  /** Whether the codec of the column has accepted the values, so that no statement has to be built to find out. */
  readonly isChecked: boolean;
}

const UNCHECKED: ReadonlySet<QueryOperator> = new Set(["contains", "containedBy", "overlaps", "has"]);

/** The context of a filter: the names it may use and the limit of its lists. */
export interface FilterReading {
  readonly names: ReadonlyMap<string, FilterName>;
  /** The parameters that are not filters. */
  readonly options: ReadonlySet<string>;
  readonly maxList: number;
}

/** The parts of a parameter's name: `invoice_line[some].quantity[gt]`, `settings->theme`. */
interface ParsedName {
  readonly filter: FilterName;
  readonly relations: readonly RelationTest[];
  readonly operator: QueryOperator;
  readonly keys: readonly string[];
}

/**
 * The conditions of one parameter, which can be repeated: values without an operator are alternatives, and the
 * conditions of other operators must all hold.
 */
export function filterConditions(
  reading: FilterReading,
  parameter: string,
  texts: readonly string[],
): readonly FilterCondition[] {
  const name = parsedName(reading, parameter, texts[0]!);
  for (const text of texts) requireText(parameter, text, name.operator);
  if (texts.length > reading.maxList)
    rejectParameter(parameter, texts[0]!, `at most ${reading.maxList} values`, String(texts.length));
  const { filter, relations, keys } = name;
  const column = keys.length === 0 ? filter.column.column.name : undefined;
  const isChecked = !UNCHECKED.has(name.operator);
  const condition = (test: unknown): FilterCondition => ({ relations, column, test, isChecked });
  if (keys.length > 0) return jsonTests(reading, parameter, name, texts).map(condition);
  if (name.operator === "eq" && texts.length > 1)
    return [condition(operator("oneOf", [texts.map(text => textValue(parameter, filter, text))]))];
  return texts.map(text => condition(columnTest(reading, parameter, name, text)));
}

// The names of a query without JSON paths are finite.
const parsedNames = derive((_names: FilterReading["names"]) => new Map<string, ParsedName>());

function parsedName(reading: FilterReading, parameter: string, text: string): ParsedName {
  const known = parsedNames(reading.names);
  const found = known.get(parameter);
  if (found !== undefined) return found;
  const name = parseName(reading, parameter, text);
  if (name.keys.length === 0) known.set(parameter, name);
  return name;
}

function requireText(parameter: string, text: string, name: QueryOperator = "eq"): void {
  const problem = checkText(text);
  if (problem !== undefined) throw new ParameterError(parameterIssue(parameter, problem, text));
  const expected = patternProblem(name, text);
  if (expected !== undefined) rejectParameter(parameter, text, expected);
}

function parseName(reading: FilterReading, parameter: string, text: string): ParsedName {
  const whole = reading.names.get(parameter);
  if (whole !== undefined) return checkName(parameter, text, { ...NO_PARTS, base: parameter }, whole);
  const [, rest = parameter, operatorText = "eq"] = /^(.+)\[(\w+)\]$/s.exec(parameter) ?? [];
  const named = reading.names.get(rest);
  if (named !== undefined)
    return checkName(parameter, text, { ...NO_PARTS, base: rest, operatorText }, named);
  const [path = "", ...keys] = rest.split("->");
  const quantifiers: string[] = [];
  const base = path.replaceAll(/\[(\w+)\]\./g, (_, quantifier: string) => {
    quantifiers.push(quantifier);
    return ".";
  });
  const filter = reading.names.get(base);
  if (filter === undefined)
    return rejectParameter(
      parameter,
      text,
      "an allowed parameter",
      `${JSON.stringify(parameter)}${nearest(parameter, [...reading.names.keys(), ...reading.options])}`,
    );
  return checkName(parameter, text, { base, operatorText, keys, quantifiers }, filter);
}

interface NameParts {
  readonly base: string;
  readonly operatorText: string;
  readonly keys: readonly string[];
  readonly quantifiers: readonly string[];
}

const NO_PARTS = { operatorText: "eq", keys: [], quantifiers: [] };

function checkName(
  parameter: string,
  text: string,
  { operatorText, keys, quantifiers }: NameParts,
  filter: FilterName,
): ParsedName {
  const name = operatorText as QueryOperator;
  const isJson = filter.column.codec.castType === "json" || filter.column.codec.castType === "jsonb";
  if (keys.length > 0 && !isJson)
    rejectParameter(parameter, text, "a path only into a json column", parameter);
  const allowed = keys.length > 0 ? JSON_PATH_OPERATORS : filter.operators;
  if (!allowed.has(name))
    rejectParameter(parameter, text, `one of the operators ${[...allowed].join(", ")}`, operatorText);
  return { filter, operator: name, keys, relations: relationTests(parameter, text, filter, quantifiers) };
}

// A relation to one row has no quantifier, because there is nothing to choose.
function relationTests(
  parameter: string,
  text: string,
  { steps }: FilterName,
  given: readonly string[],
): readonly RelationTest[] {
  const quantifiers = [...given];
  const tests = steps.map(step => {
    const quantifier = step.isMany ? quantifiers.shift() : "some";
    if (quantifier === "some" || quantifier === "none" || quantifier === "every")
      return { ...step, quantifier: quantifier as Quantifier };
    const { name } = step;
    const received = quantifier === undefined ? name : `${name}[${quantifier}]`;
    return rejectParameter(parameter, text, `${name}[some], ${name}[none] or ${name}[every]`, received);
  });
  const [extra] = quantifiers;
  if (extra !== undefined)
    rejectParameter(parameter, text, "no quantifier for a relation to one row", `[${extra}]`);
  return tests;
}

function jsonTests(
  reading: FilterReading,
  parameter: string,
  { filter, operator: name, keys }: ParsedName,
  texts: readonly string[],
): readonly Where[] {
  const { table, steps, column } = filter;
  const path = { column: col(table, column.column.name, steps.at(-1)?.alias), keys };
  for (const key of keys) requireText(parameter, key);
  if (name === "eq" && texts.length > 1) return [jsonPathFilter(path, "in", texts)];
  return texts.map(text => {
    if (name === "is") nullTest(parameter, text);
    const values = name === "in" || name === "notIn" ? listOf(reading, parameter, text) : [text];
    return jsonPathFilter(path, name, values);
  });
}

function columnTest(
  reading: FilterReading,
  parameter: string,
  { filter, operator: urlName }: ParsedName,
  text: string,
): unknown {
  const name = QUERY_OPERATORS.get(urlName)!;
  switch (columnOperator(name).operand) {
    case "list":
      return operator(name, [listOf(reading, parameter, text).map(one => textValue(parameter, filter, one))]);
    case "pair": {
      const values = listOf(reading, parameter, text);
      if (values.length !== 2) rejectParameter(parameter, text, "two values with a comma between");
      return operator(
        name,
        values.map(one => textValue(parameter, filter, one)),
      );
    }
    case "flag":
      return operator(name, [nullTest(parameter, text)]);
    case "content":
      return operator(name, [contentOf(reading, parameter, filter, text)]);
    case "string":
    case "key":
      return operator(name, [text]);
    default: {
      const value = textValue(parameter, filter, text);
      return name === "eq" && typeof value !== "object" ? value : operator(name, [value]);
    }
  }
}

function nullTest(parameter: string, text: string): boolean {
  if (text === "null" || text === "notnull") return text === "null";
  return rejectParameter(parameter, text, "null or notnull");
}

function listOf({ maxList }: FilterReading, parameter: string, text: string): readonly string[] {
  const list = parseList(text);
  if (list === undefined) return rejectParameter(parameter, text, "a closing double quote");
  if (list.length > maxList)
    rejectParameter(parameter, text, `at most ${maxList} values`, String(list.length));
  return list;
}

function textValue(parameter: string, { column }: FilterName, text: string): unknown {
  const read = columnText(column, text);
  if (read.problem === undefined) return read.value;
  throw new ParameterError(parameterIssue(parameter, read.problem, text));
}

// An array is a list of elements; a range is its own text or one of its elements, and a multirange also the text of a range.
function contentOf(reading: FilterReading, parameter: string, filter: FilterName, text: string): unknown {
  const { column } = filter;
  const { shape } = column.filterCodec;
  if (shape.kind === "array")
    return listOf(reading, parameter, text).map(item => {
      const read = columnText(column, item, shape.element);
      if (read.problem === undefined) return read.value;
      throw new ParameterError(parameterIssue(parameter, read.problem, text));
    });
  const range = shape.kind === "multirange" ? shape.range : column.filterCodec;
  if (range.shape.kind !== "range") return textValue(parameter, filter, text);
  const own = shape.kind === "multirange" ? [column.filterCodec] : [];
  for (const codec of [range, ...own, range.shape.subtype]) {
    const read = columnText(column, text, codec);
    if (read.problem === undefined) return read.value;
  }
  throw new ParameterError(parameterIssue(parameter, columnText(column, text, range).problem!, text));
}
