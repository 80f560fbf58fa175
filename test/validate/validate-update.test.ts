import { afterAll, beforeAll, expect, test } from "bun:test";
import * as v from "valibot";
import { UnknownNameError, validateUpdate } from "../../src/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});
afterAll(() => store.database.drop());

test("validateUpdate accepts changes of single columns", () => {
  expect(validateUpdate(store.schema, "track", { name: "Intro" })).toEqual({
    rows: [{ name: "Intro" }],
    issues: [],
  });
});

test("validateUpdate reports each invalid value with its row and column", () => {
  const { rows, issues } = validateUpdate(store.schema, "track", [
    { name: "Intro" },
    { milliseconds: 0, name: null },
    { lenght: 1 },
  ]);
  expect(rows).toEqual([{ name: "Intro" }]);
  expect(issues.map(issue => v.getDotPath(issue))).toEqual(["1.name", "1.milliseconds", "2.lenght"]);
});

test("validateUpdate requires at least one change", () => {
  expect(validateUpdate(store.schema, "track", {}).issues).toHaveLength(1);
});

test("validateUpdate throws UnknownNameError if the table does not exist", () => {
  expect(() => validateUpdate(store.schema, "trak", {})).toThrow(UnknownNameError);
});
