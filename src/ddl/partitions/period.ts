/** The length of a partition. */
export type PartitionUnit = "hour" | "day" | "week" | "month" | "year";

/** A period of time, in UTC. */
export interface Period {
  /** The end of the partition's name: `20261128`. */
  readonly suffix: string;
  readonly from: Date;
  /** The start of the next period. */
  readonly to: Date;
}

/** The period that contains a time, or the one that is `offset` periods later. Weeks begin on Monday. */
export function periodOf(unit: PartitionUnit, time: Date, offset: number): Period {
  const from = startOf(unit, time, offset);
  return { suffix: suffixOf(unit, from), from, to: startOf(unit, time, offset + 1) };
}

function startOf(unit: PartitionUnit, time: Date, offset: number): Date {
  const [year, month, day] = [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()];
  switch (unit) {
    case "hour":
      return new Date(Date.UTC(year, month, day, time.getUTCHours() + offset));
    case "day":
      return new Date(Date.UTC(year, month, day + offset));
    case "week":
      return new Date(Date.UTC(year, month, day - ((time.getUTCDay() + 6) % 7) + 7 * offset));
    case "month":
      return new Date(Date.UTC(year, month + offset));
    case "year":
      return new Date(Date.UTC(year + offset, 0));
  }
}

const DIGITS: Readonly<Record<PartitionUnit, number>> = { hour: 10, day: 8, week: 8, month: 6, year: 4 };

/** The units, for messages. */
export const PARTITION_UNITS: readonly string[] = Object.keys(DIGITS);

// A week is named after its Monday.
function suffixOf(unit: PartitionUnit, from: Date): string {
  return from.toISOString().replaceAll(/\D/g, "").slice(0, DIGITS[unit]);
}
