import { isPlainObject } from "../../schema/arguments.ts";
import type { ColumnPlan } from "../../statements/column-plan.ts";
import { planColumn, relationPlan } from "../../statements/relation-plan.ts";
import { canonicalText } from "../../types/canonical-text.ts";
import { issueAt, issueOf, pathItem } from "../../validate/issue.ts";
import { rowSchema } from "../../validate/schemas.ts";
import { ValidationError } from "../../validate/validation-error.ts";
import { exactValue } from "../body/exact-value.ts";
import type { CrudCall } from "./crud-route.ts";

/** A row of a body without the key of the path, which it may repeat, but not contradict. Throws ValidationError. */
export function withoutKey({ schema, route }: CrudCall, key: unknown, json: unknown): unknown {
  if (!isPlainObject(json)) return json;
  const plan = relationPlan(schema, route.table);
  const values = Array.isArray(key) && route.key.length > 1 ? key : [key];
  const isKey = ([name]: readonly [string, unknown]): boolean => route.key.includes(name);
  const entries = Object.entries(json);
  const own = Object.fromEntries(entries.filter(isKey));
  const given = exactValue(rowSchema(schema, route.table), own).value as typeof own;
  for (const [index, name] of route.key.entries()) {
    if (!Object.hasOwn(own, name) || isSameKey(planColumn(plan, name), given[name], values[index])) continue;
    const problem = { expected: "the key of the path", received: "a different one" };
    throw new ValidationError(route.table, [issueAt(issueOf(problem, own[name]), pathItem(json, name))]);
  }
  return Object.fromEntries(entries.filter(entry => !isKey(entry)));
}

// As PostgreSQL compares them, if that is known: 1.0 and 1.00 are the same.
function isSameKey(plan: ColumnPlan, given: unknown, value: unknown): boolean {
  const { collation, codec, filterCodec } = plan;
  if (codec.check(given) !== undefined) return false;
  const textOf = (collation === null ? canonicalText(filterCodec) : undefined) ?? String;
  const text = filterCodec.print(given);
  return textOf(text) === textOf(filterCodec.print(value)) || text === sentText(plan, value);
}

/** The text of a key as a response has it: a range of the path is an object there, and a timestamp has milliseconds. */
function sentText({ codec, filterCodec }: ColumnPlan, value: unknown): string {
  const text = filterCodec.print(value);
  try {
    return filterCodec.print(codec.parse(text));
  } catch {
    return text;
  }
}
