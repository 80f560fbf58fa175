import { INFINITE_TIME } from "./infinite-date.ts";

const SENT_DATE = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The Date that `respond` prints as a text; undefined for any other text, such as one of a day that does not exist. */
export function sentDate(text: string): Date | undefined {
  if (!SENT_DATE.test(text)) return undefined;
  // Bun reads February 30 as a day of March.
  const date = new Date(text);
  const isSent = Math.abs(date.getTime()) < INFINITE_TIME && date.toISOString() === text;
  return isSent ? date : undefined;
}
