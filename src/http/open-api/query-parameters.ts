import { columnOperator } from "../../statements/column-operators.ts";
import { codecJsonSchema } from "../../types/json-schema.ts";
import type { CrudRoute } from "../crud/crud-route.ts";
import type { FilterName } from "../query/filter-names.ts";
import { QUERY_OPERATORS, type QueryOperator } from "../query/query-operators.ts";
import type { JsonObject } from "./open-api-info.ts";

/** The parameters of a list. */
export function listParameters(route: CrudRoute): readonly JsonObject[] {
  const { names, sort, limit, search, options } = route.rules;
  const canStream = route.options.stream === true;
  const isOption = (name: string): boolean => options.has(name) || (canStream && name === "stream");
  return [
    ...[...names.values()].flatMap(filter => filterParameters(filter, isOption(filter.name))),
    ...(sort.length > 0
      ? [
          listParameter(
            "sort",
            sort.flatMap(name => [name, `-${name}`]),
            "Columns in order; - for descending",
          ),
        ]
      : []),
    ...rowParameters(route),
    parameter("limit", "Rows per page", {
      type: "integer",
      minimum: 1,
      maximum: limit.max,
      default: limit.default,
    }),
    parameter("after", "The token of a page: the rows after it", { type: "string" }),
    parameter("before", "The token of a page: the rows before it", { type: "string" }),
    ...(options.has("total") ? [parameter("total", "Whether to count all rows", { type: "boolean" })] : []),
    ...(search === undefined ? [] : [parameter("q", `Words to search for in ${search.column}`, TEXT)]),
    ...(canStream
      ? [parameter("stream", "Sends the changes as server-sent events", { type: "string", enum: [""] })]
      : []),
  ];
}

/** The parameters of one row. */
export function rowParameters({ rules }: CrudRoute): readonly JsonObject[] {
  const { select, include } = rules;
  return [
    ...(select === undefined ? [] : [listParameter("select", select, "The columns to return")]),
    ...(include === undefined
      ? []
      : [listParameter("include", Object.keys(include), "The related rows to return")]),
  ];
}

const TEXT = { type: "string" };

function parameter(name: string, description: string, schema: JsonObject): JsonObject {
  return { name, in: "query", description, schema };
}

function listParameter(name: string, values: readonly string[], description: string): JsonObject {
  const schema = { type: "array", items: { type: "string", enum: values }, uniqueItems: true };
  return { ...parameter(name, description, schema), style: "form", explode: false };
}

// The plain name of an option such as `limit` is not a filter.
function filterParameters(filter: FilterName, isOption: boolean): readonly JsonObject[] {
  return quantifiedNames(filter).flatMap(name =>
    [...filter.operators].map(operator => filterParameter(filter, name, operator, isOption)),
  );
}

const QUANTIFIERS = ["some", "none", "every"];

/** `line[some].quantity`, `line[none].quantity`, `line[every].quantity` */
function quantifiedNames({ name, steps }: FilterName): readonly string[] {
  let names = [""];
  let rest = name;
  for (const step of steps) {
    rest = rest.slice(step.name.length + 1);
    const forms = step.isMany ? QUANTIFIERS.map(one => `${step.name}[${one}].`) : [`${step.name}.`];
    names = names.flatMap(before => forms.map(form => before + form));
  }
  return names.map(before => before + rest);
}

function filterParameter(
  { column }: FilterName,
  name: string,
  operator: QueryOperator,
  isOption: boolean,
): JsonObject {
  const value = codecJsonSchema(column.filterCodec, "body");
  const isPlain = "type" in value && value["type"] !== "array" && value["type"] !== "object";
  const item = isPlain ? value : TEXT;
  if (operator === "eq") {
    const schema = { type: "array", items: item };
    const shown = isOption ? `${name}[eq]` : name;
    return {
      ...parameter(shown, `Equal to the value; if repeated, equal to one of the values`, schema),
      style: "form",
      explode: true,
    };
  }
  const { operand } = columnOperator(QUERY_OPERATORS.get(operator)!);
  const isValue = operand === "value" || operand === "value or null";
  const schema = operator === "is" ? { type: "string", enum: ["null", "notnull"] } : isValue ? item : TEXT;
  return parameter(`${name}[${operator}]`, DESCRIPTIONS[operator], schema);
}

const DESCRIPTIONS: Readonly<Record<QueryOperator, string>> = {
  eq: "Equal",
  ne: "Not equal",
  distinctFrom: "Not equal, or null",
  lt: "Less than",
  lte: "Less than or equal",
  gt: "Greater than",
  gte: "Greater than or equal",
  between: "From the first to the second of two values with a comma between",
  in: "One of the values, which commas separate",
  notIn: "None of the values, which commas separate",
  contains: "Contains the values",
  containedBy: "Is contained by the values",
  overlaps: "Has a value in common",
  has: "Has the key",
  matches: "Matches a regular expression of PostgreSQL",
  like: "Matches a pattern: % is any text, _ one character",
  ilike: "Matches a pattern, ignoring case: % is any text, _ one character",
  is: "Whether the value is null",
};
