/** A pattern of times of a day with as many decimals of a second. */
export function plainTime(digits: number): string {
  const fraction = digits === 0 ? "" : `(?:\\.\\d{1,${digits}})?`;
  return `(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d${fraction})?`;
}

/** A pattern of offsets that PostgreSQL takes, without seconds. */
export const PLAIN_OFFSET = "(?:Z|[+-](?:0\\d|1[0-5])(?::?[0-5]\\d)?)";

/** Hours to 23, minutes and seconds to 59: PostgreSQL rolls 24:00 and :60 over in timestamps. */
export function isTimeOfDay(hour: string, minute: string, second: string | undefined): boolean {
  return Number(hour) <= 23 && Number(minute) <= 59 && Number(second ?? 0) <= 59;
}

/** Whether the decimals of a second are stored without rounding. */
export function fractionFits(fraction: string | undefined, digits: number): boolean {
  return fraction === undefined || fraction.length <= digits || /^0*$/.test(fraction.slice(digits));
}

/** Seconds east of UTC of `Z`, `+05`, `+0530`, `+05:30`, `-00:44:30`. */
export function offsetSeconds(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const [hours, minutes, seconds] = offsetParts(zone);
  return (zone.startsWith("-") ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
}

/** PostgreSQL takes offsets of less than 16 hours. */
export function isOffset(zone: string): boolean {
  if (zone === "Z") return true;
  const [hours, minutes, seconds] = offsetParts(zone);
  return hours <= 15 && minutes <= 59 && seconds <= 59;
}

function offsetParts(zone: string): readonly [number, number, number] {
  const [hours = 0, minutes = 0, seconds = 0] = (zone.match(/\d\d/g) ?? []).map(Number);
  return [hours, minutes, seconds];
}
