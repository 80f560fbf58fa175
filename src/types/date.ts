import { ValueError } from "../errors.ts";
import { dayNumber, FIRST_DAY, PLAIN_DAY, parseDay } from "./calendar.ts";
import type { Codec, Problem } from "./codec.ts";
import { problem } from "./problem.ts";
import { stringCodec } from "./scalar.ts";

const DATE = /^(\d{4,7}-\d\d-\d\d)( BC)?$/;
const PLAIN = new RegExp(`^${PLAIN_DAY}$`);
const LAST_DAY = dayNumber(5_874_897, 12, 31);

/** The codec of date: `"2026-11-24"`, equal in every time zone. */
export const dateCodec = (): Codec =>
  stringCodec({
    castType: "date",
    family: "datetime",
    json: { input: { type: "string", format: "date" } },
    readCast: "::text",
    decode: value => requireIso(String(value)),
    parse: requireIso,
    check: value => (typeof value === "string" && PLAIN.test(value) ? undefined : checkDate(value)),
    order: (a, b) => dayOf(a) - dayOf(b),
  });

function checkDate(value: unknown): Problem | undefined {
  if (typeof value !== "string") {
    return problem(
      'a date such as "2026-11-24"',
      value,
      value instanceof Date ? "a Date is a timestamp, whose date depends on the time zone" : undefined,
    );
  }
  if (value === "infinity" || value === "-infinity") return undefined;
  const match = DATE.exec(value);
  const day = match === null ? undefined : parseDay(match[1]!, match[2] !== undefined);
  if (day === undefined) return problem('a valid date such as "2026-11-24"', value);
  return day >= FIRST_DAY && day <= LAST_DAY
    ? undefined
    : problem("a date from 4714-11-24 BC to 5874897-12-31", value);
}

/** The number of the day of a printed date, or infinity. */
export function dayOf(text: string): number {
  const match = DATE.exec(text);
  if (match === null) return text === "infinity" ? Number.MAX_VALUE : -Number.MAX_VALUE;
  return parseDay(match[1]!, match[2] !== undefined)!;
}

/** Returns the text of a date or timestamp; throws ValueError if a different DateStyle could swap day and month. */
export function requireIso(text: string): string {
  if (/^\d{4,}-\d\d-\d\d|infinity$/.test(text)) return text;
  throw new ValueError(
    `expected an ISO date, received ${JSON.stringify(text)}; set the session's DateStyle to ISO`,
  );
}
