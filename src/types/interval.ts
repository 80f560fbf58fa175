import type { Codec, Problem } from "./codec.ts";
import { type Interval, parseInterval } from "./interval-text.ts";
import { ALL_INTERVAL_FIELDS } from "./modifier.ts";
import { problem } from "./received.ts";
import { stringCodec } from "./scalar.ts";

const EXPECTED = 'an interval like "P1DT2H" or "1 day 02:00:00"';
const INT4 = 2n ** 31n;
const INT8 = 2n ** 63n;

// Bits of the modifier's field range (datetime.h) and what a narrower range cuts off.
const FIELD = {
  month: 1 << 1,
  year: 1 << 2,
  day: 1 << 3,
  hour: 1 << 10,
  minute: 1 << 11,
  second: 1 << 12,
} as const;

/** interval as PostgreSQL's text; ISO 8601 and all four of its own styles are accepted. */
export function intervalCodec(modifier: readonly number[], hasInfinity: boolean): Codec {
  const [digits = 6, fields = ALL_INTERVAL_FIELDS] = modifier;
  return stringCodec({
    castType: "interval",
    family: "interval",
    check: value => checkInterval(value, fields, Math.min(digits, 6), hasInfinity),
  });
}

function checkInterval(
  value: unknown,
  range: number,
  digits: number,
  hasInfinity: boolean,
): Problem | undefined {
  if (value === "infinity" || value === "-infinity") {
    return hasInfinity && range === ALL_INTERVAL_FIELDS
      ? undefined
      : problem(EXPECTED, value, "infinite intervals exist from PostgreSQL 17");
  }
  const interval = typeof value === "string" ? parseInterval(value) : undefined;
  if (interval === undefined) return problem(EXPECTED, value);
  if (!inRange(interval)) return problem("an interval that PostgreSQL can hold", value);
  if (interval.micros % 10n ** BigInt(6 - digits) !== 0n) {
    return problem(`an interval with at most ${digits} decimals of a second`, value, "it would be rounded");
  }
  return isCut(interval, range)
    ? problem("an interval of the column's fields", value, "the other fields would be cut off")
    : undefined;
}

function inRange({ months, days, micros }: Interval): boolean {
  const within = (value: bigint, limit: bigint): boolean => value > -limit && value < limit;
  return within(months, INT4) && within(days, INT4) && within(micros, INT8);
}

function isCut({ months, days, micros }: Interval, range: number): boolean {
  if (range === ALL_INTERVAL_FIELDS || (range & FIELD.second) !== 0) return false;
  if ((range & FIELD.minute) !== 0) return micros % 60_000_000n !== 0n;
  if ((range & FIELD.hour) !== 0) return micros % 3_600_000_000n !== 0n;
  if (micros !== 0n) return true;
  if ((range & FIELD.day) !== 0) return false;
  return days !== 0n || ((range & FIELD.month) === 0 && months % 12n !== 0n);
}
