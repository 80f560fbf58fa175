import { expect, test } from "bun:test";
import { newColumnIdentifier, newIdentifier } from "../../src/schema/new-identifier.ts";

test.each(["a", 'Odd "name".', "ctid", "é".repeat(31), "😀"])("%j can be the name of an object", name => {
  expect(newIdentifier(name)).toBe(name);
});

const INVALID = "a name must be a non-empty string without NUL characters and lone surrogates, received";

test.each<[unknown, string]>([
  ["", `${INVALID} ""`],
  ["a\0b", `${INVALID} "a\\u0000b"`],
  ["a\ud83d", `${INVALID} "a\\ud83d"`],
  [7, `${INVALID} number`],
  ["é".repeat(32), `the name "${"é".repeat(32)}" has 64 bytes; PostgreSQL stores at most 63 bytes`],
])("the name %j is rejected", (name, message) => {
  expect(() => newIdentifier(name as string)).toThrow(message);
});

test("the name of a system column is rejected for a column", () => {
  expect(newColumnIdentifier("oid")).toBe("oid");
  expect(() => newColumnIdentifier("ctid")).toThrow('the name "ctid" is that of a system column');
});
