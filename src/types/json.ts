import { ValueError } from "../errors.ts";
import { isPlainObject } from "../schema/arguments.ts";
import { jsonProblemText } from "../schema/json-problem.ts";
import type { Codec, Problem } from "./codec.ts";
import { sameDecimal } from "./decimal.ts";
import { numericCodec } from "./numeric.ts";
import { problem, problemAt } from "./problem.ts";
import { scalarCodec, stringCodec } from "./scalar.ts";
import { checkText } from "./text.ts";

/** The values of a json or jsonb column. JSON's null at the top is `jsonNull`, because `null` is SQL's NULL. */
export type Json = JsonNull | string | number | boolean | JsonArray | JsonObject;

/** `Json` with a bigint for each integer that a number cannot hold, by `types: { json: "bigint" }`. */
export type JsonWithBigints =
  | JsonNull
  | string
  | number
  | bigint
  | boolean
  | readonly (JsonWithBigints | null)[]
  | { readonly [key: string]: JsonWithBigints | null };

export type JsonArray = readonly (Json | null)[];
export interface JsonObject {
  readonly [key: string]: Json | null;
}

/** The type of `jsonNull`. */
export interface JsonNull {
  toJSON(): null;
}

const JSON_NULL: unique symbol = Symbol.for("rowfn.jsonNull");

/**
 * JSON's null as a whole json or jsonb value, in rows and in input: `'null'::jsonb`. SQL's NULL is
 * `null`, and inside a document JSON's null is `null` too.
 * @example `await insert(sql, schema, "setting", { name: "theme", value: jsonNull })`
 */
export const jsonNull: JsonNull = Object.freeze(
  // Hidden, so that a comparison of rows does not see it.
  Object.defineProperty({ toJSON: (): null => null }, JSON_NULL, { value: true }),
);

/** Whether a value is `jsonNull`; a copy without the hidden property would be an object. */
export function isJsonNull(value: unknown): boolean {
  return typeof value === "object" && value !== null && JSON_NULL in value;
}

/**
 * The codec of json or jsonb, read as text because the driver's parser rounds large numbers. In the form `string` a value is the
 * JSON text, in rows and in input.
 */
export function jsonCodec(castType: "json" | "jsonb", form: "parse" | "bigint" | "string"): Codec {
  const equals = castType === "json" ? { equals: null } : {};
  const common = { castType, family: "json", readCast: "::text", ...equals } as const;
  if (form === "string") {
    return stringCodec({
      ...common,
      check: value => checkJsonText(value, castType),
      json: { input: { type: "string" } },
    });
  }
  const integers = form === "bigint" ? "bigint" : "reject";
  const stored = castType === "jsonb" ? MAYBE_INEXACT_JSONB : MAYBE_INEXACT;
  return scalarCodec<unknown>({
    ...common,
    form: form === "bigint" ? "JsonWithBigints" : "Json",
    decode: value => parseJson(value as string, integers, stored),
    parse: text => parseJson(text, integers),
    check: value => checkJson(value, form === "bigint" ? VALUE_WITH_BIGINTS : VALUE),
    print: form === "bigint" ? printJsonWithBigints : printJson,
  });
}

function checkJsonText(value: unknown, castType: "json" | "jsonb"): Problem | undefined {
  const rejected = checkText(value);
  if (rejected !== undefined) return rejected;
  const outside: string[] = [];
  // A number that a double cannot hold is valid: jsonb stores it as numeric, json as text.
  const revive = (_key: string, part: unknown, context?: { readonly source?: string }): unknown => {
    if (typeof part !== "number" || (Number.isFinite(part) && part !== 0)) return part;
    const source = context?.source ?? "";
    if (castType === "jsonb" && NUMERIC.check(source) !== undefined) outside.push(source);
    return 0;
  };
  try {
    const text = value as string;
    const parsed: unknown = MAYBE_INEXACT.test(text) ? JSON.parse(text, revive) : JSON.parse(text);
    const [number] = outside;
    if (number !== undefined) return problem("numbers in the range of numeric", number);
    return checkJson(parsed, TEXT);
  } catch {
    return problem("a string of JSON", value, jsonProblemText(value as string));
  }
}

const NUMERIC = numericCodec([]);

// A number of up to 15 digits with a small exponent is exact in JavaScript. A match inside a string only costs time.
export const MAYBE_INEXACT: RegExp = /\d(?:[\d.]{15}|[eE][+-]?\d{3})/;

