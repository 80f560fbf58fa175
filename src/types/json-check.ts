import type { Problem } from "./codec.ts";
import { jsonNull } from "./json-null.ts";
import { isPlainObject } from "./plain-object.ts";
import { problem, problemAt } from "./received.ts";
import { checkText } from "./text.ts";

/** Deeper values may be cyclic. */
const MAX_DEPTH = 1000;

/** The first thing in a value that JSON cannot hold, with its path. */
export function checkJson(value: unknown, takesBigint: boolean): Problem | undefined {
  return value === jsonNull ? undefined : checkPart(value, takesBigint, MAX_DEPTH);
}

function checkPart(value: unknown, takesBigint: boolean, depth: number): Problem | undefined {
  if (value === null) return undefined;
  switch (typeof value) {
    case "boolean":
      return undefined;
    case "string":
      return checkText(value);
    case "number":
      return Number.isFinite(value) ? undefined : problem("a finite number", value, "JSON has no other");
    case "bigint":
      return takesBigint
        ? undefined
        : problem(
            "a JSON value",
            value,
            'JSON has no bigint; load the schema with types: { json: "bigint" }',
          );
    case "object":
      if (depth === 0) return problem(`a JSON value of at most ${MAX_DEPTH} levels`, value, "is it cyclic?");
      return Array.isArray(value)
        ? checkItems(value, takesBigint, depth - 1)
        : checkProperties(value, takesBigint, depth - 1);
    default:
      return problem("a JSON value", value);
  }
}

function checkItems(items: readonly unknown[], takesBigint: boolean, depth: number): Problem | undefined {
  // By index: a hole counts as undefined.
  for (let index = 0; index < items.length; index++) {
    const refused = checkPart(items[index], takesBigint, depth);
    if (refused !== undefined) return problemAt(index, refused);
  }
  return undefined;
}

function checkProperties(value: object, takesBigint: boolean, depth: number): Problem | undefined {
  if (!isPlainObject(value)) return problem("a plain object", value);
  if (typeof value["toJSON"] === "function") return problem("an object without toJSON", value);
  if (Object.getOwnPropertySymbols(value).length > 0)
    return problem("an object without symbols as keys", value);
  for (const key in value) {
    const refused = checkText(key) ?? checkPart(value[key], takesBigint, depth);
    // What a prototype has is not written.
    if (refused !== undefined && Object.hasOwn(value, key)) return problemAt(key, refused);
  }
  return undefined;
}
