import { ValueError } from "../errors.ts";
import { dayNumber, FIRST_DAY, PLAIN_DAY, parseDay } from "./calendar.ts";
import type { Codec, Problem } from "./codec.ts";
import { requireIso } from "./date.ts";
import { INFINITE_TIME } from "./infinite-date.ts";
import type { JsonForms, JsonSchema } from "./json-forms.ts";
import { problem } from "./problem.ts";
import { scalarCodec } from "./scalar.ts";
import { fractionFits, isOffset, isTimeOfDay, offsetSeconds, PLAIN_OFFSET, plainTime } from "./time.ts";

const INFINITE_SECOND = INFINITE_TIME / 1000;
const FIRST_SECOND = FIRST_DAY * 86_400;
const END_SECOND = dayNumber(294_277, 1, 1) * 86_400;

const TIMESTAMP =
  /^(\d{4,6}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?)(Z|[+-]\d\d(?::?\d\d(?::\d\d)?)?)?( BC)?$/;

/** Without the length of months. */
const DAY = "(?!0000)\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])";
const DATE_TIME: JsonSchema = { type: "string", format: "date-time" };

/** The codec of timestamp, whose Dates are UTC, and timestamptz: a Date, or PostgreSQL's exact text. */
export function timestampCodec(
  castType: "timestamp" | "timestamptz",
  digits: number | undefined,
  form: "Date" | "string",
): Codec {
  const decimals = digits ?? 6;
  const hasZone = castType === "timestamptz";
  const suffix = hasZone ? "+00" : "";
  const plain = new RegExp(`^${PLAIN_DAY}[T ]${plainTime(decimals)}${hasZone ? PLAIN_OFFSET : ""}$`);
  return scalarCodec<Date | string>({
    form,
    input: "Date | string",
    castType,
    family: "datetime",
    readCast: form === "string" ? "::text" : "",
    decode: form === "string" ? value => requireIso(String(value)) : readDate,
    parse: form === "string" ? requireIso : text => readDate(parseTimestamp(requireIso(text))),
    check: value => {
      if (typeof value === "string" && plain.test(value)) return undefined;
      return value instanceof Date
        ? checkDate(value, decimals)
        : checkTimestamp(value, { digits: decimals, hasZone, form });
    },
    print: value => (value instanceof Date ? printDate(value, suffix) : value),
    order: compareMoments,
    ...(decimals > 3 && { last: value => lastText(value, suffix) }),
    json: {
      ...(hasZone ? { input: DATE_TIME } : localJson(decimals, form)),
      row: form === "string" ? { type: "string" } : DATE_TIME,
    },
  });
}

// A Date is sent as UTC, also that of a timestamp without time zone.
function localJson(digits: number, form: "Date" | "string"): JsonForms {
  const local = `[T ]${plainTime(digits)}`;
  const fraction = `\\d{${Math.min(digits, 3)}}${"0".repeat(Math.max(3 - digits, 0))}`;
  const sent = `T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.${fraction}Z`;
  const input = { type: "string", pattern: `^${DAY}${local}$` };
  return form === "string"
    ? { input }
    : { input, body: { type: "string", pattern: `^${DAY}(?:${local}|${sent})$` } };
}

// The driver truncates microseconds. Infinity is not followed by digits, so its text is unchanged.
function lastText(value: Date | string, suffix: string): string | undefined {
  return value instanceof Date ? printDate(value, suffix).replace(/\.\d{3}/, "$&999") : undefined;
}

// The driver returns ±Infinity for infinity, and an invalid Date for a timestamp that a Date cannot hold.
function readDate(value: unknown): Date {
  if (value === Number.POSITIVE_INFINITY) return new Date(INFINITE_TIME);
  if (value === Number.NEGATIVE_INFINITY) return new Date(-INFINITE_TIME);
  const date = value instanceof Date ? value : new Date(Number(value));
  // A finite timestamp with the time of infinity would be written back as infinity.
  if (Math.abs(date.getTime()) < INFINITE_TIME) return date;
  throw new ValueError(
    `a Date cannot hold the timestamp, or the session's DateStyle is not ISO; load the snapshot with types: { timestamptz: "string", timestamp: "string" }`,
  );
}

/** The milliseconds since 1970 of PostgreSQL's text; microseconds are truncated, as by the driver. */
function parseTimestamp(text: string): number {
  if (text === "infinity") return Number.POSITIVE_INFINITY;
  if (text === "-infinity") return Number.NEGATIVE_INFINITY;
  const match = TIMESTAMP.exec(text);
  const seconds = match === null ? undefined : secondsOf(match);
  if (seconds === undefined) return Number.NaN;
  return seconds * 1000 + Number((match![5] ?? "").padEnd(3, "0").slice(0, 3));
}

