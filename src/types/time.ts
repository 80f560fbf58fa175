import type { Codec, Problem } from "./codec.ts";
import { problem } from "./problem.ts";
import { stringCodec } from "./scalar.ts";

/** A pattern for times of day with at most this many fractional digits. */
export function plainTime(digits: number): string {
  const fraction = digits === 0 ? "" : `(?:\\.\\d{1,${digits}})?`;
  return `(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d${fraction})?`;
}

/** A pattern for the offsets that PostgreSQL accepts, without seconds. */
export const PLAIN_OFFSET = "(?:Z|[+-](?:0\\d|1[0-5])(?::?[0-5]\\d)?)";

/** Whether hours are at most 23, minutes and seconds at most 59. PostgreSQL would roll over 24:00 and :60 in timestamps. */
export function isTimeOfDay(hour: string, minute: string, second: string | undefined): boolean {
  return Number(hour) <= 23 && Number(minute) <= 59 && Number(second ?? 0) <= 59;
}

/** Whether the fractional digits of a second are stored without rounding. */
export function fractionFits(fraction: string | undefined, digits: number): boolean {
  return fraction === undefined || fraction.length <= digits || /^0*$/.test(fraction.slice(digits));
}

/** Seconds east of UTC of `Z`, `+05`, `+0530`, `+05:30`, `-00:44:30`. */
export function offsetSeconds(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const [hours, minutes, seconds] = offsetParts(zone);
  return (zone.startsWith("-") ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
}

/** Whether PostgreSQL accepts the offset: less than 16 hours. */
export function isOffset(zone: string): boolean {
  if (zone === "Z") return true;
  const [hours, minutes, seconds] = offsetParts(zone);
  return hours <= 15 && minutes <= 59 && seconds <= 59;
}

function offsetParts(zone: string): readonly [number, number, number] {
  const [hours = 0, minutes = 0, seconds = 0] = (zone.match(/\d\d/g) ?? []).map(Number);
  return [hours, minutes, seconds];
}

const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d(?::?\d\d(?::\d\d)?)?)?$/;

/** The codec of time and timetz: PostgreSQL's text. */
export function timeCodec(castType: "time" | "timetz", digits = 6): Codec {
  const hasZone = castType === "timetz";
  const plain = new RegExp(`^${plainTime(digits)}${hasZone ? PLAIN_OFFSET : ""}$`);
  return stringCodec({
    castType,
    family: "datetime",
    check: value =>
      typeof value === "string" && plain.test(value) ? undefined : checkTime(value, digits, hasZone),
    json: {
      input: {
        type: "string",
        pattern: `^(?:${plainTime(digits)}|24:00(?::00)?)${hasZone ? PLAIN_OFFSET : ""}$`,
      },
      row: { type: "string" },
    },
  });
}

function checkTime(value: unknown, digits: number, hasZone: boolean): Problem | undefined {
  const expected = hasZone
    ? 'a time with an offset, such as "12:30:00+02"'
    : 'a time without an offset, such as "12:30:00"';
  const match = typeof value === "string" ? TIME.exec(value) : null;
  if (match === null) return problem(expected, value);
  const [, hour, minute, second, fraction, zone] = match;
  if ((zone !== undefined) !== hasZone) return problem(expected, value);
  if (zone !== undefined && !isOffset(zone)) return problem("an offset of less than 16 hours", value);
  const isEndOfDay = hour === "24" && /^[0:.]*$/.test(`${minute}${second ?? ""}${fraction ?? ""}`);
  if (!isEndOfDay && !isTimeOfDay(hour!, minute!, second)) return problem("a valid time of day", value);
  if (fractionFits(fraction, digits)) return undefined;
  return problem(`a time with at most ${digits} fractional digits of a second`, value, "it would be rounded");
}
