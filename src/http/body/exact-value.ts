import * as v from "valibot";
import { isRawNumber } from "../../files/read-json.ts";
import { isPlainObject } from "../../schema/arguments.ts";
import { isJsonNull } from "../../types/json.ts";
import { describeValue } from "../../types/problem.ts";
import { sentDate } from "../../types/sent-date.ts";
import { issueOf } from "../../validate/issue.ts";
import { innerSchema, type ValueSchema } from "./inner-schema.ts";
import { MAX_ISSUES } from "./max-issues.ts";

/** A value of JSON for a schema, and at most 100 issues of its numbers. */
export interface ExactValue {
  readonly value: unknown;
  readonly issues: readonly v.BaseIssue<unknown>[];
}

/**
 * A value of JSON in the JavaScript forms that a schema expects: a number that JavaScript would round as a bigint or a
 * decimal string, bytes from their text, NaN and infinity from their names.
 */
export function exactValue(schema: v.GenericSchema, json: unknown): ExactValue {
  const issues: v.BaseIssue<unknown>[] = [];
  const value = convert(schema as ValueSchema, json, undefined, issues);
  return { value, issues };
}

// PostgreSQL's numeric has at most 131,072 digits before the point; a longer bigint would only cost time.
const MAX_DIGITS = 131_072;

/** The place of a part, linked to that of the value around it, because a list per part of a deep value would take long. */
interface Place {
  readonly key: string | number;
  readonly around: Place | undefined;
}

type Issues = v.BaseIssue<unknown>[];

function convert(given: ValueSchema, value: unknown, place: Place | undefined, issues: Issues): unknown {
  const schema = innerSchema(given, value);
  const large = largeInteger(schema, value);
  if (large !== undefined) return large;
  const chosen = optionForm(schema, value, place);
  if (chosen !== undefined) {
    for (const issue of chosen.issues) if (issues.length < MAX_ISSUES) issues.push(issue);
    return chosen.value;
  }
  if (typeof value === "string") return textForm(schema, value);
  if (isRawNumber(value)) return rawForm(schema, value.rawJSON, place, issues);
  // A larger number is one too.
  if (schema.type === "bigint" && Number.isSafeInteger(value)) return BigInt(value as number);
  if (Array.isArray(value)) {
    // An array in an array is a dimension.
    const { items = [], rest, item = rest ?? schema } = schema;
    return value.map((one, key) => convert(items[key] ?? item, one, { key, around: place }, issues));
  }
  if (!isPlainObject(value) || isJsonNull(value)) return value;
  const { entries = NO_ENTRIES, expects, rest = UNKNOWN, value: others = rest } = schema;
  const isGeometry = schema === COORDINATE || GEOMETRY.has(expects);
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      const own = Object.hasOwn(entries, key) ? entries[key]! : isGeometry ? COORDINATE : others;
      return [key, convert(own, part, { key, around: place }, issues)];
    }),
  );
}

/**
 * The form of a value for the option of a union that accepts it; undefined without one. The form is the result, and is not computed
 * again for the option: in a union that contains itself the time would double with each level.
 */
function optionForm(
  { type, key, options = [] }: ValueSchema,
  value: unknown,
  place: Place | undefined,
): ExactValue | undefined {
  if (type !== "union" && type !== "variant") return undefined;
  for (const option of options) {
    const issues: Issues = [];
    const member = type === "variant" && typeof key === "string" ? option.entries?.[key] : undefined;
    if (member !== undefined && !hasMember(member, value, key as string)) continue;
    const form = convert(option, value, place, issues);
    // The discriminator decides, whatever else the object has.
    if (member !== undefined || (issues.length === 0 && isValid(option, form)))
      return { value: form, issues };
  }
  return undefined;
}

function hasMember(member: ValueSchema, value: unknown, key: string): boolean {
  return isPlainObject(value) && isValid(member, convert(member, value[key], undefined, []));
}

function isValid(schema: ValueSchema, value: unknown): boolean {
  return v.safeParse(schema as v.GenericSchema, value).success;
}

const UNKNOWN: ValueSchema = { type: "unknown" };
/** A part of a geometric value, all of whose numbers can be NaN and infinite. */
const COORDINATE: ValueSchema = { type: "number" };
const GEOMETRY = new Set<unknown>(["Point", "Line", "LineSegment", "Box", "Path", "Polygon", "Circle"]);
const NO_ENTRIES: NonNullable<ValueSchema["entries"]> = {};

function textForm({ type, expects }: ValueSchema, text: string): unknown {
  if (expects === "Uint8Array" && text.length % 2 === 0 && /^\\x[\da-f]*$/i.test(text))
    return Uint8Array.fromHex(text.slice(2));
  // The text that `respond` prints for a Date; a column without time zone would not accept it as text.
  if (expects === "Date") return sentDate(text) ?? text;
  if (type === "number" && /^(?:NaN|-?Infinity)$/.test(text)) return Number(text);
  return text;
}

/**
 * The bigint of an integer beyond 2^53 for a schema that accepts only that: the number is exact here, but could be a rounded one
 * elsewhere.
 */
function largeInteger(schema: ValueSchema, value: unknown): bigint | undefined {
  // What no schema describes is a document.
  if (!("~run" in schema) || !Number.isInteger(value) || Number.isSafeInteger(value)) return undefined;
  const integer = BigInt(integerDigits(value as number));
  return !isValid(schema, value) && isValid(schema, integer) ? integer : undefined;
}

// JavaScript prints numbers from 1e21 with exponents, and the bigint of such a number has other digits than its text: 1e23 is
// 99999999999999991611392.
function integerDigits(value: number): string {
  const [, whole = "", fraction = "", exponent = "0"] =
    /^(-?\d+)(?:\.(\d+))?(?:e\+(\d+))?$/.exec(String(value)) ?? [];
  return whole + fraction.padEnd(Number(exponent), "0");
}

// In a document a decimal string would be a different value.
function rawForm({ type }: ValueSchema, text: string, place: Place | undefined, issues: Issues): unknown {
  if (/^-?\d+$/.test(text) && text.length <= MAX_DIGITS) return BigInt(text);
  if (type !== "unknown" && type !== "any") return text;
  if (issues.length < MAX_ISSUES) issues.push(numberIssue(text, place));
  return Number(text);
}

function numberIssue(text: string, place: Place | undefined): v.BaseIssue<unknown> {
  const problem = {
    expected: "a number that JavaScript can hold exactly",
    received: describeValue(text).slice(1, -1),
    path: pathOf(place),
  };
  return issueOf(problem, text);
}

function pathOf(place: Place | undefined): readonly (string | number)[] {
  const path: (string | number)[] = [];
  for (let one = place; one !== undefined; one = one.around) path.push(one.key);
  return path.reverse();
}
