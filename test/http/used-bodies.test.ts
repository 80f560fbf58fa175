// A body that a middleware has already read, and numbers for schemas of the application.
import { expect, test } from "bun:test";
import * as v from "valibot";
import { bodyRows, crud, readBody } from "../../src/http/index.ts";
import { insertMany } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables("create table item (id int primary key)", "truncate item");
const post = (body: string, type = "application/json"): Request =>
  new Request("http://localhost/item", { method: "POST", body, headers: { "content-type": type } });
const MESSAGE = "the body of the request has already been read; pass the request before others read it";

test("a body that was already read is the program's error, not an empty body of the client", async () => {
  for (const read of ["text", "json", "arrayBuffer"] as const) {
    const request = post('{"id":1}');
    await request[read]();
    await expect(readBody(request, v.unknown())).rejects.toThrow(new TypeError(MESSAGE));
  }
  const file = post("id\n1\n", "text/csv");
  await file.text();
  await expect(insertMany(sql, schema, "item", bodyRows(file, schema, "item"))).rejects.toThrow(
    new TypeError(MESSAGE),
  );
  const errors: unknown[] = [];
  const options = {
    tables: { item: { write: ["id"] } },
    onError: (error: unknown) => void errors.push(error),
  };
  const route = crud(sql, schema, options as never)["/item"] as (request: Request) => Promise<Response>;
  for (const request of [post('{"id":1}'), post("id\n1\n", "text/csv")]) {
    await request.text();
    expect((await route(request)).status).toBe(500);
  }
  expect(errors).toEqual([new TypeError(MESSAGE), new TypeError(MESSAGE)]);
  expect(await plain("select from item")).toEqual([]);
});

test("an integer of any size is a bigint for a schema of bigints", async () => {
  const body = '{"small":5,"large":9007199254740993,"list":[0,-1],"either":7}';
  const either = v.union([v.number(), v.bigint()]);
  const numbers = v.object({ small: v.bigint(), large: v.bigint(), list: v.array(v.bigint()), either });
  expect(await readBody(post(body), numbers)).toEqual({
    ...{ small: 5n, large: 9007199254740993n, list: [0n, -1n], either: 7 },
  });
  // An integer that JavaScript does not round.
  const exact = post('{"large":9007199254740994,"either":10000000000000000,"other":{"doc":1e16,"n":1e20}}');
  const doc = v.strictObject({ doc: v.unknown(), n: v.number() });
  expect(await readBody(exact, v.object({ large: v.bigint(), either, other: doc }))).toEqual({
    ...{ large: 9007199254740994n, either: 1e16, other: { doc: 1e16, n: 1e20 } },
  });
  const huge = post('{"list":[1000000000000000000000,-1e23,1.5e300]}');
  expect(await readBody(huge, v.object({ list: v.array(v.bigint()) }))).toEqual({
    list: [10n ** 21n, -(10n ** 23n), 15n * 10n ** 299n],
  });
  await expect(readBody(post('{"small":1.5}'), v.object({ small: v.bigint() }))).rejects.toThrow(
    "Expected bigint",
  );
});
