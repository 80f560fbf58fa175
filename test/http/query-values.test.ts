import { expect, test } from "bun:test";
import * as v from "valibot";
import { querySchema } from "../../src/http/index.ts";
import { eq } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { schema } = await testTables("create table item (id int primary key, status text, tags text[])");

test("a value without an operator is the filter's value itself, except an array", () => {
  const query = querySchema(schema, "item", { filter: ["id", "status", "tags"] });
  const where = (text: string) => v.parse(query, new URLSearchParams(text)).where;
  expect(where("id=1&status=sent")).toEqual({ id: 1, status: "sent" });
  expect(where("tags={a}")).toEqual({ tags: eq(["a"]) });
});
