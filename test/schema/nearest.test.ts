// The names that a message suggests for an unknown name.
import { expect, test } from "bun:test";
import { nearest } from "../../src/schema/nearest.ts";

test.each<[given: string, names: string[], suggestion: string]>([
  ["albm", ["album", "artist"], '; did you mean "album"?'],
  ["albuum", ["album"], '; did you mean "album"?'],
  ["alsum", ["album"], '; did you mean "album"?'],
  ["ablum", ["album"], '; did you mean "album"?'],
  ["labum", ["album"], '; did you mean "album"?'],
  ["ALBUM", ["album"], '; did you mean "album"?'],
  // Two wrong letters are similar enough, three only in a long name.
  ["axxum", ["album"], '; did you mean "album"?'],
  ["axxxm", ["album"], ""],
  ["invxxxe_line", ["invoice_line"], '; did you mean "invoice_line"?'],
  // Two swapped letters are one mistake: the name with swapped letters is nearer.
  ["abcdef", ["abzzef", "abdcef"], '; did you mean "abdcef" or "abzzef"?'],
  ["badc", ["abcd"], '; did you mean "abcd"?'],
  // With a different letter in between it is not a swap.
  ["babab", ["bccbb"], ""],
  ["dbdbc", ["abdcd"], ""],
  // So is a part of a name.
  ["tenant", ["tenonx", "tenant_id_of_row"], '; did you mean "tenant_id_of_row" or "tenonx"?'],
  ["ten", ["tenant_id"], ""],
  ["a", ["b", "c", "d", "e"], '; did you mean "b", "c" or "d"?'],
  ["genre", [], ""],
])("%s of %j", (given, names, suggestion) => {
  expect(nearest(given, names)).toBe(suggestion);
});

test("a name of megabytes has only suggestions that it contains", () => {
  const name = "tenant_id".repeat(1_000_000);
  expect(nearest(name, ["tenant_ids", "tenant_id"])).toBe('; did you mean "tenant_id"?');
});
