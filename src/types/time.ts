import type { Codec, Problem } from "./codec.ts";
import { problem } from "./received.ts";
import { stringCodec } from "./scalar.ts";
import { fractionFits, isOffset, isTimeOfDay, PLAIN_OFFSET, plainTime } from "./time-of-day.ts";

const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d(?::?\d\d(?::\d\d)?)?)?$/;

/** time or timetz as PostgreSQL's text. */
export function timeCodec(castType: "time" | "timetz", digits = 6): Codec {
  const hasZone = castType === "timetz";
  const plain = new RegExp(`^${plainTime(digits)}${hasZone ? PLAIN_OFFSET : ""}$`);
  return stringCodec({
    castType,
    family: "datetime",
    check: value =>
      typeof value === "string" && plain.test(value) ? undefined : checkTime(value, digits, hasZone),
  });
}

function checkTime(value: unknown, digits: number, hasZone: boolean): Problem | undefined {
  const expected = hasZone
    ? 'a time like "12:30:00+02" with an offset'
    : 'a time like "12:30:00" without an offset';
  const match = typeof value === "string" ? TIME.exec(value) : null;
  if (match === null) return problem(expected, value);
  const [, hour, minute, second, fraction, zone] = match;
  if ((zone !== undefined) !== hasZone) return problem(expected, value);
  if (zone !== undefined && !isOffset(zone)) return problem("an offset of less than 16 hours", value);
  const isEndOfDay = hour === "24" && /^[0:.]*$/.test(`${minute}${second ?? ""}${fraction ?? ""}`);
  if (!isEndOfDay && !isTimeOfDay(hour!, minute!, second)) return problem("a time of day that exists", value);
  if (fractionFits(fraction, digits)) return undefined;
  return problem(`a time with at most ${digits} decimals of a second`, value, "it would be rounded");
}
