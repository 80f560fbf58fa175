import type { Codec, Problem } from "./codec.ts";
import { ALL_INTERVAL_FIELDS } from "./modifier.ts";
import { problem } from "./problem.ts";
import { stringCodec } from "./scalar.ts";

/** An interval as PostgreSQL stores it. */
export interface Interval {
  readonly months: bigint;
  readonly days: bigint;
  readonly micros: bigint;
}

/** The intervals that a server accepts (release notes of PostgreSQL 15 and 17). */
export interface IntervalLimits {
  readonly hasInfinity: boolean;
  /** Whether the numbers in an interval can be 64-bit integers; otherwise they are 32-bit integers. */
  readonly isWide: boolean;
}

/** Field → amount. */
type Amounts = Partial<
  Record<"years" | "months" | "weeks" | "days" | "hours" | "minutes" | "seconds", string>
>;

const N = "[+-]?\\d{1,18}";
const SECONDS = "[+-]?\\d{1,18}(?:\\.\\d{1,6}0*)?";
const CLOCK =
  "(?<sign>[+-]?)(?<hours>\\d{1,16}):(?<minutes>[0-5]\\d)(?::(?<seconds>[0-5]\\d(?:\\.\\d{1,6}0*)?))?";
const ISO =
  `^P(?=.)(?:(?<years>${N})Y)?(?:(?<months>${N})M)?(?:(?<weeks>${N})W)?(?:(?<days>${N})D)?` +
  `(?:T(?=.)(?:(?<hours>${N})H)?(?:(?<minutes>${N})M)?(?:(?<seconds>${SECONDS})S)?)?$`;
const POSTGRES = `^(?=.)(?:(?<years>${N}) years?(?: (?=.)|$))?(?:(?<months>${N}) mons?(?: (?=.)|$))?(?:(?<days>${N}) days?(?: (?=.)|$))?(?:${CLOCK})?$`;
const VERBOSE =
  `^@ (?=.)(?:(?<years>${N}) years? ?)?(?:(?<months>${N}) mons? ?)?(?:(?<days>${N}) days? ?)?(?:(?<hours>${N}) hours? ?)?` +
  `(?:(?<minutes>${N}) mins? ?)?(?:(?<seconds>${SECONDS}) secs? ?)?(?<ago>ago)?$`;
// The SQL standard style has one sign each for year-month, days and time; all are printed if one is negative.
const STANDARD = `^(?:(?<ym>[+-]?)(?<years>\\d{1,9})-(?<months>0?\\d|1[01])(?: (?=.)|$))?(?:(?<days>${N})(?: (?=.)))?(?:${CLOCK})?$`;

// Compiled for the first interval, because few programs have intervals.
let compiled: readonly RegExp[] | undefined;

function matchOf(text: string): RegExpExecArray | null {
  compiled ??= [ISO, POSTGRES, VERBOSE, STANDARD].map(style => new RegExp(style));
  for (const style of compiled) {
    const match = style.exec(text);
    if (match !== null) return match;
  }
  return null;
}

interface ParsedInterval extends Interval {
  /** Whether every number in the text is in the range of int4. */
  readonly isNarrow: boolean;
  /** Whether the signs of the numbers in the text are reversed. */
  readonly isAgo: boolean;
}

/** Parses an interval in ISO 8601 or an output style of PostgreSQL (manual 8.5.5); undefined for other text. */
function parseInterval(text: string): ParsedInterval | undefined {
  if (text === "0" || text === "@ 0")
    return { months: 0n, days: 0n, micros: 0n, isNarrow: true, isAgo: false };
  const match = matchOf(text);
  if (match?.groups === undefined || text === "") return undefined;
  const { sign, ym, ago, ...amounts } = match.groups;
  const clock = sign === "-" ? -1n : 1n;
  const yearMonth = ym === "-" ? -1n : 1n;
  const interval = sum(amounts as Amounts, yearMonth, clock);
  const isNarrow = Object.values(amounts).every(amount => {
    const first = BigInt(/-?\d+/.exec(amount ?? "0")![0]);
    return first >= -INT4 && first < INT4;
  });
  return ago === undefined
    ? { ...interval, isNarrow, isAgo: false }
    : { months: -interval.months, days: -interval.days, micros: -interval.micros, isNarrow, isAgo: true };
}