function compareMoments(a: string, b: string): number {
  const [left, right] = [momentOf(a), momentOf(b)];
  return left.seconds - right.seconds || left.micros - right.micros;
}

/** The microseconds since 1970 of a printed timestamp, or infinity. */
export function microsecondsOf(text: string): string {
  const { seconds, micros } = momentOf(text);
  return `${seconds}.${micros}`;
}

function momentOf(text: string): { readonly seconds: number; readonly micros: number } {
  const match = TIMESTAMP.exec(text);
  if (match === null)
    return { seconds: text === "infinity" ? Number.MAX_VALUE : -Number.MAX_VALUE, micros: 0 };
  return { seconds: secondsOf(match)!, micros: Number((match[5] ?? "").padEnd(6, "0")) };
}

function secondsOf(match: RegExpExecArray): number | undefined {
  const [, day, hour, minute, second = "0", , zone, bc] = match;
  const days = parseDay(day!, bc !== undefined);
  if (days === undefined) return undefined;
  return days * 86_400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offsetSeconds(zone);
}

function checkDate(value: Date, digits: number): Problem | undefined {
  const time = value.getTime();
  if (Number.isNaN(time)) return problem("a valid Date", value);
  if (Math.abs(time) === INFINITE_TIME) return undefined;
  if (time < FIRST_SECOND * 1000) return problem("a timestamp from 4714-11-24 BC or later", value);
  return digits >= 3 || time % 10 ** (3 - digits) === 0 ? undefined : rounded(value, digits);
}

function rounded(value: unknown, digits: number): Problem {
  return problem(
    `a timestamp with at most ${digits} fractional digits of a second`,
    value,
    "it would be rounded",
  );
}

interface TimestampRule {
  readonly digits: number;
  readonly hasZone: boolean;
  readonly form: "Date" | "string";
}

function checkTimestamp(value: unknown, { digits, hasZone, form }: TimestampRule): Problem | undefined {
  const expected = hasZone
    ? 'a Date, or a string with an offset such as "2026-11-24T12:30:00Z"'
    : 'a Date, or a string without an offset such as "2026-11-24T12:30:00"';
  if (value === "infinity" || value === "-infinity") return undefined;
  const match = typeof value === "string" ? TIMESTAMP.exec(value) : null;
  if (match === null) return problem(expected, value);
  const [, , hour, minute, second, fraction, zone] = match;
  if ((zone !== undefined) !== hasZone) {
    return problem(
      expected,
      value,
      hasZone ? "without an offset the session's time zone would apply" : "the offset would be ignored",
    );
  }
  if (zone !== undefined && !isOffset(zone)) return problem("an offset of less than 16 hours", value);
  const seconds = secondsOf(match);
  if (seconds === undefined || !isTimeOfDay(hour!, minute!, second))
    return problem("a valid timestamp", value);
  if (seconds < FIRST_SECOND || seconds >= END_SECOND)
    return problem("a timestamp from 4714-11-24 BC to 294276-12-31", value);
  if (form === "Date" && seconds >= INFINITE_SECOND)
    return problem("a timestamp before 275760-09-13", value, "a Date in a row could not hold it");
  return fractionFits(fraction, digits) ? undefined : rounded(value, digits);
}

const YEAR_1 = Date.parse("0001-01-01T00:00:00Z");
const YEAR_10000 = Date.parse("+010000-01-01T00:00:00Z");

// PostgreSQL rejects the six-digit years of toISOString and writes ` BC` for years before 1.
function printDate(value: Date, suffix: string): string {
  const time = value.getTime();
  if (time === INFINITE_TIME) return "infinity";
  if (time === -INFINITE_TIME) return "-infinity";
  if (time >= YEAR_1 && time < YEAR_10000) {
    const iso = value.toISOString();
    return suffix === "" ? iso.slice(0, -1) : iso;
  }
  const year = value.getUTCFullYear();
  const rest = value
    .toISOString()
    .replace(/^[+-]?\d+/, "")
    .replace("T", " ")
    .replace("Z", suffix);
  return `${String(year > 0 ? year : 1 - year).padStart(4, "0")}${rest}${year > 0 ? "" : " BC"}`;
}

/** A valid Date as timestamptz text. */
export function printTimestamptz(value: Date): string {
  return printDate(value, "+00");
}
