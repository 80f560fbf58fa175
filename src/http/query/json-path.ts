import { expr, type Fragment, type Reference } from "../../statements/fragment.ts";
import type { QueryOperator } from "./query-operators.ts";

/** The operators that compare a part of a JSON document. */
export const JSON_PATH_OPERATORS: ReadonlySet<QueryOperator> = new Set<QueryOperator>([
  ...["eq", "ne", "in", "notIn", "lt", "lte", "gt", "gte", "like", "ilike", "is"],
] as QueryOperator[]);

const SIGNS: Partial<Record<QueryOperator, string>> = {
  ...{ eq: "=", ne: "<>", like: "LIKE", ilike: "ILIKE" },
  ...{ lt: "<", lte: "<=", gt: ">", gte: ">=" },
};

const NUMBER = /^-?(?:0|[1-9]\d{0,300})(?:\.\d{1,300})?$/;

/** The place of a comparison: a column of type json or jsonb and the keys that lead to the part. */
export interface JsonPath {
  readonly column: Reference;
  readonly keys: readonly string[];
}

/**
 * A comparison of a part of a JSON document. Equality compares its text; an order compares numbers with numbers and
 * strings with strings, because jsonb orders values of different types by their types.
 */
export function jsonPathFilter(path: JsonPath, name: QueryOperator, values: readonly string[]): Fragment {
  const { column } = path;
  const keys = [...path.keys];
  const [value = ""] = values;
  switch (name) {
    case "is":
      return value === "null"
        ? expr`${column} #>> ${keys}::text[] IS NULL`
        : expr`${column} #>> ${keys}::text[] IS NOT NULL`;
    case "in":
      return expr`${column} #>> ${keys}::text[] = ANY (${[...values]}::text[])`;
    case "notIn":
      return expr`${column} #>> ${keys}::text[] <> ALL (${[...values]}::text[])`;
    case "lt":
    case "lte":
    case "gt":
    case "gte":
      return orderFilter(path, SIGNS[name]!, value);
    default:
      return expr(`$1 #>> $2::text[] ${SIGNS[name]} $3::text`, [column, keys, value]);
  }
}

function orderFilter({ column, keys }: JsonPath, sign: string, value: string): Fragment {
  const isNumber = NUMBER.test(value);
  const json = isNumber ? value : JSON.stringify(value);
  return expr(
    `jsonb_typeof($1::jsonb #> $2::text[]) = $3::text AND $1::jsonb #> $2::text[] ${sign} $4::text::jsonb`,
    [column, [...keys], isNumber ? "number" : "string", json],
  );
}
