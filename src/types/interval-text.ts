/** An interval as PostgreSQL stores it. */
export interface Interval {
  readonly months: bigint;
  readonly days: bigint;
  readonly micros: bigint;
}

/** Field → how much it is. */
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
// The standard's style: one sign for year-month, one for days, one for the time; always written when any is negative.
const STANDARD = `^(?:(?<ym>[+-]?)(?<years>\\d{1,9})-(?<months>\\d{1,2})(?: (?=.)|$))?(?:(?<days>${N})(?: (?=.)))?(?:${CLOCK})?$`;

// Compiled when the first interval is read: few programs have any.
let compiled: readonly RegExp[] | undefined;

function matchOf(text: string): RegExpExecArray | null {
  compiled ??= [ISO, POSTGRES, VERBOSE, STANDARD].map(style => new RegExp(style));
  for (const style of compiled) {
    const match = style.exec(text);
    if (match !== null) return match;
  }
  return null;
}

/** The interval of a text in ISO 8601 or one of PostgreSQL's output styles (manual 8.5.5); undefined for anything else. */
export function parseInterval(text: string): Interval | undefined {
  if (text === "0" || text === "@ 0") return { months: 0n, days: 0n, micros: 0n };
  const match = matchOf(text);
  if (match?.groups === undefined || text === "") return undefined;
  const { sign, ym, ago, ...amounts } = match.groups;
  const clock = sign === "-" ? -1n : 1n;
  const yearMonth = ym === "-" ? -1n : 1n;
  const interval = sum(amounts as Amounts, yearMonth, clock);
  return ago === undefined
    ? interval
    : { months: -interval.months, days: -interval.days, micros: -interval.micros };
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
  const micros = BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, "0").slice(0, 6));
  return seconds.startsWith("-") ? -micros : micros;
}
