import { expect, test } from "bun:test";
import { parseDay } from "../../src/types/calendar.ts";
import { dayOf } from "../../src/types/date.ts";
import { isTimeOfDay } from "../../src/types/time.ts";

test("a time of day has at most 23 hours, and seconds are optional", () => {
  const times: [string, string, string | undefined][] = [
    ["23", "59", "59"],
    ["10", "00", undefined],
    ["24", "00", undefined],
    ["00", "60", "00"],
    ["00", "00", "60"],
  ];
  expect(times.map(time => isTimeOfDay(...time))).toEqual([true, true, false, false, false]);
});

test("dates are ordered, including BC dates and infinities", () => {
  const days = [
    "-infinity",
    "0044-03-15 BC",
    "0043-03-14 BC",
    "0001-12-31 BC",
    "0001-01-01",
    "2026-01-01",
    "infinity",
  ];
  expect(days.map(dayOf).toSorted((a, b) => a - b)).toEqual(days.map(dayOf));
  expect(new Set(days.map(dayOf)).size).toBe(days.length);
});

test("the number of days in each month follows the calendar, in leap years and other years", () => {
  for (const year of [1900, 2000, 2023, 2024])
    for (let month = 1; month <= 12; month++)
      for (let day = 0; day <= 32; day++) {
        const text = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
        const time = Date.UTC(year, month - 1, day);
        const exists = new Date(time).toISOString().startsWith(text);
        expect([text, parseDay(text, false)]).toEqual([text, exists ? time / 86_400_000 : undefined]);
      }
  for (const text of ["2024-00-10", "2024-13-10"]) expect(parseDay(text, false)).toBeUndefined();
});
