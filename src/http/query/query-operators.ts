import {
  COLUMN_OPERATOR_NAMES,
  type ColumnOperatorName,
  columnOperator,
} from "../../statements/column-operators.ts";
import type { Codec, Family } from "../../types/codec.ts";
import { hasOrder } from "../../types/type-operators.ts";

// The names in a URL that differ from the names of the functions.
const RENAMED = { oneOf: "in", noneOf: "notIn", hasKey: "has", isNull: "is" } as const;
type Renamed = typeof RENAMED;

/** The operators of a URL's query, as written in brackets. */
export type QueryOperator =
  | Exclude<ColumnOperatorName, keyof Renamed | "notNull" | "search">
  | Renamed[keyof Renamed];

/** The operators by their names in a URL. */
export const QUERY_OPERATORS: ReadonlyMap<QueryOperator, ColumnOperatorName> = new Map(
  COLUMN_OPERATOR_NAMES.filter(name => columnOperator(name).operand !== "none").map(name => [
    (RENAMED[name as keyof Renamed] ?? name) as QueryOperator,
    name,
  ]),
);

const ORDERED: ReadonlySet<Family> = new Set<Family>([
  ...["integer", "float", "bigint", "numeric", "boolean", "text"],
  ...["datetime", "interval", "bytes", "bits", "network"],
] as Family[]);

/** The operators that PostgreSQL has for a type. */
export function operatorsOf(codec: Codec): readonly QueryOperator[] {
  return [...QUERY_OPERATORS.keys()].filter(name => hasOperator(codec, name));
}

function hasOperator(codec: Codec, name: QueryOperator): boolean {
  const { shape } = codec;
  switch (columnOperator(QUERY_OPERATORS.get(name)!).operand) {
    case "value or null":
    case "list":
      return codec.equals !== null;
    case "value":
    case "pair":
      return isComparable(codec);
    case "string":
      return shape.kind === "scalar" && shape.family === "text";
    case "key":
      return codec.castType === "jsonb";
    case "content":
      return hasContent(codec, name);
    default:
      return true;
  }
}

/** Whether a URL can sort and compare values of a type. Fewer types than PostgreSQL orders: no jsonb, no extension types. */
export function isComparable(codec: Codec): boolean {
  const { shape, castType } = codec;
  if (shape.kind === "array") return isComparable(shape.element);
  if (shape.kind !== "scalar") return shape.kind !== "composite";
  return (ORDERED.has(shape.family) || castType === "uuid") && hasOrder(codec);
}

function hasContent({ shape, castType, equals }: Codec, name: QueryOperator): boolean {
  if (shape.kind === "array") return equals !== null && shape.element.shape.kind !== "array";
  if (castType === "jsonb") return name !== "overlaps";
  return shape.kind === "range" || shape.kind === "multirange";
}