function sum(amounts: Amounts, yearMonth: bigint, clock: bigint): Interval {
  const whole = (amount: string | undefined): bigint => BigInt((amount ?? "0").replace("+", ""));
  const minutes = whole(amounts.hours) * 60n + whole(amounts.minutes);
  return {
    months: yearMonth * (whole(amounts.years) * 12n + whole(amounts.months)),
    days: whole(amounts.weeks) * 7n + whole(amounts.days),
    micros: clock * (minutes * 60_000_000n + microsOf(amounts.seconds ?? "0")),
  };
}

function microsOf(seconds: string): bigint {
  const [whole = "0", fraction = ""] = seconds.replace(/^[+-]/, "").split(".");
  const micros = BigInt(whole) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, "0"));
  return seconds.startsWith("-") ? -micros : micros;
}

const EXPECTED = 'an interval such as "P1DT2H" or "1 day 02:00:00"';
const INT4 = 2n ** 31n;
const INT8 = 2n ** 63n;

// The bits of the fields in the modifier (datetime.h).
const FIELD = {
  month: 1 << 1,
  day: 1 << 3,
  hour: 1 << 10,
  minute: 1 << 11,
  second: 1 << 12,
} as const;

const MINUTE_TO_SECOND = FIELD.minute | FIELD.second;
// COPY reads a value as the column does, a parameter is cast (datetime.c, DecodeTimeForInterval).
const HOURS_OR_MINUTES = /(?:^|[^\d:])\d+:\d\d$/;

/** The codec of interval: PostgreSQL's text. ISO 8601 and all four output styles are accepted. */
export function intervalCodec(modifier: readonly number[], limits: IntervalLimits): Codec {
  const [digits = 6, fields = ALL_INTERVAL_FIELDS] = modifier;
  return stringCodec({
    castType: "interval",
    family: "interval",
    check: value => checkInterval(value, fields, Math.min(digits, 6), limits),
  });
}

function checkInterval(
  value: unknown,
  range: number,
  digits: number,
  { hasInfinity, isWide }: IntervalLimits,
): Problem | undefined {
  if (value === "infinity" || value === "-infinity") {
    return hasInfinity
      ? undefined
      : problem(EXPECTED, value, "infinite intervals need PostgreSQL 17 or later");
  }
  const interval = typeof value === "string" ? parseInterval(value) : undefined;
  if (interval === undefined) return problem(EXPECTED, value);
  if (range === MINUTE_TO_SECOND && HOURS_OR_MINUTES.test(String(value)))
    return problem(
      "an interval with seconds",
      value,
      "a column of minutes and seconds reads it as these, a cast as hours and minutes; write 1:30:00 or 00:01:30",
    );
  if (!inRange(interval)) return problem("an interval in the range of PostgreSQL", value);
  if (!isWide && !inNarrowRange(interval))
    return problem(
      "an interval with fields in the range of int4",
      value,
      "larger ones need PostgreSQL 15 or later",
    );
  if (interval.micros % 10n ** BigInt(6 - digits) !== 0n) {
    return problem(
      `an interval with at most ${digits} fractional digits of a second`,
      value,
      "it would be rounded",
    );
  }
  return isCut(interval, range)
    ? problem("an interval with only the column's fields", value, "the other fields would be truncated")
    : undefined;
}

// PostgreSQL cannot read its own text of the least time, -2562047788:00:54.775808, nor the least days before it reverses the sign.
function inRange({ months, days, micros, isAgo }: ParsedInterval): boolean {
  const least = isAgo ? 1n - INT4 : -INT4;
  const fits = (value: bigint): boolean => value >= least && value < INT4;
  return fits(months) && fits(days) && micros > -INT8 && micros < INT8;
}

function inNarrowRange({ micros, isNarrow }: ParsedInterval): boolean {
  const limit = INT4 * 3_600_000_000n;
  return isNarrow && micros > -limit && micros < limit;
}

function isCut({ months, days, micros }: Interval, range: number): boolean {
  // All fields include the seconds.
  if ((range & FIELD.second) !== 0) return false;
  if ((range & FIELD.minute) !== 0) return micros % 60_000_000n !== 0n;
  if ((range & FIELD.hour) !== 0) return micros % 3_600_000_000n !== 0n;
  if (micros !== 0n) return true;
  if ((range & FIELD.day) !== 0) return false;
  return days !== 0n || ((range & FIELD.month) === 0 && months % 12n !== 0n);
}
