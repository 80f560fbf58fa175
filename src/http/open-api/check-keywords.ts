import type { AnySchema, Check, Column, Relation } from "../../schema/snapshot.ts";
import { type Comparison, parseCheck } from "../../types/check-expression.ts";
import type { JsonObject } from "./open-api-info.ts";

/** The JSON Schema keywords of a column's length and CHECK constraints, its domains included. */
export function checkKeywords(schema: AnySchema, relation: Relation, column: Column): JsonObject {
  const own = relation.checks.filter(({ columns }) => columns.length === 1 && columns[0] === column.name);
  const keywords: Record<string, unknown> = {};
  addKeywords(keywords, own, column.name);
  let { typeKey, typmod } = column;
  for (let type = schema.types[typeKey]; type?.kind === "domain"; type = schema.types[typeKey]) {
    addKeywords(keywords, type.checks, "value");
    ({ base: typeKey, baseTypmod: typmod } = type);
  }
  // PostgreSQL's modifier is the length plus 4.
  if ((typeKey === "varchar" || typeKey === "bpchar") && typmod >= 4) keywords["maxLength"] = typmod - 4;
  return keywords;
}

function addKeywords(keywords: Record<string, unknown>, checks: readonly Check[], column: string): void {
  for (const { expression, enforced } of checks)
    for (const comparison of (enforced && parseCheck(expression)) || [])
      if (comparison.column === column) Object.assign(keywords, comparisonKeywords(comparison));
}

const BOUNDS: Partial<Record<Comparison["operator"], string>> = {
  ...{ ">": "exclusiveMinimum", ">=": "minimum", "<": "exclusiveMaximum", "<=": "maximum" },
};
const LENGTHS: Partial<Record<Comparison["operator"], readonly [name: string, change: number]>> = {
  ...{ ">": ["minLength", 1], ">=": ["minLength", 0], "<": ["maxLength", -1], "<=": ["maxLength", 0] },
};
const NUMBERS: ReadonlySet<string> = new Set([
  "smallint",
  "integer",
  "bigint",
  "numeric",
  "double precision",
]);

function comparisonKeywords({ operator, fn, constants }: Comparison): JsonObject {
  const [only, ...others] = constants;
  if (only === undefined || others.length > 0) return {};
  const { text, casts } = only;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || !casts.every(cast => NUMBERS.has(cast))) return {};
  if (fn === "length" || fn === "char_length") {
    const [name, change] = LENGTHS[operator] ?? [];
    return name === undefined ? {} : { [name]: Math.max(0, value + change!) };
  }
  const name = fn === undefined ? BOUNDS[operator] : undefined;
  return name === undefined ? {} : { [name]: value };
}