/** As `MAYBE_INEXACT`, for jsonb, which PostgreSQL prints without exponents (manual 8.14). */
const MAYBE_INEXACT_JSONB: RegExp = /\d[\d.]{15}/;

/** Parses JSON. Throws ValueError for a number that a double cannot hold, or returns such an integer as a bigint. */
function parseJson(
  text: string,
  integers: "reject" | "bigint",
  maybeInexact: RegExp = MAYBE_INEXACT,
): unknown {
  if (!maybeInexact.test(text)) return JSON.parse(text) ?? jsonNull;
  // The third argument has the source text of the number; TypeScript does not declare it yet.
  const revive = (key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === "number" ? exactNumber(value, context?.source ?? "", key, integers) : value;
  // The text is not `null` alone.
  return JSON.parse(text, revive);
}

function exactNumber(
  value: number,
  source: string,
  key: string,
  integers: "reject" | "bigint",
): number | bigint {
  if (integers === "bigint" && /^-?\d+$/.test(source) && !Number.isSafeInteger(value)) return BigInt(source);
  if (sameDecimal(source, String(value))) return value;
  const where = key === "" ? "" : ` at ${JSON.stringify(key)}`;
  const advice = integers === "bigint" ? '"string"' : '"string" or "bigint"';
  throw new ValueError(
    `json has the number ${source}${where}, which a JavaScript number cannot hold exactly; load the snapshot with types: { json: ${advice} }`,
  );
}

/** Prints a value that passed `checkJson`. */
function printJson(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  return JSON.stringify(value);
}

/** As `printJson`, for values that contain bigints. */
function printJsonWithBigints(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printJsonWithBigints).join(",")}]`;
  if (typeof value !== "object" || value === null || isJsonNull(value)) return printJson(value);
  return `{${Object.entries(value)
    .map(([key, part]) => `${JSON.stringify(key)}:${printJsonWithBigints(part)}`)
    .join(",")}}`;
}

/** What a part of a value may be. */
interface JsonRule {
  readonly takesBigint: boolean;
  /** The number of levels of a whole value. */
  readonly levels: number;
  /** Why a value may have more. */
  readonly reason?: string;
}

const VALUE: JsonRule = { takesBigint: false, levels: 1000, reason: "the value may be cyclic" };
const VALUE_WITH_BIGINTS: JsonRule = { ...VALUE, takesBigint: true };
// Functions that visit a deeper value would overflow the stack.
const TEXT: JsonRule = { takesBigint: false, levels: 5000 };

/** The first part of a value that JSON cannot hold, with its path. */
function checkJson(value: unknown, rule: JsonRule): Problem | undefined {
  return isJsonNull(value) ? undefined : checkPart(value, rule, rule.levels);
}

function checkPart(value: unknown, rule: JsonRule, depth: number): Problem | undefined {
  if (value === null) return undefined;
  switch (typeof value) {
    case "boolean":
      return undefined;
    case "string":
      return checkText(value);
    case "number":
      return Number.isFinite(value)
        ? undefined
        : problem("a finite number", value, "JSON has neither NaN nor infinity");
    case "bigint":
      return rule.takesBigint
        ? undefined
        : problem(
            "a JSON value",
            value,
            'JSON has no bigint; load the snapshot with types: { json: "bigint" }',
          );
    case "object":
      if (depth === 0) return problem(`a JSON value of at most ${rule.levels} levels`, value, rule.reason);
      return Array.isArray(value)
        ? checkItems(value, rule, depth - 1)
        : checkProperties(value, rule, depth - 1);
    default:
      return problem("a JSON value", value);
  }
}

function checkItems(items: readonly unknown[], rule: JsonRule, depth: number): Problem | undefined {
  // By index, so that a hole is checked as undefined.
  for (let index = 0; index < items.length; index++) {
    const rejected = checkPart(items[index], rule, depth);
    if (rejected !== undefined) return problemAt(index, rejected);
  }
  return undefined;
}

function checkProperties(value: object, rule: JsonRule, depth: number): Problem | undefined {
  if (!isPlainObject(value)) return problem("a plain object", value);
  if (typeof value["toJSON"] === "function") return problem("an object without toJSON", value);
  if (Object.getOwnPropertySymbols(value).length > 0) return problem("an object without symbol keys", value);
  for (const key in value) {
    const rejected = checkText(key) ?? checkPart(value[key], rule, depth);
    // Inherited properties are not printed.
    if (rejected !== undefined && Object.hasOwn(value, key)) return problemAt(key, rejected);
  }
  return undefined;
}
