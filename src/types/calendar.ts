/** The number of days from 1970-01-01, negative before it; `year` is astronomical, so 0 is 1 BC. */
export function dayNumber(year: number, month: number, day: number): number {
  return (
    daysBeforeYear(year) + (MONTH_STARTS[month - 1]! + (month > 2 && isLeap(year) ? 1 : 0)) + day - 1 - EPOCH
  );
}

const MONTH_STARTS = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const EPOCH = daysBeforeYear(1970);

function daysBeforeYear(year: number): number {
  const past = year - 1;
  return past * 365 + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400);
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Whether the date exists. */
function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= MONTH_DAYS[month - 1]! + (month === 2 && isLeap(year) ? 1 : 0);
}

/** The day number of a date as PostgreSQL prints it, `2026-11-24` or `0044-03-15` BC; undefined if it does not exist. */
export function parseDay(text: string, isBc: boolean): number | undefined {
  const [year = "", month = "", day = ""] = text.split("-");
  const number = Number(year);
  if (number < 1 || (year.length > 4 && year.startsWith("0"))) return undefined;
  const astronomical = isBc ? 1 - number : number;
  if (!isDay(astronomical, Number(month), Number(day))) return undefined;
  return dayNumber(astronomical, Number(month), Number(day));
}

/** A pattern for existing dates from the year 1000 to 9999, except February 29. */
export const PLAIN_DAY: string =
  "[1-9]\\d{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)";

/** 4714-11-24 BC, the first day of PostgreSQL's dates and timestamps (manual 8.5). */
export const FIRST_DAY: number = dayNumber(-4713, 11, 24);
