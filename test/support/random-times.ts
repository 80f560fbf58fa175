// Dates, times of day, timestamps and intervals: values that failed in the past, and random ones.
import fc from "fast-check";
import { digits } from "./random-values.ts";

const pad = (number: number, length: number): string => String(number).padStart(length, "0");
export const dates: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    "infinity",
    "-infinity",
    "2023-02-29",
    "2024-02-29",
    "1900-02-29",
    "2000-02-29",
    "0001-01-01",
    "0000-01-01",
    "5874897-12-31",
    "5874898-01-01",
    "2024-1-1",
    "20240101",
    "today",
    "now",
    "epoch",
    "2024-01-01 10:00",
    "0044-03-15 BC",
    " 2024-01-01",
    new Date(0),
    new Date(NaN),
  ),
  fc
    .tuple(
      fc.integer({ min: 0, max: 10_000 }),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 }),
    )
    .map(([year, month, day]) => `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`),
);

const clocks = fc
  .tuple(
    fc.integer({ min: 0, max: 25 }),
    fc.integer({ min: 0, max: 61 }),
    fc.integer({ min: 0, max: 61 }),
    digits(0, 7),
  )
  .map(
    ([hour, minute, second, part]) =>
      `${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}${part === "" ? "" : `.${part}`}`,
  );
const offsets = fc.oneof(
  fc.constantFrom("", "Z", "z", "+00", "-15:59", "+15:59", "+16:00", "+0530", "+05:30:15", " UTC", "-15:00"),
  fc
    .tuple(fc.constantFrom("+", "-"), fc.integer({ min: 0, max: 17 }), fc.integer({ min: 0, max: 61 }))
    .map(([sign, hour, minute]) => `${sign}${pad(hour, 2)}:${pad(minute, 2)}`),
);
export const moments: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    "infinity",
    "-infinity",
    "294276-12-31T23:59:59-15:00",
    "294276-12-31 23:59:59.999999Z",
    "294277-01-01T00:00:00Z",
    "294276-12-31T23:59:59.999999",
    "4714-11-24 00:00:00 BC",
    "2024-01-01",
    "2024-01-01T24:00:00Z",
    "2024-01-01T23:59:60Z",
    "now",
    "2024-01-01T00:00:00.9999999Z",
    "2024-01-01T00:00:00.6Z",
    "2024-01-01 00:00:00.1234",
    "2024-01-01T10:00Z",
    new Date(0),
    new Date(NaN),
    new Date(8.64e15),
    new Date(-8.64e15),
    new Date(Date.UTC(-4713, 10, 24)),
    new Date(Date.UTC(-4713, 10, 24) - 1),
    new Date("2024-01-01T00:00:00.600Z"),
    0,
  ),
  fc.date({ noInvalidDate: true }),
  fc
    .tuple(dates, fc.constantFrom("T", " "), clocks, offsets)
    .map(([day, gap, clock, offset]) => `${String(day)}${gap}${clock}${offset}`),
);
export const times: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    "24:00",
    "24:00:00",
    "24:00:00.0",
    "24:00:01",
    "23:59:60",
    "12:00 pm",
    "12:00",
    "9:00",
    "now",
    "12:00:00.0000001",
  ),
  clocks,
);
export const zonedTimes: fc.Arbitrary<unknown> = fc
  .tuple(times, offsets)
  .map(([clock, offset]) => `${clock}${offset}`);

export const intervals: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    "P1Y2M3DT4H5M6.789S",
    "PT0S",
    "P1D",
    "-P1D",
    "P-1D",
    "PT1.1234567S",
    "P1W",
    "1 day",
    "1",
    "P",
    "PT",
    "infinity",
    "-infinity",
    "1 year -2 days",
    "P1Y2M3DT4H5M6.1234567S",
    "PT1H",
    "P178000000Y",
    "P178956971Y",
    "01:02:03",
    "@ 1 day ago",
    "1 day 01:02:03.5",
  ),
  fc
    .tuple(
      fc.integer({ min: -2000, max: 2000 }),
      fc.integer({ min: -40, max: 40 }),
      fc.integer({ min: -90, max: 90 }),
      digits(0, 7),
    )
    .map(
      ([years, months, seconds, part]) => `P${years}Y${months}MT${seconds}${part === "" ? "" : `.${part}`}S`,
    ),
);
