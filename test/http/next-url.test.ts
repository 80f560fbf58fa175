import { expect, test } from "bun:test";
import fc from "fast-check";
import * as v from "valibot";
import { nextUrl, querySchema } from "../../src/http/index.ts";
import { pageSql } from "../../src/statements/index.ts";
import { testTables } from "../support/test-tables.ts";

const { schema } = await testTables(
  "create table item (id int primary key, name text, tags text[], doc jsonb)",
);
const rules = querySchema(schema, "item", {
  filter: ["id", "name", "tags", "doc"],
  sort: ["id", "name"],
  select: ["id", "name"],
});

const text = fc.string({ unit: "grapheme", maxLength: 8 });
const parameter = fc.oneof(
  text.map(value => ["name", value] as const),
  text.map(value => ["name[like]", value] as const),
  text.map(value => ["doc->a b", value] as const),
  fc
    .array(text, { minLength: 1, maxLength: 3 })
    .map(values => ["tags[contains]", values.map(quoteItem).join(",")] as const),
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 3 })
    .map(ids => ["id[in]", ids.join(",")] as const),
  fc.constantFrom(["sort", "-name,id"] as const, ["limit", "7"] as const, ["select", "name"] as const),
);

function quoteItem(item: string): string {
  return `"${item.replaceAll(/["\\]/g, "\\$&")}"`;
}

test("a URL of nextUrl is parsed as the same query, with the token", () => {
  const parameters = fc.uniqueArray(parameter, { selector: ([name]) => name, maxLength: 5 });
  fc.assert(
    fc.property(parameters, given => {
      const url = `http://localhost/a%20b/item?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, value]))}`;
      const read = (from: string) => v.safeParse(rules, new URL(from, "http://localhost").searchParams);
      const before = read(url);
      const next = nextUrl(url, { next: "TOKEN" })!;
      expect(next).toStartWith("/a%20b/item?");
      const after = read(next);
      expect(after.success).toBe(before.success);
      if (!before.success || !after.success) return;
      const { after: token, ...query } = after.output;
      expect(token).toBe("TOKEN");
      const { text: sql, params } = pageSql(schema, "item", before.output as never);
      expect(pageSql(schema, "item", query as never)).toMatchObject({ text: sql, params });
    }),
    { numRuns: 300 },
  );
  expect(nextUrl("http://localhost/item", { next: null })).toBeNull();
});

test("a path that begins with two slashes, or that HTTP/1.0 sends as it is, is a path of the same host", () => {
  const next = nextUrl("http://localhost//example.org/item?limit=2", { next: "A" })!;
  expect(next).toBe("/.//example.org/item?limit=2&after=A");
  expect(new URL(next, "http://localhost/other").href).toBe(
    "http://localhost//example.org/item?limit=2&after=A",
  );
  const raw = Object.defineProperty(new Request("http://localhost/"), "url", {
    value: '/a>;"b"/\u0100😀?limit=2',
  });
  expect(nextUrl(raw, { next: "A" })).toBe("/a%3E;%22b%22/%C4%80%F0%9F%98%80?limit=2&after=A");
});
